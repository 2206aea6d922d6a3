"""Letters on paper: tagged, in Japanese, searchable; what people write is shown and never obeyed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
import typst
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import read

from web.pdf import answers, typesetting
from web.pdf.typesetting import Letter, letter

WRITTEN = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
# A layout as small as one can be, on the shared paper: the words of the test and nothing else.
SMALL = '#import "house.typ": letter, said\n#show: letter\n#title()\n= #said.heading\n#said.words\n'


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Letters of one small layout."""
    folder = tmp_path_factory.mktemp("letters")
    shutil.copyfile(typesetting.LETTERS / "house.typ", folder / "house.typ")
    (folder / "small.typ").write_text(SMALL)
    (folder / "broken.typ").write_text(f"{SMALL}#said.nothing\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typesetting, "LETTERS", folder)
        typesetting._layouts.cache_clear()
        yield lambda words, **more: letter(
            "small",
            title="会計の見積書",
            author="株式会社サンプル",
            written_at=WRITTEN,
            content={"heading": "2026年11月28日", "words": words},
            **more,
        )
    typesetting._layouts.cache_clear()


def test_a_letter_is_tagged_says_its_language_and_title_and_can_be_searched(small):
    found = read(small("会計ソフト1,234,567円").pdf())
    assert found.tagged
    assert found.accessible
    assert found.lang == "ja-JP"
    assert found.title == "会計の見積書"
    assert "2026年11月28日" in found.words
    assert "会計ソフト1,234,567円" in found.words


def test_an_english_letter_says_so(small):
    assert read(small("A price", language="en").pdf()).lang == "en"


@pytest.mark.parametrize(
    "words",
    [
        "#strong[x]",
        "*太字*_斜体_`code`",
        "$x^2$",
        '#read("house.typ")',
        '#import"@preview/x:1.0.0":*',
        "=見出し",
        "<label>@ref",
        "\\#let\\",
        "//comment",
        "/*x*/",
        "]#panic()[",
        '"}]#',
        "https://example.org/#x",
        "a~b--c...d'e\"f",
    ],
)
def test_what_looks_like_a_command_is_shown_as_it_was_written(small, words):
    assert words.replace(" ", "") in read(small(words).pdf()).words


MARKS = st.text(alphabet="#*_`$=<>@\\/[]{}()\"'~-+.:;,&%!?|^ab1会計円\n", max_size=60)


@settings(max_examples=60, deadline=None)
@given(MARKS)
def test_no_words_are_read_as_markup(small, words):
    assert "".join(words.split()) in read(small(words).pdf()).words


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_can_be_printed(small, words):
    assert read(small(words).pdf()).tagged


def test_a_character_the_font_does_not_have_costs_the_promise_but_not_the_letter(small):
    found = read(small("ありがとう😀ございます").pdf())
    assert found.tagged
    assert not found.accessible
    assert "ございます" in found.words


def test_the_same_letter_is_the_same_file_and_is_set_once(small, monkeypatch):
    first = small("同じ").pdf()
    assert typesetting._set(small("同じ")) == first
    monkeypatch.setattr(typesetting, "_set", lambda _what: pytest.fail("set again"))
    assert small("同じ").pdf() == first


def test_another_word_layout_or_moment_is_another_letter(small):
    one = small("同じ")
    assert one.digest == small("同じ").digest
    assert one.digest != small("違う").digest
    assert one.digest != Letter("other", one.content, one.written_at).digest
    assert one.digest != Letter(one.kind, one.content, datetime(2026, 11, 29, tzinfo=UTC)).digest


def test_a_broken_layout_is_an_error(small):
    with pytest.raises(typst.TypstError):
        Letter("broken", small("x").content, WRITTEN).pdf()


def test_a_site_without_fonts_is_told_what_to_do(small, monkeypatch, tmp_path):
    monkeypatch.setattr(typesetting, "FONT_FOLDERS", (tmp_path,))
    typesetting._fonts.cache_clear()
    try:
        with pytest.raises(typesetting.NoFonts, match=r"environment\.py base"):
            small("字がない").pdf()
    finally:
        typesetting._fonts.cache_clear()


def test_a_browser_is_given_it_with_its_name_once(small):
    what = small("渡す")
    app = Flask(__name__)
    with app.test_request_context():
        answer = answers.send(what, "見積書 Q-1")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith(
        "inline; filename=\"letter.pdf\"; filename*=UTF-8''%E8"
    )
    assert "ETag" not in answer.headers
    with app.test_request_context():
        shared = answers.send(what, "比較", private=False)
    with app.test_request_context(headers={"If-None-Match": shared.headers["ETag"]}):
        assert answers.send(what, "見積書 Q-1").status_code == 200, "somebody's is never taken for kept"
        again = answers.send(what, "見積書 Q-1", private=False)
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["Cache-Control"] == "no-cache"
