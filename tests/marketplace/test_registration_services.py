"""A vendor's registration through its services, on the real database."""

from __future__ import annotations

import threading
import uuid
from datetime import date, timedelta

import pytest
import registrations as world
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from catalogue import editing, listings
from marketplace.registration import office, papers, queries, sections, services
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.models import RegistrationStep, VendorRegistration
from tenants import clock, files, organisations
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted, OutsideWindow, StaleVersion
from tenants.models import Membership, Organisation, Person
from tenants.organisations import NotAdopted


@pytest.fixture(autouse=True)
def _ground(services):
    before = files._Chosen.filing
    world.use_memory()
    world.open_round()
    with clock.at(world.DURING):
        yield
    files._Chosen.filing = before


@pytest.fixture
def site(services):
    """The application, for threads."""
    return services


@pytest.fixture
def vendor():
    return world.vendor()


@pytest.fixture
def reviewer(_ground):
    return an_office("secretariat_reviewer")


def an_office(*roles: str) -> Actor:
    with act_as(SYSTEM):
        organisation = Organisation(kind="secretariat", name="事務局")
        person = Person(name="審査 太郎", email="taro@office.example")
        db.session.add_all([organisation, person])
        db.session.flush()
        db.session.add_all(
            Membership(organisation_id=organisation.id, person_id=person.id, role=role) for role in roles
        )
        db.session.commit()
        return Actor("secretariat", organisation.id, person.id, frozenset(roles), person.name)


def nobody_yet() -> Actor:
    with act_as(SYSTEM):
        person = Person(name="創業 三郎", email="saburo@new.example")
        db.session.add(person)
        db.session.commit()
        return Actor("public", None, person.id, frozenset(), person.name)


COMPANY = {
    "name": "新しい会社株式会社",
    "corporate_number": "7999900000101",
    "prefecture": "東京都",
    "address": "千代田区1-1",
}


def found(actor: Actor, **changes: str) -> uuid.UUID:
    with act_as(actor):
        return services.found(**{**COMPANY, **changes})


def events(name: str) -> int:
    with act_as(SYSTEM):
        return len(db.session.scalars(select(AuditEvent).where(AuditEvent.name == name)).all())


# --- coming in ---


def test_whoever_applies_founds_a_vendor_that_nobody_else_sees_and_becomes_its_owner():
    person = nobody_yet()
    made = found(person)
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, made)
        assert (row.kind, row.standing) == ("vendor", "applicant")
        role = db.session.scalar(select(Membership.role).where(Membership.person_id == person.person_id))
    assert role == "vendor_owner"
    assert events("vendor_founded") == 1
    with act_as(Actor("public")):
        assert organisations.standing_of(made) is None


def test_the_second_press_finds_the_same_vendor_and_another_person_is_refused():
    person = nobody_yet()
    assert found(person) == found(person)
    with pytest.raises(AlreadyRegistered):
        found(nobody_yet())


def test_two_at_once_found_one_vendor(site):
    people = [nobody_yet(), nobody_yet()]
    answers: list[object] = []

    def press(person: Actor) -> None:
        with site.app_context(), clock.at(world.DURING):
            try:
                answers.append(found(person))
            except AlreadyRegistered as error:
                answers.append(error.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(answer, uuid.UUID) for answer in answers) == [False, True]


def test_outside_the_round_nobody_comes_in_and_the_dates_are_told(vendor):
    with clock.at(world.CLOSES + timedelta(seconds=2)):
        with pytest.raises(OutsideWindow) as refused:
            found(nobody_yet())
        assert "試験の登録受付" in refused.value.findings[0].message.ja
        with act_as(vendor), pytest.raises(OutsideWindow):
            services.start()


def test_a_round_for_paper_only_takes_nothing_through_the_site():
    with act_as(SYSTEM):
        assert "vendor-1-paper" not in {each.id for each in office.steps.windows()}


# --- writing ---


def test_beginning_twice_is_beginning_once(vendor):
    with act_as(vendor):
        assert services.start() == services.start()


@pytest.mark.parametrize("standing", ["revoked", "expired"])
def test_whose_registration_ended_may_begin_a_new_one(standing):
    with act_as(world.vendor(standing=standing)):
        made = services.start()
        view = queries.own()
    assert view is not None
    assert view.id == made


