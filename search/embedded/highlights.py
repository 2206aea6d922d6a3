"""Where a hit's own words match, exact to the character of the text as published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter
from sys import intern
from typing import Final

from search.analyser import bigrams, fold, fold_with_places, readings_of, words
from search.documents import SearchDocument, record_of
from search.port import Highlight, MatchStage
from search.spellings import plain_with_places, spellings

_Span = tuple[int, int]
_Find = Callable[[str], list[_Span]]
Pieces = tuple[tuple[str, bool], ...]
_PROLONGED = ("ー", "ｰ")


def _occurrences(needle: str, haystack: str) -> Iterator[int]:
    at = haystack.find(needle)
    while at >= 0:
        yield at
        at = haystack.find(needle, at + 1)


@lru_cache(maxsize=5_000)
def _forms(text: str) -> tuple[str, ...]:
    """The text as written and, where it differs, in its plain form: quicker to look through than with places."""
    return spellings(text)


def _written_spans(text: str, needles: Sequence[str], drawn: Collection[str] = ()) -> list[_Span]:
    """Where the needles are in the text as written, or in its plain form (the kana left out belong to the match).

    drawn: those that were asked for with a last ー, which belongs to the match where the text has it too.
    """
    spans: list[_Span] = []
    if not needles:
        return spans
    for form, with_places in zip(_forms(text), (fold_with_places, plain_with_places), strict=False):
        if any(needle in form for needle in needles):
            mapped = with_places(text)
            spans += [
                _with_last(text, mapped.span(at, at + len(needle)), needle in drawn)
                for needle in needles
                for at in _occurrences(needle, mapped.text)
            ]
    return spans


def _with_last(text: str, span: _Span, drawn: bool) -> _Span:  # noqa: FBT001
    start, end = span
    while drawn and text[end : end + 1] in _PROLONGED:
        end += 1
    return start, end


def _sound_spans(text: str, readings: Sequence[str]) -> list[_Span]:
    """Whole words whose readings, put together, hold one of the readings."""
    spoken, owners = _spoken(text)
    return [(owners[at][0], owners[at + len(r) - 1][1]) for r in readings for at in _occurrences(r, spoken)]


@lru_cache(maxsize=2_000)
def _spoken(text: str) -> tuple[str, tuple[_Span, ...]]:
    """How a text is read, and for each character of that where the word stands that it belongs to."""
    found = words(text)
    spoken = "".join(word.reading for word in found)
    return spoken, tuple((word.start, word.end) for word in found for _ in word.reading)


@lru_cache(maxsize=200)
def _finder(query: tuple[str, ...], stage: MatchStage, sounds: tuple[str, ...]) -> _Find:
    folded = [form for word in query for form in spellings(word)]
    drawn = {form for word in query if word[-1:] in _PROLONGED for form in spellings(word)}
    if stage in (MatchStage.EXACT, MatchStage.WIDENED, MatchStage.CORRECTED):
        return lambda text: _written_spans(text, folded, drawn)
    if stage is MatchStage.READING:
        readings = [reading for word in query for reading in readings_of(word)]
        return lambda text: _written_spans(text, folded, drawn) + _sound_spans(text, readings)
    if stage is MatchStage.SIMILAR:
        pairs = [gram for word in folded for gram in bigrams(word)]
        return lambda text: _written_spans(text, pairs) + (_sound_spans(text, sounds) if sounds else [])
    content = [w.surface for word in query for w in words(word) if w.content and len(w.surface) > 1]
    return lambda text: _written_spans(text, content)


def _pieces(text: str, spans: list[_Span]) -> Pieces:
    """The text cut at the spans, overlapping and touching spans made one."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in _merged(spans):
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    if done < len(text):
        pieces.append((text[done:], False))
    return tuple(pieces)


def _merged(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


Fields = tuple[tuple[str, str], ...]


_NAMES: Final = {
    "name": "name",
    "function_words": "function_words",
    "products": "products",
    "industry_names": "industry_names",
    "description": "description",
    "vendor_name": "vendor_name",
    "prefecture": "prefecture",
    "vendor_number": "vendor_number",
    "id": "code",
}
"""What is looked through of a document, in order, and what it is called in highlights."""
_AS_TYPED: Final = frozenset({"vendor_number", "code"})
"""Those that are found by their characters alone: a number has no sound, and a part of a sentence is not in it."""
_of_document: Final = attrgetter(*_NAMES)
_of_record: Final = itemgetter(*_NAMES)


def fields_of(document: SearchDocument) -> Fields:
    """(name, text) of all that is looked through, in order."""
    return _fields(_of_document(document))


@lru_cache(maxsize=3_000)
def fields_of_stored(stored: bytes) -> Fields:
    """The same for a document as the index keeps it: the same ones come up under many questions.

    Read off the record: making the whole document of it took twice as long again.
    """
    return _fields(_of_record(record_of(stored)))


def _fields(values: Iterable[str | Iterable[str]]) -> Fields:
    return tuple(
        (name, intern(text))
        for name, value in zip(_NAMES.values(), values, strict=True)
        for text in ((value,) if isinstance(value, str) else value)
    )


class Marker:
    """Marks the words of a query in the documents of one page.

    sounds: readings that count too where likeness is what was asked for.
    """

    def __init__(self, query: Sequence[str], stage: MatchStage, sounds: Sequence[str] = ()) -> None:
        anything = stage not in (MatchStage.ALL, MatchStage.NONE)
        self._find = _finder(tuple(query), stage, tuple(sounds)) if anything else None
        self._find_typed = _finder(tuple(word for word in query if fold(word).isascii()), MatchStage.EXACT, ())

    def highlights(self, fields: Fields) -> tuple[Highlight, ...]:
        """Every text of a document that matches, in pieces."""
        return _highlights(self._find, self._find_typed, fields) if self._find else ()


@lru_cache(maxsize=3_000)  # the same documents come up under the same words with other filters
def _highlights(find: _Find, find_typed: _Find, fields: Fields) -> tuple[Highlight, ...]:
    marked = ((name, _marked(find_typed if name in _AS_TYPED else find, text)) for name, text in fields)
    return tuple(Highlight(name, pieces) for name, pieces in marked if pieces)


@lru_cache(maxsize=5_000)  # many documents have the same labels
def _marked(find: _Find, text: str) -> Pieces:
    spans = find(text)
    return _pieces(text, spans) if spans else ()
