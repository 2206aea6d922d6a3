/* What was typed into a form and not sent is kept in this tab, and put back when its page is opened again.
   Only for the person who typed it; gone when it was sent, thrown away, signed out of, or the tab is closed. */
(() => {
  "use strict";
  const facts = document.querySelector('meta[name="hojo-drafts"]');
  const prefix = "hojo-draft ";
  const pending = "hojo-draft-sent";
  const mine = `${prefix}${facts.content} `;
  const typable = 'textarea:not([readonly]), input:not([type]), input[type="text"], input[type="email"], input[type="tel"], input[type="url"], input[type="number"], input[type="date"]';
  /* Rows that are ticked to do something with them together are not an answer: they are ticked anew. */
  const tickable = 'input[type="checkbox"][name]:not([name="chosen"]), input[type="radio"][name]';
  const choosable = `${tickable}, select:not([multiple])`;

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
  const fieldsOf = (form) => [...form.elements].filter((field) => !("autosubmit" in field.dataset)).filter((field) =>
    field.matches(tickable) || (field.matches(`${typable}, ${choosable}`) && form.elements.namedItem(field.name) === field));
  const nameOf = (field) => (field.matches(tickable) ? `${field.name}=${field.value}` : field.name);
  const typedIn = (field) => (field.matches(tickable) ? field.checked : field.value);
  const givenIn = (field) => {
    if (field.matches(tickable)) return field.defaultChecked;
    if (!field.options) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
  };
  /* Whoever counts ticks or shows more for a choice hears of it. */
  const put = (field, value) => {
    field[field.matches(tickable) ? "checked" : "value"] = value;
    if (field.matches(choosable)) field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /* A sent form is answered by another page when it was taken, and in place when it was not. */
  const settle = () => {
    const sent = read(pending);
    if (!sent) return;
    drop([pending]);
    const [arrived] = performance.getEntriesByType("navigation");
    const from = document.referrer && new URL(document.referrer).pathname;
    if (arrived.redirectCount && from === sent.from && !document.querySelector(".flash--error")) {
      drop(drafts().filter((key) => [sent.path, sent.draft].includes(key.split(" ")[2])));
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
      restored.forEach((field) => put(field, givenIn(field)));
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
      const was = draft[nameOf(field)];
      return was && was.over === givenIn(field) && was.typed !== was.over;
    });
    if (!restored.length) {
      drop([key]);
      return;
    }
    restored.forEach((field) => put(field, draft[nameOf(field)].typed));
    tell(form, key, restored);
  };

  settle();
  if (facts.content) {
    drop(drafts().filter((key) => !key.startsWith(mine)));
    if (!("answer" in facts.dataset)) [...document.forms].filter(kept).forEach(restore);
  }

  const note = (form, fields) => {
    const key = keyOf(form);
    const draft = read(key) || {};
    const noted = fields.map((field) => {
      const over = draft[nameOf(field)]?.over ?? givenIn(field);
      return [nameOf(field), { over, typed: typedIn(field) }];
    });
    write(key, { ...draft, ...Object.fromEntries(noted) });
  };
  document.addEventListener("input", ({ target }) => {
    if (!facts.content || !kept(target.form) || !target.matches(typable)) return;
    if (fieldsOf(target.form).includes(target)) note(target.form, [target]);
  });
  /* One tick may set others: a region all its prefectures, a choice the one before it. */
  document.addEventListener("change", ({ target, isTrusted }) => {
    if (!isTrusted || !facts.content || !kept(target.form) || !target.matches('select, [type="checkbox"], [type="radio"]')) return;
    note(target.form, fieldsOf(target.form).filter((field) => field.matches(choosable)));
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
    /* What was typed into a form before may be sent on by another, after a preview. */
    else write(pending, { from: window.location.pathname, path: path(target), draft: target.dataset.endsDraft });
    setTimeout(() => say(target, submitter, facts.dataset.slow), slow);
  });
})();
