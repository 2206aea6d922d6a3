"""The fields of the index, and how a document becomes tokens, numbers, sets and texts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Final, NamedTuple

import numpy as np

from search.analyser import ANALYSIS_VERSION, fold_reading
from search.completeness import completeness
from search.documents import SearchDocument, Visibility, to_bytes
from search.embedded import sets
from search.embedded.inverting import (
    BODY,
    CHARACTERS,
    FUNCTIONS,
    INDUSTRIES,
    NAME,
    PRODUCTS,
    REST,
    SOUND_WORDS,
    SOUNDS,
    VENDOR,
    WORDS,
    changes,
)
from search.embedded.texts import (
    WORD_BREAK,
    Analysed,
    Label,
    analysed,
    analysed_long,
    characters,
    ended,
    ended_words,
    known_labels,
    labels,
    sentences,
)
from search.filters import Amount, Facet, seconds
from search.fit import for_few
from search.name_order import name_key
from search.speller import words_in_use

_SCHEMA_VERSION = 14
FINGERPRINT = "-".join((str(_SCHEMA_VERSION), str(ANALYSIS_VERSION), version("sudachidict_core")))
"""Two indexes with the same fingerprint hold the same terms for the same document."""

FIELDS: Final = {
    "body": (CHARACTERS, BODY),
    "vendor": (CHARACTERS, VENDOR),
    "name": (CHARACTERS, NAME),
    "functions": (CHARACTERS, FUNCTIONS),
    "products": (CHARACTERS, PRODUCTS),
    "industries": (CHARACTERS, INDUSTRIES),
    "words": (WORDS, BODY),
    "name_words": (WORDS, NAME),
    "function_words": (WORDS, FUNCTIONS),
    "label": (WORDS, NAME | FUNCTIONS),
    "reading": (SOUNDS, NAME | REST),
    "label_reading": (SOUNDS, NAME),  # of names and functions
    "vendor_reading": (SOUNDS, VENDOR),  # apart, so that its length moves nothing
    "reading_words": (SOUND_WORDS, REST),
}
"""Where each field is: in which stream, and in which zones of it."""

Tokens = list[tuple[int, bytes]]
"""What a stream holds of a document: zone and tokens, a zone at most once, in order."""

PUBLISHED = "published"
"""When it was published, in whole seconds since 1970."""
FAIR = "fair"
SHUFFLE = "shuffle"
RESTRICTED = "restricted"
"""1 where only the secretariat may find it."""
FOR_FEW = "for_few"
"""1 for a package that is made for few industries; one for every industry is made for none in particular."""
_AMOUNTS: Final = tuple(amount.value for amount in Amount)
NUMBERS: Final = (*_AMOUNTS, PUBLISHED, FAIR, SHUFFLE, RESTRICTED, FOR_FEW, "version")
TEXTS: Final = ("id", "sort_name", "labels", "source")
_BEFORE_ID: Final = "\x1f"
SHUFFLE_BITS: Final = 20
# A score is multiplied by the logarithm: so large a base that the shuffle moves it by less than 0.05 percent, and each
# fact that a listing tells by about half a percent.
_FAIR_BASE = 1 << 27
FAIR_FACT = _FAIR_BASE // 8


def facet_values(document: SearchDocument) -> dict[Facet, tuple[str, ...]]:
    """The codes that a document is counted and filtered under."""
    return {
        Facet.CATEGORY: document.categories,
        Facet.FUNCTION: document.functions,
        Facet.INDUSTRY: document.industries,
        Facet.VENDOR: (document.vendor_number,),
        Facet.PREFECTURE: (document.prefecture,) if document.prefecture else (),
        Facet.PRICE_BAND: (document.price_band,) if document.price_band else (),
        Facet.OWN_COST_BAND: (document.own_cost_band,) if document.own_cost_band else (),
        Facet.SECOND_YEAR_BAND: (document.second_year_band,) if document.second_year_band else (),
        Facet.FUNDABLE: ("true" if document.fundable else "false",),
        Facet.DEPLOYMENT: document.deployments,
        Facet.LANGUAGE: document.languages,
        Facet.CERTIFICATION: document.certifications,
        Facet.SUPPORT: document.support,
        Facet.AREA: document.areas,
    }


def shuffle(identity: str) -> int:
    """A fixed number below 2**20 for an id: breaks ties the same way everywhere, and by nothing that is for sale."""
    return zlib.crc32(identity.encode()) & ((1 << SHUFFLE_BITS) - 1)


def fair(document: SearchDocument) -> int:
    """What a score is multiplied by, as its logarithm: what the listing tells, then the shuffle."""
    return _FAIR_BASE + FAIR_FACT * completeness(document) + shuffle(document.id)


class _Read(NamedTuple):
    """What was made of a document's texts. written: those of which only the characters count; spoken: only the sound."""

    name: Label
    functions: Sequence[Label]
    products: Sequence[Label]
    industries: Sequence[Label]
    rest: Sequence[Analysed]
    vendor: Analysed
    written: Sequence[str]
    spoken: Sequence[str]