@pytest.mark.parametrize("standing", ["adopted", "suspended"])
def test_who_was_decided_on_begins_no_registration(standing):
    with act_as(world.vendor(standing=standing)), pytest.raises(IllegalStep):
        services.start()


def test_unfinished_work_is_kept_as_it_was_typed_and_told(vendor):
    with act_as(vendor):
        made = services.start()
        wrong = sections.save_section(
            made, "company", {"name_kana": ["ミホン"], "capital_yen": ["たくさん"]}, read_version=0
        )
    assert {each.field for each in wrong} >= {"capital_yen", "employees"}
    with act_as(vendor):
        view = queries.own()
        assert view is not None
        kept = view.section("company")
    assert kept.values["capital_yen"] == "たくさん"
    assert (kept.state, kept.version) == ("begun", 1)


def test_two_people_in_one_section_the_second_sees_both_texts(vendor):
    with act_as(vendor):
        made = services.start()
        sections.save_section(made, "company", {"name_kana": ["ミホン"]}, read_version=0)
        with pytest.raises(sections.StaleSection) as refused:
            sections.save_section(made, "company", {"name_kana": ["ベツ"]}, read_version=0)
    label, theirs, ours = refused.value.changes[0]
    assert (label.ja, theirs.ja, ours.ja) == ("会社名（フリガナ）", "ミホン", "ベツ")
    assert world.row_of(made).content["company"]["name_kana"] == "ミホン"


def test_two_people_in_two_sections_do_not_disturb_each_other(vendor, site):
    with act_as(vendor):
        made = services.start()
    faults: list[BaseException] = []

    def write(section: str) -> None:
        with site.app_context(), clock.at(world.DURING), act_as(vendor):
            try:
                sections.save_section(made, section, world.ANSWERS[section], read_version=0)
            except BaseException as error:  # noqa: BLE001  (told to the test below)
                faults.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("company", "contact", "business")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    row = world.row_of(made)
    assert row.section_versions == {"company": 1, "contact": 1, "business": 1}


def test_saving_the_same_again_changes_nothing(vendor):
    with act_as(vendor):
        made = services.start()
        sections.save_section(made, "company", world.ANSWERS["company"], read_version=0)
        sections.save_section(made, "company", world.ANSWERS["company"], read_version=0)
    assert world.row_of(made).section_versions == {"company": 1}
    assert events("registration_section_saved") == 1


def test_another_vendor_s_registration_does_not_exist(vendor):
    with act_as(vendor):
        made = services.start()
    stranger = world.vendor("ほか株式会社", "7999900000101")
    with act_as(stranger):
        for attempt in (
            lambda: sections.save_section(made, "company", {}, read_version=0),
            lambda: papers.attach(made, "tax", name="a.pdf", content=world.PDF),
            lambda: services.submit(made, read_version=1),
            lambda: services.withdraw(made, reason="x", read_version=1),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_who_may_only_look_writes_nothing(vendor):
    with act_as(vendor):
        made = services.start()
    with act_as(world.colleague(vendor, "vendor_editor")), pytest.raises(NotPermitted):
        sections.save_section(made, "company", {}, read_version=0)


def test_a_declaration_is_kept_with_its_text_its_person_and_its_moment(vendor):
    with act_as(vendor):
        made = services.start()
        sections.save_section(made, DECLARATIONS, {"agreed": ["truth", "nonsense"]}, read_version=0)
    kept = world.row_of(made).declarations
    assert [each["code"] for each in kept] == ["truth"]
    assert kept[0]["text"].startswith("この申請に記載した内容")
    assert kept[0]["text_version"] == "1"
    assert kept[0]["person_id"] == str(vendor.person_id)
    assert kept[0]["agreed_at"] == world.DURING.isoformat()
    with act_as(vendor), clock.at(world.DURING + timedelta(days=1)):
        sections.save_section(made, DECLARATIONS, {"agreed": ["truth", "duties"]}, read_version=1)
    assert world.row_of(made).declarations[0] == kept[0]


# --- papers ---


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_missing"),
        (b"MZ\x90\0 a program called paper.pdf", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file_type"),
        (world.PDF + b"0" * files.MOST_BYTES, "file_too_large"),
    ],
)
def test_what_is_no_paper_is_refused_by_its_content(vendor, content, code):
    with act_as(vendor):
        made = services.start()
        with pytest.raises(BadInput) as refused:
            papers.attach(made, "tax", name="納税証明書.pdf", content=content)
    assert refused.value.code == code


