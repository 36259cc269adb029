/* Sukker, ikke mat: alt på siden virker også uten denne fila. */
(() => {
  "use strict";

  // Når et skjema kommer tilbake med feil, skal skjermleser og tastatur stå på oppsummeringen.
  const focusErrors = () => {
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };

  document.addEventListener("change", (event) => {
    const select = event.target;
    if (select instanceof HTMLSelectElement && "autosubmit" in select.dataset && select.form) {
      select.form.requestSubmit();
    }
  });

  // Bare én meny i toppen åpen om gangen, og Escape lukker den og gir fokus tilbake.
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) menu.querySelector("summary").focus();
    });
  });

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };

  // Dobbelttrykk skal ikke sende to ganger. Tjeneren tåler det uansett (engangsnøkkelen i skjemaet).
  // Knappen skrus av etter at nettleseren har samlet inn feltene, ellers forsvinner knappens eget navn.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent === "1") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => {
      form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    }, 0);
    // Svaret kan være en fil som lastes ned: da blir siden stående, og skjemaet skal kunne brukes igjen.
    setTimeout(() => release(form), 8000);
  });
  // Tilbakeknappen henter siden fra minnet: da må skjemaet kunne sendes igjen.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
    focusErrors();
  });
  // htmx henter, og sender aldri: det som endrer noe, er skjemaer et menneske trykker på. Skulle noe på en side være mer enn
  // tekst, gjør det ingenting av seg selv.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement) release(form);
  });
  document.addEventListener("htmx:afterSettle", focusErrors);
})();
