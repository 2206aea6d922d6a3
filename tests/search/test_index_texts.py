"""A text put together from its sentences is the same as the text at once, whatever stands around the full stops."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from search.embedded import texts

# What looks at its neighbours: prolonged sounds, numbers and their commas, endings, joiners, marks, breaks of lines.
PIECES = st.lists(
    st.sampled_from(
        (
            "会計",
            "受け付",
            "サー",
            "ー",
            "か",
            "3",
            "5万円",
            "千円",
            ",",
            "・",
            "。",
            "\n",
            "゛",
            "①",
            "ﾚｼﾞ",
            "a",
            ".",
            "％",
            "十",
            "－",
            "㈱",
            "（株）",
        )
    ),
    max_size=12,
).map("".join)


@example("3。5万円です。")
@example("1・。5万円")
@example("データー。\nビス。ーか")
@given(PIECES)
def test_a_text_from_its_sentences_is_the_text_at_once(text):
    at_once, together = texts._analysed(text), texts.analysed_long(text)
    assert together._replace(sounds=()) == at_once._replace(sounds=())
    assert set(together.sounds) == set(at_once.sounds)


def test_long_texts_are_not_remembered_whole_but_their_sentences_are():
    texts.analysed.cache_clear()
    texts.analysed_long("給与を計算します。会計に送ります。")
    texts.analysed_long("会計に送ります。給与を計算します。")
    assert (texts.analysed.cache_info().hits, texts.analysed.cache_info().currsize) == (2, 2)
