"""The loosest stage: what shares pairs of characters with a text, or sounds alike. For slips that no other stage reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final

from search.analyser import bigrams, fold, is_hiragana, reading_of
from search.embedded.nodes import AnyOf, Times
from search.embedded.queries import SCORES, Bonus, QueryText, StageQuery, anything, run, whole_word_bonuses
from search.port import MatchStage

_HALF: Final = 0.5  # of the pairs of characters
_ALIKE: Final = 0.8  # of the pairs of kana of what was not typed so


def _pairs(folded: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(gram for word in folded if len(word) > 1 for gram in bigrams(word)))


def _label_bonuses(grams: Sequence[str], text: str) -> Iterator[Bonus]:
    for field, score in SCORES.items():
        found = anything([run(field, gram) for gram in grams])
        yield Bonus(field, text, Times(found, score / 4))


def similar(text: QueryText) -> StageQuery | None:
    # Two Latin letters tell nothing: the pairs of kintone are in any English text, and so is what it may sound like.
    folded = [fold(word) for word in text.words]
    kana = [word for word in text.words if not fold(word).isascii()]
    threes = (word[at : at + 3] for word in folded if word.isascii() for at in range(len(word) - 2))
    written = list(dict.fromkeys([*_pairs([word for word in folded if not word.isascii()]), *threes]))
    sounds = _pairs([reading_of(word) for word in kana])
    # Any text has many pairs of kana: half of them says something only where a word was typed by its sound.
    by_sound = all(map(is_hiragana, kana))
    needed = max(2, ceil(len(sounds) * (_HALF if by_sound else _ALIKE)))
    looked = [("body", ceil(len(written) * _HALF), written)]
    if by_sound or len(sounds) > 2:
        looked += [("reading", needed, sounds), ("vendor_reading", needed, sounds)]
    options = [
        AnyOf(tuple(run(field, gram) for gram in grams), least) for field, least, grams in looked if len(grams) > 1
    ]
    if not options:
        return None
    bonuses = list(_label_bonuses(written, " ".join(text.words))) if written else []
    bonuses += [bonus for word in text.words for bonus in whole_word_bonuses(word)]
    return StageQuery(MatchStage.SIMILAR, anything(options), tuple(bonuses))
