"""A catalogue of drafts as vendors send them, and the people who work on it; conftest.py offers these everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from catalogue import listing_queries
from catalogue.desk import submit
from catalogue.imports import layouts as columns
from catalogue.imports.service import SourceFile, apply
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db

ASAHI = "7999900000101"
FILES = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}


@pytest.fixture
def catalogue(app: Flask, data: Path) -> Flask:
    """The six vendors, their products and packages, as drafts."""
    with act_as(SYSTEM):
        apply({kind: SourceFile(name, (data / name).read_bytes()) for kind, name in FILES.items()})
    return app


@pytest.fixture
def asahi(catalogue: Flask, actor_of: Callable[..., Actor]) -> Actor:
    """Somebody who edits and submits for the first vendor."""
    with act_as(SYSTEM):
        query = text("SELECT id FROM organisation WHERE corporate_number = :number")
        vendor = db.session.execute(query, {"number": ASAHI}).scalar_one()
    return actor_of(vendor, "vendor_owner")


@pytest.fixture
def office(app: Flask, organisation: Callable[..., Any], actor_of: Callable[..., Actor]) -> Callable[[str], Actor]:
    """People of the secretariat by role: ``office("reviewer")``."""
    secretariat = organisation("secretariat", name="事務局")
    return lambda role: actor_of(secretariat, f"secretariat_{role}")


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """``with statements() as seen:`` gathers the queries that run inside."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if "set_config" not in statement:
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watch


def chosen(kind: str, rows: Any) -> dict[str, dict[Any, int]]:
    """These rows as the desk is asked for them."""
    return {kind: {row.id: row.version for row in rows}}


def everything(kind: str, **wanted: Any) -> list[Any]:
    """The actor's own listings of a kind."""
    return list(listing_queries.own(kind, per_page=200, **wanted).items)


def submit_all(who: Actor) -> int:
    """Somebody hands in all that is theirs; how many."""
    with act_as(who):
        rows = {kind: {row.id: row.version for row in everything(kind)} for kind in ("product", "package")}
        return submit(rows)


def cells_of(detail: Any, **changes: str) -> dict[str, str]:
    """A product as the form sends it."""
    content = detail.content
    return {
        columns.PRODUCT_CODE: content["code"],
        columns.PRODUCT_NAME: content["name"],
        columns.PRODUCT_KANA: content["name_kana"],
        columns.FUNCTIONS: ";".join(content["functions"]),
        columns.COST_KIND: content["cost_kind"],
        columns.BILLING: "年額/1社",
        columns.STANDARD_PRICE: str(content["standard_price_yen"]),
        columns.MINIMUM_PRICE: str(detail.minimum_price_yen),
        columns.DESCRIPTION: content["description"],
    } | changes
