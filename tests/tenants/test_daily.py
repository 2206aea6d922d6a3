"""A day's measure of what goes to others: it is counted in what was sent, and two at once are counted both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from grants import CODE, build, by
from letters import posted
from registrations import use_memory
from sqlalchemy import select
from together import use_cases_at_once

from marketplace.enquiries import services as enquiries
from marketplace.enquiries.models import Enquiry, EnquiryMessage
from tenants import clock, invitations
from tenants.actor import SYSTEM
from tenants.daily import TooManyToday
from tenants.db import act_as, db
from tenants.member_models import Invitation

NOW = clock.now()


@pytest.fixture
def owner_of_vendor(services, organisation, actor_of):
    return actor_of(organisation("vendor", name="さくらシステム"), "vendor_owner")


@pytest.fixture
def three_a_day(monkeypatch):
    monkeypatch.setattr(invitations, "LETTERS_A_DAY", 3)


def invite(actor, number):
    with act_as(actor):
        return invitations.invite(f"guest{number}@example.jp", ["vendor_editor"])


def test_no_more_letters_than_a_day_s_go_to_addresses_that_never_asked(owner_of_vendor, three_a_day):
    """Taking back and sending again unwrites no letter; a day later there is room again, for as many as are past."""
    with clock.at(NOW):
        first = invite(owner_of_vendor, 1)
        with act_as(owner_of_vendor):
            invitations.revoke(first)
    with clock.at(NOW + timedelta(hours=1)):
        second = invite(owner_of_vendor, 1)
        with act_as(owner_of_vendor):
            invitations.resend(second)
            with pytest.raises(TooManyToday) as refused:
                invitations.resend(second)
        with pytest.raises(TooManyToday):
            invite(owner_of_vendor, 2)
        assert len(posted("invitation")) == 3
    assert refused.value.status == 429
    assert refused.value.retry_after == 23 * 3600
    [finding] = refused.value.findings
    again = (NOW + timedelta(days=1)).astimezone(clock.JAPAN)
    assert f"{again:%H:%M}" in finding.remedy.ja
    assert f"{again:%Y-%m-%d %H:%M}" in finding.remedy.en
    assert "3" in finding.message.ja
    with clock.at(NOW + timedelta(days=1)):
        invite(owner_of_vendor, 2)
        with pytest.raises(TooManyToday):
            invite(owner_of_vendor, 3)


def test_another_organisation_is_counted_by_itself(owner_of_vendor, three_a_day, organisation, actor_of):
    for number in range(3):
        invite(owner_of_vendor, number)
    other = actor_of(organisation("vendor", name="別の会社"), "vendor_owner")
    assert invite(other, 1)


def test_two_at_the_edge_are_not_both_let_through(services, owner_of_vendor, three_a_day):
    for number in range(2):
        invite(owner_of_vendor, number)
    got = use_cases_at_once(services, *[lambda n=n: invite(owner_of_vendor, n) for n in (7, 8)])
    assert [type(one) for one in got].count(TooManyToday) == 1
    with act_as(SYSTEM):
        assert len(db.session.scalars(select(Invitation.id)).all()) == 3


def test_a_business_asks_so_many_vendors_a_day_and_writes_so_many_messages(
    organisation, actor_of, monkeypatch, services
):
    use_memory()
    world = build(organisation, actor_of)
    monkeypatch.setattr(enquiries, "ENQUIRIES_A_DAY", 2)
    monkeypatch.setattr(enquiries, "MESSAGES_A_DAY", 3)
    with by(world.sme):
        asked = [enquiries.ask(CODE, f"{n}つ目です。教えてください。", release=[]) for n in range(2)]
        with pytest.raises(TooManyToday):
            enquiries.ask(CODE, "もう一つ。", release=[])
        enquiries.write(asked[0], "続きです。")
        with pytest.raises(TooManyToday):
            enquiries.write(asked[0], "さらに。")
    with by(world.vendor):
        for n in range(4):
            enquiries.write(asked[0], f"{n}つ目のお返事です。")
    with act_as(SYSTEM):
        assert len(db.session.scalars(select(Enquiry.id)).all()) == 2
        assert len(db.session.scalars(select(EnquiryMessage.id)).all()) == 7
