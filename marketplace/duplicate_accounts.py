"""One business with two accounts: which of them can be closed, closing it, and what a verdict does to applications."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import func, or_, select

from catalogue.models import LivePublication, Package, Product
from marketplace.applications import halts
from marketplace.applications.lifecycle import ENDED
from marketplace.models import GrantApplication
from marketplace.registration.lifecycle import OPEN
from marketplace.registration.models import VendorRegistration
from tenants import duplicate_verdicts
from tenants.actor import current
from tenants.db import act_as, db, use_case
from tenants.errors import Finding, IllegalStep, NotPermitted
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.text import Text


def open_matters(organisation_id: uuid.UUID) -> tuple[Text, ...]:
    """What keeps an account from being closed, in words; empty when nothing does. For the secretariat."""
    current().require(Permission.VIEW_SECRETARIAT)
    found = []
    standing = db.session.scalar(select(Organisation.standing).where(Organisation.id == organisation_id))
    if standing in ("adopted", "suspended"):
        found.append(Text("IT導入支援事業者として登録されています", "it is a registered vendor"))
    for model, condition, words in (
        (
            GrantApplication,
            or_(GrantApplication.sme_id == organisation_id, GrantApplication.vendor_id == organisation_id)
            & GrantApplication.state.not_in(ENDED),
            Text("手続き中の交付申請が{}件あります", "{} open application(s)"),
        ),
        (
            VendorRegistration,
            (VendorRegistration.organisation_id == organisation_id) & VendorRegistration.state.in_(OPEN),
            Text("審査が終わっていない登録申請が{}件あります", "{} registration(s) under way"),
        ),
        (
            LivePublication,
            LivePublication.organisation_id == organisation_id,
            Text("公開中の製品・ITツールが{}件あります", "{} published listing(s)"),
        ),
        (
            Product,
            (Product.organisation_id == organisation_id) & Product.state.in_(("submitted", "approved")),
            Text("審査中・公開待ちの製品が{}件あります", "{} product(s) in review"),
        ),
        (
            Package,
            (Package.organisation_id == organisation_id) & Package.state.in_(("submitted", "approved")),
            Text("審査中・公開待ちのITツールが{}件あります", "{} package(s) in review"),
        ),
    ):
        number = db.session.scalar(select(func.count()).select_from(model).where(condition)) or 0
        if number:
            found.append(Text(words.ja.format(number), words.en.format(number)))
    return tuple(found)


@use_case
def find_same(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """As tenants.duplicate_verdicts.find_same; their applications that are under way stop, and both are told so."""
    with halts.telling(one, other):
        duplicate_verdicts.find_same(one, other, reason=reason)


@use_case
def reopen(one: uuid.UUID, other: uuid.UUID, *, reason: str) -> None:
    """As tenants.duplicate_verdicts.reopen; what stopped for nothing else goes on, and both are told so."""
    with halts.telling(one, other):
        duplicate_verdicts.reopen(one, other, reason=reason)


def merge(closed: uuid.UUID, kept: uuid.UUID, *, reason: str) -> int:
    """Close one of two accounts of one business in favour of the other; how many people were asked over.

    Raises IllegalStep while anything is open in the one to be closed: nothing that runs changes hands by this. Else
    as tenants.duplicate_verdicts.close_into.
    """
    who = current()
    who.require(Permission.SETTLE_DUPLICATES)
    if who.person_id is None:
        raise NotPermitted
    # Belonging and inviting are an organisation's own; here the system does it, on behalf of who decided.
    with act_as(replace(who, audience="system")):
        return _merge(closed, kept, reason)


@use_case
def _merge(closed: uuid.UUID, kept: uuid.UUID, reason: str) -> int:
    with halts.telling(kept):
        asked = duplicate_verdicts.close_into(closed, kept, reason=reason)
    # Looked at under the lock on both: what began a moment ago counts.
    here, there = open_matters(closed), open_matters(kept)
    if here:
        raise IllegalStep(_both_open(here) if there else _open_here(here))
    return asked


def _open_here(matters: tuple[Text, ...]) -> Finding:
    return Finding(
        "open_matters",
        Text(
            f"閉じる登録には、終わっていないものがあります（{'、'.join(each.ja for each in matters)}）。",
            f"The account to be closed has open matters: {', '.join(each.en for each in matters)}.",
        ),
        Text(
            "終わっていないもののある登録のほうを残してください。もう一方には、終わっていないものがありません。",
            "Keep that one instead: the other has none.",
        ),
    )


def _both_open(matters: tuple[Text, ...]) -> Finding:
    return Finding(
        "both_open",
        Text(
            f"両方の登録に、終わっていないものがあります（閉じる登録：{'、'.join(each.ja for each in matters)}）。",
            f"Both accounts have open matters; the one to be closed: {', '.join(each.en for each in matters)}.",
        ),
        Text(
            "どちらか一方のものを取り下げるか、終わるのを待ってから、もう一度お試しください。",
            "Have those of one withdrawn, or wait for their end, then try again.",
        ),
    )
