/* Timer på telefonen: det som skrives, blir liggende på telefonen til kommunen har det.

   - Hvert tegn lagres her (localStorage), og bildene ved siden av (IndexedDB), for den som er innlogget og dette skjemaet.
   - Uten nett legges skjemaet i en kø med sin egen engangsnøkkel. Tjeneren kjenner nøkkelen igjen, så det blir aldri ført
     to ganger, om telefonen aldri hørte svaret.
   - Når tjeneren har svart ja, er det borte herfra. Logger noen ut, eller logger en annen inn, er alt borte.

   Uten denne fila virker skjemaet som et vanlig skjema. */
(() => {
  "use strict";

  const main = () => document.getElementById("innhold");
  const user = main() && main().dataset.user;
  if (!user || !window.localStorage || !window.indexedDB) return;

  const MINE = `sammen.timer.${user}.`;
  const LONGEST = 2000;
  const NOT_KEPT = new Set(["_csrf", "_key"]);
  const login = "/logg-inn";
  const says = () => document.querySelector("[data-timer-says]");
  const words = (name) => (says() ? says().dataset[name] : "");
  const timerForm = () => document.querySelector("form[data-timer]");

  // Lageret ---------------------------------------------------------------------------------------------------------
  const opened = new Promise((resolve, reject) => {
    const asking = indexedDB.open("sammen-timer", 1);
    asking.onupgradeneeded = () => {
      asking.result.createObjectStore("queue", { keyPath: "key" });
      asking.result.createObjectStore("photos", { keyPath: "id" });
    };
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
  const store = async (name, mode, work) => {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked && asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  const all = (name) => store(name, "readonly", (rows) => rows.getAll());
  const put = (name, row) => store(name, "readwrite", (rows) => rows.put(row));
  const drop = (name, key) => store(name, "readwrite", (rows) => rows.delete(key));
  const waiting = async () => (await all("queue")).filter((item) => item.user === user);

  const forgetOthers = async () => {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("sammen.timer.") && !key.startsWith(MINE)) localStorage.removeItem(key);
    }
    for (const name of ["queue", "photos"]) {
      for (const row of await all(name)) if (row.user !== user) await drop(name, row.key || row.id);
    }
  };
  const forgetAll = async () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith("sammen.timer.")) localStorage.removeItem(key);
    for (const name of ["queue", "photos"]) await store(name, "readwrite", (rows) => rows.clear());
  };

  // Det som skrives -------------------------------------------------------------------------------------------------
  const draftKey = (form) => MINE + form.dataset.timer;
  const photoId = (form, name) => `${draftKey(form)}#${name}`;
  const typed = (form) => {
    const fields = {};
    for (const field of form.elements) {
      if (!field.name || NOT_KEPT.has(field.name) || ["file", "hidden", "submit"].includes(field.type)) continue;
      fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
    }
    return fields;
  };
  const started = new WeakMap();
  const keep = (form) => {
    const draft = { fields: typed(form), key: form.elements._key.value };
    localStorage.setItem(draftKey(form), JSON.stringify(draft));
  };
  const forgetDraft = async (form) => {
    localStorage.removeItem(draftKey(form));
    await forgetPhotos(form);
  };
  const forgetPhotos = async (form) => {
    const mine = `${draftKey(form)}#`;
    for (const photo of await all("photos")) if (photo.id.startsWith(mine)) await drop("photos", photo.id);
  };

  const smaller = async (file) => {
    if (file.size < 700_000 && file.type === "image/jpeg") return file;
    try {
      const image = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
      return blob ? new File([blob], "kvittering.jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // Ikke et bilde telefonen kan lese: tjeneren sier hva som er galt.
    }
  };
  const setFile = (field, file) => {
    const carrier = new DataTransfer();
    carrier.items.add(file);
    field.files = carrier.files;
  };

  const restore = async (form) => {
    // Et skjema som kom tilbake med feil, har det som ble skrevet, og bildene, fra tjeneren.
    if (document.querySelector("[data-error-summary]")) return;
    const text = localStorage.getItem(draftKey(form));
    const photos = (await all("photos")).filter((photo) => photo.id.startsWith(`${draftKey(form)}#`));
    if (!text && !photos.length) return;
    if (text) {
      let draft;
      try {
        draft = JSON.parse(text);
      } catch {
        localStorage.removeItem(draftKey(form));
        return;
      }
      if (JSON.stringify(draft.fields) === started.get(form) && !photos.length) return;
      if (draft.key) form.elements._key.value = draft.key;
      for (const field of form.elements) {
        if (!(field.name in draft.fields) || field.type === "file" || field.type === "hidden") continue;
        if (field.type === "checkbox") field.checked = draft.fields[field.name];
        else field.value = draft.fields[field.name];
        if (field.value && field.closest("details")) field.closest("details").open = true;
      }
    }
    for (const photo of photos) {
      const field = form.elements[photo.name];
      if (!field || field.files.length) continue;
      setFile(field, photo.file);
      if (field.closest("details")) field.closest("details").open = true;
    }
    say("found", [[words("empty"), async () => {
      await forgetDraft(form);
      location.reload();
    }]]);
  };

  // Det som sies ----------------------------------------------------------------------------------------------------
  const say = (name, actions = [], more = "") => {
    const place = says();
    if (!place) return;
    place.replaceChildren();
    if (!name) return;
    const box = document.createElement("div");
    box.className = "ds-alert";
    box.dataset.color = name === "refused" || name === "login" ? "warning" : "info";
    const line = document.createElement("p");
    line.textContent = [words(name), more].filter(Boolean).join(" ");
    box.append(line);
    for (const [label, what] of actions) {
      const element = document.createElement(typeof what === "string" ? "a" : "button");
      element.textContent = label;
      element.className = "ds-button";
      element.dataset.variant = "secondary";
      if (typeof what === "string") element.href = what;
      else {
        element.type = "button";
        element.addEventListener("click", what);
      }
      box.append(element);
    }
    place.append(box);
  };

  // Sending ---------------------------------------------------------------------------------------------------------
  const body = (item, csrf) => {
    const data = new FormData();
    for (const [name, value] of item.entries) {
      if (name === "_csrf") data.append(name, csrf || value);
      else if (value instanceof Blob) {
        // Et felt uten fil kommer med som en tom fil uten navn.
        if (value.size) data.append(name, value, value.name || "kvittering.jpg");
      }
      else data.append(name, value);
    }
    return data;
  };
  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
  const atLogin = (response) => new URL(response.url).pathname === login;
  const show = (text, url) => {
    const page = parsed(text);
    const fresh = page.getElementById("innhold");
    if (!fresh) return location.assign(url);
    document.title = page.title;
    if (url !== location.href) history.pushState({ timer: true }, "", url);
    main().replaceWith(document.adoptNode(fresh));
    begin();
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
    else {
      window.scrollTo(0, 0);
      main().focus();
    }
    return undefined;
  };

  // Svaret på en sending: "sent", "login", "mend" (skjemaet kom tilbake med feil), "refused" eller "later".
  const post = async (item, csrf) => {
    let response, text;
    try {
      response = await fetch(item.action, { method: "POST", body: body(item, csrf), credentials: "same-origin" });
      text = await response.text();
    } catch {
      return { how: "later" };
    }
    if (atLogin(response)) return { how: "login" };
    if (response.ok) return { how: "sent", text, url: response.url };
    if (response.status >= 500 || response.status === 429) return { how: "later" };
    const page = parsed(text);
    if (response.status === 422 && page.querySelector("form[data-timer]")) return { how: "mend", text };
    const why = page.querySelector("main p, main li");
    return { how: "refused", text, why: why ? why.textContent.trim() : "", status: response.status };
  };

  const loginLink = () => [[words("loginLink"), `${login}?neste=${encodeURIComponent(location.pathname)}`]];

  const submit = async (form, button) => {
    const data = new FormData(form);
    if (button && button.name) data.set(button.name, button.value);
    const item = {
      key: form.elements._key.value, user, action: new URL(form.action).pathname,
      page: location.pathname, entries: [...data.entries()], draft: draftKey(form),
    };
    // I køen først: faller nettet ut midt i sendingen, er det her.
    await put("queue", item);
    say("sending");
    const answer = await post(item);
    if (answer.how === "sent") {
      await drop("queue", item.key);
      await forgetDraft(form);
      return show(answer.text, answer.url);
    }
    if (answer.how === "mend") {
      await drop("queue", item.key);
      await forgetPhotos(form); // Tjeneren har tatt vare på dem, eller sagt hva som er galt med dem.
      return show(answer.text, location.href);
    }
    if (answer.how === "login") return say("login", loginLink());
    if (answer.how === "refused") {
      await drop("queue", item.key);
      form.elements._key.value = newKey();
      keep(form);
      return say("refused", [], answer.why);
    }
    await forgetDraft(form);
    form.reset();
    form.elements._key.value = newKey();
    started.set(form, JSON.stringify(typed(form)));
    say("kept");
    main().focus();
    return undefined;
  };
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`);

  const token = async (item) => {
    const response = await fetch(item.page, { credentials: "same-origin" });
    if (atLogin(response)) return { login: true };
    const field = parsed(await response.text()).querySelector('input[name="_csrf"]');
    return { csrf: field ? field.value : "", gone: !response.ok };
  };

  let flushing = false;
  const flush = async () => {
    if (flushing || !navigator.onLine) return;
    flushing = true;
    try {
      await (navigator.locks ? navigator.locks.request("sammen-timer", sendAll) : sendAll());
    } finally {
      flushing = false;
    }
  };
  const sendAll = async () => {
    let sent = 0;
    for (const item of await waiting()) {
      let fresh;
      try {
        fresh = await token(item);
      } catch {
        say("waits");
        return;
      }
      if (fresh.login) return say("login", loginLink());
      const answer = await post(item, fresh.csrf);
      if (answer.how === "sent") {
        await drop("queue", item.key);
        localStorage.removeItem(item.draft);
        sent += 1;
      } else if (answer.how === "login") {
        return say("login", loginLink());
      } else if (answer.how === "later") {
        say("waits");
        return;
      } else {
        const form = timerForm();
        if (answer.how === "mend" && form && new URL(form.action).pathname === item.action
            && JSON.stringify(typed(form)) === started.get(form)) {
          await drop("queue", item.key);
          return show(answer.text, location.href);
        }
        return say("refused", [[words("open"), item.page], [words("drop"), async () => {
          await drop("queue", item.key);
          location.reload();
        }]], answer.why || "");
      }
    }
    if (!sent) return undefined;
    const form = timerForm();
    const idle = form && JSON.stringify(typed(form)) === started.get(form);
    if (idle) {
      try {
        const response = await fetch(location.href, { credentials: "same-origin" });
        if (response.ok && !atLogin(response)) show(await response.text(), location.href);
      } catch {
        // Lista er gammel til siden åpnes igjen; timene er sendt.
      }
    }
    return say("sent");
  };

  // Start -----------------------------------------------------------------------------------------------------------
  const begin = () => {
    const form = timerForm();
    if (!form) return;
    started.set(form, JSON.stringify(typed(form)));
    form.addEventListener("input", () => keep(form));
    form.addEventListener("change", async (event) => {
      const field = event.target;
      if (field.type !== "file") return keep(form);
      if (!field.files.length) return drop("photos", photoId(form, field.name));
      const file = await smaller(field.files[0]);
      setFile(field, file);
      await put("photos", { id: photoId(form, field.name), user, name: field.name, file });
      return keep(form);
    });
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button && button.name === "gjor" && !["send", "lagre"].includes(button.value)) {
        forgetDraft(form);
        return;
      }
      event.preventDefault();
      if (form.dataset.busy) return;
      form.dataset.busy = "1";
      submit(form, button).finally(() => delete form.dataset.busy);
    });
    restore(form);
  };

  document.addEventListener("submit", async (event) => {
    if (event.target.getAttribute("action") !== "/logg-ut" || event.target.dataset.emptied) return;
    event.preventDefault();
    const form = event.target;
    await flush();
    if ((await waiting()).length && !window.confirm(words("leave"))) return;
    await forgetAll();
    form.dataset.emptied = "1";
    form.requestSubmit();
  }, true);
  window.addEventListener("online", flush);
  // Nettet kan være der mens tjeneren er borte et øyeblikk.
  setInterval(async () => {
    if ((await waiting()).length) await flush();
  }, 60_000);
  window.addEventListener("popstate", () => location.reload());
  forgetOthers().then(async () => {
    begin();
    const there = await waiting();
    if (there.length && !navigator.onLine) say("waits");
    await flush();
  });
})();
