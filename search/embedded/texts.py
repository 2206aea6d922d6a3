"""What the streams hold of one text. Labels come back in many documents, and so do sentences: what was made of them is kept.

A long text is put together from its sentences, which gives the same as the text at once: nothing is folded, cut into words
or read over a full stop. Where that is not so (with marks that join on) it is taken at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from search.analyser import GAP, folds_by_character, surfaces_and_readings
from search.embedded.inverting import whole_label, word
from search.spellings import spellings, without_endings

_BREAK: Final = "\0"  # behind every text, so that nothing is found over its end
WORD_BREAK: Final = bytes(8)
_Made = TypeVar("_Made")
_AFTER_STOP: Final = re.compile("(?<=。)")


class Analysed(NamedTuple):
    """A text or a part of one. folded, plain: its spellings, which may be the same.

    characters: as written and, where it differs, in plain form: each spelling is found as a part of one of them.
    words: their numbers, one after the other. reading: how it is read. sounds: how each word and each pair of words is
    read, as numbers, perhaps repeated. first, last: how its first and last words are read; nothing when it has none.
    """

    folded: str
    plain: str
    characters: str
    words: bytes
    reading: str
    sounds: bytes
    first: str
    last: str


class Label(NamedTuple):
    """What the streams hold of a label, with a break behind everything. as_one_word: its whole, as written and as read."""

    characters: bytes
    words: bytes
    as_one_word: bytes
    reading: bytes
    sounds: bytes


def ended(text: str) -> bytes:
    """A text as characters, and its end; nothing of nothing."""
    return (text + _BREAK).encode("utf-16-le", "surrogatepass") if text else b""


def ended_words(words: bytes) -> bytes:
    """The same of words."""
    return words + WORD_BREAK if words else b""


@lru_cache(maxsize=50_000)
def analysed(text: str) -> Analysed:
    """What is made of a label or a sentence."""
    return _analysed(text)


def _analysed(text: str) -> Analysed:
    return _of_words(text, surfaces_and_readings(text))


def _of_words(text: str, found: Sequence[tuple[str, str]]) -> Analysed:
    forms = spellings(text)
    readings = [reading for _, reading in found]
    sounds = readings + [a + b for a, b in pairwise(readings)]
    return Analysed(
        forms[0],
        forms[-1],
        _characters(forms),
        b"".join([_WORDS[surface] for surface, _ in found]),
        "".join(readings),
        b"".join([_WORDS[sound] for sound in sounds]),
        readings[0] if readings else "",
        readings[-1] if readings else "",
    )


def analysed_long(text: str) -> Analysed:
    """The same of a text of several sentences: these are remembered, and the text itself is not, for the memory."""
    if folds_by_character(text):
        return _together([analysed(each) for each in sentences(text)])
    return _analysed(text)


def sentences(text: str) -> list[str]:
    """The text cut after its full stops."""
    return [each for each in _AFTER_STOP.split(text) if each]


def _together(parts: Sequence[Analysed]) -> Analysed:
    folded, plain = "".join([each.folded for each in parts]), "".join([each.plain for each in parts])
    read = [each for each in parts if each.first]
    between = [_WORDS[one.last + other.first] for one, other in pairwise(read)]
    same = folded == plain  # then each of them has one spelling, too
    return Analysed(
        folded,
        plain,
        "".join([each.characters for each in parts]) if same else _characters((folded, plain)),
        b"".join([each.words for each in parts]),
        "".join([each.reading for each in parts]),
        b"".join([each.sounds for each in parts] + between),
        read[0].first if read else "",
        read[-1].last if read else "",
    )


@lru_cache(maxsize=50_000)
def characters(text: str) -> str:
    """Of a text of which only the characters count."""
    return _characters(spellings(text))


def _characters(forms: Iterable[str]) -> str:
    return _BREAK.join([form.replace(GAP, _BREAK) for form in forms])


def labels(texts: Sequence[str]) -> list[Label]:
    """What is made of labels. All are read first, so that the dictionary stays near the processor."""
    read = [*map(surfaces_and_readings, texts)]
    return [*map(_label, texts, map(_of_words, texts, read))]


def _label(text: str, made: Analysed) -> Label:
    words = [made.words]
    if made.plain != made.folded:
        # Also without the kana that may be left out: 受発注 is whole in 受け発注管理.
        words += [_words(form) for form in (without_endings(text),) if form != text]
    whole = dict.fromkeys(filter(None, (made.plain, made.reading)))
    return Label(
        ended(made.characters),
        b"".join(map(ended_words, words)),
        b"".join([ended_words(whole_label(form).to_bytes(8, "little")) for form in whole]),
        ended(made.reading),
        made.sounds,
    )


def _words(text: str) -> bytes:
    return b"".join([_WORDS[surface] for surface, _ in surfaces_and_readings(text)])


class _Known(dict[str, _Made]):
    """What was made of texts. All is forgotten when it is too much: to know what was not asked for longest costs more."""

    def __init__(self, make: Callable[[str], _Made], most: int) -> None:
        self._make, self._most = make, most

    def __missing__(self, text: str) -> _Made:
        if len(self) >= self._most:
            self.clear()
        made = self[text] = self._make(text)
        return made


known_labels: Final = _Known(lambda text: labels([text])[0], 50_000)
"""The same of one label, remembered: most come back in many documents."""
_WORDS: Final = _Known(lambda text: word(text).to_bytes(8, "little"), 200_000)
