"""Who belongs to an organisation: list, invite, change roles, remove, leave."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from tenants import invitations, members, sign_in
from tenants.errors import BadInput
from tenants.members import Team
from tenants.permissions import ROLE_NAMES, Permission
from tenants.text import Language, Text
from web import lists
from web.edge import SESSION_TOKEN
from web.fields import by_field
from web.guard import Open, allow
from web.organisation.blueprint import blueprint
from web.problems import refused
from web.sign_in.blueprint import home_address
from web.words import language, t

# What the names of the roles within a company do not say by themselves.
_MAY: Final[Mapping[str, Text]] = {
    "vendor_owner": Text(
        "登録申請とメンバーの管理を含む、すべての手続き", "Everything, with the registration and the people"
    ),
    "vendor_editor": Text("製品とITツールの登録・変更・提出", "Write, change and submit products and packages"),
    "vendor_applications": Text("お店からの交付申請の準備と提出", "Prepare and submit the shops’ applications"),
    "vendor_viewer": Text("見るだけで、変更はできません", "May look, not change"),
    "sme_owner": Text(
        "交付申請とメンバーの管理を含む、すべての手続き", "Everything, with applications and the people"
    ),
    "sme_member": Text(
        "ITツールの検討、ベンダーへの問い合わせ、検索の保存。交付申請は状況を見るだけです",
        "Keeps packages for later, asks vendors, saves searches; may look at the applications, not change them",
    ),
    "secretariat_payments": Text(
        "補助金の支払い。支払いの画面はまだないため、いまは見るだけです",
        "Pays subsidies out; there is no page for it yet, so for now it may look",
    ),
}


def _offered(kind: str) -> list[tuple[str, Text, Text | None]]:
    """The roles to choose from in an organisation of this kind, each with what it allows."""
    return [(role, ROLE_NAMES[role], _MAY.get(role)) for role in members.roles_of_kind(kind)]


def _committee() -> uuid.UUID | None:
    """The committee whose people the secretariat keeps, from the form or the address; None for one's own."""
    written = request.form.get("committee", "")
    try:
        return uuid.UUID(written) if written else lists.id_wanted("committee")
    except ValueError:
        raise lists.broken_form() from None


def _address(of: Team) -> str:
    return url_for("organisation.people", committee=None if of.own else of.organisation_id)


@blueprint.get("/people")
@allow(Open.SIGNED_IN)
def people() -> str | Response:
    """Everybody who belongs to it and what they may do; for owners the invitations too."""
    if g.signed_in.workplace is None:
        return redirect(home_address())
    return _people_page(members.team(_committee()))


