"""Quotes: registered products within registered prices, sent once and for all, answered once."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import trade
from grants import CODE, DURING, World, build, by, package
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from trade import LINES, UNTIL

from catalogue.publications import Gone
from marketplace import pricing
from marketplace.applications import queries as applications
from marketplace.applications import services as applying
from marketplace.applications.document import digest
from marketplace.applications.offers import offer_of_quote
from marketplace.applications.services import to_confirm
from marketplace.models import GrantApplication
from marketplace.quotes import queries, services
from marketplace.quotes.lifecycle import QUOTE
from marketplace.quotes.models import Quote
from marketplace.quotes.rules import Wanted
from tenants import audit
from tenants.actor import SYSTEM
from tenants.db import db
from tenants.errors import BadInput, Conflict, IllegalStep, NotFound, NotPermitted, StaleVersion
from tenants.models import Organisation
from tenants.notices.models import Posting
from tenants.organisations import NotAdopted

AFTER = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)


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


# --- the table ---


@pytest.mark.parametrize("state", [state.code for state in QUOTE.states])
@pytest.mark.parametrize("step", ["send", "withdraw", "accept", "decline"])
def test_every_pair_of_state_and_step(world, state, step):
    """Steps that the table lists are taken; no other is, whoever asks."""
    quote, moment = _in_state(world, state)
    legal = state in QUOTE.step(step).sources
    if legal:
        trade.take(world, step, quote, moment)
        assert trade.view(world, quote, vendor=True, moment=moment).card.state.code == QUOTE.step(step).target
    else:
        with pytest.raises((IllegalStep, NotFound)):
            trade.take(world, step, quote, moment)
        assert trade.view(world, quote, vendor=True, moment=moment).card.state.code == state


def _in_state(world, state):
    if state == "draft":
        return trade.draft(world, trade.ask(world)), DURING
    quote = trade.sent(world)
    if state == "expired":
        return quote, AFTER
    if state == "replaced":
        trade.take(world, "send", trade.take(world, "revise", quote))
    elif state != "sent":
        trade.take(world, {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw"}[state], quote)
    return quote, DURING


@pytest.mark.parametrize("state", [state.code for state in QUOTE.states])
def test_only_a_draft_is_changed_or_thrown_away(world, state):
    quote, moment = _in_state(world, state)
    version = trade.view(world, quote, vendor=True).version
    with by(world.vendor, moment):
        if state == "draft":
            services.change(quote, (Wanted("P-1", 480_000, 1), LINES[1]), trade.terms(), read_version=version)
            assert queries.quote(quote).card.total_yen == 570_000
            services.discard(quote, read_version=version + 1)
            with pytest.raises(NotFound):
                queries.quote(quote)
        else:
            with pytest.raises(IllegalStep):
                services.change(quote, LINES, trade.terms(), read_version=version)
            with pytest.raises(IllegalStep):
                services.discard(quote, read_version=version)


def test_what_was_sent_is_not_written_over_by_anybody(world):
    """Whatever the code above asks for, the database refuses."""
    quote = trade.sent(world)
    for statement in (
        "UPDATE quote SET content = '{}'",
        "UPDATE quote SET valid_until = valid_until + 1",
        "UPDATE quote SET state = 'accepted'",
        "DELETE FROM quote",
    ):
        with by(world.vendor):
            with pytest.raises(DBAPIError, match=r"this way|row-level security|on record"):
                db.session.execute(text(statement))
            db.session.rollback()
    assert trade.view(world, quote).card.total_yen == 630_000


def test_the_database_lets_nobody_accept_what_has_expired_nor_choose_when_it_was(world, owner):
    quote = trade.sent(world)
    end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 15, 0, tzinfo=UTC)  # 24:00 in Japan
    accepting = update(Quote).where(Quote.id == quote)

    def refused(**values: object) -> None:
        with by(world.sme):
            with pytest.raises(DBAPIError, match="outside of its time"):
                db.session.execute(accepting.values(state="accepted", **values))
            db.session.rollback()

    refused()
    refused(answered_at=end)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = false"))
    refused(answered_at=end - timedelta(days=1))
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_head SET any_time = true"))
    with by(world.sme):
        last = end - timedelta(seconds=1)
        assert db.session.execute(accepting.values(state="accepted", answered_at=last)).rowcount == 1
        db.session.rollback()


@pytest.mark.parametrize(("moment", "state"), [(1, "sent"), (0, "sent"), (-1, "expired")])
def test_it_expires_by_itself_when_its_last_day_in_japan_is_over(world, moment, state):
    """The last second of the day in Japan counts; no worker has to have run."""
    quote = trade.sent(world)
    end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 15, 0, tzinfo=UTC)  # 24:00 in Japan
    at = end - timedelta(seconds=1 + moment) if moment >= 0 else end
    assert trade.view(world, quote, moment=at).card.state.code == state
    with by(world.sme, at):
        assert queries.counts() == {state: 1}
        assert queries.quotes(state=state).total == 1
        assert len(queries.waiting()) == (state == "sent")
    if state == "expired":
        with pytest.raises(IllegalStep):
            trade.take(world, "accept", quote, at)
    else:
        trade.take(world, "accept", quote, at)


def test_the_worker_writes_down_what_expired_and_tells(world):
    quote = trade.sent(world)
    with by(SYSTEM, DURING):
        assert services.expire_due() == 0
    with by(SYSTEM, AFTER):
        assert services.expire_due() == 1
        assert services.expire_due() == 0
        assert db.session.get_one(Quote, quote).state == "expired"
        assert db.session.scalar(select(Posting.template).where(Posting.template == "quote_expired"))


# --- versions ---


def test_a_new_version_replaces_the_old_and_both_are_kept(world):
    first = trade.sent(world)
    second = trade.take(world, "revise", first)
    assert trade.take(world, "revise", first) == second
    assert trade.view(world, first).card.state.code == "sent"
    with by(world.vendor):
        services.change(second, (Wanted("P-1", 500_000, 1), LINES[1]), trade.terms(), read_version=1)
    trade.take(world, "send", second)
    old, new = trade.view(world, first), trade.view(world, second)
    assert (old.card.number, old.card.edition, old.card.state.code) == (new.card.number, 1, "replaced")
    assert (new.card.edition, new.card.state.code) == (2, "sent")
    assert [each.edition for each in new.editions] == [1, 2]
    assert (old.card.total_yen, new.card.total_yen) == (630_000, 590_000)
    with pytest.raises(IllegalStep):
        trade.take(world, "revise", first)


def test_an_accepted_quote_is_not_replaced_behind_the_business_s_back(world):
    first = trade.sent(world)
    second = trade.take(world, "revise", first)
    trade.take(world, "accept", first)
    with pytest.raises(Conflict):
        trade.take(world, "send", second)
    with by(world.vendor):
        services.discard(second, read_version=1)
    with pytest.raises(IllegalStep):
        trade.take(world, "revise", first)


def test_a_package_published_anew_stops_drafts_and_open_quotes(world):
    quote, other = trade.sent(world), trade.draft(world, trade.ask(world))
    world.publish(package(price=700_000))
    with pytest.raises(BadInput, match="published_anew"):
        trade.take(world, "send", other)
    with by(world.vendor):
        assert queries.form_of(other).published_anew
        services.change(other, (Wanted("P-1", 650_000, 1), LINES[1]), trade.terms(), read_version=1)
    trade.take(world, "send", other)
    with pytest.raises(BadInput, match="newer_version"):
        trade.take(world, "accept", quote)


def test_a_stale_version_is_refused(world):
    quote = trade.draft(world, trade.ask(world))
    with by(world.vendor):
        services.change(quote, LINES, trade.terms(subject="別の件名"), read_version=1)
        with pytest.raises(StaleVersion):
            services.change(quote, LINES, trade.terms(), read_version=1)


def test_two_tabs_at_once_accept_once(world, app):
    quote = trade.sent(world)
    version = trade.view(world, quote).version
    start, outcomes = threading.Barrier(2), []

    def press() -> None:
        with app.app_context(), by(world.sme):
            start.wait()
            try:
                services.accept(quote, read_version=version)
                outcomes.append("accepted")
            except (StaleVersion, IllegalStep):
                outcomes.append("refused")
            finally:
                db.session.remove()

    tabs = [threading.Thread(target=press) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(outcomes) == ["accepted", "refused"]


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


# --- the application that is made of it ---


def test_an_accepted_quote_is_what_the_application_freezes(world):
    quote = trade.accepted(world)
    with by(world.sme):
        offered = offer_of_quote(quote)
        assert offered.can_start
        application = applying.start_with_quote(quote)
    view = world.view(application)
    assert view.card.total_yen == 630_000
    assert view.card.subsidy_yen == 360_000 == offered.estimate.subsidy_yen
    assert view.chosen["items"][0]["unit_price_yen"] == 540_000
    assert view.chosen["quote"]["number"] == trade.view(world, quote).card.number
    assert trade.view(world, quote).application_id == application
    world.publish(package("値上げしたパック", price=1_400_000))
    for step in ("accept", "prepare", "confirm", "submit"):
        world.take(step, application)
    after = world.view(application)
    assert after.chosen == view.chosen
    assert after.estimate == view.estimate
    with by(world.sme):
        row = db.session.get_one(GrantApplication, application)
        assert digest(to_confirm(row)) == row.confirmed_hash
        assert to_confirm(row)["chosen"]["quote"]["number"] == after.chosen["quote"]["number"]


@pytest.mark.parametrize("state", ["sent", "declined", "withdrawn", "expired", "replaced"])
def test_no_application_starts_from_a_quote_that_is_not_accepted(world, state):
    quote, moment = _in_state(world, state)
    with by(world.sme, moment):
        with pytest.raises(IllegalStep):
            applying.start_with_quote(quote)
        with pytest.raises(IllegalStep):
            offer_of_quote(quote)
        assert applications.applications().total == 0


def test_an_accepted_quote_of_an_old_version_or_a_withdrawn_package_does_not_start(world, owner):
    quote = trade.accepted(world)
    world.publish(package(price=700_000))
    with by(world.sme), pytest.raises(BadInput, match="newer_version"):
        applying.start_with_quote(quote)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM live_publication"))
        connection.execute(
            text(
                "INSERT INTO withdrawal (id, kind, public_key, organisation_id, publication_id, reason, withdrawn_at)"
                " SELECT gen_random_uuid(), 'package', code, organisation_id, id, '販売終了', now() FROM publication LIMIT 1"
            )
        )
    with by(world.sme), pytest.raises(Gone):
        applying.start_with_quote(quote)


def test_another_business_s_quote_starts_nothing(world, organisation, actor_of):
    quote = trade.accepted(world)
    with by(actor_of(organisation("sme"), "sme_owner")), pytest.raises(NotFound):
        applying.start_with_quote(quote)


def test_the_database_refuses_a_quote_that_was_not_accepted(world):
    quote = trade.sent(world)
    application = world.start()
    with by(world.sme):
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(
                text(
                    "INSERT INTO grant_application (id, sme_id, vendor_id, publication_id, quote_id, round_id, scheme_id,"
                    " scheme_version, package_code, sme_name, vendor_name, chosen, estimate, applicant, state,"
                    " created_at, updated_at, version) SELECT gen_random_uuid(), sme_id, vendor_id, publication_id, :q,"
                    " 'other', scheme_id, 1, package_code, sme_name, vendor_name, chosen, estimate, applicant, 'draft',"
                    " now(), now(), 1 FROM grant_application WHERE id = :a"
                ),
                {"q": quote, "a": application},
            )
        db.session.rollback()


def test_a_quote_without_a_name_is_addressed_to_nobody_by_name(world):
    quote = trade.draft(world, trade.ask(world, release=()))
    assert trade.view(world, quote, vendor=True).recipient == ""
    assert trade.view(world, quote, vendor=True).card.business.ja == "ある事業者"


def test_a_list_of_a_state_that_does_not_exist(world):
    with by(world.sme), pytest.raises(NotFound):
        queries.quotes(state="paid")
    assert date.fromisoformat("2026-11-16") == UNTIL
