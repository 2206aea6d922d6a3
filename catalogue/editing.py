"""One product or package by hand: the form's fields are a row, judged and written like a row of a file.

So there is one mechanism: what a file may not say, the form may not say either.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select

from catalogue.imports import layouts as columns
from catalogue.imports.layouts import read_table
from catalogue.imports.plan import Action, plan
from catalogue.imports.registry import read_registry
from catalogue.imports.rows import read_rows
from catalogue.imports.service import write_plan
from catalogue.listings import WHAT, Kind
from catalogue.masters import vocabulary
from catalogue.models import Package, Product
from tenants import actor
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.models import Organisation
from tenants.organisations import require_adopted
from tenants.permissions import Permission
from tenants.text import Text

EditableKind = Literal["products", "packages"]
_TABLE: Final[Mapping[Kind, EditableKind]] = {"product": "products", "package": "packages"}
_CODE_COLUMN: Final[Mapping[Kind, str]] = {"product": columns.PRODUCT_CODE, "package": columns.PACKAGE_CODE}
MOST_CHOICES: Final = 2000
FORM: Final = "入力画面"


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A product that a package may be made of."""

    code: str
    name: str
    state: str


@use_case
def save(kind: Kind, cells: Mapping[str, str], *, read_version: int | None) -> tuple[str, Action]:
    """Register or change one of the vendor's own listings; its code, and what was done.

    cells: by column of the import file (vendor columns are filled in here). read_version: the version that was
    edited; None for a new one. Raises BadInput with every finding by column, StaleVersion when somebody changed it
    meanwhile, NotFound when there is nothing to change.
    """
    who = actor.current()
    who.require(Permission.EDIT_LISTINGS)
    require_adopted()
    vendor = db.session.get_one(Organisation, who.own_organisation)
    number = vendor.corporate_number or ""
    table = _TABLE[kind]
    own = {columns.NUMBER: number, columns.VENDOR: vendor.name}
    complete = {column: cells.get(column, "") for column in columns.every_column(table)} | own
    words = vocabulary()
    rows = read_rows(read_table(table, _as_file(complete), FORM), words)
    registry = read_registry(rows, lock=True)
    code = rows[0].code
    present = registry.rows.get((table, number, code))
    _check_version(kind, code, present if isinstance(present, Product | Package) else None, read_version)
    known = registry.known(number)
    judged = plan(rows, known, words)
    result = judged.results[0]
    if result.action is None:
        raise BadInput(*result.findings)
    write_plan(judged, known, registry)
    return code, result.action


def _as_file(cells: Mapping[str, str]) -> bytes:
    """The form as the file it stands for, so that reading it guards against the same things."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows((cells.keys(), cells.values()))
    return out.getvalue().encode(errors="replace")


def _check_version(kind: Kind, code: str, present: Product | Package | None, read_version: int | None) -> None:
    if read_version is None:
        if present is not None:
            raise BadInput(_code_used(kind, code))
    elif present is None:
        raise NotFound(WHAT[kind])
    elif present.version != read_version:
        raise StaleVersion(WHAT[kind], yours=read_version, current=present.version)


def _code_used(kind: Kind, code: str) -> Finding:
    return Finding(
        "code_used",
        Text(f"コード「{code}」は、すでに使われています。", f"The code {code!r} is used already."),
        Text(
            "別のコードを付けるか、登録済みのものを編集してください。",
            "Choose another, or edit the one that has it.",
        ),
        _CODE_COLUMN[kind],
    )


def product_choices() -> list[ProductChoice]:
    """The vendor's own products by code, for a package's form."""
    rows = db.session.execute(
        select(Product.code, Product.name, Product.state)
        .where(Product.organisation_id == actor.current().own_organisation, Product.state != "withdrawn")
        .order_by(Product.code)
        .limit(MOST_CHOICES)
    )
    return [ProductChoice(*row) for row in rows]
