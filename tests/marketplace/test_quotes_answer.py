"""A quote answers the enquiry it is sent for."""

from __future__ import annotations

import pytest
import trade
from grants import World, build, by
from sqlalchemy import select

from marketplace.enquiries import queries, services
from tenants import audit
from tenants.actor import SYSTEM
from tenants.db import db


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


def test_who_sends_a_quote_instead_of_words_has_answered(world):
    enquiry = trade.ask(world)
    quote = trade.draft(world, enquiry)

    def state():
        with by(world.sme):
            return queries.enquiry(enquiry).card.state.code

    assert state() == "asked", "a draft is no answer"
    trade.take(world, "send", quote)
    assert state() == "answered"
    with by(world.sme):
        services.write(enquiry, "もう少し安くなりますか。")
    assert state() == "asked"
    trade.take(world, "send", trade.take(world, "revise", quote))
    assert state() == "answered"
    with by(SYSTEM):
        told = db.session.scalars(
            select(audit.AuditEvent.organisation_id).where(
                audit.AuditEvent.name == "enquiry_answer", audit.AuditEvent.subject_id == str(enquiry)
            )
        ).all()
    assert sorted(told, key=str) == sorted([world.vendor_id, world.sme.organisation_id] * 2, key=str)
