"""The yearly renewal: what changed since last time, and an unchanged section is confirmed with one press."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import registrations as world
from sqlalchemy import select

from marketplace.registration import papers, queries, renewal, sections, services
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.models import VendorRegistration
from marketplace.registration.steps import fiscal_year_of
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted


@pytest.fixture
def vendor(services, organisation, actor_of) -> Actor:
    """A vendor of last year, with an open round to renew in."""
    world.use_memory()
    now = clock.now()
    world.open_round(now - timedelta(days=1), now + timedelta(days=30))
    made = organisation("vendor", name="更新システム", registered_on=clock.today() - timedelta(days=400))
    world.adopted_before(made, fiscal_year=fiscal_year_of(clock.today()) - 1)
    return actor_of(made, "vendor_owner")


@pytest.fixture
def office(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_reviewer")


def version_of(registration_id: uuid.UUID) -> int:
    with act_as(SYSTEM):
        return db.session.scalars(
            select(VendorRegistration.version).where(VendorRegistration.id == registration_id)
        ).one()


def attach_all(registration_id: uuid.UUID) -> None:
    for paper in form().papers:
        if paper.required:
            papers.attach(registration_id, paper.code, name="書類.pdf", content=world.PDF)


def test_each_section_is_gone_through_once_before_it_is_handed_in(vendor, office):
    with act_as(vendor):
        made = renewal.start()
        view = queries.own()
        codes = [page.code for page in form().sections]
        assert [part.section.code for part in view.sections if part.to_confirm] == codes
        assert {part.state for part in view.sections[:1]} == {"to_confirm"}
        assert view.section(DECLARATIONS).changes is None
        attach_all(made)
        declared = {"agreed": [item.code for item in form().declarations.items]}
        sections.save_section(made, DECLARATIONS, declared, read_version=0)
        with pytest.raises(BadInput) as refused:
            services.submit(made, read_version=version_of(made))
        assert {finding.code for finding in refused.value.findings} == {"not_confirmed"}
        for code in codes[1:]:
            assert sections.confirm_section(made, code) == []
            assert sections.confirm_section(made, code) == [], "a second press changes nothing"
        changed = {**world.ANSWERS[codes[0]], "employees": ["31"]}
        sections.save_section(made, codes[0], changed, read_version=0)
        view = queries.own()
        assert view.findings == ()
        assert [part.section.code for part in view.changed] == [codes[0]]
        [change] = view.section(codes[0]).changes
        assert (change.before.ja, change.after.ja) == ("25人", "31人")
        services.submit(made, read_version=version_of(made))
    with act_as(office):
        seen = queries.one(made)
        assert [part.section.code for part in seen.changed] == [codes[0]]
        assert all(part.changes == () for part in seen.sections[1:-1])
    with act_as(SYSTEM):
        names = db.session.scalars(select(AuditEvent.name)).all()
    assert names.count("registration_section_confirmed") == len(codes) - 1


def test_saving_it_as_it_is_confirms_it_too(vendor):
    with act_as(vendor):
        made = renewal.start()
        assert sections.save_section(made, "company", world.ANSWERS["company"], read_version=0) == []
        part = queries.own().section("company")
        assert (part.to_confirm, part.changes, part.version) == (False, (), 1)


def test_what_lacks_something_today_is_not_confirmed(vendor):
    with act_as(SYSTEM):
        row = db.session.scalars(select(VendorRegistration)).one()
        row.content = {**row.content, "business": {**row.content["business"], "security": ""}}
        db.session.commit()
    with act_as(vendor):
        made = renewal.start()
        assert [finding.field for finding in sections.confirm_section(made, "business")] == ["security"]
        assert queries.own().section("business").to_confirm


def test_only_a_renewal_s_sections_are_confirmed_by_those_who_may_write(vendor, actor_of):
    with act_as(vendor):
        made = renewal.start()
        with pytest.raises(IllegalStep, match="nothing_to_confirm"):
            sections.confirm_section(made, DECLARATIONS)
        with pytest.raises(NotFound):
            sections.confirm_section(made, "nothing")
    with act_as(actor_of(vendor.organisation_id, "vendor_editor")), pytest.raises(NotPermitted):
        sections.confirm_section(made, "company")
    first = world.vendor("初めて株式会社", "6999900500002")
    with act_as(first):
        begun = services.start()
        with pytest.raises(IllegalStep, match="nothing_to_confirm"):
            sections.confirm_section(begun, "company")
        assert queries.own().section("company").changes is None


def test_the_pages_of_a_renewal(vendor, office, app):
    browser, desk = app.test_client(), app.test_client()
    browser.act_as(vendor)
    desk.act_as(office)
    browser.post_form("/vendor/renewal")
    page = "/vendor/registration"
    assert browser.get(page).text.count("変わりません<") == len(form().sections)
    assert "前回の内容が入っています" in browser.get(f"{page}/sections/company").text
    done = browser.post_form(f"{page}/sections/contact/confirm")
    assert (done.status_code, done.location) == (302, f"{page}#form")
    typed = {**world.ANSWERS["company"], "employees": ["31"], "version": "0", "go": "stop"}
    assert browser.post_form(f"{page}/sections/company", typed).status_code == 302
    shown = browser.get(page).text
    assert shown.count("変わりません<") == len(form().sections) - 2
    assert "変わったところ 1件" in shown
    assert "前回と同じ" in shown
    with act_as(vendor):
        made = queries.own().id
    checked = desk.get(f"/secretariat/registrations/{made}").text
    assert checked.index("前年度の登録から変わったところ") < checked.index('id="part-company"')
    assert "前回と同じ内容を見る" in checked
