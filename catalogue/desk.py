"""Many listings at once, of both kinds, in one transaction: all or none.

Products always go before packages, because a package needs its products approved first.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from catalogue import listings
from catalogue.listing_queries import BATCH_LIMIT, KINDS
from catalogue.listings import Kind
from tenants.db import use_case
from tenants.errors import BadInput, Finding
from tenants.text import Text

Chosen = Mapping[Kind, Mapping[uuid.UUID, int]]
"""Listings by kind, each with the version the person saw."""

NOTHING_CHOSEN: Final = Finding(
    "nothing_chosen",
    Text("1件も選ばれていません。", "Nothing was chosen."),
    Text(
        "一覧の左の四角に印を付けてから、もう一度押してください。", "Tick the boxes in the list, then press again."
    ),
)


def _checked(chosen: Chosen) -> Chosen:
    number = sum(len(versions) for versions in chosen.values())
    if number == 0:
        raise BadInput(NOTHING_CHOSEN)
    if number > BATCH_LIMIT:
        raise BadInput(
            Finding(
                "too_many_chosen",
                Text(f"一度に扱えるのは{BATCH_LIMIT:,}件までです。", f"At most {BATCH_LIMIT:,} at once."),
                Text("数回に分けてください。", "Do it in several parts."),
            )
        )
    return chosen


@use_case
def submit(chosen: Chosen) -> int:
    """Hand these listings to the secretariat; how many. Errors as in :func:`catalogue.listings.submit`."""
    versions = _checked(chosen)
    return sum(
        listings.submit(kind, list(versions[kind]), read_versions=versions[kind])
        for kind in KINDS
        if versions.get(kind)
    )


@use_case
def approve(chosen: Chosen) -> int:
    """Approve these listings; how many. Errors as in :func:`catalogue.listings.approve`."""
    versions = _checked(chosen)
    return sum(
        listings.approve(kind, list(versions[kind]), read_versions=versions[kind])
        for kind in KINDS
        if versions.get(kind)
    )


@use_case
def publish(chosen: Chosen) -> list[int]:
    """Publish these listings; the publications' numbers. Errors as in :func:`catalogue.listings.publish`."""
    versions = _checked(chosen)
    numbers: list[int] = []
    for kind in KINDS:
        if versions.get(kind):
            numbers += listings.publish(kind, list(versions[kind]), read_versions=versions[kind])
    return numbers
