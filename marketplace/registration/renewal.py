"""The yearly renewal: a vendor is adopted for a fiscal year (April to March) and renews for the next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select

from marketplace.registration import services, standing, steps
from marketplace.registration.committee import current_rules
from marketplace.registration.committee_models import RenewalReminder
from marketplace.registration.lifecycle import OPEN
from marketplace.registration.models import VendorRegistration
from tenants import actor, audit, clock, identities, notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.errors import Finding, IllegalStep
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.text import Text

TASK: Final = "registration.renewals"
LINK: Final = "/vendor/renewal"
# A renewal in one of these was handed in in time: the vendor does not lose its standing while others work on it.
PENDING: Final = frozenset({"submitted", "returned", "in_committee", "appealed"})


def last_day(fiscal_year: int) -> date:
    """The last day of a fiscal year."""
    return date(fiscal_year + 1, 3, 31)


def reminder_due(today: date, fiscal_year: int, days_before: Sequence[int], sent: Sequence[int]) -> int | None:
    """Which reminder to send today: the smallest number of days that is reached and not sent; None for none.

    Of several that were missed only the last is sent.
    """
    left = (last_day(fiscal_year) - today).days
    reached = [days for days in days_before if left <= days]
    if left < 0 or not reached or min(reached) in sent:
        return None
    return min(reached)


def has_expired(today: date, fiscal_year: int, grace_days: int) -> bool:
    """Whether the grace after this fiscal year's end is over."""
    return today > last_day(fiscal_year) + timedelta(days=grace_days)


@dataclass(frozen=True, slots=True)
class RenewalView:
    """How a vendor stands with its renewal. until: the last day of the year it is adopted for; None: none.

    may_start: a renewal can be begun now. current: the state of the renewal under way, None for none.
    """

    fiscal_year: int | None
    until: date | None
    grace_until: date | None
    may_start: bool
    current: str | None


def view() -> RenewalView:
    """The actor's own renewal."""
    vendor_id = actor.current().own_organisation
    rules = current_rules()[0].renewal
    year = adopted_years([vendor_id]).get(vendor_id)
    current = db.session.scalar(
        select(VendorRegistration.state).where(
            VendorRegistration.organisation_id == vendor_id, VendorRegistration.state.in_(OPEN)
        )
    )
    if year is None:
        return RenewalView(None, None, None, may_start=False, current=current)
    until = last_day(year)
    begins = until - timedelta(days=max(rules.remind_days_before))
    return RenewalView(
        year,
        until,
        until + timedelta(days=rules.grace_days),
        may_start=current is None and clock.today() >= begins,
        current=current,
    )


def adopted_years(vendor_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """The fiscal year each vendor was last adopted for; without a registration here, the year of its first day."""
    by_registration = db.session.execute(
        select(VendorRegistration.organisation_id, func.max(VendorRegistration.fiscal_year))
        .where(VendorRegistration.organisation_id.in_(vendor_ids), VendorRegistration.state == "adopted")
        .group_by(VendorRegistration.organisation_id)
    )
    by_day = db.session.execute(
        select(Organisation.id, Organisation.registered_on).where(
            Organisation.id.in_(vendor_ids), Organisation.registered_on.is_not(None)
        )
    )
    years = {vendor_id: steps.fiscal_year_of(day) for vendor_id, day in by_day if day}
    for vendor_id, year in by_registration:
        years[vendor_id] = max(year, years.get(vendor_id, year))
    return years


@use_case
def start() -> uuid.UUID:
    """The vendor begins its renewal: a draft with what it said last time; the one under way when there is one.

    Raises IllegalStep for a vendor that is not adopted, or while it is too early, EntryAccount.
    """
    who = actor.current()
    who.require(Permission.EDIT_REGISTRATION)
    identities.require_may_apply()
    vendor = db.session.get_one(Organisation, who.own_organisation, with_for_update=True, populate_existing=True)
    under_way = db.session.scalar(
        select(VendorRegistration.id).where(
            VendorRegistration.organisation_id == vendor.id, VendorRegistration.state.in_(OPEN)
        )
    )
    if under_way is not None:
        return under_way
    found = view()
    if vendor.standing not in ("adopted", "suspended", "expired") or found.fiscal_year is None:
        raise IllegalStep(_nothing_to_renew())
    if not found.may_start:
        raise IllegalStep(_too_early())
    before = db.session.scalar(
        select(VendorRegistration)
        .where(VendorRegistration.organisation_id == vendor.id, VendorRegistration.state == "adopted")
        .order_by(VendorRegistration.fiscal_year.desc(), VendorRegistration.number.desc())
        .limit(1)
    )
    window = steps.require_window()
    row = services.begin(vendor, round_id=window.id, fiscal_year=found.fiscal_year + 1, renews=before)
    return row.id


def _nothing_to_renew() -> Finding:
    return Finding(
        "nothing_to_renew",
        Text("更新できる登録がありません。", "There is no registration to renew."),
        Text("新しく登録を申請してください。", "Please apply for a registration."),
    )


def _too_early() -> Finding:
    return Finding(
        "renewal_too_early",
        Text("まだ更新の時期ではありません。", "It is too early to renew."),
        Text("更新の時期になりましたら、お知らせします。", "We tell you when it is time."),
    )


def run() -> tuple[int, int]:
    """Remind whom it is time to remind and let expire who did not renew: how many of each. Again changes nothing."""
    with act_as(SYSTEM):
        years = adopted_years(_adopted_vendors())
        rules = current_rules()[0].renewal
        today = clock.today()
        lapsed = [each for each, year in years.items() if has_expired(today, year, rules.grace_days)]
        expired = sum(_expire(vendor_id, years[vendor_id]) for vendor_id in sorted(set(lapsed) - _pending(lapsed)))
        reminded = sum(
            _remind(vendor_id, year, days, last_day(year))
            for vendor_id, year, days in _to_remind(years, today, rules.remind_days_before)
        )
    return reminded, expired


def _adopted_vendors() -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Organisation.id).where(Organisation.kind == "vendor", Organisation.standing == "adopted")
        )
    )


