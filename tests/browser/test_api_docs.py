"""The page for developers at every width: a name of code is read in one piece, or broken between its words."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
# Lines that end within a word: (what was broken, where its line ends).
BROKEN = """() => [...document.querySelectorAll('.table .code, .facts dt .code')].flatMap(code => {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT), chars = [];
  for (let text = walker.nextNode(); text; text = walker.nextNode())
    for (let at = 0; at < text.length; at++) {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      chars.push([text.data[at], range.getBoundingClientRect()]);
    }
  return chars.slice(1)
    .map(([char, box], before) => [...chars[before], char, box])
    .filter(([one, above, next, below]) => below.top > above.bottom - 2 && /[a-z]/i.test(next) && /[a-z]/i.test(one))
    .map(([one]) => [code.textContent, one]);
})"""


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280])
def test_no_name_of_code_is_broken_within_a_word(address, app, visit, width):
    reader = visit(width)
    reader.go("/api/docs")
    reader.fits()
    assert reader.page.locator(".table .code").count() > 100
    assert reader.page.evaluate(BROKEN) == []
    clipped = (
        "[...document.querySelectorAll('.table-frame')].filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert reader.page.evaluate(clipped) == 0
    if width == 1280:
        lines = "one => new Set([...one.getClientRects()].map(line => line.top)).size"
        whole = (
            f"[...document.querySelectorAll('.table tbody th .code')].filter(name => ({lines})(name) > 1).length"
        )
        assert reader.page.evaluate(whole) == 0, "there is room for the longest"
