/* What was typed into a form and not sent is kept in this tab, and put back when its page is opened again.
   Only for the person who typed it; gone when it was sent, thrown away, signed out of, or the tab is closed. */
(() => {
  "use strict";
  const facts = document.querySelector('meta[name="hojo-drafts"]');
  const prefix = "hojo-draft ";
  const pending = "hojo-draft-sent";
  const mine = `${prefix}${facts.content} `;
  const typable = 'textarea:not([readonly]), input:not([type]), input[type="text"], input[type="email"], input[type="tel"], input[type="url"]';

  const read = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      /* Storage is full or switched off: the page alone keeps it. */
    }
  };
  const drafts = () => {
    try {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  };
  const drop = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));

  /* A form with a secret in it says so. */
  const kept = (form) => form?.method === "post" && !form.closest("[data-no-draft]");
  const path = (form) => new URL(form.getAttribute("action") || "", window.location.href).pathname;
  const keyOf = (form) => {
    const alike = [...document.forms].filter((other) => kept(other) && path(other) === path(form));
    return `${mine}${path(form)} ${alike.indexOf(form)}`;
  };
  const fieldsOf = (form) =>
    [...form.elements].filter((field) => field.matches(typable) && form.elements.namedItem(field.name) === field);

  /* A sent form is answered by another page when it was taken, and in place when it was not. */
  const settle = () => {
    const sent = read(pending);
    if (!sent) return;
    drop([pending]);
    const [arrived] = performance.getEntriesByType("navigation");
    const from = document.referrer && new URL(document.referrer).pathname;
    if (arrived.redirectCount && from === sent.from && !document.querySelector(".flash--error")) {
      drop(drafts().filter((key) => key.split(" ")[2] === sent.path));
    }
  };

  const tell = (form, key, restored) => {
    const notice = Object.assign(document.createElement("div"), { className: "notice notice--info" });
    const body = Object.assign(document.createElement("div"), { className: "notice__body" });
    const words = Object.assign(document.createElement("p"), { textContent: facts.dataset.restored });
    const discard = Object.assign(document.createElement("button"), {
      type: "button", className: "button button--secondary button--s", textContent: facts.dataset.discard,
    });
    notice.setAttribute("role", "status");
    body.append(words, discard);
    notice.append(body);
    discard.addEventListener("click", () => {
      restored.forEach((field) => { field.value = field.defaultValue; });
      drop([key]);
      notice.remove();
      restored[0].focus();
    });
    form.prepend(notice);
  };

  /* Only where the page still says what it said when it was typed over: somebody else's change is not undone unseen. */
  const restore = (form) => {
    const key = keyOf(form);
    const draft = read(key);
    if (!draft) return;
    const restored = fieldsOf(form).filter((field) => {
      const was = draft[field.name];
      return was && was.over === field.defaultValue && was.typed !== field.defaultValue;
    });
    if (!restored.length) {
      drop([key]);
      return;
    }
    restored.forEach((field) => { field.value = draft[field.name].typed; });
    tell(form, key, restored);
  };

  settle();
  if (facts.content) {
    drop(drafts().filter((key) => !key.startsWith(mine)));
    if (!("answer" in facts.dataset)) [...document.forms].filter(kept).forEach(restore);
  }

  document.addEventListener("input", ({ target }) => {
    if (!facts.content || !kept(target.form) || !fieldsOf(target.form).includes(target)) return;
    const key = keyOf(target.form);
    const draft = read(key) || {};
    const over = draft[target.name]?.over ?? target.defaultValue;
    write(key, { ...draft, [target.name]: { over, typed: target.value } });
  });
  /* Beside the button that was pressed, and read out: the page stays as it is, and the button may be pressed again. */
  const say = (form, submitter, words) => {
    form.querySelector("[data-line]")?.remove();
    const notice = Object.assign(document.createElement("p"), { className: "notice notice--warning", textContent: words });
    notice.dataset.line = "";
    notice.setAttribute("role", "alert");
    (submitter?.closest(".button-row") ?? submitter ?? form.lastElementChild).before(notice);
    delete form.dataset.sent;
  };
  const slow = 20_000;

  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (event.defaultPrevented || target.method !== "post") return;
    if (!navigator.onLine) {
      event.preventDefault();
      say(target, submitter, facts.dataset.offline);
      return;
    }
    if ("endsSession" in target.dataset) drop(drafts());
    else write(pending, { from: window.location.pathname, path: path(target) });
    setTimeout(() => say(target, submitter, facts.dataset.slow), slow);
  });
})();
