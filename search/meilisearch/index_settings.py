"""The settings of the Meilisearch index, all of them ours: nothing is left to a server's defaults that decides."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from importlib.metadata import version
from typing import Any, Final

from search.analyser import ANALYSIS_VERSION
from search.documents import SearchDocument
from search.meilisearch.terms import (
    CHARACTERS,
    COMPLETENESS,
    LABELS,
    MADE_FOR,
    NEWEST,
    PARTS,
    PUBLISHED,
    SHUFFLE,
    SORT_NAME,
    SOUND_WORDS,
    SOUNDS,
    WHOLE,
    filter_field,
)
from search.port import Amount, Facet

LANGUAGE: Final = "jpn"
MOST_HITS: Final = 1_000_000
"""How far a page may lie; the total is exact all the same."""
_MOST_VALUES: Final = 20_000  # more vendors than the programme could register
# Raise it when documents are made otherwise than before: indexes are then built anew.
_DOCUMENT_VERSION: Final = 5

# Also the order in which a match counts: what stands first counts most.
_SEARCHABLE: Final = (*WHOLE, *PARTS, CHARACTERS, SOUND_WORDS, SOUNDS, *PUBLISHED)
_SORTS: Final = (Amount.PRICE.value, Amount.OWN_COST.value, Amount.SUBSIDY.value, NEWEST, SORT_NAME, SHUFFLE)

_SETTINGS: Final[dict[str, Any]] = {
    "searchableAttributes": list(_SEARCHABLE),
    "filterableAttributes": sorted(
        {
            "id",
            "visibility",
            NEWEST,
            LABELS,
            MADE_FOR,
            *(filter_field(facet) for facet in Facet),
            *(amount.value for amount in Amount),
        }
    ),
    "sortableAttributes": sorted({*_SORTS, *(amount.value for amount in Amount)}),
    # A sort that was asked for decides alone; what the listing tells and the shuffle break ties: nothing that is for sale.
    "rankingRules": [
        "sort",
        "words",
        "typo",
        "attribute",
        "proximity",
        "exactness",
        f"{COMPLETENESS}:desc",
        f"{SHUFFLE}:asc",
    ],
    "localizedAttributes": [{"attributePatterns": ["*"], "locales": [LANGUAGE]}],
    "stopWords": [],
    "synonyms": {},  # ours are applied as a query is asked
    "distinctAttribute": None,  # one document per package
    "proximityPrecision": "byWord",  # phrases need it
    "prefixSearch": "disabled",
    "typoTolerance": {
        "enabled": True,
        "disableOnAttributes": [*WHOLE, *PARTS, CHARACTERS, SOUND_WORDS, SOUNDS],
        "disableOnNumbers": True,
    },
    "pagination": {"maxTotalHits": MOST_HITS},
    "faceting": {"maxValuesPerFacet": _MOST_VALUES, "sortFacetValuesBy": {"*": "count"}},
}

_PARTS: Final = [
    _SETTINGS,
    _DOCUMENT_VERSION,
    [field.name for field in fields(SearchDocument)],
    ANALYSIS_VERSION,
    version("sudachidict_core"),
]
FINGERPRINT: Final = hashlib.sha256(json.dumps(_PARTS, sort_keys=True).encode()).hexdigest()[:16]
"""Two indexes with the same fingerprint hold the same for the same document."""

# The fingerprint travels with the index as the name of an attribute that no document has, so a swap swaps it too.
_MARK: Final = f"made_by_{FINGERPRINT}"
SETTINGS: Final[dict[str, Any]] = {**_SETTINGS, "searchableAttributes": [*_SEARCHABLE, _MARK]}


def made_by_us(settings: dict[str, Any]) -> bool:
    """Whether an index with these settings was made by this version."""
    return _MARK in (settings.get("searchableAttributes") or ())
