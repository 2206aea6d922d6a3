"""The fields of the index, and how a document becomes tokens, numbers, sets and texts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import Final

from search.analyser import ANALYSIS_VERSION, GAP, fold, fold_reading, surfaces_and_readings
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
    word,
)
from search.filters import Amount, Facet, seconds
from search.speller import words_in_use
from search.spellings import spellings, without_endings

_SCHEMA_VERSION = 9
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
    "reading": (SOUNDS, NAME | REST),
    "label_reading": (SOUNDS, NAME),  # of names and functions
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
NUMBERS: Final = (*(amount.value for amount in Amount), PUBLISHED, FAIR, SHUFFLE, RESTRICTED, FOR_FEW, "version")
TEXTS: Final = ("id", "sort_name", "labels", "source")
_BREAK: Final = "\0"  # between two texts, so that nothing is found over it
_WORD_BREAK: Final = bytes(8)
_BEFORE_ID: Final = "\x1f"
SHUFFLE_BITS: Final = 20
# A score is multiplied by the logarithm: so large a base that the shuffle moves it by less than 0.05 percent, and each
# fact that a listing tells by about half a percent.
_FAIR_BASE = 1 << 27
FAIR_FACT = _FAIR_BASE // 8
_FEW_INDUSTRIES = 3


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


@lru_cache(maxsize=50_000)
def _characters(text: str) -> str:
    """The text as written and, where it differs, in plain form: each spelling is found as a part of one of them."""
    return _BREAK.join(form.replace(GAP, _BREAK) for form in spellings(text))


def _joined(texts: Iterable[str]) -> bytes:
    return _BREAK.join(filter(None, texts)).encode("utf-16-le", "surrogatepass")


def _joined_words(texts: Iterable[bytes]) -> bytes:
    return _WORD_BREAK.join(filter(None, texts))


@lru_cache(maxsize=50_000)
def _label_words(label: str) -> bytes:
    """The words of a label, also without the kana that may be left out: 受発注 is whole in 受け発注管理."""
    return _joined_words(_words(form)[0] for form in dict.fromkeys((label, without_endings(label))))


@lru_cache(maxsize=50_000)
def _words(text: str) -> tuple[bytes, str, frozenset[bytes]]:
    """(its words, how it is read, how each word and each pair of words is read) of one text."""
    found = surfaces_and_readings(text)
    readings = [reading for _, reading in found]
    sounds = (*readings, *(a + b for a, b in pairwise(readings)))
    return (
        b"".join([_word(surface) for surface, _ in found]),
        "".join(readings),
        frozenset([_word(sound) for sound in sounds]),
    )


@lru_cache(maxsize=200_000)
def _word(text: str) -> bytes:
    return word(text).to_bytes(8, "little")


def shuffle(identity: str) -> int:
    """A fixed number below 2**20 for an id: breaks ties the same way everywhere, and by nothing that is for sale."""
    return zlib.crc32(identity.encode()) & ((1 << SHUFFLE_BITS) - 1)


def fair(document: SearchDocument) -> int:
    """What a score is multiplied by, as its logarithm: what the listing tells, then the shuffle."""
    return _FAIR_BASE + FAIR_FACT * completeness(document) + shuffle(document.id)


def tokens_of(document: SearchDocument) -> dict[str, Tokens]:
    """What each stream holds of a document."""
    labels = (
        (NAME, (document.name,)),
        (FUNCTIONS, document.function_words),
        (PRODUCTS, document.products),
        (INDUSTRIES, document.industry_names),
    )
    rest = [text for text in (document.prefecture, document.description) if text]
    vendor = (document.vendor_name, document.vendor_number, document.id)
    named = [_words(text) for zone, texts in labels[:2] for text in texts if text]
    main = [*named, *(_words(text) for _, texts in labels[2:] for text in texts if text), *map(_words, rest)]
    spoken = [*(each[1] for each in (*main[len(named) :], _words(document.vendor_name)))]
    spoken += [fold_reading(kana) for kana in (document.name_kana, *document.product_kana)]
    sound_words = sorted(frozenset().union(*(each[2] for each in main)))
    return {
        CHARACTERS.name: [
            *((zone, _joined(map(_characters, texts))) for zone, texts in labels),
            (REST, _joined(map(_characters, rest))),
            (VENDOR, _joined(map(_characters, vendor))),
        ],
        WORDS.name: [
            *((zone, _joined_words(map(_label_words, texts))) for zone, texts in labels),
            (REST, _joined_words(_words(text)[0] for text in rest)),
        ],
        SOUNDS.name: [(NAME, _joined(each[1] for each in named)), (REST, _joined(spoken))],
        SOUND_WORDS.name: [(REST, b"".join(sound_words))],
    }


def label_words(document: SearchDocument) -> list[str]:
    """What misspelt words are compared with."""
    names = (document.name, *document.function_words, *document.products, *document.industry_names)
    return words_in_use(names, (document.description, document.vendor_name))


def numbers_of(document: SearchDocument) -> dict[str, int]:
    """What a document is ordered and limited by."""
    return {amount.value: getattr(document, amount.value) for amount in Amount} | {
        PUBLISHED: seconds(document.published_at),
        FAIR: fair(document),
        SHUFFLE: shuffle(document.id),
        RESTRICTED: int(document.visibility is Visibility.SECRETARIAT),
        FOR_FEW: int(len(document.industries) <= _FEW_INDUSTRIES),
        "version": document.version,
    }


def sets_of(document: SearchDocument) -> list[str]:
    """What a document is counted and filtered by, column by column."""
    return list(sets.written(facet_values(document)).values())


def texts_of_document(document: SearchDocument) -> dict[str, bytes]:
    """What is kept of a document as text."""
    texts = {
        "id": document.id,
        "sort_name": f"{fold(document.name_kana or document.name)}{_BEFORE_ID}{document.id}",
        "labels": "\n".join(label_words(document)),
    }
    encoded = {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}
    return encoded | {"source": to_bytes(document)}
