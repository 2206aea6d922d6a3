/* Suggestions below a search box (WAI-ARIA combobox with a list). Without script the box is a plain field.
   A choice leads to its page; in a field that is filled in (data-suggest-fills) it is sent with its form. */
(() => {
  "use strict";
  const WAIT = 150;
  const LONGEST = 100;

  const element = (name, className, textContent = "") =>
    Object.assign(document.createElement(name), { className, textContent });

  const equip = (input) => {
    const words = JSON.parse(input.dataset.suggestWords);
    const list = element("ul", "suggestions");
    const told = element("p", "visually-hidden");
    let options = [];
    let active = -1;
    let timer = 0;
    let asked = null;
    let sent = false;
    const fills = "suggestFills" in input.dataset;
    list.id = `${input.id}-suggestions`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.label);
    told.setAttribute("role", "status");
    /* Also after a part of the page was replaced by what the server knows, which is a plain field. */
    const dress = () => {
      if (list.isConnected) return;
      /* What was sent is what the server made of it; what is being typed meanwhile stays. */
      if (fills && sent) input.value = input.defaultValue;
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.setAttribute("aria-controls", list.id);
      input.autocomplete = "off";
      input.parentElement.classList.add("has-suggestions");
      input.parentElement.append(list, told);
    };

    const mark = (next) => {
      options[active]?.setAttribute("aria-selected", "false");
      active = next;
      const option = options[active];
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    };
    const close = () => {
      clearTimeout(timer);
      asked?.abort();
      mark(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      told.textContent = "";
    };
    const show = (found) => {
      mark(-1);
      options = found.map((one, number) => {
        const option = element("li", "suggestion");
        option.id = `${list.id}-${number}`;
        option.dataset.href = one.href;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.append(element("span", "suggestion__label", one.label), element("span", "suggestion__kind", words[one.kind]));
        return option;
      });
      list.replaceChildren(...options);
      list.hidden = !options.length;
      input.setAttribute("aria-expanded", String(Boolean(options.length)));
      told.textContent = options.length ? words.count.replace("{n}", options.length) : "";
    };
    const ask = async () => {
      const typed = input.value.trim();
      if (!typed) {
        close();
        return;
      }
      asked?.abort();
      const mine = new AbortController();
      asked = mine;
      const address = new URL(input.dataset.suggest, window.location.href);
      address.searchParams.set("q", typed.slice(0, LONGEST));
      address.searchParams.set("lang", document.documentElement.lang);
      try {
        const answer = await fetch(address, { signal: mine.signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const { suggestions } = await answer.json();
        if (!mine.signal.aborted && document.activeElement === input) show(suggestions);
      } catch {
        /* No suggestions are no fault: the box searches as it always does. */
        if (!mine.signal.aborted) close();
      }
    };
    const choose = (option) => {
      if (!fills) {
        window.location.assign(option.dataset.href);
        return;
      }
      input.value = option.querySelector(".suggestion__label").textContent;
      sent = true;
      input.form.requestSubmit();
    };

    const keys = {
      ArrowDown: () => mark((active + 1) % options.length),
      ArrowUp: () => mark(active <= 0 ? options.length - 1 : active - 1),
      Escape: close,
      Tab: close,
      Enter: () => choose(options[active]),
    };
    input.addEventListener("change", () => { sent = true; });
    input.addEventListener("input", (event) => {
      sent = false;
      clearTimeout(timer);
      if (!event.isComposing || event.inputType === "insertCompositionText") timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      /* While a Japanese keyboard converts, its keys are its own. */
      if (event.isComposing) return;
      if (event.key === "ArrowDown" && list.hidden && input.value.trim()) {
        event.preventDefault();
        ask();
        return;
      }
      const act = keys[event.key];
      if (!act || list.hidden || (event.key === "Enter" && active < 0)) return;
      if (event.key !== "Tab") event.preventDefault();
      /* Escape closes the list, not also what it stands in. */
      event.stopPropagation();
      act();
    });
    input.addEventListener("blur", close);
    input.form?.addEventListener("submit", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest(".suggestion");
      if (option) choose(option);
    });
    return dress;
  };

  const equipped = new WeakMap();
  const start = () =>
    document.querySelectorAll("input[data-suggest]").forEach((input) => {
      if (!equipped.has(input)) equipped.set(input, equip(input));
      equipped.get(input)();
    });
  start();
  document.addEventListener("htmx:after:swap", start);
})();