def _pending(vendor_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    return set(
        db.session.scalars(
            select(VendorRegistration.organisation_id).where(
                VendorRegistration.organisation_id.in_(vendor_ids), VendorRegistration.state.in_(PENDING)
            )
        )
    )


@use_case
def _expire(vendor_id: uuid.UUID, fiscal_year: int) -> bool:
    """Looked at once more under the vendor's lock: a decision may have come meanwhile."""
    db.session.get_one(Organisation, vendor_id, with_for_update=True, populate_existing=True)
    if adopted_years([vendor_id]).get(vendor_id) != fiscal_year or _pending([vendor_id]):
        return False
    try:
        standing.expire(vendor_id)
    except IllegalStep:  # suspended or revoked at this very moment
        return False
    return True


def _to_remind(
    years: Mapping[uuid.UUID, int], today: date, days_before: Sequence[int]
) -> list[tuple[uuid.UUID, int, int]]:
    soon = {
        vendor_id: year
        for vendor_id, year in years.items()
        if reminder_due(today, year, days_before, ()) is not None
    }
    sent: dict[uuid.UUID, list[int]] = {}
    rows = db.session.execute(
        select(RenewalReminder.organisation_id, RenewalReminder.fiscal_year, RenewalReminder.days_before).where(
            RenewalReminder.organisation_id.in_(soon)
        )
    )
    for vendor_id, year, days in rows:
        if year == soon[vendor_id]:
            sent.setdefault(vendor_id, []).append(days)
    renewing = set(
        db.session.scalars(
            select(VendorRegistration.organisation_id).where(
                VendorRegistration.organisation_id.in_(soon), VendorRegistration.state.in_(PENDING)
            )
        )
    )
    due = [
        (vendor_id, year, reminder_due(today, year, days_before, sent.get(vendor_id, ())))
        for vendor_id, year in sorted(soon.items())
        if vendor_id not in renewing
    ]
    return [(vendor_id, year, days) for vendor_id, year, days in due if days is not None]


@use_case
def _remind(vendor_id: uuid.UUID, fiscal_year: int, days_before: int, deadline: date) -> bool:
    db.session.get_one(Organisation, vendor_id, with_for_update=True)
    if db.session.get(RenewalReminder, (vendor_id, fiscal_year, days_before)) is not None:
        return False
    db.session.add(
        RenewalReminder(
            organisation_id=vendor_id,
            fiscal_year=fiscal_year,
            days_before=days_before,
            reminded_on=clock.today(),
        )
    )
    notices.notify_organisation(
        vendor_id,
        "renewal_due",
        link=LINK,
        permission=Permission.EDIT_REGISTRATION,
        deadline=deadline,
        fiscal_year=fiscal_year + 1,
    )
    audit.record(
        "renewal_reminded",
        subject=("organisation", vendor_id),
        organisation_id=vendor_id,
        after={"days_before": days_before},
    )
    return True
