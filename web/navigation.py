"""The main menu of each audience."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from flask import current_app, g, has_request_context, request, url_for

from tenants.actor import current
from tenants.permissions import ROLE_NAMES, permissions_of
from tenants.sign_in import SignedIn, Workplace
from tenants.text import Text
from web import guard

PUBLIC: Final = (
    ("public.packages", Text("ITツールをさがす", "Find a package")),
    ("public.find", Text("困りごとから選ぶ", "Start from a problem")),
    ("public.eligibility", Text("対象になるか確かめる", "Check eligibility")),
    ("public.schedule", Text("スケジュール", "Schedule")),
    ("public.announcements", Text("お知らせ", "Announcements")),
    ("public.briefings", Text("説明会", "Briefings")),
)
MENUS: Final = {
    "vendor": (
        ("vendor.home", Text("ホーム", "Home")),
        ("vendor.products", Text("製品", "Products")),
        ("vendor.packages", Text("ITツール", "Packages")),
        ("vendor.enquiries", Text("問い合わせ", "Enquiries")),
        ("vendor.applications", Text("交付申請", "Applications")),
        ("public.briefings", Text("説明会", "Briefings")),
        ("public.packages", Text("公開サイト", "Public site")),
    ),
    "secretariat": (
        ("secretariat.home", Text("ホーム", "Home")),
        ("secretariat.queue", Text("審査", "Review")),
        ("secretariat.publications", Text("公開", "Publish")),
        ("secretariat.applications", Text("交付申請", "Applications")),
        ("secretariat.masters", Text("マスタ", "Master data")),
        ("public.packages", Text("公開サイト", "Public site")),
    ),
    "committee": (
        ("committee.home", Text("自分の審査", "My reviews")),
        ("committee.relations", Text("関係先の届け出", "My relations")),
        ("public.packages", Text("公開サイト", "Public site")),
    ),
    "sme": (
        ("sme.home", Text("自分の画面", "My pages")),
        *PUBLIC,
    ),
}


class MenuLink(NamedTuple):
    """A link at the top of the page. current: whether it leads to this page."""

    href: str
    label: Text
    current: bool


def main() -> tuple[MenuLink, ...]:
    """The links at the top of the page for whoever reads it."""
    if not has_request_context():
        return ()
    entries = MENUS.get(current().audience, PUBLIC)
    return tuple(
        MenuLink(url_for(endpoint), label, request.endpoint == endpoint)
        for endpoint, label in entries
        if endpoint in current_app.view_functions
    )


def person() -> dict[str, Any] | None:
    """Who is signed in and for whom they act, as the person menu shows it; None for the public."""
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        return None
    here = signed_in.workplace
    return {
        "name": signed_in.person_name,
        "organisation": here.name if here else Text("事業者は未登録", "no business yet"),
        "role": _role(here) if here else None,
        "home_href": url_for(f"{here.kind}.home" if here else "sme.register"),
        "sessions_href": url_for("sign_in.sessions_page"),
        "identities_href": url_for("sign_in.identities_page"),
        # Who looks in to help ends that first.
        "organisations": []
        if g.get("support")
        else [
            {"id": each.organisation_id, "name": each.name, "role": _role(each), "current": each == here}
            for each in signed_in.workplaces
        ],
        "organisation_href": url_for("organisation.overview") if here else None,
        "switch_href": url_for("sign_in.switch"),
        "sign_out_href": url_for("sign_in.leave_site"),
    }


def elsewhere() -> list[Workplace]:
    """The person's other organisations for which this address may be meant: those whose roles it asks for."""
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None or g.get("support") or request.endpoint is None:
        return []
    needs = guard.needs_of(current_app, request.endpoint)
    return [
        each
        for each in signed_in.workplaces
        if each != signed_in.workplace and (needs in permissions_of(each.roles) or isinstance(needs, guard.Open))
    ]


def _role(workplace: Workplace) -> Text:
    names = [ROLE_NAMES[role] for role in sorted(workplace.roles)]
    return Text("・".join(name.ja for name in names), ", ".join(name.en for name in names))
