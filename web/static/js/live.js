/* What is asked without leaving the page (htmx): that it loads, that it failed, and the way back; and the filters,
   which on a phone are a sheet over the page. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* The filter sheet is a dialog where it covers the page: nothing beside it can be reached. */
  const narrow = window.matchMedia("(width < 60rem)");
  const sheet = () => (narrow.matches ? document.querySelector("#filters:is(:target, :has(:target))") : null);
  const beside = (one) =>
    one === document.body
      ? []
      : [...one.parentElement.children].filter((other) => other !== one).concat(beside(one.parentElement));
  let wasOpen = false;
  let backTo = ".filter-button";
  const sealSheet = () => {
    const open = sheet();
    all("[data-sealed]").forEach((one) => {
      one.inert = false;
      delete one.dataset.sealed;
    });
    const filters = document.getElementById("filters");
    filters?.setAttribute("role", open ? "dialog" : "complementary");
    filters?.removeAttribute("aria-modal");
    if (!open) return;
    open.setAttribute("aria-modal", "true");
    beside(open)
      .filter((one) => !one.inert && !one.matches("[data-line-lost], script"))
      .forEach((one) => {
        one.inert = true;
        one.dataset.sealed = "";
      });
  };
  const followSheet = () => {
    const open = sheet();
    sealSheet();
    if (open && !wasOpen && !open.contains(document.activeElement)) open.focus();
    if (wasOpen && !open) {
      document.querySelector(backTo)?.focus({ preventScroll: true });
      backTo = ".filter-button";
    }
    wasOpen = Boolean(open);
  };
  window.addEventListener("hashchange", followSheet);
  /* The way back closes the sheet too, in some browsers only when it has come to an end, with its page or without. */
  window.navigation?.addEventListener("navigatesuccess", followSheet);
  narrow.addEventListener("change", followSheet);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && sheet()) window.location.hash = "results";
  });
  /* What shows the results leads to what is wrong first, which the sheet's own button says. */
  document.addEventListener("click", (event) => {
    const show = event.target.closest(".filters__show");
    const wrong = show && show.closest("form").querySelector('[aria-invalid="true"]');
    if (wrong) {
      event.preventDefault();
      wrong.closest("details").open = true;
      wrong.focus();
    } else if (show) backTo = "#found";
  });

  /* While a part of the page loads, it says so; a moment later, so that a quick answer does not flicker. */
  let asked = null;
  let late = 0;
  let before = [];
  const isRestore = (ctx) => Boolean(ctx.request.headers["HX-History-Restore-Request"]);
  const sayWaiting = (part) => {
    before = all("[data-waiting]", part).map((place) => [place, [...place.childNodes]]);
    before.forEach(([place]) => place.replaceChildren(place.dataset.waiting));
    all("[data-waits]", part).forEach((one) => one.setAttribute("aria-busy", "true"));
  };
  const sayReady = () => {
    before.forEach(([place, words]) => place.replaceChildren(...words));
    all("[data-waits]").forEach((one) => one.removeAttribute("aria-busy"));
    before = [];
  };
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (isRestore(ctx)) return;
    asked = ctx;
    window.clearTimeout(late);
    if (ctx.target instanceof Element && !before.length) late = window.setTimeout(sayWaiting, 150, ctx.target);
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx !== asked) return;
    asked = null;
    window.clearTimeout(late);
    if (ctx.status === "swapped") before = [];
    sayReady();
  });

  /* What leads from a search to another, a chip or a page, is asked for as the form is. In the filters one stays at
     what one pressed; from elsewhere one goes on at the count, with the head of the results in sight. */
  const isSearch = (link) =>
    link.pathname === window.location.pathname && !link.getAttribute("href").startsWith("#") && window.htmx;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#search a[href]");
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || event.defaultPrevented || !isSearch(link)) return;
    event.preventDefault();
    const way = link.closest("#filters") ? "filter" : "search";
    window.htmx.ajax("GET", link.pathname + link.search, { source: link, way });
  });
  const goOn = () => {
    const found = document.getElementById("found");
    found.focus({ preventScroll: true });
    const { top, bottom } = found.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) document.getElementById("results").scrollIntoView();
  };
  /* The address may say other words than what stands in the box, which is no part of what was refreshed. Words that
     are being typed meanwhile stay. */
  const box = () => document.querySelector('#f-q[form="filter-form"]');
  let wordsAsked = "";
  document.addEventListener("htmx:before:request", () => {
    wordsAsked = box()?.value;
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const typed = box()?.value;
    if (ctx.way) document.getElementById("filter-form").reset();
    if (box()) box().value = typed === wordsAsked ? new URLSearchParams(window.location.search).get("q") : typed;
    all(".language-switch").forEach((one) => {
      const address = new URL(window.location.href);
      address.searchParams.set("lang", one.hreflang);
      one.href = address.pathname + address.search;
    });
    /* On a phone its keyboard would lie over what was found. */
    const isSent = ctx.sourceEvent?.type === "submit" && narrow.matches && document.activeElement === box();
    if (ctx.way === "search" || isSent) goOn();
  });

  /* Groups of filters stay as the reader left them, so that nothing moves away from under the pointer; what is wrong in
     one is seen. */
  const groups = () => all("#filters details").map((group) => [group, group.querySelector("[id]")?.id]);
  let left = new Map();
  document.addEventListener("htmx:before:swap", () => {
    left = new Map(groups().map(([group, id]) => [id, group.open]));
  });
  document.addEventListener("htmx:after:swap", () => {
    groups().forEach(([group, id]) => {
      if (left.has(id) && !group.querySelector('[aria-invalid="true"]')) group.open = left.get(id);
    });
  });

  /* Back, while something loads: its answer would put its address over the one gone back to. */
  document.addEventListener("htmx:before:history:restore", () => {
    asked?.request.abort();
    followSheet();
  });
  const isLeft = (ctx) => isRestore(ctx) && ctx.request.action !== window.location.pathname + window.location.search;

  /* The line drops in the middle of a live request: the page must not look as if it had answered. */
  const lineLost = () => document.querySelector("[data-line-lost]");
  const lineBack = () => lineLost()?.replaceChildren();
  const wayAgain = (source, ctx) => {
    if (isRestore(ctx)) return () => window.location.reload();
    const link = source.closest?.("a[href]");
    if (link) return () => link.click();
    const form = source.closest?.("form");
    return form?.method === "get" ? () => form.requestSubmit() : null;
  };
  const sayInPlace = (source, ctx, text) => {
    const place = lineLost();
    const words = document.createElement("p");
    words.className = "flash flash--error";
    words.setAttribute("role", "alert");
    words.textContent = text;
    const tryAgain = wayAgain(source, ctx);
    if (tryAgain) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "button button--secondary button--m";
      again.textContent = place.dataset.lineAgain;
      again.addEventListener("click", tryAgain);
      words.append(again);
    }
    place.replaceChildren(words);
  };
  document.addEventListener("htmx:error", ({ target, detail }) => {
    if (lineLost() && detail?.ctx) sayInPlace(target, detail.ctx, lineLost().dataset.lineLost);
  });
  /* An answer that is not the part asked for stays out of the page; 422 is one, and 400 where a page was asked for: with what is wrong in it. */
  const waiting = (seconds, words) => {
    if (!(seconds > 0)) return words.lineMoment;
    return seconds < 120
      ? words.lineSeconds.replace("{n}", Math.ceil(seconds))
      : words.lineMinutes.replace("{n}", Math.ceil(seconds / 60));
  };
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const { status, headers } = ctx.response;
    if (isLeft(ctx)) return event.preventDefault();
    const isGet = (ctx.request.method || "GET").toUpperCase() === "GET";
    if (status < 400 || status === 422 || (status === 400 && isGet) || !lineLost()) return;
    event.preventDefault();
    const words = lineLost().dataset;
    const busy = status === 429 || status >= 500;
    const wait = waiting(Number(headers.get("Retry-After")), words);
    sayInPlace(event.target, ctx, busy ? words.lineBusy.replace("{wait}", wait) : words.lineRefused);
  });
  document.addEventListener("htmx:after:request", lineBack);

  followSheet();
  document.addEventListener("htmx:after:swap", () => {
    sealSheet();
    wasOpen = Boolean(sheet());
  });
})();
