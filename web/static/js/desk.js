/* What script adds to lists that are worked through: one box for all, how many are ticked, and, while the
   keyboard is inside the list, j and k (or the arrows) from row to row and x for the tick. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  all("[data-batch]").forEach((form) => {
    const boxes = all('input[name="chosen"]', form);
    const every = form.querySelector("[data-every]");
    const count = form.querySelector("[data-count]");
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      if (count) count.textContent = count.dataset.count.replace("{n}", ticked);
      if (every) {
        every.checked = ticked > 0 && ticked === boxes.length;
        every.indeterminate = ticked > 0 && ticked < boxes.length;
      }
    };
    if (every) {
      every.closest("[hidden]")?.removeAttribute("hidden");
      every.addEventListener("change", () => {
        boxes.forEach((box) => { box.checked = every.checked; });
        show();
      });
    }
    form.addEventListener("change", show);
    show();
  });

  all("[data-rows]").forEach((table) => {
    const links = () => all("tbody th a", table);
    table.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const row = event.target.closest("tr");
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
      if (step) {
        const rows = links();
        const here = rows.indexOf(row?.querySelector("th a"));
        const target = rows[here + step];
        if (target) {
          event.preventDefault();
          target.focus();
        }
      } else if (event.key === "x" && event.target.matches("th a")) {
        row.querySelector('input[name="chosen"]')?.click();
      }
    });
  });
})();
