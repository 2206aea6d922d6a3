"""A vendor's registration through its services, on the real database."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
import registrations as world
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from catalogue import editing, listings
from marketplace.registration import office, papers, queries, sections, services
from marketplace.registration.form import DECLARATIONS
from tenants import clock, files, organisations
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted, OutsideWindow
from tenants.models import Membership, Organisation, Person
from tenants.organisations import NotAdopted


@pytest.fixture(autouse=True)
def _ground(services):
    with world.during_round():
        yield


@pytest.fixture
def vendor():
    return world.vendor()


@pytest.fixture
def site(services):
    """The application, for threads."""
    return services


def nobody_yet() -> Actor:
    with act_as(SYSTEM):
        person = Person(name="創業 三郎", email="saburo@new.example")
        db.session.add(person)
        db.session.commit()
        return Actor("public", None, person.id, frozenset(), person.name)


def found(actor: Actor, **changes: str) -> uuid.UUID:
    with act_as(actor):
        return services.found(**{**world.COMPANY, **changes})


# --- coming in ---


def test_whoever_applies_founds_a_vendor_that_nobody_else_sees_and_becomes_its_owner():
    person = nobody_yet()
    made = found(person)
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, made)
        assert (row.kind, row.standing) == ("vendor", "applicant")
        role = db.session.scalar(select(Membership.role).where(Membership.person_id == person.person_id))
    assert role == "vendor_owner"
    assert world.events("vendor_founded") == 1
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
    assert world.events("registration_section_saved") == 1


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
