"""Notices that are told, delivered and sent, and what is found of them."""

from __future__ import annotations

from datetime import timedelta

import post
from sqlalchemy import select

from tenants import clock, notices
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.notices import delivery, sending
from tenants.notices.models import OutgoingMail
from tenants.text import Text


@use_case
def tell(person: Actor, *, listing: str | Text = "会計くん", template: str = "listing_returned") -> None:
    """A notice to a person, about a listing."""
    facts = {"listing": listing} | ({"reason": "価格を確かめてください"} if template == "listing_returned" else {})
    notices.notify_person(person.person_id, template, link="/vendor/packages/P-1", **facts)


def told(person: Actor, **more: object) -> None:
    """The same, by the system."""
    with act_as(SYSTEM):
        tell(person, **more)


def rows(model):
    """All there are of a table, for looking at."""
    with act_as(SYSTEM):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        return found


def mail() -> OutgoingMail:
    """The only mail there is."""
    (row,) = rows(OutgoingMail)
    return row


def go(server: post.Server, **more: object) -> sending.Tally:
    """Deliver what was posted and send what is due, as the worker does."""
    office = post.office(server, **more)
    delivery.deliver(office)
    return sending.send_due(office)


def later(pause: timedelta):
    """Just after this pause."""
    return clock.at(clock.now() + pause + timedelta(seconds=1))
