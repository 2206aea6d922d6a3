"""The fields of the index, and how a document becomes tokens, numbers, sets and texts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from operator import attrgetter
from typing import Final

import numpy as np

from search.analyser import ANALYSIS_VERSION, fold, fold_reading
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
    Label,
    analysed,
    analysed_long,
    characters,
    ended,
    ended_words,
    known_labels,
    label,
    sentences,
)
from search.filters import Amount, Facet, seconds
from search.speller import words_in_use

_SCHEMA_VERSION = 13
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
_amounts: Final = attrgetter(*_AMOUNTS)
NUMBERS: Final = (*_AMOUNTS, PUBLISHED, FAIR, SHUFFLE, RESTRICTED, FOR_FEW, "version")
TEXTS: Final = ("id", "sort_name", "labels", "source")
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


def shuffle(identity: str) -> int:
    """A fixed number below 2**20 for an id: breaks ties the same way everywhere, and by nothing that is for sale."""
    return zlib.crc32(identity.encode()) & ((1 << SHUFFLE_BITS) - 1)


def fair(document: SearchDocument) -> int:
    """What a score is multiplied by, as its logarithm: what the listing tells, then the shuffle."""
    return _FAIR_BASE + FAIR_FACT * completeness(document) + shuffle(document.id)


def tokens_of(document: SearchDocument) -> dict[str, Tokens]:
    """What each stream holds of a document. Behind each text stands a break."""
    zones = [
        (NAME, [label(document.name)]),  # no other has it
        (FUNCTIONS, _labels(document.function_words)),
        (PRODUCTS, _labels(document.products)),
        (INDUSTRIES, _labels(document.industry_names)),
    ]
    (_, name), (_, functions), (_, products), (_, industries) = zones
    named, other = name + functions, products + industries
    rest = (analysed(document.prefecture), analysed_long(document.description))
    vendor = analysed(document.vendor_name)
    of_vendor = (vendor.characters, *map(characters, (document.vendor_number, document.id)))
    spoken = (*[each.reading for each in rest], *map(fold_reading, (document.name_kana, *document.product_kana)))
    sounds = b"".join([each.sounds for each in named + other] + [each.sounds for each in rest])
    return {
        CHARACTERS.name: [
            *((zone, b"".join([each.characters for each in of_zone])) for zone, of_zone in zones),
            (REST, b"".join([ended(each.characters) for each in rest])),
            (VENDOR, b"".join(map(ended, of_vendor))),
        ],
        WORDS.name: [
            (NAME, _words_and_wholes(name)),
            (FUNCTIONS, _words_and_wholes(functions)),
            (PRODUCTS, b"".join([each.words for each in products])),
            (INDUSTRIES, b"".join([each.words for each in industries])),
            (REST, b"".join([ended_words(each.words) for each in rest])),
        ],
        SOUNDS.name: [
            (NAME, b"".join([each.reading for each in named])),
            (REST, b"".join([*(each.reading for each in other), *map(ended, spoken)])),
            (VENDOR, ended(vendor.reading)),
        ],
        SOUND_WORDS.name: [(REST, _each_once(sounds) + WORD_BREAK)],
    }


def _labels(texts: Iterable[str]) -> list[Label]:
    return [known_labels[text] for text in texts]


def _each_once(words: bytes) -> bytes:
    """In order of their numbers, which is the same in every process."""
    found = np.sort(np.frombuffer(words, SOUND_WORDS.token))
    return found[changes(found)].tobytes()


def _words_and_wholes(labels: Sequence[Label]) -> bytes:
    """Names and functions as one word each too, so that who types just that sees it first."""
    return b"".join([each.words for each in labels] + [each.as_one_word for each in labels])


def label_words(document: SearchDocument) -> list[str]:
    """What misspelt words are compared with."""
    names = (document.name, *document.function_words, *document.products, *document.industry_names)
    return words_in_use(names, (*sentences(document.description), document.vendor_name))


def numbers_of(document: SearchDocument) -> dict[str, int]:
    """What a document is ordered and limited by."""
    return dict(zip(_AMOUNTS, _amounts(document), strict=True)) | {
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
