"""A registration that is handed in, and what the secretariat does with it, on the real database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest
import registrations as world
from sqlalchemy import select
from together import use_cases_at_once

from marketplace.registration import likeness, office, papers, queries, sections, services
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.likeness import LikeRegistered
from marketplace.registration.models import RegistrationStep, VendorRegistration
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, DomainError, IllegalStep, NotPermitted, OutsideWindow, StaleVersion


@pytest.fixture(autouse=True)
def _ground(services):
    with world.during_round():
        yield


@pytest.fixture
def vendor():
    return world.vendor()


@pytest.fixture
def reviewer(_ground):
    return world.an_office("secretariat_reviewer")


@pytest.fixture
def site(services):
    """The application, for threads."""
    return services


# --- handing in ---


def test_an_unfinished_form_is_not_handed_in_and_all_that_is_missing_is_told(vendor):
    with act_as(vendor):
        made = services.start()
        with pytest.raises(BadInput) as refused:
            services.submit(made, read_version=1)
    codes = [each.code for each in refused.value.findings]
    assert codes.count("paper_missing") == 2
    assert codes.count("not_agreed") == 4
    assert world.row_of(made).state == "draft"


def test_what_is_handed_in_is_frozen_with_its_hash(vendor):
    made = world.submitted(vendor)
    row = world.row_of(made)
    assert (row.state, row.round_id, row.fiscal_year) == ("submitted", "vendor-window", 2026)
    assert row.submitted_copy["vendor"]["corporate_number"] == world.NUMBER
    assert row.submitted_copy["content"]["contact"]["telephone"] == "03-1234-5678"
    assert {each["kind"] for each in row.submitted_copy["papers"]} == {"certificate", "tax"}
    with act_as(vendor):
        step = db.session.scalars(select(RegistrationStep).where(RegistrationStep.step == "submit")).one()
        db.session.expunge_all()
    assert step.document == row.submitted_copy
    assert step.document_hash


def test_pressing_twice_hands_in_once_and_telling_is_done_once(vendor):
    with act_as(vendor):
        made = services.start()
        world.fill(made)
        version = world.row_version(made)
        services.submit(made, read_version=version)
        services.submit(made, read_version=version)
    assert world.events("registration_submit") == 1


def test_two_presses_at_the_same_moment_hand_in_once(vendor, site):
    with act_as(vendor):
        made = services.start()
        world.fill(made)
        version = world.row_version(made)
    faults: list[BaseException] = []

    def press() -> None:
        with site.app_context(), clock.at(world.DURING), act_as(vendor):
            try:
                services.submit(made, read_version=version)
            except BaseException as error:  # noqa: BLE001  (told to the test below)
                faults.append(error)

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert world.events("registration_submit") == 1


def test_the_moment_of_arrival_counts_to_the_second(vendor):
    with act_as(vendor):
        made = services.start()
        world.fill(made)
        version = world.row_version(made)
        with clock.at(world.CLOSES + timedelta(seconds=1)), pytest.raises(OutsideWindow):
            services.submit(made, read_version=version)
        with clock.at(world.CLOSES):
            services.submit(made, read_version=version)


def test_what_was_changed_meanwhile_is_not_handed_in_unseen(vendor):
    with act_as(vendor):
        made = services.start()
        world.fill(made)
        with pytest.raises(StaleVersion):
            services.submit(made, read_version=world.row_version(made) - 1)


# --- the secretariat ---


def test_only_what_was_returned_may_be_changed_and_its_own_deadline_counts(vendor, reviewer):
    made = world.submitted(vendor)
    with act_as(reviewer):
        office.send_back(
            made,
            {"company": "資本金を確かめてください。", "contact": " "},
            read_version=world.row_of(made).version,
        )
    row = world.row_of(made)
    assert (row.state, list(row.returned)) == ("returned", ["company"])
    assert row.corrections_due_at.astimezone(clock.JAPAN).date() == date(2026, 11, 16)
    with act_as(vendor):
        with pytest.raises(IllegalStep):
            sections.save_section(made, "contact", {}, read_version=1)
        with pytest.raises(IllegalStep):
            papers.attach(made, "profile", name="a.pdf", content=world.PDF)
    changed = {**world.ANSWERS["company"], "capital_yen": ["3000万"]}
    late = row.corrections_due_at + timedelta(seconds=1)
    with act_as(vendor), clock.at(late), pytest.raises(OutsideWindow):
        sections.save_section(made, "company", changed, read_version=1)
    with act_as(vendor), clock.at(row.corrections_due_at):
        sections.save_section(made, "company", {**changed, "capital_yen": ["30000000"]}, read_version=1)
        services.submit(made, read_version=world.row_version(made))
    with act_as(reviewer):
        since = queries.since_last(made)
        assert since is not None
        assert [(each.section, each.before.ja, each.after.ja) for each in since.changes] == [
            ("company", "10,000,000円", "30,000,000円")
        ]
    assert world.row_of(made).returned is None


def test_a_paper_replaced_after_a_return_stays_with_the_first_copy(vendor, reviewer):
    made = world.submitted(vendor)
    with act_as(reviewer):
        office.send_back(made, {"company": "納税証明書が古いです。"}, read_version=world.row_of(made).version)
    with act_as(vendor):
        view = queries.own()
        assert view is not None
        old = next(held[0] for each, held in view.section("company").papers if each.code == "tax")
        papers.detach(made, old.id)
        papers.attach(made, "tax", name="新しい.pdf", content=world.PDF)
        services.submit(made, read_version=world.row_version(made))
    with act_as(reviewer):
        since = queries.since_last(made)
        assert since is not None
        assert (since.papers_added, since.papers_removed) == (("新しい.pdf",), ("書類.pdf",))
        assert papers.paper_file(made, old.id)[1] == world.PDF


def test_a_return_names_at_least_one_section(vendor, reviewer):
    made = world.submitted(vendor)
    with act_as(reviewer), pytest.raises(BadInput) as refused:
        office.send_back(made, {"company": " "}, read_version=world.row_of(made).version)
    assert refused.value.code == "no_section_named"


def test_the_deadline_may_be_moved_with_a_reason(vendor, reviewer):
    made = world.submitted(vendor)
    with act_as(reviewer):
        office.send_back(made, {"company": "確認"}, read_version=world.row_of(made).version)
        soon = clock.today() + timedelta(days=7)
        office.extend(made, soon, reason="証明書の発行待ち", read_version=world.row_of(made).version)
        with pytest.raises(BadInput):
            office.extend(made, soon + timedelta(days=365), reason="x", read_version=world.row_of(made).version)
    assert world.row_of(made).corrections_due_at.astimezone(clock.JAPAN).date() == soon


def test_papers_in_order_pass_to_the_committee_and_who_only_looks_passes_nothing(vendor, reviewer):
    made = world.submitted(vendor)
    with act_as(world.an_office("secretariat_auditor")), pytest.raises(NotPermitted):
        office.pass_to_committee(made, read_version=world.row_of(made).version)
    with act_as(reviewer):
        office.pass_to_committee(made, read_version=world.row_of(made).version)
    assert world.row_of(made).state == "in_committee"
    with act_as(vendor), pytest.raises(IllegalStep):
        services.withdraw(made, reason="やめます", read_version=world.row_of(made).version)


def test_withdrawing_leaves_its_history_and_the_way_open(vendor):
    made = world.submitted(vendor)
    with act_as(vendor):
        services.withdraw(made, reason="体制が整いません", read_version=world.row_of(made).version)
        assert services.start() != made
    with act_as(vendor):
        steps = db.session.scalars(
            select(RegistrationStep.step)
            .where(RegistrationStep.registration_id == made)
            .order_by(RegistrationStep.id)
        ).all()
    assert steps == ["start", "submit", "withdraw"]


# --- on paper ---


def enter(
    reviewer: Actor, received: date = date(2026, 10, 20), seen: Collection[uuid.UUID] = (), **said: str
) -> uuid.UUID:
    with act_as(reviewer):
        return office.enter_paper(**world.COMPANY | said, received_on=received, seen=seen)


def test_whoever_enters_a_paper_looks_first_at_who_is_like_it(reviewer, organisation):
    """Of both kinds: a second account of the vendor, and an applicant that would file for itself."""
    known = {name: world.COMPANY[name] for name in ("name", "prefecture", "address")}
    shop = organisation("sme", corporate_number=world.COMPANY["corporate_number"], name="申請する側の名")
    twin = organisation("vendor", **known)
    organisation("vendor", name="よその会社", address="千代田区2-2")
    with clock.at(world.CLOSES + timedelta(days=3)):
        with pytest.raises(LikeRegistered) as shown:
            enter(reviewer)
        assert [(each.record.id, each.by) for each in shown.value.alike] == [
            (shop, ("number",)),
            (twin, ("name_and_address",)),
        ]
        with act_as(reviewer):
            assert db.session.scalars(select(VendorRegistration)).all() == [], "nothing was entered"
        with pytest.raises(LikeRegistered):
            enter(reviewer, seen=[twin])
        made = enter(reviewer, seen=[shop, twin, uuid.uuid4()])
    assert world.row_of(made).paper


def test_a_vendor_that_is_there_already_is_not_like_itself(reviewer, organisation):
    organisation("vendor", standing="applicant", **world.COMPANY)
    with clock.at(world.CLOSES + timedelta(days=3)):
        assert enter(reviewer)


def test_of_two_who_enter_a_paper_at_once_the_second_is_shown_the_first(reviewer, services):
    """The paper of one company, twice: by one number it is refused or found under way, whoever was first."""

    def press() -> uuid.UUID:
        with clock.at(world.CLOSES + timedelta(days=3)):
            return enter(reviewer)

    got = use_cases_at_once(services, press, press)
    assert sum(isinstance(each, uuid.UUID) for each in got) == 1, got
    assert all(isinstance(each, uuid.UUID | DomainError) for each in got)


def test_the_page_of_a_paper_shows_who_is_like_it_also_by_what_was_entered_since(reviewer, organisation, app):
    shop = organisation("sme", name="申請する側の名", telephone="0312345678", representative="見本太郎")
    with clock.at(world.CLOSES + timedelta(days=3)):
        made = enter(reviewer)
        with act_as(reviewer):
            assert likeness.alike(made) == ()
            for section in ("company", "contact"):
                sections.save_section(made, section, world.ANSWERS[section], read_version=0)
            [found] = likeness.alike(made)
    assert (found.record.id, found.by) == (shop, ("telephone", "representative"))
    with clock.at(datetime.now(UTC)):  # a request comes when it comes, whatever the day of the test's round
        client = app.test_client()
        client.act_as(reviewer)
        page = client.get(f"/secretariat/registrations/{made}").text
    assert "似た事業者が登録されています" in page
    assert "申請する側の名" in page
    assert f"/secretariat/duplicates/{world.row_of(made).organisation_id}/{shop}" in page


def test_what_came_on_paper_counts_by_its_day_of_receipt(reviewer):
    with clock.at(world.CLOSES + timedelta(days=3)):
        made = enter(reviewer)
        with act_as(reviewer):
            for section, typed in world.ANSWERS.items():
                if section != DECLARATIONS:
                    sections.save_section(made, section, typed, read_version=0)
            for kind in ("certificate", "tax"):
                papers.attach(made, kind, name="a.pdf", content=world.PDF)
            with pytest.raises(BadInput) as refused:
                office.receive(made, read_version=world.row_version(made))
            assert [each.code for each in refused.value.findings] == ["paper_missing"]
            papers.attach(made, "scan", name="scan.pdf", content=world.PDF)
            office.receive(made, read_version=world.row_version(made))
    row = world.row_of(made)
    assert (row.state, row.paper, row.round_id) == ("submitted", True, "vendor-window")
    assert row.submitted_copy["received_on"] == "2026-10-20"


def test_paper_received_outside_the_rounds_or_in_the_future_is_not_entered(reviewer):
    with pytest.raises(OutsideWindow):
        enter(reviewer, date(2026, 9, 1))
    with pytest.raises(BadInput):
        enter(reviewer, date(2026, 11, 3))


def test_a_registration_that_is_no_paper_is_not_entered_by_the_office(vendor, reviewer):
    with act_as(vendor):
        made = services.start()
    with act_as(reviewer):
        with pytest.raises(NotPermitted):
            sections.save_section(made, "company", {}, read_version=0)
        with pytest.raises(IllegalStep):
            office.receive(made, read_version=1)


def test_lists_count_and_order_by_what_waits_longest(vendor, reviewer):
    made = world.submitted(vendor)
    other = world.vendor("ほか株式会社", "7999900000101")
    with clock.at(world.DURING + timedelta(days=1)), act_as(other):
        services.start()
    with act_as(reviewer):
        page = queries.registrations()
        assert page.items[0].id == made
        assert page.total == 2
        assert queries.registrations(state="submitted").total == 1
        assert queries.registrations(words="ほか").items[0].vendor_name == "ほか株式会社"
        assert queries.counts()["draft"] == 1
    with act_as(vendor), pytest.raises(NotPermitted):
        queries.registrations()
    with act_as(SYSTEM):
        assert db.session.scalar(select(VendorRegistration.state).where(VendorRegistration.id == made))
