"""Quotes: what one says, whose it is, what is told of it and written down."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import trade
from grants import CODE, World, build, by, package
from sqlalchemy import select, text, update
from trade import LINES, UNTIL

from marketplace import pricing
from marketplace.quotes import queries, services
from marketplace.quotes.models import Quote
from marketplace.quotes.rules import Wanted
from tenants import audit
from tenants.actor import SYSTEM
from tenants.db import db
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted
from tenants.models import Organisation
from tenants.notices.models import Posting
from tenants.organisations import NotAdopted


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


# --- what it says ---


def test_a_quote_is_the_package_at_the_vendor_s_prices_with_tax_apart(world):
    view = trade.view(world, trade.sent(world))
    assert (view.card.number, view.card.edition) == (view.card.number, 1)
    assert view.card.total_yen == 540_000 + 2 * 45_000
    assert (view.content["tax_percent"], view.content["tax_yen"]) == (10, 63_000)
    assert view.content["with_tax_yen"] == 693_000
    assert view.card.state.code == "sent"
    assert view.recipient == "食堂ひまわり"


def test_the_estimate_is_the_one_way_to_an_estimate_for_exactly_these_lines(world):
    view = trade.view(world, trade.sent(world))
    with by(world.sme):
        expected = pricing.estimate_package(view.content["package"], pricing.scheme())
    assert view.estimate.as_json("ja") == expected.as_json("ja")
    assert (expected.total_yen, expected.subsidy_yen) == (630_000, 360_000)


def test_the_vendor_is_not_told_an_estimate_by_the_business_s_facts(world):
    assert trade.view(world, trade.sent(world), vendor=True).estimate is None


def test_hardware_may_be_left_out(world):
    quote = trade.sent(world, lines=(LINES[0], Wanted("P-2", 0, 0)))
    assert [item["product_code"] for item in trade.view(world, quote).content["package"]["items"]] == ["P-1"]


def test_without_a_registered_minimum_nothing_is_reduced(world, owner):
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM publication_minimum"))
    enquiry = trade.ask(world)
    with pytest.raises(BadInput):
        trade.draft(world, enquiry)
    assert trade.draft(world, enquiry, (Wanted("P-1", 600_000, 1), Wanted("P-2", 50_000, 2)))


# --- whose it is ---


def test_a_draft_is_the_vendor_s_own(world):
    quote = trade.draft(world, trade.ask(world))
    with pytest.raises(NotFound):
        trade.view(world, quote)
    with by(world.sme):
        assert queries.quotes().total == 0
        with pytest.raises((NotFound, IllegalStep)):
            services.accept(quote, read_version=1)
    assert trade.view(world, quote, vendor=True).card.state.code == "draft"


def test_nobody_else_s(world, organisation, actor_of):
    quote = trade.sent(world)
    others = [actor_of(organisation("vendor"), "vendor_owner"), actor_of(organisation("sme"), "sme_owner")]
    for other in others:
        with by(other):
            with pytest.raises(NotFound):
                queries.quote(quote)
            assert queries.quotes().total == 0
            assert db.session.scalars(select(Quote.id)).all() == []
    with by(others[0]), pytest.raises(NotFound):
        services.withdraw(quote, reason="x", read_version=2)
    with by(others[0]), pytest.raises(NotFound):
        services.draft(trade.view(world, quote).card.enquiry_id, CODE, LINES, trade.terms())
    with by(others[1]), pytest.raises(NotFound):
        services.accept(quote, read_version=2)


def test_members_and_viewers_only_look(world, actor_of):
    quote = trade.sent(world)
    member, viewer = actor_of(world.sme.organisation_id, "sme_member"), actor_of(world.vendor_id, "vendor_viewer")
    with by(member):
        assert queries.quote(quote).steps == frozenset()
        with pytest.raises(NotPermitted):
            services.accept(quote, read_version=2)
    with by(viewer):
        assert queries.quote(quote).steps == frozenset()
        with pytest.raises(NotPermitted):
            services.withdraw(quote, reason="x", read_version=2)


def test_another_vendor_s_package_cannot_be_quoted(world, organisation, actor_of):
    vendor = organisation("vendor")
    World(actor_of(vendor, "vendor_owner"), world.sme, uuid.uuid4(), vendor).publish(package(code="PK-2"))
    enquiry = trade.ask(world)
    for code in ("PK-2", "PK-NONE"):
        with by(world.vendor), pytest.raises(NotFound):
            services.draft(enquiry, code, LINES, trade.terms())
        with by(world.vendor), pytest.raises(NotFound):
            queries.form(code)


def test_only_an_adopted_vendor_quotes(world):
    enquiry, quote = trade.ask(world), trade.draft(world, trade.ask(world))
    with by(SYSTEM):
        db.session.execute(
            update(Organisation).where(Organisation.id == world.vendor_id).values(standing="suspended")
        )
        db.session.commit()
    with pytest.raises(NotAdopted):
        trade.draft(world, enquiry)
    with pytest.raises(NotAdopted):
        trade.take(world, "send", quote)


def test_a_quote_without_a_name_is_addressed_to_nobody_by_name(world):
    quote = trade.draft(world, trade.ask(world, release=()))
    assert trade.view(world, quote, vendor=True).recipient == ""
    assert trade.view(world, quote, vendor=True).card.business.ja == "ある事業者"


def test_a_list_of_a_state_that_does_not_exist(world):
    with by(world.sme), pytest.raises(NotFound):
        queries.quotes(state="paid")
    assert date.fromisoformat("2026-11-16") == UNTIL


# --- what is told and written down ---


def test_audit_and_notices(world):
    quote = trade.accepted(world)
    with by(SYSTEM):
        rows = db.session.execute(
            select(audit.AuditEvent.name, audit.AuditEvent.organisation_id, audit.AuditEvent.after).where(
                audit.AuditEvent.subject_id == str(quote)
            )
        ).all()
        told = set(db.session.scalars(select(Posting.template)))
        assert list(audit.verify()) == []
    both = {world.vendor_id, world.sme.organisation_id}
    assert {row.organisation_id for row in rows if row.name == "quote_draft"} == {world.vendor_id}
    for name in ("quote_send", "quote_accept"):
        assert {row.organisation_id for row in rows if row.name == name} == both
    assert not [row for row in rows if "540" in str(row.after)]
    assert {"quote_received", "quote_accepted"} <= told


def test_side_by_side_only_one_s_own(world, organisation, actor_of):
    first, second = trade.sent(world), trade.sent(world, cloud_months=6)
    with by(world.sme):
        found = queries.beside([second, first, second, world.vendor_id])
        assert [view.card.id for view in found] == [second, first]
    with by(actor_of(organisation("sme"), "sme_owner")):
        assert queries.beside([first, second]) == ()
