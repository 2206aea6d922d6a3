/* Prefectures by region: the boxes for all and for a region tick theirs at once, and each region says what is chosen.
   Without script the server reads those boxes when the section is saved. */
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  all("[data-areas]").forEach((field) => {
    const whole = field.querySelector("[data-all]");
    const regions = all("[data-region]", field).map((region) => ({
      every: region.querySelector("[data-every-of]"),
      boxes: all('input[type="checkbox"]:not([data-every-of])', region),
      said: region.querySelector("[data-chosen]"),
    }));
    const mark = (box, boxes) => {
      const ticked = boxes.filter((each) => each.checked).length;
      box.checked = ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    const show = () => {
      regions.forEach(({ every, boxes, said }) => {
        mark(every, boxes);
        const names = boxes.filter((each) => each.checked).map((each) => each.labels[0].textContent);
        if (every.checked) said.textContent = said.dataset.allWords;
        else said.textContent = names.join(document.documentElement.lang === "en" ? ", " : "、") || said.dataset.noneWords;
      });
      mark(whole, regions.flatMap((region) => region.boxes));
    };
    const tick = (boxes, checked) => boxes.forEach((box) => { box.checked = checked; });
    /* From here on they only stand for the boxes they tick. */
    [whole, ...regions.map((region) => region.every)].forEach((box) => box.removeAttribute("name"));
    whole.addEventListener("change", () => {
      tick(regions.flatMap((region) => region.boxes), whole.checked);
    });
    regions.forEach(({ every, boxes }) => every.addEventListener("change", () => tick(boxes, every.checked)));
    field.addEventListener("change", show);
    show();
  });
})();
