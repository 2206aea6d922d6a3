/* What script adds to pages that already work without it: questions before a step, the compare bar,
   copying and printing, one press per form. What is asked without leaving the page is in live.js. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  /* A question before a step that cannot be taken back. */
  const element = (name, className = "", textContent = "") =>
    Object.assign(document.createElement(name), { className, textContent });
  const choice = (text, kind, value) =>
    Object.assign(element("button", `button button--${kind} button--m`, text), { value });
  const ask = (question, yes, no) =>
    new Promise((resolve) => {
      const dialog = element("dialog", "dialog");
      const form = element("form");
      const row = element("div", "button-row");
      const words = element("p", "", question);
      words.id = "dialog-question";
      dialog.setAttribute("aria-labelledby", words.id);
      form.method = "dialog";
      row.append(choice(no, "secondary", "no"), choice(yes, "primary", "yes"));
      form.append(words, row);
      dialog.append(form);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
      document.body.append(dialog);
      dialog.showModal();
    });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.id === "compare-form") {
      event.preventDefault();
      const codes = remembered().map((one) => encodeURIComponent(one.code));
      if (codes.length) window.location.assign(`${form.getAttribute("action")}?codes=${codes.join(",")}`);
      return;
    }
    if (form.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      const { submitter } = event;
      if (await ask(form.dataset.confirm, form.dataset.confirmYes, form.dataset.confirmNo)) {
        form.dataset.confirmed = "yes";
        form.requestSubmit(submitter);
      }
      return;
    }
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

  /* Back from the browser's memory: forms may be sent again. */
  window.addEventListener("pageshow", () => {
    all("form").forEach((form) => {
      delete form.dataset.sent;
      delete form.dataset.confirmed;
    });
  });

  /* A way back to the list one came from leads to it as it was: its words, filters and page. */
  const cameFrom = document.referrer && new URL(document.referrer);
  if (cameFrom && cameFrom.origin === window.location.origin) {
    all(".breadcrumb a").forEach((link) => {
      if (link.pathname === cameFrom.pathname && !link.search) link.href = cameFrom.href;
    });
  }

  /* The compare bar remembers ticks from page to page. */
  const key = "hojo-compare";
  const remembered = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key)) || [];
    } catch {
      return [];
    }
  };
  const remember = (chosen) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(chosen));
    } catch {
      /* Storage is switched off: ticks last as long as the page. */
    }
  };
  const ticks = () => all('input[type="checkbox"][name="codes"]');
  const drawBar = () => {
    const bar = document.getElementById("compare-form");
    if (!bar) return;
    const limit = Number(bar.dataset.limit);
    const chosen = remembered();
    const full = chosen.length >= limit;
    ticks().forEach((tick) => {
      tick.checked = chosen.some((one) => one.code === tick.value);
      tick.disabled = full && !tick.checked;
    });
    all('input[type="hidden"][name="codes"]', bar).forEach((input) => input.remove());
    const words = full ? bar.dataset.full : bar.dataset.count;
    bar.querySelector("[data-compare-count]").textContent = words.replace("{n}", chosen.length).replace("{limit}", limit);
    bar.querySelector("[data-compare-names]").replaceChildren(...chosen.map((one) => element("li", "", one.name)));
    bar.querySelector("[data-compare-clear]").hidden = !chosen.length;
  };
  /* What the page came with is added to what is remembered. */
  const startBar = () => {
    const bar = document.getElementById("compare-form");
    if (!bar) return;
    const given = [...all('input[type="hidden"][name="codes"]', bar), ...ticks().filter((tick) => tick.checked)];
    const chosen = new Map(remembered().map((one) => [one.code, one]));
    given.forEach((input) => chosen.set(input.value, { code: input.value, name: input.dataset.compareName }));
    remember([...chosen.values()].slice(0, Number(bar.dataset.limit)));
    drawBar();
  };

  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches('input[type="checkbox"][name="codes"]')) {
      const others = remembered().filter((one) => one.code !== target.value);
      remember(target.checked ? [...others, { code: target.value, name: target.dataset.compareName }] : others);
      drawBar();
    }
    if (target.matches("[data-autosubmit]")) target.form.requestSubmit();
  });

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(new URL(copy.dataset.copy, window.location.href).href);
      copy.lastElementChild.textContent = copy.dataset.copied;
    }
    const add = event.target.closest("a[data-compare-add]");
    const others = add ? remembered().map((one) => one.code).filter((code) => code !== add.dataset.compareAdd) : [];
    if (others.length && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      const codes = [...others, add.dataset.compareAdd].map(encodeURIComponent).join(",");
      window.location.assign(`${add.pathname}?codes=${codes}`);
    }
    if (event.target.closest("[data-compare-clear]")) {
      remember([]);
      drawBar();
    }
    if (event.target.closest("[data-print]")) window.print();
    all("details.person-menu[open], details.site-menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.person-menu[open], details.site-menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  const showControls = () =>
    all("[data-copy][hidden], [data-print][hidden]").forEach((control) => { control.hidden = false; });
  showControls();
  startBar();
  document.getElementById("error-summary")?.focus();
  /* A box that was ticked may stand for another package now: what counts is what is remembered. */
  document.addEventListener("htmx:after:swap", () => {
    showControls();
    drawBar();
  });
})();
