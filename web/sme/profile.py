"""The business says its facts once, and reads whether it may apply and why."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import applicant_identity
from marketplace.applicants import (
    APPLICANT_KINDS,
    RESULTS,
    IndustryChoice,
    Profile,
    find_industries,
    industry_choices,
    profile,
    questions,
    save_profile,
)
from tenants.errors import BadInput
from tenants.permissions import Permission
from web.fields import by_field
from web.guard import Open, allow
from web.sme.blueprint import blueprint
from web.sme.forms import ProfileForm, package_code
from web.words import language, t


@blueprint.get("/profile")
@allow(Open.SIGNED_IN)
def profile_page() -> str | Response:
    """The answer with its reasons, if there is one; the form otherwise, or when ?edit=1 asks for it."""
    if g.signed_in.workplace is None:
        return redirect(url_for("sme.register", package=package_code(request.args) or None))
    known = profile()
    package = package_code(request.args)
    if known is None or request.args.get("edit"):
        return _form_page(ProfileForm.of(known, package) if known else ProfileForm(package=package), known)
    return render_template(
        "sme/profile.html",
        profile=known,
        result=RESULTS[known.result],
        rules=known.rules_in(language()),
        kind=APPLICANT_KINDS[known.statement.kind],  # type: ignore[index]  # it was checked when it was saved
        package=package,
        asked=questions(),
        identity=applicant_identity.wanted(),
    )


@blueprint.post("/profile")
@allow(Permission.EDIT_PROFILE)
def save() -> Response | str | tuple[str, int]:
    """Save the facts; the button "find" only looks for an industry and keeps what was typed.

    The return key presses the form's first button, which is "find": without words to look for it saves.
    """
    typed = ProfileForm.sent(request.form, questions())
    if request.form.get("find") and typed.industry_words:
        found = find_industries(typed.industry_words)
        shown = replace(typed, industry_words="") if found else typed
        return _form_page(shown, profile(), found, searched=True)
    try:
        save_profile(typed.statement(), read_version=typed.read_version)
    except BadInput as error:
        return _form_page(typed, profile(), error=error), 422
    flash(t("保存しました。結果をご確認ください。", "Saved. Here is the answer."), "success")
    return redirect(url_for("sme.profile_page", package=typed.package or None))


def _form_page(
    typed: ProfileForm,
    known: Profile | None,
    found: tuple[IndustryChoice, ...] = (),
    *,
    searched: bool = False,
    error: BadInput | None = None,
) -> str:
    findings = error.findings if error else ()
    choices = {choice.id: choice.label for choice in (*found, *industry_choices())}
    if known and known.statement.industry not in choices:
        choices[known.statement.industry] = known.industry_label
    industry = found[0].id if found else typed.industry
    return render_template(
        "sme/profile_form.html",
        typed=typed,
        industry=industry,
        choices=list(choices.items()),
        found=found,
        searched=searched,
        kinds=list(APPLICANT_KINDS.items()),
        findings=findings,
        errors=by_field(findings),
        known=known,
        asked=questions(),
    )
