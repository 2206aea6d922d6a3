"""What an organisation says of itself, and who of the secretariat looked in."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.subsidy.classes import is_listed, name_of, normalise_jsic
from tenants import details, support_view
from tenants.actor import current
from tenants.details import FIELDS, FORMS, Details
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, DomainError, StaleVersion
from tenants.organisations import PREFECTURES, place
from tenants.permissions import Permission
from tenants.text import Text
from web import lists, problems
from web.fields import by_field
from web.guard import Open, allow
from web.organisation.blueprint import blueprint
from web.sign_in.blueprint import home_address
from web.words import t


@blueprint.get("/")
@allow(Open.SIGNED_IN)
def overview() -> str | Response:
    """The details as they are, and the secretariat's looks into the organisation."""
    if g.signed_in.workplace is None:
        return redirect(home_address())
    record = details.own()
    return render_template(
        "organisation/overview.html",
        record=record,
        facts=[(label, _shown(name, getattr(record.details, name))) for name, label in FIELDS.items()],
        may_edit=current().support is None and current().may(Permission.EDIT_ORGANISATION),
        looks=support_view.of_own_organisation(page=lists.page_number()),
        href=lists.page_address,
        home=home_address(),
    )


def _shown(name: str, value: str) -> object:
    if name == "form":
        return FORMS.get(value, "—")
    if name == "prefecture":
        return place(value) if value else "—"
    if name == "jsic" and value:
        return _industry(value)
    return value or "—"


def _industry(code: str) -> Text:
    """The code with the name of its group; openly where its last digit is nobody's to check."""
    try:
        jsic = normalise_jsic(code)
    except BadInput:  # from before all three digits were checked; the form asks for it anew
        return Text(code, code)
    name = name_of(jsic)
    if is_listed(jsic):
        return Text(f"{code}（{name.ja}）", f"{code} ({name.en})")
    group = jsic.chain[1]
    return Text(
        f"{code}（はじめの3けた{group}：{name.ja}。4けた目は確かめていません）",
        f"{code} (its group {group}: {name.en}; the fourth digit is not checked)",
    )


@blueprint.get("/details")
@allow(Permission.EDIT_ORGANISATION)
def details_page() -> str:
    """The form with what is known; what is fixed is shown with the reason."""
    record = details.own()
    return _details_page(record.details, record.version)


@blueprint.post("/details")
@allow(Permission.EDIT_ORGANISATION)
def save_details() -> Response | str | tuple[str, int]:
    """Keep what was typed."""
    typed, version = Details.sent(request.form), lists.read_version()
    try:
        details.save(typed, read_version=version, require_industry=normalise_jsic)
    except (BadInput, AlreadyRegistered) as error:
        return _details_page(typed, version, error), error.status
    except StaleVersion as error:
        theirs = details.own().details
        mine = typed.tidy()
        changes = [
            {"label": label, "before": getattr(theirs, name), "after": getattr(mine, name)}
            for name, label in FIELDS.items()
            if getattr(theirs, name) != getattr(mine, name)
        ]
        address = url_for("organisation.details_page")
        return problems.page(error.status, error.findings, changes=changes, current_href=address)
    flash(t("組織の情報を保存しました。", "The details were saved."), "success")
    return redirect(url_for("organisation.overview"))


def _details_page(typed: Details, version: int, error: DomainError | None = None) -> str:
    record = details.own()
    findings = error.findings if error else ()
    # A fixed field is shown as it is kept, whatever a browser sent for it.
    value = {name: getattr(record.details if name in record.fixed else typed, name) for name in FIELDS}
    return render_template(
        "organisation/details.html",
        value=value,
        fixed=record.fixed,
        label=FIELDS,
        forms=list(FORMS.items()),
        form_name=FORMS.get(value["form"], "—"),
        prefectures=[(name, place(name)) for name in PREFECTURES],
        version=version,
        findings=findings,
        errors=by_field(findings),
    )
