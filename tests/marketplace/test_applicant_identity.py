"""An edition says what its applicants are registered with; who is not starts no application, and what was given stays."""

import copy

import editions
import grants
import pytest
from grants import CODE
from sqlalchemy import func, select

from catalogue import masters
from marketplace import applicant_identity
from marketplace.applications import queries
from marketplace.applications.offers import offer
from marketplace.models import GrantApplication
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, Scheme
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput
from tenants.models import IdentityFacts, MirasapoAccount

PRIME = {"kind": "gbizid_prime", "clause": "試験 申請の前に"}


@pytest.fixture
def world(services, organisation, actor_of):
    return grants.build(organisation, actor_of, now=True)


@pytest.fixture
def without(services, organisation, actor_of):
    """The same, of a business whose owner has given no id."""
    return grants.build(organisation, actor_of, now=True, mirasapo_id="")


def in_use(identity):
    """2017 from today on with this in the place of what its applicants are registered with; None: it asks nothing."""
    with act_as(SYSTEM):
        content = copy.deepcopy(masters.newest("scheme", "2017").content)
    content |= {"id": "other", "version": 1}
    del content["applicants"]["identity"]
    if identity:
        content["applicants"]["identity"] = identity
    editions.put_in_use(content)


def vouched_for(who, **facts):
    with act_as(SYSTEM):
        db.session.add(IdentityFacts(person_id=who.person_id, provider="gbizid", verified_at=clock.now(), **facts))
        db.session.commit()


def frozen(world, made):
    with act_as(world.sme):
        return queries.application(made).figures.get("identity")


def refused(world):
    with pytest.raises(BadInput) as raised:
        world.start(clock.now())
    with act_as(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(GrantApplication)) == 0
    return raised.value.findings


def test_2017_wants_a_mirasapo_id_and_keeps_it_with_the_application(world):
    made = world.start(clock.now())
    assert frozen(world, made) == {
        "kind": "mirasapo_id",
        "known": "himawari",
        "certain": False,
        "clause": "概要 事業スキーム（ミラサポへの登録）",
    }
    applicant_identity.give(world.sme, "another-id")
    assert frozen(world, made)["known"] == "himawari"


def test_without_one_nothing_is_started_and_where_to_give_it_is_said(without):
    (finding,) = refused(without)
    assert (finding.code, finding.field) == ("mirasapo_id_missing", "mirasapo_id")
    assert "申請を始めるページ" in finding.remedy.ja
    with act_as(without.sme):
        shown = offer(CODE)
        assert shown.can_start, "the page has the field beside the button"
        assert shown.identity.may_be_typed
        applicant_identity.give(without.sme, "ｈｉｍａｗａｒｉ")
    assert frozen(without, without.start(clock.now()))["known"] == "himawari"


def test_a_vendor_reads_nothing_of_it(world):
    made = world.start(clock.now())
    with act_as(world.vendor):
        view = queries.application(made)
    assert view.figures is None
    assert "himawari" not in str(view)


def test_what_a_provider_vouches_for_is_not_typed_over(world):
    with act_as(SYSTEM):
        account = db.session.get_one(MirasapoAccount, world.sme.person_id)
        account.verified_at = clock.now()
        db.session.commit()
    with act_as(world.sme):
        assert not applicant_identity.wanted().may_be_typed
        applicant_identity.give(world.sme, "another")
    assert frozen(world, world.start(clock.now())) | {"clause": ""} == {
        "kind": "mirasapo_id",
        "known": "himawari",
        "certain": True,
        "clause": "",
    }


def test_an_edition_that_says_nothing_asks_nothing(without):
    in_use(None)
    with act_as(without.sme):
        assert applicant_identity.wanted() is None
        assert offer(CODE).identity is None
        applicant_identity.give(without.sme, "不正なＩＤ")
    assert frozen(without, without.start(clock.now())) is None


@pytest.mark.parametrize(
    "facts",
    [
        None,
        {"account_type": "member", "corp_type": "corporation", "corporate_number": "7000012050002"},
    ],
)
def test_a_later_edition_wants_a_prime_account(without, facts):
    in_use(PRIME)
    if facts:
        vouched_for(without.sme, **facts)
    (finding,) = refused(without)
    assert finding.code == "gbizid_prime_missing"
    with act_as(without.sme):
        shown = offer(CODE)
    assert not shown.can_start
    assert [each.code for each in shown.findings] == ["gbizid_prime_missing"]


def test_a_prime_account_is_kept_with_the_application(world):
    in_use(PRIME)
    vouched_for(world.sme, account_type="prime", corp_type="sole_proprietor", name="食堂ひまわり")
    assert frozen(world, world.start(clock.now())) == {
        "kind": "gbizid_prime",
        "known": "食堂ひまわり",
        "certain": True,
        "clause": PRIME["clause"],
    }


def test_what_was_started_before_goes_on_to_the_end(without):
    """An application from before an edition said so has none, and is filed all the same."""
    in_use(None)
    made = without.start(clock.now())
    in_use_again()
    for step in ("accept", "prepare", "confirm", "submit"):
        without.take(step, made, clock.now())
    assert without.view(made).card.state.code == "submitted"


def in_use_again():
    with act_as(SYSTEM):
        content = masters.newest("scheme", "2017").content
    editions.put_in_use(content | {"version": content["version"] + 1}, version=3)


def test_every_shipped_edition_says_what_it_wants():
    kinds = {
        path.stem: plain(path.read_text(encoding="utf-8"))["applicants"]["identity"]["kind"]
        for path in SHIPPED.glob("*.yaml")
    }
    assert kinds.pop("2017") == "mirasapo_id"
    assert set(kinds.values()) == {"gbizid_prime"}


@pytest.mark.parametrize("wrong", [{"kind": "passport", "clause": "x"}, {"kind": "mirasapo_id"}])
def test_a_file_that_wants_something_unknown_or_names_no_clause_is_refused(wrong):
    content = plain((SHIPPED / "2017.yaml").read_text(encoding="utf-8"))
    content["applicants"]["identity"] = wrong
    with pytest.raises(ValueError, match="identity"):
        Scheme.model_validate(content)
