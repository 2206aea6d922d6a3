"""What everybody may read of a registered vendor: the view that stands before its row (migration 0026).

Of the row itself others see nothing: its telephone, its representative and its further numbers are its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ARRAY, Column, Date, MetaData, String, Table, Uuid, any_, bindparam, select

from tenants.db import db, rows
from tenants.errors import NotFound
from tenants.public_changes import Unchanged
from tenants.text import Text

# Not among the models: it is no table, and nobody writes through it.
PUBLIC_VENDOR: Final = Table(
    "public_vendor",
    MetaData(),
    Column("id", Uuid(), primary_key=True),
    Column("corporate_number", String()),
    Column("name", String(), nullable=False),
    Column("name_kana", String(), nullable=False),
    Column("prefecture", String(), nullable=False),
    Column("address", String(), nullable=False),
    Column("registered_on", Date()),
    Column("standing", String(), nullable=False),
)

# Every search asks this: written down once.
_NAMES: Final = select(PUBLIC_VENDOR.c.corporate_number, PUBLIC_VENDOR.c.name).where(
    PUBLIC_VENDOR.c.corporate_number == any_(bindparam("numbers", type_=ARRAY(String())))
)


@dataclass(frozen=True, slots=True)
class PublicVendor:
    """A registered vendor as everybody sees it. standing: one of STANDINGS but applicant; address: while adopted."""

    id: uuid.UUID
    corporate_number: str | None
    name: str
    name_kana: str
    prefecture: str
    address: str
    registered_on: date | None
    standing: str


def by_number(corporate_number: str) -> PublicVendor:
    """A registered vendor by its corporate number; NotFound otherwise, and for those that only apply."""
    row = db.session.execute(
        select(PUBLIC_VENDOR).where(PUBLIC_VENDOR.c.corporate_number == corporate_number)
    ).one_or_none()
    if row is None:
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    return PublicVendor(*row)


_names: Final[Unchanged[str, str]] = Unchanged(5_000)


def names(corporate_numbers: Sequence[str]) -> Mapping[str, str]:
    """The names of these vendors by corporate number, in at most one statement."""
    return _names.of(corporate_numbers, _ask_names)


def _ask_names(corporate_numbers: Sequence[str]) -> dict[str, str]:
    found = rows(_NAMES, {"numbers": list(corporate_numbers)})
    return {number: name for number, name in found if number}
