"""What is looked for where nothing has all the words."""

from __future__ import annotations

import pytest
from search_samples import a_document, fill

from search.asking import ask
from search.embedded import EmbeddedEngine
from search.port import SearchRequest, Visibility, Wider

LEARNING = Wider("e learning", ("研修",))


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("<script>alert(1)</script>", "script alert"),
        ("e learning qqqqq 7", "e learning qqqqq"),
        ("茶 qqqqq", "茶 qqqqq"),
        ("x 7", "x 7"),
    ],
)
def test_single_letters_and_digits_beside_words_are_left_out_but_for_those_of_a_name(tmp_path, text, looked_for):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.ensure_schema()
    fill(engine, a_document("A", name="帳簿", vendor_number="2000000000002"))
    answer = ask(engine, SearchRequest(Visibility.PUBLIC, text, synonyms=(LEARNING,)), lambda _: ())
    assert answer.request.text == looked_for
    engine.close()
