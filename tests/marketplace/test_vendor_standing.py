"""Suspension, revocation, reinstatement, expiry: with real publications, applications and the search index."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import grants
import published
import pytest
import reviews
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError

from catalogue import listings
from catalogue.models import LivePublication, Package, Product
from catalogue.publications import Gone, live_package
from marketplace.applications import services as application_services
from marketplace.models import GrantApplication
from marketplace.registration import renewal, standing
from marketplace.registration.committee_models import ApplicationFlag
from marketplace.registration.models import VendorRegistration
from marketplace.registration.renewal import has_expired, last_day, reminder_due
from marketplace.registration.steps import fiscal_year_of
from search import sync
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, IllegalStep, NotPermitted, StaleVersion
from tenants.models import Organisation
from tenants.notices.models import Posting
from tenants.notices.templates import TEMPLATES
from tenants.standing import NotStanding, lock_vendor, set_standing


@pytest.fixture
def office(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")


@pytest.fixture
def vendor_id(index, office) -> uuid.UUID:
    """A vendor with several published packages, beside another vendor."""
    published.publish(packages=6, vendors=2)
    sync.synchronise()
    with act_as(SYSTEM):
        return db.session.scalars(
            select(LivePublication.organisation_id)
            .where(LivePublication.kind == "package")
            .order_by(LivePublication.public_key)
        ).first()


def live() -> dict[uuid.UUID, uuid.UUID]:
    with act_as(SYSTEM):
        rows = db.session.execute(select(LivePublication.listing_id, LivePublication.publication_id))
        return {listing: publication for listing, publication in rows}  # noqa: C416


def states() -> dict[uuid.UUID, str]:
    with act_as(SYSTEM):
        return {
            found: state
            for model in (Product, Package)
            for found, state in db.session.execute(select(model.id, model.state))
        }


def told(template: str) -> int:
    with act_as(SYSTEM):
        return len(db.session.scalars(select(Posting.id).where(Posting.template == template)).all())


def stands(vendor_id: uuid.UUID) -> str | None:
    with act_as(SYSTEM):
        return db.session.scalar(select(Organisation.standing).where(Organisation.id == vendor_id))


def test_suspension_takes_all_down_and_reinstatement_brings_exactly_this_back(vendor_id, office):
    before, states_before = live(), states()
    with act_as(SYSTEM):
        own = set(
            db.session.scalars(
                select(LivePublication.listing_id).where(LivePublication.organisation_id == vendor_id)
            )
        )
        codes = list(
            db.session.scalars(
                select(LivePublication.public_key)
                .where(LivePublication.organisation_id == vendor_id, LivePublication.kind == "package")
                .order_by(LivePublication.public_key)
            )
        )
        # one was withdrawn before for its own reasons: it stays away
        gone = db.session.scalars(select(Package.id).where(Package.code == codes[0])).first()
    published.withdraw(gone)
    with act_as(office):
        case = standing.suspend(
            vendor_id, reason="報告の期限を過ぎたため", read_version=reviews.version_of(vendor_id)
        )
    assert case.listings == len(own) - 1
    assert stands(vendor_id) == "suspended"
    assert not own & live().keys()
    with act_as(SYSTEM), pytest.raises(Gone) as error:
        live_package(codes[-1])
    assert "停止" in error.value.reason
    assert "報告の期限" not in error.value.reason
    sync.synchronise()
    assert sync.verify() == []
    with act_as(office):
        standing.reinstate(vendor_id, reason="報告が提出されたため", read_version=reviews.version_of(vendor_id))
    assert live() == {listing: publication for listing, publication in before.items() if listing != gone}
    assert states() == states_before | {gone: "withdrawn"}
    sync.synchronise()
    assert sync.verify() == []
    with act_as(office):
        [past] = standing.cases(vendor_id)
    assert past.ended_reason == "報告が提出されたため"
    assert (told("vendor_suspended"), told("vendor_reinstated")) == (1, 1)


def test_a_newer_draft_stays_a_draft_through_it_all(vendor_id, office):
    with act_as(SYSTEM):
        row = db.session.scalars(
            select(Package).where(Package.organisation_id == vendor_id).order_by(Package.code)
        ).first()
        row.state = "draft"
        db.session.commit()
        listing = row.id
    before = live()
    with act_as(office):
        standing.suspend(vendor_id, reason="確認のため", read_version=reviews.version_of(vendor_id))
        assert states()[listing] == "draft"
    with act_as(office):
        standing.reinstate(vendor_id, reason="確認が済んだため", read_version=reviews.version_of(vendor_id))
    assert states()[listing] == "draft"
    assert live() == before


def test_a_suspended_vendor_publishes_nothing(vendor_id, office):
    with act_as(SYSTEM):
        listing = db.session.scalars(
            select(Product.id).where(Product.organisation_id == vendor_id).order_by(Product.code)
        ).first()
    with act_as(office):
        standing.suspend(vendor_id, reason="確認のため", read_version=reviews.version_of(vendor_id))
    with act_as(SYSTEM):
        db.session.execute(update(Product).where(Product.id == listing).values(state="approved"))
        db.session.commit()
        with pytest.raises(NotStanding):
            listings.publish("product", [listing])


def test_revocation_is_final_until_a_new_registration_is_adopted(vendor_id, office):
    with act_as(office):
        standing.suspend(vendor_id, reason="確認のため", read_version=reviews.version_of(vendor_id))
        standing.revoke(vendor_id, reason="不正が確認されたため", read_version=reviews.version_of(vendor_id))
        for again in (standing.suspend, standing.revoke, standing.reinstate):
            with pytest.raises(IllegalStep):
                again(vendor_id, reason="もう一度", read_version=reviews.version_of(vendor_id))
    assert stands(vendor_id) == "revoked"
    with act_as(office):
        _adopt(vendor_id)
    assert stands(vendor_id) == "adopted"
    with act_as(SYSTEM):
        assert not db.session.scalars(
            select(LivePublication.listing_id).where(LivePublication.organisation_id == vendor_id)
        ).all()


def _adopt(vendor_id: uuid.UUID) -> None:
    from tenants.db import use_case  # noqa: PLC0415

    use_case(lambda: standing.adopt(vendor_id, reason="採択"))()


def test_who_decides_on_what_another_changed_meanwhile_is_told(vendor_id, office):
    with act_as(office):
        read = reviews.version_of(vendor_id)
        standing.suspend(vendor_id, reason="確認のため", read_version=read)
        for late in (standing.suspend, standing.revoke, standing.reinstate):
            with pytest.raises(StaleVersion) as stale:
                late(vendor_id, reason="もう一度", read_version=read)
            assert (stale.value.yours, stale.value.current) == (read, reviews.version_of(vendor_id))
    assert stands(vendor_id) == "suspended"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_suspension_needs_its_reason(vendor_id, office, reason):
    with act_as(office), pytest.raises(BadInput):
        standing.suspend(vendor_id, reason=reason, read_version=reviews.version_of(vendor_id))
    assert stands(vendor_id) == "adopted"


@pytest.mark.parametrize("role", ["secretariat_reviewer", "secretariat_publisher", "secretariat_auditor"])
def test_only_the_administrator_suspends(vendor_id, office, actor_of, role):
    with act_as(actor_of(office.organisation_id, role)), pytest.raises(NotPermitted):
        standing.suspend(vendor_id, reason="x", read_version=reviews.version_of(vendor_id))


def test_the_database_lets_no_vendor_change_its_standing(vendor_id, actor_of):
    with act_as(actor_of(vendor_id, "vendor_owner")):
        with pytest.raises(ProgrammingError, match="not for the organisation itself"):
            set_standing(vendor_id, "expired", "x")
        db.session.rollback()


# --- applications ---


def test_open_applications_are_flagged_stop_and_go_on(services, organisation, actor_of, office):
    world = grants.build(organisation, actor_of)
    with grants.by(SYSTEM):
        listing = Package(
            id=world.listing_id, organisation_id=world.vendor_id, code=grants.CODE, name="x", industries=["all"],
            cloud_months=0, state="published",
        )  # fmt: skip
        db.session.add(listing)
        db.session.commit()
    application = world.reach("confirmed")
    with grants.by(office):
        case = standing.suspend(
            world.vendor_id, reason="確認のため", read_version=reviews.version_of(world.vendor_id)
        )
    assert case.applications == 1
    assert told("application_flagged") == 1
    for who in (world.vendor, world.sme, office):
        with act_as(who):
            [flag] = standing.flags([application]).values()
            assert flag.kind == "suspended"
    version = world.version(application)
    with grants.by(world.vendor), pytest.raises(NotStanding):
        services_submit(application, version)
    with grants.by(world.vendor), pytest.raises(IllegalStep, match="vendor_not_standing"):
        application_services.prepare(application, grants.prepared(), read_version=version)
    with act_as(world.vendor):
        with pytest.raises(ProgrammingError, match="does not stand"):
            db.session.execute(
                update(GrantApplication).where(GrantApplication.id == application).values(state="submitted")
            )
        db.session.rollback()
    with grants.by(office):
        standing.reinstate(
            world.vendor_id, reason="確認が済んだため", read_version=reviews.version_of(world.vendor_id)
        )
    assert told("application_resumed") == 1
    with act_as(world.sme):
        assert standing.flags([application]) == {}
    with grants.by(world.vendor):
        services_submit(application, version)
    assert world.view(application).card.state.code == "submitted"


def services_submit(application: uuid.UUID, version: int) -> None:
    application_services.submit(application, read_version=version)


def test_who_is_about_to_change_a_standing_keeps_nobody_from_referring_to_the_vendor(vendor_id, owner):
    """Else they would wait for each other: the one for the vendor, the other for its application."""
    asked = "SELECT 1 FROM organisation WHERE id = :id FOR {} NOWAIT"
    with act_as(SYSTEM):
        lock_vendor(vendor_id)
        with owner.connect() as other:
            assert other.scalar(text(asked.format("KEY SHARE")), {"id": vendor_id}) == 1
            with pytest.raises(OperationalError, match="could not obtain lock"):
                other.scalar(text(asked.format("SHARE")), {"id": vendor_id})
        db.session.rollback()


def test_strangers_see_no_flag(services, organisation, actor_of, office):
    world = grants.build(organisation, actor_of)
    world.reach("draft")
    with grants.by(office):
        standing.suspend(world.vendor_id, reason="確認のため", read_version=reviews.version_of(world.vendor_id))
    for kind in ("sme", "vendor"):
        with act_as(actor_of(organisation(kind), f"{kind}_owner")):
            assert db.session.scalars(select(ApplicationFlag.case_id)).all() == []
            assert db.session.execute(text("SELECT * FROM vendor_case")).all() == []


# --- the fiscal year and its renewal ---


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_fiscal_year_is_april_to_march(day):
    year = fiscal_year_of(day)
    assert date(year, 4, 1) <= day <= last_day(year)
    assert has_expired(day, year, 0) is False
    assert has_expired(last_day(year) + timedelta(days=1), year, 0) is True


@given(
    st.integers(-40, 400),
    st.lists(st.integers(1, 90), unique=True, max_size=4),
    st.sets(st.integers(1, 90), max_size=4),
)
def test_the_nearest_reminder_that_is_reached_is_sent_once(left, days_before, sent):
    due = reminder_due(last_day(2026) - timedelta(days=left), 2026, days_before, list(sent))
    reached = [days for days in days_before if 0 <= left <= days]
    assert due == (min(reached) if reached and min(reached) not in sent else None)


def _moment(day: date) -> object:
    return clock.at(clock.now().replace(year=day.year, month=day.month, day=day.day, hour=3))


def test_a_vendor_is_reminded_renews_late_and_gets_its_listings_back(vendor_id, office, actor_of):
    owner = actor_of(vendor_id, "vendor_owner")
    with act_as(SYSTEM):
        year = renewal.adopted_years([vendor_id])[vendor_id]
        vendors = len(renewal._adopted_vendors())
    before = live()
    with _moment(last_day(year) - timedelta(days=20)):
        assert renewal.run() == (vendors, 0)
        assert renewal.run() == (0, 0)
    with _moment(last_day(year) + timedelta(days=30)):
        assert renewal.run() == (0, 0)
    with _moment(last_day(year) + timedelta(days=31)):
        assert renewal.run() == (0, vendors)
        assert renewal.run() == (0, 0)
    assert stands(vendor_id) == "expired"
    assert live() == {}
    assert told("vendor_expired") == vendors
    with act_as(SYSTEM):
        notice = db.session.scalars(select(Posting).where(Posting.template == "vendor_expired").limit(1)).one()
        told_in_english = TEMPLATES["vendor_expired"].body.en.format(reason=notice.facts["reason"]["en"])
    assert told_in_english.isascii(), "nobody wrote the reason, so it is told in the reader's language"
    with act_as(owner):
        [case] = standing.cases(vendor_id)
        assert (case.kind, case.reason) == ("expired", standing.EXPIRED)
    with act_as(office):
        _adopt(vendor_id)
    assert set(live()) < set(before)
    assert set(live())


def test_who_handed_a_renewal_in_does_not_expire_while_others_work_on_it(services, organisation, actor_of):
    review = reviews.build(organisation, actor_of, standing="adopted", registered_on=date(2026, 5, 1))
    with _moment(date(2027, 6, 1)):
        assert renewal.run() == (0, 0)
    assert review.standing() == "adopted"


def test_a_renewal_begins_with_what_was_said_the_year_before(services, organisation, actor_of):
    review = reviews.build(organisation, actor_of)
    review.all_in()
    review.decide()
    with _moment(date(2026, 7, 1)), act_as(review.vendor), pytest.raises(IllegalStep, match="renewal_too_early"):
        renewal.start()
    with _moment(date(2027, 3, 1)):
        reviews.open_registrations()
    with _moment(date(2027, 3, 1)), act_as(review.vendor):
        first = renewal.start()
        assert renewal.start() == first
        row = db.session.get_one(VendorRegistration, first)
        assert (row.state, row.fiscal_year, row.renews_id) == ("draft", 2027, review.registration_id)
        assert row.content["business"]["customers"] == 40
