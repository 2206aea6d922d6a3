"""The loosest stage: what shares pairs of characters with a text, or sounds alike. For slips that no other stage reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import Final

from search.analyser import bigrams, fold, reading_of
from search.embedded.nodes import AnyOf, Times
from search.embedded.queries import SCORES, Bonus, QueryText, StageQuery, anything, run, whole_word_bonuses
from search.port import MatchStage

_KANA_OR_LATIN: Final = re.compile("[ぁ-ゖー]+|[ -~]+")  # of one script alone, folded
_HALF: Final = 0.5
_ALIKE: Final = 0.6  # of the kana in a row: any text has many


def _pairs(folded: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(gram for word in folded if len(word) > 1 for gram in bigrams(word)))


def _threes(words: Iterable[str]) -> dict[str, None]:
    """Three characters in a row: two kana stand in any text, as two Latin letters do (of kintone, in English)."""
    return dict.fromkeys(word[at : at + 3] for word in words for at in range(len(word) - 2))


def _label_bonuses(grams: Sequence[str], text: str) -> Iterator[Bonus]:
    for field, score in SCORES.items():
        found = anything([run(field, gram) for gram in grams])
        yield Bonus(field, text, Times(found, score / 4))


def similar(text: QueryText, *, by_sound: bool = True) -> StageQuery | None:
    """What has half of the characters in a row, or sounds alike; None of what is too short to be like anything."""
    spelt = [fold(word) for word in text.words]
    kana = [word for word, folded in zip(text.words, spelt, strict=True) if not folded.isascii()]
    mixed = [folded for folded in spelt if not _KANA_OR_LATIN.fullmatch(folded)]
    others = [folded for folded in spelt if folded not in mixed]
    written = [*dict.fromkeys([*_pairs(mixed), *_threes(others)])]
    sounds = [*_threes(reading_of(word) for word in kana)] if by_sound else []
    alike = max(2, ceil(len(sounds) * _ALIKE))
    looked = (
        ("body", ceil(len(written) * _HALF), written),
        ("reading", alike, sounds),
        ("vendor_reading", alike, sounds),
    )
    options = [
        AnyOf(tuple(run(field, gram) for gram in grams), least) for field, least, grams in looked if len(grams) > 1
    ]
    if not options:
        return None
    bonuses = list(_label_bonuses(written, " ".join(text.words))) if written else []
    bonuses += [bonus for word in text.words for bonus in whole_word_bonuses(word)]
    return StageQuery(MatchStage.SIMILAR, anything(options), tuple(bonuses))
