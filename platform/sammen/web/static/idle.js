/* Den som ikke har hentet noe på en time, er logget ut. Fem minutter før sier siden fra, og ett trykk gir en time til
   (WCAG 2.2.1). Teller fra siste gang siden hentet eller sendte noe; en annen fane kan ha gjort det senere.

   Uten denne fila virker alt annet som før. */
(() => {
  "use strict";

  const says = document.querySelector("[data-idle-says]");
  if (!says) return;
  const QUIET = 55 * 60 * 1000;
  let timer = 0;

  const wait = () => {
    clearTimeout(timer);
    says.replaceChildren();
    timer = setTimeout(warn, QUIET);
  };

  // Svaret fra en som er logget ut, er en viderekobling til innloggingen.
  const stay = async () => {
    const answer = await fetch("/innlogginger", { redirect: "manual" }).catch(() => null);
    if (answer && answer.ok) wait();
    else says.replaceChildren(says.dataset.idleOut);
  };

  const warn = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "secondary";
    button.textContent = says.dataset.idleStay;
    button.addEventListener("click", stay);
    const words = document.createElement("p");
    words.textContent = says.dataset.idleSays;
    says.replaceChildren(words, button);
  };

  wait();
  document.addEventListener("htmx:afterRequest", wait);
  // En side fra nettleserens minne kan være gammel.
  window.addEventListener("pageshow", (event) => { if (event.persisted) warn(); });
})();
