"""The fields of the index, and how a document becomes terms."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import tantivy

from search.analyser import ANALYSIS_VERSION, GAP, bigrams, fold, fold_reading, surfaces_and_readings
from search.completeness import completeness
from search.documents import SearchDocument, to_bytes
from search.embedded import sets
from search.filters import Amount, Facet, seconds
from search.speller import words_in_use
from search.spellings import spellings, without_endings

_SCHEMA_VERSION = 7
FINGERPRINT = "-".join(
    (str(_SCHEMA_VERSION), str(ANALYSIS_VERSION), version("tantivy"), version("sudachidict_core"))
)
"""Two indexes with the same fingerprint hold the same terms for the same document."""

BREAK = "_"
"""A term between two texts, so that no phrase runs from one into the other; no analysed term is equal to it."""

SPLIT = "split"
LABELS = "labels"
"""Words of one script in the names of things, as written: what misspelt words are compared with."""

TEXT_FIELDS = (
    "body",
    "vendor",
    "name",
    "functions",
    "products",
    "industries",
    "words",
    "reading",
    "label_reading",
)
WORD_FIELDS = ("name_words", "function_words")

SORT_FIELDS = ("sort_own_cost", "sort_price", "sort_subsidy", "sort_newest")
PUBLISHED = "published"
"""When it was published, in whole seconds since 1970."""
FAIR = "fair"
_SHUFFLE_BITS = 20
_BEFORE_ID = "\x1f"
# A score is multiplied by the logarithm: so large a base that the shuffle moves it by less than 0.05 percent, and each
# fact that a listing tells by about half a percent.
_FAIR_BASE = 1 << 27
FAIR_FACT = _FAIR_BASE // 8
MADE_FOR = "made_for"
"""The industries of a package that is for few; one for every industry is made for none in particular."""
_FEW_INDUSTRIES = 3


def filter_field(facet: Facet) -> str:
    """The name of the field a facet is filtered by, and counted by value by value."""
    return f"has_{facet.value}"


@lru_cache(maxsize=1)
def schema() -> Any:
    """The tantivy schema."""
    builder = tantivy.SchemaBuilder()
    for key in ("id", "id_version", "visibility", "reading_words"):
        tokenizer = SPLIT if key == "reading_words" else "raw"
        builder.add_text_field(key, stored=key == "id", tokenizer_name=tokenizer, index_option="basic")
    for name in (*TEXT_FIELDS, *WORD_FIELDS):
        builder.add_text_field(name, tokenizer_name=SPLIT, index_option="position")
    for facet in Facet:
        builder.add_text_field(filter_field(facet), tokenizer_name="raw", index_option="basic", fast=True)
    for name in sets.COLUMNS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for amount in Amount:
        builder.add_unsigned_field(amount.value, indexed=True, fast=True)
    builder.add_unsigned_field(PUBLISHED, indexed=True, fast=True)
    for name in (*SORT_FIELDS, FAIR, "version"):
        builder.add_unsigned_field(name, fast=True)
    builder.add_text_field(MADE_FOR, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(LABELS, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("sort_name", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_bytes_field("source", stored=True)
    return builder.build()


def register_tokenizer(index: Any) -> None:
    """Teach an opened index the one tokenizer it needs: terms come analysed, separated by spaces."""
    index.register_tokenizer(SPLIT, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


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
def _bigram_terms(text: str) -> str:
    """The text as written and, where it differs, in plain form: each spelling is found as a part of one of them."""
    parts = [" ".join(bigrams(part)) for form in spellings(text) for part in form.split(GAP) if part]
    return f" {BREAK} ".join(parts)


def _bigram_field(texts: Iterable[str]) -> str:
    return f" {BREAK} ".join(filter(None, map(_bigram_terms, texts)))


def _words_field(labels: Iterable[str], others: Iterable[str] = ()) -> str:
    found = (*map(_label_terms, labels), *(_word_terms(text)[0] for text in others))
    return f" {BREAK} ".join(filter(None, found))


@lru_cache(maxsize=50_000)
def _label_terms(label: str) -> str:
    """The words of a label, also without the kana that may be left out: 受発注 is whole in 受け発注管理."""
    forms = dict.fromkeys((label, without_endings(label)))
    return f" {BREAK} ".join(filter(None, (_word_terms(form)[0] for form in forms)))


@lru_cache(maxsize=50_000)
def _word_terms(text: str) -> tuple[str, str, str]:
    """(words, bigrams of the reading, words of the reading and pairs of them) of one text."""
    found = surfaces_and_readings(text)
    readings = [reading for _, reading in found]
    pairs = [a + b for a, b in pairwise(readings)]
    return (
        " ".join(surface for surface, _ in found),
        " ".join(bigrams("".join(readings))) if readings else "",
        " ".join(readings + pairs),
    )


def _kana_terms(kana: str) -> str:
    reading = fold_reading(kana)
    return " ".join(bigrams(reading)) if reading else ""


def shuffle(identity: str) -> int:
    """A fixed number below 2**20 for an id: breaks ties the same way everywhere, and by nothing that is for sale."""
    return zlib.crc32(identity.encode()) & ((1 << _SHUFFLE_BITS) - 1)


def fair(document: SearchDocument) -> int:
    """What a score is multiplied by, as its logarithm: what the listing tells, then the shuffle."""
    return _FAIR_BASE + FAIR_FACT * completeness(document) + shuffle(document.id)


def _sortable(value: int, document: SearchDocument) -> int:
    return value << _SHUFFLE_BITS | shuffle(document.id)


def _texts(document: SearchDocument) -> dict[str, str]:
    named = (document.name, *document.function_words)
    labels = (*named, *document.products, *document.industry_names)
    main = (*labels, document.prefecture, document.description)
    analysed = [_word_terms(text) for text in main if text]
    vendor = _word_terms(document.vendor_name)
    kana = [_kana_terms(k) for k in (document.name_kana, *document.product_kana)]
    readings = [a[1] for a in (*analysed, vendor)] + kana
    return {
        "body": _bigram_field(main),
        "name": _bigram_field((document.name,)),
        "functions": _bigram_field(document.function_words),
        "products": _bigram_field(document.products),
        "industries": _bigram_field(document.industry_names),
        "vendor": _bigram_field((document.vendor_name, document.vendor_number, document.id)),
        "words": _words_field(labels, (document.prefecture, document.description)),
        "name_words": _words_field((document.name,)),
        "function_words": _words_field(document.function_words),
        "reading": f" {BREAK} ".join(r for r in readings if r),
        "label_reading": f" {BREAK} ".join(filter(None, (_word_terms(text)[1] for text in named))),
        "reading_words": " ".join(a[2] for a in analysed if a[2]),
    }


def label_words(document: SearchDocument) -> list[str]:
    """What misspelt words are compared with."""
    names = (document.name, *document.function_words, *document.products, *document.industry_names)
    return words_in_use(names, (document.description, document.vendor_name))


def fields_of(document: SearchDocument) -> dict[str, Any]:
    """What the index holds of a document: the values of each field."""
    fields: dict[str, Any] = _texts(document)
    values = facet_values(document)
    for facet, of_facet in values.items():
        fields[filter_field(facet)] = list(dict.fromkeys(of_facet))
    fields |= sets.written(values)
    for amount in Amount:
        fields[amount.value] = getattr(document, amount.value)
    return fields | {
        "id": document.id,
        "id_version": f"{document.id} {document.version}",
        "version": document.version,
        PUBLISHED: seconds(document.published_at),
        "visibility": document.visibility.value,
        "sort_own_cost": _sortable(document.own_cost_yen, document),
        "sort_price": _sortable(document.price_yen, document),
        "sort_subsidy": _sortable(document.subsidy_yen, document),
        "sort_newest": _sortable(seconds(document.published_at), document),
        "sort_name": f"{fold(document.name_kana or document.name)}{_BEFORE_ID}{document.id}",
        FAIR: fair(document),
        MADE_FOR: list(document.industries) if len(document.industries) <= _FEW_INDUSTRIES else [],
        LABELS: label_words(document),
        "source": to_bytes(document),
    }
