"""People of the demo who come and are looked at: an open invitation, one that has run out, and a support view."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tenants import clock, invitations, sign_in, support_view
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.member_models import Invitation
from tenants.models import ExternalIdentity, Membership, Organisation
from web.demo.actors import actor_for
from web.demo.people import GENERATED_VENDOR, PROVIDER, RAMEN_SHOP, by_subject

_STAFF = "secretariat-reviewer"


def make_members() -> None:
    """Invitations from a vendor, and the secretariat's look into a shop ten days ago; made once."""
    with act_as(SYSTEM):
        if db.session.scalar(select(Invitation.id).limit(1)) is not None:
            return
    owner = actor_for(GENERATED_VENDOR)
    with clock.at(clock.now() - timedelta(days=9)), act_as(owner):
        invitations.invite("kimura@demo-vendor.example", ["vendor_viewer"])
    with act_as(owner):
        invitations.invite("aoki@demo-vendor.example", ["vendor_editor", "vendor_applications"])
    _look_into_a_shop()


def _look_into_a_shop() -> None:
    shop, staff = actor_for(RAMEN_SHOP), _staff()
    moment = clock.now() - timedelta(days=10)
    with clock.at(moment), act_as(staff):
        view = support_view.open_view(
            shop.own_organisation, "申請できるかどうかの画面の見方について、お電話でご相談をいただいたため"
        )
    place = sign_in.Workplace(staff.own_organisation, "secretariat", "", staff.roles)
    browser = sign_in.SignedIn(staff, staff.name, place, (place,), PROVIDER, moment)
    with clock.at(moment + timedelta(minutes=12)):
        looking = support_view.resume(browser, view)
        if looking is not None:
            support_view.close(looking)


def _staff() -> Actor:
    known = by_subject(_STAFF)
    with act_as(SYSTEM):
        row = db.session.execute(
            select(Membership.organisation_id, Membership.person_id)
            .join(ExternalIdentity, ExternalIdentity.person_id == Membership.person_id)
            .join(Organisation, Organisation.id == Membership.organisation_id)
            .where(
                ExternalIdentity.provider == PROVIDER,
                ExternalIdentity.subject == _STAFF,
                Organisation.kind == "secretariat",
            )
        ).one()
    roles, name = (known.roles, known.name) if known else ((), "")
    return Actor("secretariat", row[0], row[1], frozenset(roles), name)