def test_not_more_papers_than_the_form_allows(vendor):
    with act_as(vendor):
        made = services.start()
        for _ in range(20):
            papers.attach(made, "other", name="a.png", content=world.PNG)
        with pytest.raises(BadInput) as refused:
            papers.attach(made, "other", name="a.png", content=world.PNG)
    assert refused.value.code == "too_many_files"


def test_a_paper_that_was_never_handed_in_is_forgotten(vendor):
    with act_as(vendor):
        made = services.start()
        file = papers.attach(made, "tax", name="a.pdf", content=world.PDF)
        view = queries.own()
        assert view is not None
        paper = next(held[0] for each, held in view.section("company").papers if each.code == "tax")
        papers.detach(made, paper.id)
        with pytest.raises(NotFound):
            papers.paper_file(made, paper.id)
    with act_as(SYSTEM):
        assert files.views([file.id]) == {}


def test_another_vendor_cannot_open_a_paper(vendor):
    made = world.submitted(vendor)
    with act_as(vendor):
        view = queries.own()
        assert view is not None
        paper = view.section("company").papers[0][1][0]
        assert papers.paper_file(made, paper.id)[1] == world.PDF
    with act_as(world.vendor("ほか株式会社", "7999900000101")), pytest.raises(NotFound):
        papers.paper_file(made, paper.id)


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
    assert events("registration_submit") == 1


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
    assert events("registration_submit") == 1


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
    with act_as(an_office("secretariat_auditor")), pytest.raises(NotPermitted):
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


def enter(reviewer: Actor, received: date = date(2026, 10, 20)) -> uuid.UUID:
    with act_as(reviewer):
        return office.enter_paper(**COMPANY, received_on=received)


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


# --- who is not adopted offers nothing ---


@pytest.mark.parametrize("standing", ["applicant", "suspended", "revoked", "expired"])
def test_who_is_not_adopted_registers_nothing_and_is_told_why(standing):
    outsider = world.vendor(standing=standing)
    with act_as(outsider):
        with pytest.raises(NotAdopted):
            listings.submit("product", [uuid.uuid4()])
        with pytest.raises(NotAdopted) as refused:
            editing.save("product", {}, read_version=None)
    assert refused.value.status == 403
    assert refused.value.findings[0].remedy.ja


def test_the_database_refuses_a_product_of_who_is_not_adopted(vendor):
    with act_as(vendor), pytest.raises(DBAPIError):
        db.session.execute(
            text(
                "INSERT INTO product (id, organisation_id, code, name, name_kana, description, functions, cost_kind,"
                " billing_period, billing_unit, standard_price_yen, minimum_price_yen, state, created_at, updated_at,"
                " version) VALUES (gen_random_uuid(), :vendor, 'X', 'x', '', '', '{}', 'software', 'once', '', 1, 1,"
                " 'draft', now(), now(), 1)"
            ),
            {"vendor": vendor.organisation_id},
        )
    db.session.rollback()


# --- the wall below ---


@pytest.mark.parametrize(
    "change",
    [
        "state = 'adopted'",
        "state = 'in_committee'",
        "decision_reason = 'ok'",
        "corrections_due_at = now(), returned = '{}'",
        "content = '{}'",
    ],
)
def test_past_the_services_a_vendor_writes_no_answer_of_the_programme_s(vendor, change):
    made = world.submitted(vendor)
    with act_as(vendor), pytest.raises(DBAPIError):
        db.session.execute(text(f"UPDATE vendor_registration SET {change} WHERE id = :id"), {"id": made})
    db.session.rollback()


def test_history_is_never_changed(vendor):
    world.submitted(vendor)
    with act_as(vendor), pytest.raises(DBAPIError):
        db.session.execute(text("UPDATE registration_step SET note = 'x'"))
    db.session.rollback()


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