def tokens_of(documents: Sequence[SearchDocument]) -> dict[str, list[Tokens]]:
    """What each stream holds of each document. Behind each text stands a break.

    One thing is done for all documents before the next: what it takes stays near the processor, which saves a quarter.
    """
    read = [
        *map(
            _Read,
            labels([each.name for each in documents]),  # no other has it
            [_known(each.function_words) for each in documents],
            [_known(each.products) for each in documents],
            [_known(each.industry_names) for each in documents],
            [(analysed(each.prefecture), analysed_long(each.description)) for each in documents],
            [analysed(each.vendor_name) for each in documents],
            [[characters(each.vendor_number), characters(each.id)] for each in documents],
            [[*map(fold_reading, (each.name_kana, *each.product_kana))] for each in documents],
        )
    ]
    return {
        CHARACTERS.name: [*map(_characters_of, read)],
        WORDS.name: [*map(_words_of, read)],
        SOUNDS.name: [*map(_sounds_of, read)],
        SOUND_WORDS.name: [*map(_sound_words_of, read)],
    }


def _known(texts: Iterable[str]) -> list[Label]:
    return [known_labels[text] for text in texts]


def _characters_of(read: _Read) -> Tokens:
    return [
        (NAME, read.name.characters),
        (FUNCTIONS, b"".join([each.characters for each in read.functions])),
        (PRODUCTS, b"".join([each.characters for each in read.products])),
        (INDUSTRIES, b"".join([each.characters for each in read.industries])),
        (REST, b"".join([ended(each.characters) for each in read.rest])),
        (VENDOR, b"".join(map(ended, (read.vendor.characters, *read.written)))),
    ]


def _words_of(read: _Read) -> Tokens:
    # Names and functions are there as one word each too, so that who types just that sees it first.
    functions = [each.words for each in read.functions] + [each.as_one_word for each in read.functions]
    return [
        (NAME, read.name.words + read.name.as_one_word),
        (FUNCTIONS, b"".join(functions)),
        (PRODUCTS, b"".join([each.words for each in read.products])),
        (INDUSTRIES, b"".join([each.words for each in read.industries])),
        (REST, b"".join([ended_words(each.words) for each in read.rest])),
    ]


def _sounds_of(read: _Read) -> Tokens:
    others = [each.reading for each in (*read.products, *read.industries)]
    spoken = (*[each.reading for each in read.rest], *read.spoken)
    return [
        (NAME, read.name.reading + b"".join([each.reading for each in read.functions])),
        (REST, b"".join([*others, *map(ended, spoken)])),
        (VENDOR, ended(read.vendor.reading)),
    ]


def _sound_words_of(read: _Read) -> Tokens:
    named = (read.name, *read.functions, *read.products, *read.industries)
    every = [*[each.sounds for each in named], *[each.sounds for each in read.rest]]
    return [(REST, _each_once(b"".join(every)) + WORD_BREAK)]


def _each_once(words: bytes) -> bytes:
    """In order of their numbers, which is the same in every process."""
    found = np.sort(np.frombuffer(words, SOUND_WORDS.token))
    return found[changes(found)].tobytes()


def label_words(document: SearchDocument) -> list[str]:
    """What misspelt words are compared with."""
    names = (document.name, *document.function_words, *document.products, *document.industry_names)
    return words_in_use(names, (*sentences(document.description), document.vendor_name))


def numbers_of(documents: Sequence[SearchDocument]) -> dict[str, list[int]]:
    """What documents are ordered and limited by."""
    return {name: [getattr(each, name) for each in documents] for name in _AMOUNTS} | {
        PUBLISHED: [seconds(each.published_at) for each in documents],
        FAIR: [fair(each) for each in documents],
        SHUFFLE: [shuffle(each.id) for each in documents],
        RESTRICTED: [int(each.visibility is Visibility.SECRETARIAT) for each in documents],
        FOR_FEW: [int(for_few(each)) for each in documents],
        "version": [each.version for each in documents],
    }


def sets_of(documents: Iterable[SearchDocument]) -> list[list[str]]:
    """What each document is counted and filtered by, column by column."""
    return [[*sets.written(facet_values(each)).values()] for each in documents]


def texts_of_documents(documents: Sequence[SearchDocument]) -> dict[str, list[bytes]]:
    """What is kept of documents as text."""
    names = [f"{name_key(each.name, each.name_kana)}{_BEFORE_ID}{each.id}" for each in documents]
    return {
        "id": [each.id.encode() for each in documents],
        "sort_name": [*map(_encoded, names)],
        "labels": [_encoded("\n".join(label_words(each))) for each in documents],
        "source": [*map(to_bytes, documents)],
    }


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
