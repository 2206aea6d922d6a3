"""Letters that nobody's click in the walk through all routes brings about: they too read in both languages."""

from __future__ import annotations

import briefings
import grants
import pytest
from letters import OF_SERVICES, all_posted, misread, names_that_people_gave

from marketplace import duplicate_accounts
from marketplace.briefings import bookings
from marketplace.registration import standing
from tenants import linked_identities, sign_in
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, Organisation
from tenants.notices.models import Posting

WHY = "電話で確かめました。"
TYPED = {WHY, "登録の説明会", "Registration briefing", "見本会館 3階"}


@pytest.fixture
def office(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat", name="見本の補助金事務局"), "secretariat_administrator")


def two_accounts_become_one(office: Actor, organisation, actor_of) -> None:
    closed, kept = (organisation("sme", name="ひまわり商店", address="港区1-1") for _ in range(2))
    actor_of(closed, "sme_owner")
    with act_as(office):
        duplicate_accounts.merge(closed, kept, reason=WHY)


def a_second_way_to_sign_in(of: Actor) -> None:
    with act_as(SYSTEM):
        db.session.add(ExternalIdentity(provider="demo", subject="d-1", person_id=of.person_id))
        db.session.commit()
    token = sign_in.sign_in("demo", "d-1", name=of.name, email="x@example.jp")
    linked_identities.link(token, "gbizid", "g-1", person=of.person_id)


def a_full_briefing(office: Actor) -> None:
    number = briefings.announced(office, briefings.facts(seats=1, most_people=1))
    first, second = briefings.person(), briefings.person()
    for who in (first, second):
        with act_as(who):
            booked = bookings.book(number, people=1, name="予約 太郎", organisation_name="")
        if who is first:
            held = booked
    with act_as(first):
        bookings.cancel(held.booking_id)


def a_pair_is_settled(office: Actor, world: grants.World) -> None:
    """Vendor and applicant are found to be one business while an application is on its way, which is taken back."""
    world.start(grants.clock.now())
    with act_as(office):
        duplicate_accounts.find_same(world.sme.organisation_id, world.vendor_id, reason=WHY)
        duplicate_accounts.reopen(world.sme.organisation_id, world.vendor_id, reason=WHY)


def a_vendor_falls(office: Actor, world: grants.World) -> None:
    """Suspended while the application is on its way, reinstated, then revoked."""

    def step(take) -> None:
        with act_as(office):
            take(
                world.vendor_id, reason=WHY, read_version=db.session.get_one(Organisation, world.vendor_id).version
            )
            db.session.expire_all()

    step(standing.suspend)
    step(standing.reinstate)
    step(standing.revoke)


def test_they_read_in_both_languages(office, organisation, actor_of):
    world = grants.build(organisation, actor_of, now=True)
    two_accounts_become_one(office, organisation, actor_of)
    a_second_way_to_sign_in(world.sme)
    a_full_briefing(office)
    a_pair_is_settled(office, world)
    a_vendor_falls(office, world)
    letters, given = all_posted(), TYPED | names_that_people_gave()
    assert [wrong for each in letters for wrong in misread(each, given)] == []
    assert {each.template for each in letters} >= OF_SERVICES


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"role": {"ja": "責任者", "en": "責任者"}}, "in en: '責任者'"),
        ({"role": {"ja": "owner", "en": "owner"}}, "in ja: 'owner'"),
        ({"expires_at": {"ja": "2026-12-01", "en": "1 December 2026"}}, "in ja: '2026-12-01'"),
        ({"role": {"ja": "責任者", "en": "vendor_owner"}}, "in en: 'vendor_owner'"),
    ],
)
def test_a_letter_that_one_cannot_read_is_found(facts, wrong):
    two = {"ja": "2026年12月1日（火）", "en": "1 December 2026 (Tue)"}
    usual = {"organisation": "食堂", "inviter": "花子", "role": {"ja": "責任者", "en": "owner"}, "expires_at": two}
    kept = {
        name: value if isinstance(value, dict) else {"ja": value, "en": value} for name, value in usual.items()
    }
    posting = Posting(template="invitation", facts=kept | facts)
    assert any(wrong in each for each in misread(posting, {"食堂", "花子"}))
