"""マイページ: what to do next; registering the business on the first visit."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from marketplace import applicant_identity
from marketplace.applicants import profile
from marketplace.applications import queries
from marketplace.enquiries import queries as enquiries
from marketplace.quotes import queries as quotes
from marketplace.rounds import next_round, open_round
from marketplace.shortlists import services as shortlists
from tenants import actor, identities, organisations, sign_in
from tenants.errors import BadInput
from tenants.identities import IdentityFacts
from tenants.organisations import PREFECTURES, place
from tenants.permissions import Permission
from web.applications import short_steps, with_next
from web.edge import SESSION_TOKEN
from web.fields import by_field
from web.guard import Open, allow
from web.sme.blueprint import blueprint
from web.sme.forms import Business, business_from, package_code
from web.sme.saved_searches import SEARCH_WISH
from web.sme.shortlist import WISH
from web.words import t

SHORTLISTED = 5


@blueprint.get("")
@allow(Open.SIGNED_IN)
def home() -> str | Response:
    """What to do next, with its date. Somebody without an organisation registers one first."""
    if g.signed_in.workplace is None:
        return redirect(url_for("sme.register"))
    who = actor.current()
    who.require(Permission.VIEW_OWN_APPLICATIONS)
    found = queries.applications()
    window = open_round("grant_application")
    return render_template(
        "sme/home.html",
        profile=profile(),
        rows=with_next("sme", found.items),
        total=found.total,
        short_steps=short_steps,
        window=window,
        upcoming=None if window else next_round("grant_application"),
        business=organisations.own(),
        may_edit=who.may(Permission.EDIT_PROFILE),
        waiting_quotes=quotes.waiting(),
        enquiry_counts=enquiries.counts(),
        shortlist=shortlists.entries()[:SHORTLISTED],
        wish=session.get(WISH),
        search_wish=session.get(SEARCH_WISH),
    )


@blueprint.get("/register")
@allow(Open.SIGNED_IN)
def register() -> str:
    """The form for a business on its first visit. ?package= is where the person was going."""
    facts, _ = _vouched_for()
    return _register_page(Business(package=package_code(request.args)).vouched_for(facts, Business.__slots__))


@blueprint.post("/register")
@allow(Open.SIGNED_IN)
def register_now() -> Response | tuple[str, int]:
    """Register the business and act for it from here on, under a new session."""
    facts, locked = _vouched_for()
    typed = business_from(request.form).vouched_for(facts, locked)
    try:
        business_id = organisations.register_business(
            actor.current(),
            name=typed.checked().name,
            corporate_number=typed.number,
            prefecture=typed.prefecture,
            address=typed.address,
            another=request.form.get("another") == "1",
        )
    except BadInput as error:
        return _register_page(typed, error), 422
    if typed.mirasapo_id:
        identities.state_mirasapo_id(actor.current(), typed.mirasapo_id)
    session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], business_id)
    flash(
        t(
            "事業者を登録しました。次に、業種や従業員数を教えてください。",
            "Registered. Now tell us about your business.",
        ),
        "success",
    )
    return redirect(url_for("sme.profile_page", package=typed.package or None))


def _vouched_for() -> tuple[IdentityFacts | None, frozenset[str]]:
    """What a provider says of the person's business, and the fields of it that nobody types."""
    person_id = actor.current().person_id
    if person_id is None:
        return None, frozenset()
    return identities.facts_of(person_id), identities.locked_fields(person_id)


def _register_page(typed: Business, error: BadInput | None = None) -> str:
    findings = error.findings if error else ()
    facts, locked = _vouched_for()
    return render_template(
        "sme/register.html",
        locked=locked,
        entry=facts is not None and facts.account_type == "entry",
        typed=typed,
        identity=applicant_identity.wanted(),
        prefectures=[(name, place(name)) for name in PREFECTURES],
        findings=findings,
        errors=by_field(findings),
        workplaces=g.signed_in.workplaces,
    )