def _people_page(of: Team, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    sent = error is not None
    return render_template(
        "organisation/people.html",
        of=of,
        people=members.members(of),
        waiting=invitations.waiting(of),
        committees=members.committees() if of.own else [],
        role_names=members.role_names,
        roles=_offered(of.kind),
        email=request.form.get("email", "") if sent else "",
        chosen=request.form.getlist("roles") if sent else [],
        letter=request.form.get("letter", "ja") if sent else language(),
        findings=findings,
        errors=by_field(findings),
        days=invitations.VALID_FOR.days,
    )


@blueprint.post("/people/invite")
@allow(Permission.MANAGE_MEMBERS)
def invite() -> Response:
    """Send an invitation by mail."""
    committee = _committee()
    letter: Language = "en" if request.form.get("letter") == "en" else "ja"
    email = request.form.get("email", "")
    try:
        invitations.invite(email, request.form.getlist("roles"), language=letter, organisation_id=committee)
    except BadInput as error:
        return refused(_people_page(members.team(committee), error), error)
    flash(
        t(
            f"{email.strip()} に招待メールを送ります。届くまで数分かかることがあります。",
            f"An invitation is on its way to {email.strip()}.",
        ),
        "success",
    )
    return redirect(_address(members.team(committee)))


@blueprint.post("/invitations/<uuid:invitation_id>/resend")
@allow(Permission.MANAGE_MEMBERS)
def resend(invitation_id: uuid.UUID) -> Response:
    """A new letter; the old one is worth nothing from now on."""
    try:
        email = invitations.resend(invitation_id, organisation_id=_committee())
    except invitations.JustSentAgain as error:
        flash(error.findings[0].message.in_language(language()), "info")
        return redirect(_address(members.team(_committee())))
    flash(
        t(
            f"{email} にもう一度送ります。前のメールのリンクは使えなくなりました。",
            f"Sent again to {email}. The link in the earlier letter no longer works.",
        ),
        "success",
    )
    return redirect(_address(members.team(_committee())))


@blueprint.post("/invitations/<uuid:invitation_id>/revoke")
@allow(Permission.MANAGE_MEMBERS)
def revoke(invitation_id: uuid.UUID) -> Response:
    """Take an invitation back."""
    email = invitations.revoke(invitation_id, organisation_id=_committee())
    flash(t(f"{email} への招待を取り消しました。", f"The invitation to {email} was taken back."), "success")
    return redirect(_address(members.team(_committee())))


@blueprint.get("/people/<uuid:person_id>")
@allow(Permission.MANAGE_MEMBERS)
def person(person_id: uuid.UUID) -> str:
    """One of its people: roles, and the way out."""
    return _person_page(members.team(_committee()), person_id)


def _person_page(of: Team, person_id: uuid.UUID, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    found = members.member(of, person_id)
    return render_template(
        "organisation/person.html",
        of=of,
        member=found,
        back=_address(of),
        role_names=members.role_names,
        roles=_offered(of.kind),
        chosen=request.form.getlist("roles") if error else found.roles,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/people/<uuid:person_id>/roles")
@allow(Permission.MANAGE_MEMBERS)
def change_roles(person_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give a member other roles; they hold from their next click."""
    committee = _committee()
    try:
        changed = members.change_roles(person_id, request.form.getlist("roles"), organisation_id=committee)
    except BadInput as error:
        return _person_page(members.team(committee), person_id, error), error.status
    if changed:
        flash(t("役割を変更しました。", "The roles were changed."), "success")
    else:
        flash(t("変更はありませんでした。", "Nothing was different."), "info")
    # Whoever gave up their own right to manage people still sees the list.
    return redirect(_address(members.team(committee)))


@blueprint.post("/people/<uuid:person_id>/remove")
@allow(Permission.MANAGE_MEMBERS)
def remove(person_id: uuid.UUID) -> Response:
    """Take somebody out; what they have open stops at once."""
    committee = _committee()
    of = members.team(committee)
    if of.own and person_id == g.signed_in.actor.person_id:
        return redirect(url_for("organisation.leave_page"))
    gone = members.member(of, person_id)
    members.remove(person_id, organisation_id=committee)
    flash(t(f"{gone.name}さんをメンバーから外しました。", f"{gone.name} is no longer a member."), "success")
    return redirect(_address(of))


@blueprint.get("/leave")
@allow(Open.SIGNED_IN)
def leave_page() -> str | Response:
    """What leaving means, before it is done."""
    if g.signed_in.workplace is None:
        return redirect(home_address())
    return render_template("organisation/leave.html", place=g.signed_in.workplace, may_leave=members.may_leave())


@blueprint.post("/leave")
@allow(Open.SIGNED_IN)
def leave() -> Response:
    """Leave, and go on for another of one's organisations if there is one."""
    left = g.signed_in.workplace
    # The form names what is left, so that one opened for another organisation does nothing.
    if left is None or request.form.get("organisation") != str(left.organisation_id):
        raise lists.broken_form()
    members.leave()
    others = [each for each in g.signed_in.workplaces if each != left]
    if others:
        session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], others[0].organisation_id)
    flash(t(f"{left.name}のメンバーから抜けました。", f"You have left {left.name}."), "success")
    return redirect(url_for("sign_in.arrive"))
