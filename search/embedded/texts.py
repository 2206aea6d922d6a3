"""What the streams hold of one text. Labels come back in many documents, and so do sentences: what was made of them is kept.

A long text is put together from its sentences, which gives the same as the text at once: nothing is folded, cut into words
or read over a full stop. Where that is not so (with marks that join on) it is taken at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

from search.analyser import GAP, folds_by_character, surfaces_and_readings
from search.embedded.inverting import whole_label, word
from search.spellings import spellings, without_endings

_BREAK: Final = "\0"  # between two texts, so that nothing is found over it
_WORD_BREAK: Final = bytes(8)
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
    sounds: tuple[bytes, ...]
    first: str
    last: str


def joined(texts: Iterable[str]) -> bytes:
    """Texts as characters, none running into the next."""
    return _BREAK.join(filter(None, texts)).encode("utf-16-le", "surrogatepass")


def joined_words(texts: Iterable[bytes]) -> bytes:
    """The same of words."""
    return _WORD_BREAK.join(filter(None, texts))


@lru_cache(maxsize=50_000)
def analysed(text: str) -> Analysed:
    """What is made of a label or a sentence."""
    return _analysed(text)


def _analysed(text: str) -> Analysed:
    forms = spellings(text)
    found = surfaces_and_readings(text)
    readings = [reading for _, reading in found]
    sounds = (*readings, *(a + b for a, b in pairwise(readings)))
    return Analysed(
        forms[0],
        forms[-1],
        _characters(forms),
        b"".join([_word(surface) for surface, _ in found]),
        "".join(readings),
        tuple(dict.fromkeys([_word(sound) for sound in sounds])),
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
    between = [_word(one.last + other.first) for one, other in pairwise(read)]
    return Analysed(
        folded,
        plain,
        _characters(dict.fromkeys((folded, plain))),
        b"".join([each.words for each in parts]),
        "".join([each.reading for each in parts]),
        (*chain.from_iterable([each.sounds for each in parts]), *between),
        read[0].first if read else "",
        read[-1].last if read else "",
    )


@lru_cache(maxsize=50_000)
def characters(text: str) -> str:
    """Of a text of which only the characters count."""
    return _characters(spellings(text))


def _characters(forms: Iterable[str]) -> str:
    return _BREAK.join([form.replace(GAP, _BREAK) for form in forms])


@lru_cache(maxsize=50_000)
def whole_words(label: str) -> bytes:
    """The words of a label, also without the kana that may be left out: 受発注 is whole in 受け発注管理."""
    return joined_words(analysed(form).words for form in dict.fromkeys((label, without_endings(label))))


@lru_cache(maxsize=50_000)
def as_one_word(label: str) -> bytes:
    """A whole label as a word, as written and as read."""
    made = analysed(label)
    return joined_words(
        whole_label(form).to_bytes(8, "little") for form in dict.fromkeys((made.plain, made.reading))
    )


@lru_cache(maxsize=200_000)
def _word(text: str) -> bytes:
    return word(text).to_bytes(8, "little")
