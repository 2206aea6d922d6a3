"""What providers vouch for: kept, locked, and what an entry account may not do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tenants import clock, identities, sign_in
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotPermitted
from tenants.identities import EntryAccount
from tenants.identity_profiles import BusinessFacts, Said
from tenants.models import MirasapoAccount

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
SHOP = BusinessFacts(
    "prime", "corporation", "7000012050002", "株式会社ひまわり", "ヒマワリ", "東京都", "千代田区1-1"
)


def enter(business: BusinessFacts | None = None, mirasapo: str | None = None, subject: str = "g-1") -> Actor:
    said = Said("山田 花子", "hanako@example.jp", business, mirasapo)
    with clock.at(START):
        token = sign_in.sign_in("gbizid", subject, name=said.name, email=said.email, said=said)
        found = sign_in.resolve(token)
    assert found is not None
    return found.actor


def changed(**facts: object) -> BusinessFacts:
    return BusinessFacts(**{name: getattr(SHOP, name) for name in SHOP.__slots__} | facts)


def test_facts_are_kept_with_the_time_they_were_said_and_renewed(services):
    enter(changed(address="千代田区9-9"))
    who = enter(SHOP)
    with act_as(who):
        facts = identities.facts_of(who.person_id)
    assert (facts.account_type, facts.corporate_number, facts.address) == ("prime", "7000012050002", "千代田区1-1")
    assert facts.verified_at == START


def test_nothing_is_known_of_somebody_without_such_a_provider(services):
    who = enter()
    with act_as(who):
        assert identities.facts_of(who.person_id) is None
        assert identities.locked_fields(who.person_id) == frozenset()
        identities.require_may_apply()
    identities.require_may_apply()


def test_facts_are_the_person_s_own(services):
    mine, other = enter(SHOP), enter(SHOP, subject="g-2")
    with act_as(mine):
        assert identities.facts_of(other.person_id) is None
    with act_as(PUBLIC):
        assert identities.facts_of(mine.person_id) is None


@pytest.mark.parametrize(
    ("facts", "locked"),
    [
        (SHOP, {"form", "corporate_number", "name", "name_kana", "prefecture", "address"}),
        (
            changed(account_type="member"),
            {"form", "corporate_number", "name", "name_kana", "prefecture", "address"},
        ),
        (changed(account_type="entry"), set()),
        (changed(prefecture="江戸", name_kana=""), {"form", "corporate_number", "name", "address"}),
        (
            changed(corp_type="sole_proprietor", corporate_number=None, name="", name_kana=""),
            {"form", "corporate_number", "prefecture", "address"},
        ),
    ],
)
def test_what_was_checked_with_papers_is_locked(services, facts, locked):
    who = enter(facts)
    with act_as(who):
        assert identities.locked_fields(who.person_id) == locked


@pytest.mark.parametrize(("kind", "may"), [("entry", False), ("prime", True), ("member", True)])
def test_entry_accounts_do_not_apply(services, kind, may):
    who = enter(changed(account_type=kind))
    with act_as(who):
        if may:
            identities.require_may_apply()
        else:
            with pytest.raises(EntryAccount) as refused:
                identities.require_may_apply()
            assert "プライム" in refused.value.findings[0].remedy.ja
            assert refused.value.status == 403


def test_an_account_that_became_a_prime_one_applies(services):
    enter(changed(account_type="entry"))
    who = enter(SHOP)
    with act_as(who):
        identities.require_may_apply()


def account(who: Actor) -> tuple[str, datetime | None]:
    """The id that is kept, and when a provider said so."""
    query = select(MirasapoAccount.mirasapo_id, MirasapoAccount.verified_at)
    with act_as(SYSTEM):
        return tuple(db.session.execute(query.where(MirasapoAccount.person_id == who.person_id)).one())


def test_a_mirasapo_id_that_the_provider_says_is_certain(services):
    who = enter(mirasapo="hanako.2017")
    assert account(who) == ("hanako.2017", START)
    assert identities.state_mirasapo_id(who, "another-one") == "hanako.2017"
    with act_as(who):
        assert identities.facts_of(who.person_id).mirasapo_id == "hanako.2017"


def test_a_mirasapo_id_that_the_person_says_is_kept_as_their_word(services):
    who = enter()
    assert identities.state_mirasapo_id(who, "ｈａｎａｋｏ") == "hanako"
    assert identities.state_mirasapo_id(who, "hanako") == "hanako"
    assert account(who) == ("hanako", None)
    assert identities.state_mirasapo_id(who, "hanako2") == "hanako2"
    with act_as(SYSTEM):
        names = list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))
    assert names == ["signed_in", "mirasapo_id_stated", "mirasapo_id_stated"]


def test_a_stated_mirasapo_id_signs_nobody_in_as_its_owner(services):
    """Whoever claims another's id first does not become the other when they come."""
    squatter = enter(subject="s-1")
    identities.state_mirasapo_id(squatter, "hanako.2017")
    owner = enter(mirasapo="hanako.2017", subject="m-1")
    assert owner.person_id != squatter.person_id
    assert account(squatter) == ("hanako.2017", None)


@pytest.mark.parametrize("written", ["", "はなこ", "x"])
def test_what_has_not_the_form_is_refused_beside_its_field(services, written):
    who = enter()
    if not written:
        assert identities.mirasapo_id_findings(written) == []
        return
    with pytest.raises(BadInput) as refused:
        identities.state_mirasapo_id(who, written)
    assert refused.value.findings[0].field == "mirasapo_id"


def test_nobody_in_particular_has_no_mirasapo_id(services):
    with pytest.raises(NotPermitted):
        identities.state_mirasapo_id(PUBLIC, "hanako")
