"""What the index knows about one published package."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter
from typing import Any

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AMOUNTS = ("price_yen", "subsidy_yen", "own_cost_yen", "second_year_yen")
_HIGHEST_AMOUNT = 2**40


class Visibility(Enum):
    """Who may find a document; each sees its own and everything before it."""

    PUBLIC = "public"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One package as people search for it, made from its publication and from nothing else.

    id: the package code, ``[A-Za-z0-9_-]+``, at most 64. version: the publication's number. functions,
    categories, industries: codes; a package for all industries carries every industry's code. function_words:
    labels of its functions and the words people use for them. Amounts are whole yen. published_at: aware, UTC.
    deployments, languages, certifications, support: codes of traits. areas: prefectures served, or ``all``.

    Raises ValueError when an id, version, amount or time is out of range: a fault of the caller, not of a user.
    """

    id: str
    version: int
    name: str
    vendor_name: str
    vendor_number: str
    published_at: datetime
    name_kana: str = ""
    description: str = ""
    products: tuple[str, ...] = ()
    product_kana: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    function_words: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    industry_names: tuple[str, ...] = ()
    prefecture: str = ""
    price_yen: int = 0
    subsidy_yen: int = 0
    own_cost_yen: int = 0
    second_year_yen: int = 0
    fundable: bool = False
    price_band: str = ""
    own_cost_band: str = ""
    second_year_band: str = ""
    deployments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"a document's id is 1 to 64 of A-Z a-z 0-9 _ -, not {self.id!r}")
        if self.version < 0:
            raise ValueError(f"{self.id}: version {self.version} is negative")
        if self.published_at.tzinfo is None:
            raise ValueError(f"{self.id}: published_at needs a time zone")
        for amount in _AMOUNTS:
            _check_amount(self.id, amount, getattr(self, amount))

    def repriced(self, amounts: Amounts) -> SearchDocument:
        """The same document with these amounts."""
        return replace(
            self,
            subsidy_yen=amounts.subsidy_yen,
            own_cost_yen=amounts.own_cost_yen,
            fundable=amounts.fundable,
            own_cost_band=amounts.own_cost_band,
        )


@dataclass(frozen=True, slots=True)
class Amounts:
    """What another version of a scheme changes of a document: nothing that words find, and no price.

    id, version: of the document it is meant for. Whole yen. Raises ValueError for an amount out of range.
    """

    id: str
    version: int
    subsidy_yen: int
    own_cost_yen: int
    fundable: bool
    own_cost_band: str

    def __post_init__(self) -> None:
        _check_amount(self.id, "subsidy_yen", self.subsidy_yen)
        _check_amount(self.id, "own_cost_yen", self.own_cost_yen)


def _check_amount(identity: str, name: str, yen: int) -> None:
    if not 0 <= yen < _HIGHEST_AMOUNT:
        raise ValueError(f"{identity}: {name} {yen} is out of range")


_FIELDS = tuple(field.name for field in fields(SearchDocument))
_values = attrgetter(*_FIELDS)
_encode = json.JSONEncoder(ensure_ascii=False).encode


def to_bytes(document: SearchDocument) -> bytes:
    """The document as an engine keeps it; the inverse of :func:`from_bytes`."""
    record: dict[str, Any] = dict(zip(_FIELDS, _values(document), strict=True))
    record["published_at"] = document.published_at.astimezone(UTC).isoformat()
    record["visibility"] = document.visibility.value
    return _encode(record).encode("utf-8", "surrogatepass")


def record_of(stored: bytes) -> dict[str, Any]:
    """The document's fields as they are kept, for who needs few of them."""
    record: dict[str, Any] = json.loads(stored.decode("utf-8", "surrogatepass"))
    return record


def from_bytes(stored: bytes) -> SearchDocument:
    """The inverse of :func:`to_bytes`."""
    record = record_of(stored)
    for name, value in record.items():
        if isinstance(value, list):
            record[name] = tuple(value)
    record["published_at"] = datetime.fromisoformat(record["published_at"])
    record["visibility"] = Visibility(record["visibility"])
    return SearchDocument(**record)
