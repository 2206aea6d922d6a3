"""How a document becomes what Meilisearch keeps. Pure.

Our own analyser decides what a text is found by; Meilisearch counts, filters and orders. Each term is therefore sent
as one Latin word that no tokenizer of the server cuts or changes: a letter for its kind, then its characters in
letters. The texts as published go too: the stage ``similar`` leaves them to Meilisearch's own Japanese and typos.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from search.analyser import GAP, bigrams, fold_reading, reading_of, surfaces_and_readings, words
from search.completeness import completeness
from search.documents import Amounts, SearchDocument, to_bytes
from search.embedded.schema import facet_values, label_words, shuffle
from search.filters import Amount, Facet, seconds
from search.fit import for_few
from search.name_order import name_key
from search.spellings import spellings, without_endings

PARTS: Final = (
    "parts_name",
    "parts_functions",
    "parts_products",
    "parts_industries",
    "parts_body",
    "parts_vendor",
)
CHARACTERS: Final = "characters"
WHOLE: Final = ("whole_name", "whole_functions", "whole_products", "whole_industries", "whole_body")
SOUNDS: Final = "sounds"
SOUND_WORDS: Final = "sound_words"
PUBLISHED: Final = ("name", "function_words", "products", "industry_names", "description", "vendor_name")
LABELS: Final = "labels"
SORT_NAME: Final = "sort_name"
NEWEST: Final = "newest"
SHUFFLE: Final = "shuffle"
COMPLETENESS: Final = "completeness"
MADE_FOR: Final = "made_for"
"""The industries of a package that is made for few."""
SOURCE: Final = "source"

_LETTERS: Final = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
# Behind p, so that no term of one kind is one of another.
_PART, _CHARACTER, _WORD, _SOUND, _SOUND_WORD = "q", "r", "w", "s", "t"
# In letters four times as many, and the server forgets words above 255.
_LONGEST: Final = 60
_LONGEST_NAME: Final = 100
_FEWEST_CHARACTERS_OF_A_SOUND: Final = 3  # below this a reading must be a whole word: れじ is part of too many


def letters(text: str) -> str:
    """The text in the letters a to p, each character as many: comparing these compares the texts."""
    return text.encode("utf-16-be", "surrogatepass").hex().translate(_LETTERS)


def _term(kind: str, text: str) -> str:
    return kind + letters(text[:_LONGEST])


def _phrase(kind: str, texts: Iterable[str]) -> str:
    return " ".join(_term(kind, text) for text in texts)


def filter_field(facet: Facet) -> str:
    """The attribute a facet is filtered and counted by."""
    return f"has_{facet.value}"


# --- what a query asks for ---


def part_phrases(folded: str) -> list[str]:
    """What a text must hold to have this folded text somewhere in it."""
    return [
        _phrase(_PART, bigrams(piece)) if len(piece) > 1 else _term(_CHARACTER, piece)
        for piece in folded.split(GAP)
        if piece
    ]


def whole_phrase(text: str) -> str:
    """What a text must hold to have this text as whole words; empty when the dictionary sees none."""
    return _phrase(_WORD, (word.surface for word in words(without_endings(text))))


def sound_phrase(text: str) -> str:
    """What a text must hold to sound like this one somewhere in it; empty when nobody knows how it is read."""
    reading = reading_of(text)
    if len(reading) < _FEWEST_CHARACTERS_OF_A_SOUND:
        return _term(_SOUND_WORD, reading) if reading else ""
    return _phrase(_SOUND, bigrams(reading))


# --- what a document holds ---


def _parts(texts: Iterable[str]) -> list[str]:
    """Each text as written and, where it differs, in plain form; apart, so that no phrase runs over two."""
    pieces = (piece for text in texts for form in spellings(text) for piece in form.split(GAP))
    return [_phrase(_PART, bigrams(piece)) for piece in pieces if len(piece) > 1]


def _characters(texts: Iterable[str]) -> list[str]:
    return sorted({_term(_CHARACTER, c) for text in texts for form in spellings(text) for c in form if c != GAP})


def _whole(texts: Iterable[str]) -> list[str]:
    forms = (form for text in texts for form in dict.fromkeys((text, without_endings(text))))
    found = (_phrase(_WORD, (surface for surface, _ in surfaces_and_readings(form))) for form in forms)
    return list(filter(None, found))


def _readings(texts: Iterable[str], kana: Iterable[str]) -> Iterator[Sequence[str]]:
    for text in texts:
        yield [reading for _, reading in surfaces_and_readings(text)]
    for each in kana:
        yield [fold_reading(each)] if each else []


def _sounds(readings: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    sounds: dict[str, None] = {}
    whole: dict[str, None] = {}
    for each in readings:
        together = "".join(each)
        if len(together) > 1:
            sounds[_phrase(_SOUND, bigrams(together))] = None
        for reading in (*each, *(a + b for a, b in pairwise(each))):
            whole[_term(_SOUND_WORD, reading)] = None
    return {SOUNDS: list(sounds), SOUND_WORDS: list(whole)}


def _analysed(document: SearchDocument) -> dict[str, list[str]]:
    fields: dict[str, tuple[str, ...]] = {
        "name": (document.name,),
        "functions": document.function_words,
        "products": document.products,
        "industries": document.industry_names,
        "body": (document.prefecture, document.description),
        "vendor": (document.vendor_name, document.vendor_number, document.id),
    }
    main = [text for name, texts in fields.items() if name != "vendor" for text in texts]
    kana = (document.name_kana, *document.product_kana)
    return {
        **{f"parts_{name}": _parts(texts) for name, texts in fields.items()},
        **{f"whole_{name}": _whole(texts) for name, texts in fields.items() if name != "vendor"},
        CHARACTERS: _characters((*main, *fields["vendor"])),
        **_sounds(_readings((*main, document.vendor_name), kana)),
    }


AMOUNT_FIELDS: Final = (
    "id",
    "version",
    Amount.SUBSIDY.value,
    Amount.OWN_COST.value,
    filter_field(Facet.FUNDABLE),
    filter_field(Facet.OWN_COST_BAND),
)


def amounts_record(amounts: Amounts) -> dict[str, Any]:
    """The part of a record that another version of a scheme changes; its source keeps what it was written with."""
    return {
        "id": amounts.id,
        Amount.SUBSIDY.value: amounts.subsidy_yen,
        Amount.OWN_COST.value: amounts.own_cost_yen,
        filter_field(Facet.FUNDABLE): ["true" if amounts.fundable else "false"],
        filter_field(Facet.OWN_COST_BAND): [amounts.own_cost_band] if amounts.own_cost_band else [],
    }


def amounts_of_record(record: Mapping[str, Any]) -> Amounts:
    """The inverse, of a whole record."""
    return Amounts(
        id=record["id"],
        version=int(record["version"]),
        subsidy_yen=int(record[Amount.SUBSIDY.value]),
        own_cost_yen=int(record[Amount.OWN_COST.value]),
        fundable=record[filter_field(Facet.FUNDABLE)] == ["true"],
        own_cost_band="".join(record[filter_field(Facet.OWN_COST_BAND)]),
    )


def to_record(document: SearchDocument) -> dict[str, Any]:
    """The document as Meilisearch takes it: nothing but what is published and what follows from it."""
    return {
        "id": document.id,
        "version": document.version,
        "visibility": document.visibility.value,
        **{name: getattr(document, name) for name in PUBLISHED},
        **_analysed(document),
        **{filter_field(facet): list(values) for facet, values in facet_values(document).items()},
        **{amount.value: getattr(document, amount.value) for amount in Amount},
        NEWEST: seconds(document.published_at),
        SORT_NAME: letters(name_key(document.name, document.name_kana)[:_LONGEST_NAME]),
        COMPLETENESS: completeness(document),
        MADE_FOR: list(document.industries) if for_few(document) else [],
        SHUFFLE: shuffle(document.id),
        LABELS: label_words(document),
        SOURCE: to_bytes(document).decode("utf-8", "replace"),
    }
