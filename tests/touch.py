"""What a finger can hit: nothing that stands alone is lower than 24 px, and the ways through the site are 44 px.

Stricter than axe's rule of WCAG 2.2 (2.5.8), which lets a small target stand where nothing else is near. Links within a
sentence are let be, as there; a box with a label is as large as both.
"""

SMALL = """() => {
  const hidden = element => !element.checkVisibility({visibilityProperty: true}) || element.closest('.visually-hidden, .skip-link')
    || element.getBoundingClientRect().width <= 1;
  const inSentence = element => {
    if (getComputedStyle(element).display !== 'inline') return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display === 'inline') block = block.parentElement;
    const beside = block.cloneNode(true);
    beside.querySelectorAll('a, button, .visually-hidden').forEach(each => each.remove());
    return /[\\p{L}\\p{N}]/u.test(beside.textContent);
  };
  const height = element => Math.max(...[element, ...(element.labels || [])].map(each => each.getBoundingClientRect().height));
  return [...document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden]), textarea')]
    .filter(element => !hidden(element) && !inSentence(element))
    .filter(element => height(element) < (element.matches('nav a, button, .button, summary, select') ? 43.5 : 24))
    .map(element => `${Math.round(height(element))} px: ${element.outerHTML.slice(0, 160)}`);
}"""
