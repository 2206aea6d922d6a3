"""Somebody of the secretariat looks at an organisation's pages: told, recorded, for an hour, and without a trace."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from letters import posted
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from marketplace.subsidy.classes import normalise_jsic
from tenants import clock, details, members, organisations, sign_in, support_view
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound, NotPermitted, OnlyLooking
from tenants.models import ExternalIdentity, Organisation
from tenants.permissions import Permission, permissions_of

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
REASON = "お電話でのご相談のため"


@pytest.fixture
def shop(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("sme", name="食堂ひまわり"), "sme_owner")


@pytest.fixture
def reviewer(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer")


def signed_in(who: Actor) -> sign_in.SignedIn:
    subject = uuid.uuid4().hex
    with act_as(SYSTEM):
        db.session.add(ExternalIdentity(provider="demo", subject=subject, person_id=who.person_id))
        db.session.commit()
    found = sign_in.resolve(sign_in.sign_in("demo", subject, name=who.name, email="x@example.jp"))
    assert found is not None
    return found


def look(reviewer: Actor, whom: Actor, moment: datetime = NOW) -> support_view.LookingIn:
    with clock.at(moment):
        browser = signed_in(reviewer)
        with act_as(reviewer):
            view = support_view.open_view(whom.organisation_id, REASON)
        found = support_view.resume(browser, view)
    assert found is not None
    return found


def test_the_organisation_is_told_who_when_and_why(shop, reviewer):
    look(reviewer, shop)
    with act_as(shop), clock.at(NOW):
        (seen,) = support_view.of_own_organisation().items
    assert (seen.person_name, seen.reason, seen.opened_at, seen.ended_at) == (reviewer.name, REASON, NOW, None)
    (told,) = posted("support_view_opened")
    assert told.organisation_id == shop.organisation_id
    assert told.facts["reason"]["ja"] == REASON


def test_who_looks_sees_the_pages_and_may_only_look(shop, reviewer):
    actor = look(reviewer, shop).signed_in.actor
    with act_as(actor):
        assert organisations.own().name == "食堂ひまわり"
        assert [each.person_id for each in members.members(members.team())] == [shop.person_id]
        assert not members.team().may_manage
    changing = permissions_of(["sme_owner"]) - permissions_of(["sme_member"])
    assert not any(actor.may(each) for each in changing)
    assert actor.may(Permission.VIEW_OWN_APPLICATIONS)


def test_services_and_the_database_refuse_every_change(shop, reviewer):
    actor = look(reviewer, shop).signed_in.actor
    # Even somebody who had slipped in an owner's roles.
    owner = Actor("sme", actor.organisation_id, actor.person_id, frozenset({"sme_owner"}), "x", actor.support)
    for who in (actor, owner):
        for change in (
            lambda: details.save(details.Details(name="x"), read_version=1, require_industry=normalise_jsic),
            members.leave,
            lambda: members.remove(shop.person_id),
        ):
            with act_as(who), pytest.raises(OnlyLooking):
                change()
        with act_as(who):
            with pytest.raises(InternalError, match="read-only transaction"):
                db.session.execute(text("UPDATE organisation SET name = 'x'"))
            db.session.rollback()
    with pytest.raises(NotPermitted):
        organisations.register_business(actor, name="x", corporate_number=None, prefecture="東京都", address="x")
    with act_as(SYSTEM):
        assert db.session.get_one(Organisation, shop.organisation_id).name == "食堂ひまわり"


def test_an_hour_and_no_longer(shop, reviewer):
    looking = look(reviewer, shop)
    browser = signed_in(reviewer)
    with clock.at(NOW + timedelta(minutes=59)):
        assert support_view.resume(browser, looking.look.id) is not None
    with clock.at(NOW + timedelta(minutes=60)):
        assert support_view.resume(browser, looking.look.id) is None
        assert support_view.close_passed() == 1
        assert support_view.close_passed() == 0
    with act_as(SYSTEM):
        names = db.session.scalars(select(AuditEvent.name).where(AuditEvent.subject_kind == "support_view"))
        assert list(names) == ["support_view_opened", "support_view_closed"]
    with act_as(shop):
        (seen,) = support_view.of_own_organisation().items
        assert seen.ended_at == NOW + timedelta(minutes=60)


def test_closing_ends_it_and_pressing_twice_is_no_error(shop, reviewer):
    looking = look(reviewer, shop)
    with clock.at(NOW + timedelta(minutes=5)):
        support_view.close(looking)
        support_view.close(looking)
        assert support_view.resume(signed_in(reviewer), looking.look.id) is None
    with act_as(shop):
        assert support_view.of_own_organisation().items[0].ended_at == NOW + timedelta(minutes=5)


def test_a_view_is_its_person_s_and_only_as_long_as_they_may(shop, reviewer, actor_of):
    looking = look(reviewer, shop)
    colleague = actor_of(reviewer.organisation_id, "secretariat_reviewer")
    with clock.at(NOW):
        assert support_view.resume(signed_in(colleague), looking.look.id) is None
        assert support_view.resume(signed_in(shop), looking.look.id) is None
        assert support_view.resume(signed_in(reviewer), uuid.uuid4()) is None
    publisher = actor_of(reviewer.organisation_id, "secretariat_publisher")
    for who in (publisher, shop):
        with act_as(who), pytest.raises(NotPermitted):
            support_view.open_view(shop.organisation_id, REASON)


@pytest.mark.parametrize("reason", ["", "    ", "x", "あ" * 301])
def test_a_reason_is_needed(shop, reviewer, reason):
    with act_as(reviewer), pytest.raises(BadInput):
        support_view.open_view(shop.organisation_id, reason)


def test_offices_are_not_looked_at(reviewer, organisation):
    for found in (organisation("committee"), reviewer.organisation_id, uuid.uuid4()):
        with act_as(reviewer), pytest.raises(NotFound):
            support_view.open_view(found, REASON)


def test_the_secretariat_s_register(shop, reviewer, organisation):
    organisation("vendor", name="ひまわりシステム", corporate_number="7000012050002")
    with act_as(reviewer):
        assert [each.name for each in support_view.organisations(words="ひまわり").items] == [
            "ひまわりシステム",
            "食堂ひまわり",
        ]
        assert len(support_view.organisations(words="7000012050002").items) == 1
        assert support_view.organisations(words="%").items == ()
        assert {each.kind: each.may_look for each in support_view.organisations().items} == {
            "vendor": True,
            "sme": True,
            "secretariat": False,
        }
