"""The fields of the index, and how a document becomes tokens, numbers, sets and texts."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import chain
from operator import attrgetter
from typing import Final

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
)
from search.embedded.texts import (
    analysed,
    analysed_long,
    as_one_word,
    characters,
    joined,
    joined_words,
    sentences,
    whole_words,
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
    """What each stream holds of a document."""
    labels = [
        (zone, texts, [analysed(text) for text in texts if text])
        for zone, texts in (
            (NAME, (document.name,)),
            (FUNCTIONS, document.function_words),
            (PRODUCTS, document.products),
            (INDUSTRIES, document.industry_names),
        )
    ]
    rest = [
        of(text) for of, text in ((analysed, document.prefecture), (analysed_long, document.description)) if text
    ]
    (_, _, name), (_, _, functions), (_, _, products), (_, _, industries) = labels
    named, other = name + functions, products + industries + rest
    vendor = analysed(document.vendor_name)
    spoken = [each.reading for each in other]
    spoken += [fold_reading(kana) for kana in (document.name_kana, *document.product_kana)]
    of_vendor = (vendor.characters, *map(characters, (document.vendor_number, document.id)))
    # Each once, and in an order that is the same in every process.
    sounds = dict.fromkeys(chain.from_iterable([each.sounds for each in (*named, *other)]))
    return {
        CHARACTERS.name: [
            *((zone, joined(each.characters for each in of_zone)) for zone, _, of_zone in labels),
            (REST, joined(each.characters for each in rest)),
            (VENDOR, joined(of_vendor)),
        ],
        WORDS.name: [
            *(
                (zone, joined_words([*map(whole_words, texts), *_called(zone, texts)]))
                for zone, texts, _ in labels
            ),
            (REST, joined_words(each.words for each in rest)),
        ],
        SOUNDS.name: [
            (NAME, joined(each.reading for each in named)),
            (REST, joined(spoken)),
            (VENDOR, joined((vendor.reading,))),
        ],
        SOUND_WORDS.name: [(REST, b"".join(sounds))],
    }


def _called(zone: int, texts: Iterable[str]) -> Iterator[bytes]:
    """Names and functions as one word each, so that who types just that sees it first."""
    return map(as_one_word, filter(None, texts)) if zone in (NAME, FUNCTIONS) else iter(())


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
