"""What is told of how a query was read: each word once with all that it was also searched as, a sentence as one. Pure.

A sentence is told by the names of what it was taken to speak of, without quoting what of it said so: that would begin and
end in the middle of words, or be half of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from search.analyser import fold
from search.names import names_in
from search.phrases import says_something
from search.port import MAX_QUERY_WORDS, MatchStage, Wider, part_read
from search.widening import without_itself

_BY_WORDS: Final = (MatchStage.WIDENED, MatchStage.READING, MatchStage.CORRECTED)


def told_of(synonyms: Sequence[Wider], text: str, stage: MatchStage) -> tuple[Wider, ...]:
    """What this stage looked for beside the words of a text: of each word one, of a sentence one, whose likely is above 0
    and whose word is all that was read."""
    read = part_read(text).strip()
    told: dict[str, list[Wider]] = {}
    for each in _looked_for(synonyms, read, stage):
        spoken = says_something(each.word) or (each.likely and says_something(read))
        told.setdefault("" if spoken else fold(each.word), []).append(each)
    merged = (_word(group) if word else _sentence(read, group) for word, group in told.items())
    return tuple(each for each in merged if each.texts)


def _looked_for(synonyms: Sequence[Wider], read: str, stage: MatchStage) -> list[Wider]:
    """Those of whole words where each must be met; where any word is enough parts, too, and what a sentence stands for."""
    if stage in _BY_WORDS:
        typed = {fold(word) for word in names_in(read, most=MAX_QUERY_WORDS)}
        return [each for each in synonyms if not each.likely and (" " in each.word or fold(each.word) in typed)]
    if stage is not MatchStage.ANY:
        return []
    # Of the query whole nothing was found, but for what it stands for as a sentence.
    found = [each for each in synonyms if each.likely or fold(each.word) != fold(read)]
    return [each for each in found if each.likely or not _told_by_more(each, found)]


def _told_by_more(each: Wider, found: Iterable[Wider]) -> bool:
    """Whether a longer stretch with this in it stands for the same (電話が鳴り, beside 電話が鳴りっぱなし), or is one of the
    sentence, which says more than its words."""
    word = fold(each.word)
    longer = (other for other in found if word != (more := fold(other.word)) and word in more)
    return any(other.likely or each.texts[:1] == other.texts[:1] for other in longer)


def _sentence(read: str, group: Iterable[Wider]) -> Wider:
    names = dict.fromkeys(each.texts[0] for each in group)
    return Wider(read, tuple(names), likely=1.0)


def _word(group: Sequence[Wider]) -> Wider:
    """What its own entries say first, then the names of what it stands for beside these."""
    own = [text for each in group if not each.likely for text in each.texts]
    names = (each.texts[0] for each in group if each.likely)
    word = group[0].word
    return Wider(word, without_itself(word, (*own, *names)))
