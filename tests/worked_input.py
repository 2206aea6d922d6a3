"""The worked input on its whole way: loaded from the vendors' files, reviewed, published, indexed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import made_once

from catalogue import desk
from catalogue.imports import service
from catalogue.imports.service import SourceFile
from catalogue.selection import batches, select_listings
from search import sync
from tenants.actor import SYSTEM
from tenants.db import act_as

DATA = Path(__file__).parent / "data"
FILES = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}


def rows(name: str) -> list[dict[str, str]]:
    """A table of expectations."""
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8-sig").splitlines()))


def publish_worked_input() -> None:
    """Everything that is good goes all the way to the public, and into the index; the work is done once a process."""
    made_once.begin_with(load_and_publish)


def load_and_publish() -> None:
    """The work itself."""
    with act_as(SYSTEM):
        service.apply({kind: SourceFile(name, (DATA / name).read_bytes()) for kind, name in FILES.items()})
        for step in ("submit", "approve", "publish"):
            for batch in batches(select_listings(step)):
                getattr(desk, step)(batch)
    sync.synchronise()


CODES = ["F1", "F2", "M1", "B1"]
APPLICANTS = {
    "sme": {"kind": "company", "jsic": "E09", "capital_yen": 10_000_000, "employees": 50},
    "small": {"kind": "company", "jsic": "E09", "capital_yen": 10_000_000, "employees": 8},
}


def asked(row: dict[str, str]) -> dict[str, Any]:
    """A worked example as the body of POST /api/v1/estimates."""
    parts = [part.rpartition(":") for part in row["lines_yen_ex_tax"].split(";")]
    body: dict[str, Any] = {
        "scheme": row["scheme"],
        "applicant": APPLICANTS[row["business_size"]],
        "functions": CODES[: int(row["functions_or_processes"])],
        "lines": [{"kind": kind or "software", "amount_yen": int(amount)} for kind, _, amount in parts],
    }
    if row["context"].startswith("confirmation"):
        body["granted_yen"] = int(row["context"].rpartition(" ")[2])
    return body
