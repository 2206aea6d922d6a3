"""A quote's life: which step is taken in which state, when it ends, and what a new version replaces."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import trade
from grants import DURING, World, build, by, package
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from trade import LINES, UNTIL

from marketplace.quotes import queries, services
from marketplace.quotes.lifecycle import QUOTE
from marketplace.quotes.models import Quote
from marketplace.quotes.rules import Wanted
from tenants.actor import SYSTEM
from tenants.db import db
from tenants.errors import BadInput, Conflict, IllegalStep, NotFound, StaleVersion
from tenants.notices.models import Posting


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


@pytest.mark.parametrize("state", [state.code for state in QUOTE.states])
@pytest.mark.parametrize("step", ["send", "withdraw", "accept", "decline"])
def test_every_pair_of_state_and_step(world, state, step):
    """Steps that the table lists are taken; no other is, whoever asks."""
    quote, moment = trade.in_state(world, state)
    legal = state in QUOTE.step(step).sources
    if legal:
        trade.take(world, step, quote, moment)
        assert trade.view(world, quote, vendor=True, moment=moment).card.state.code == QUOTE.step(step).target
    else:
        with pytest.raises((IllegalStep, NotFound)):
            trade.take(world, step, quote, moment)
        assert trade.view(world, quote, vendor=True, moment=moment).card.state.code == state


@pytest.mark.parametrize("state", [state.code for state in QUOTE.states])
def test_only_a_draft_is_changed_or_thrown_away(world, state):
    quote, moment = trade.in_state(world, state)
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
    with by(SYSTEM, trade.AFTER):
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
