"""Vendors of last year that renew: one has something to correct, one comes after its registration has expired."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Final

from marketplace.registration import office, papers, renewal, sections, services, standing
from marketplace.registration.answers import read
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS
from marketplace.registration.models import VendorRegistration
from marketplace.registration.steps import fiscal_year_of, open_window
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.models import Organisation
from tenants.numbers import check_digit
from web.demo import once
from web.demo.actors import actor_for
from web.demo.people import MINATO
from web.demo.registrations import PAGE, answers_of, owner_of_new, version_of

_MADE: Final = "demo_renewals_made"
_LATE: Final = ("株式会社ふたば業務支援", "フタバギョウムシエン", "福島県")
_BASE: Final = "999900500000"
_RETURNED: Final = {"company": "従業員数が納税証明書と合いません。直近の人数を確かめてください。"}


def make_renewals() -> None:
    """Both renewals, made once; none while no round is open."""
    if once.is_made(_MADE) or open_window() is None:
        return
    with act_as(SYSTEM):
        late = owner_of_new(f"{check_digit(_BASE)}{_BASE}", *_LATE)
    minato = actor_for(MINATO)
    for vendor in (minato, late):
        with act_as(SYSTEM):
            _adopted_last_year(vendor)
    with act_as(SYSTEM), clock.at(clock.now() - timedelta(days=9)):
        standing.expire(late.own_organisation)
    _renew(late, employees="21")
    returned = _renew(minato, employees="20")
    with act_as(SYSTEM):
        office.send_back(returned, _RETURNED, read_version=version_of(returned))
    once.note_made(_MADE, "renewals")


@use_case
def _adopted_last_year(vendor: Actor) -> None:
    row = db.session.get_one(Organisation, vendor.own_organisation)
    year = fiscal_year_of(clock.today()) - 1
    adopted_on = renewal.last_day(year) - timedelta(days=300)
    row.standing, row.registered_on = "adopted", adopted_on
    answers = answers_of(row.name)
    before = VendorRegistration(
        organisation_id=row.id,
        round_id="vendor-1",
        fiscal_year=year,
        form_version=form().version,
        content={page.code: read(page, answers[page.code]) for page in form().sections},
    )
    db.session.add(before)
    db.session.flush()
    before.state, before.decided_at = "adopted", datetime.combine(adopted_on, time(10), clock.JAPAN)


def _renew(owner: Actor, *, employees: str) -> uuid.UUID:
    """Begun with what was said last year; the number of employees has changed."""
    with act_as(owner):
        made = renewal.start()
        company = {**answers_of("")["company"], "employees": [employees]}
        sections.save_section(made, "company", company, read_version=0)
        for page in form().sections:
            if page.code not in ("company", DECLARATIONS):
                sections.confirm_section(made, page.code)
        sections.save_section(made, DECLARATIONS, answers_of("")[DECLARATIONS], read_version=0)
        for kind, name in (("certificate", "登記事項証明書.pdf"), ("tax", "納税証明書.pdf")):
            papers.attach(made, kind, name=name, content=PAGE)
        services.submit(made, read_version=version_of(made))
    return made
