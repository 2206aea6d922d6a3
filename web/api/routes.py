"""GET for what is published, POST for what is reckoned; nothing here changes anything.

Any site's script may read the answers (no cookies are involved), so the API belongs to everybody.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, request, url_for
from pydantic import BaseModel

from catalogue import problem_list
from catalogue.masters import vocabulary
from catalogue.publications import every_live_package, live_package
from catalogue.vocabulary import Masters
from catalogue.vocabulary_files import read_default_masters
from marketplace import announcement_queries, comparison, pricing
from marketplace.briefings import queries as briefing_queries
from marketplace.needs.request import checked as checked_needs
from marketplace.needs.service import advise
from marketplace.subsidy.conditions import check_answers
from marketplace.subsidy.eligibility import check, rules_for
from marketplace.today import today
from search import guided
from search.parameter_names import unknown
from search.parameters import BadQuery
from search.queries import SearchQuery, find_as_read
from search.suggestions import Suggestion, suggest, suggest_vendors
from tenants.errors import NotFound
from web.api import faults, reckoning, views
from web.api.bodies import EligibilityBody, EstimateBody, FindBody, NeedsBody, PriceBody
from web.api.documentation import page as docs_page
from web.api.guided import answer_from_problem, known_problems
from web.api.needs import needs_answer
from web.api.openapi import document
from web.api.paged import one_of, page_asked
from web.api.reading import read
from web.guard import Open, allow
from web.kept_pages import alike, kept
from web.problems import wants_json
from web.words import speak

blueprint = Blueprint("api", __name__)
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, X-Request-Id",
}
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


@blueprint.before_app_request
def _speak() -> None:
    """?lang= or Accept-Language decides, never a browser's cookie: programs say what they want each time."""
    if wants_json():
        asked = request.args.get("lang")
        wanted = asked if asked in ("ja", "en") else request.accept_languages.best_match(["ja", "en"], "ja")
        speak("en" if wanted == "en" else "ja")


@blueprint.after_app_request
def _share(response: Response) -> Response:
    """Let scripts of other sites read every answer, errors included."""
    if request.path.startswith("/api/v1"):
        response.headers.update(_CORS)
        if request.method == "OPTIONS":
            response.headers.update(_PREFLIGHT)
    return response


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), mimetype="application/json")


@blueprint.get("/api/v1/packages")
@allow(Open.EVERYBODY)
@kept
def packages() -> Response:
    """Search published packages. A name that no search has is refused: it would seem to have filtered."""
    if faults := unknown(request.args):
        raise BadQuery(*faults)
    return _answer(views.search_page(*find_as_read(SearchQuery.from_args(request.args))))


@blueprint.get("/api/v1/suggestions")
@allow(Open.EVERYBODY)
@kept
def suggestions() -> Response:
    """What the characters typed so far may become; with kind=vendor vendors alone."""
    asked = suggest_vendors if one_of("kind", ("vendor",)) else suggest
    return _answer(views.suggestions(asked(request.args.get("q", "")), _address))


def _address(found: Suggestion) -> str:
    """Where on this site a suggestion leads."""
    if found.kind == "package":
        return url_for("public.package", code=found.code)
    if found.kind == "vendor":
        return url_for("public.vendor", number=found.code)
    if found.kind == "problem":
        return url_for("public.find", q=found.label.ja, problem=found.code)
    return url_for("public.packages", function=found.code)


@blueprint.get("/api/v1/packages/<code>")
@allow(Open.EVERYBODY)
@kept
def package(code: str) -> Response:
    """One published package with its estimate."""
    found = live_package(code)
    return _answer(views.package(found, pricing.estimate_package(found.content, pricing.scheme())))


@blueprint.get("/api/v1/compare")
@allow(Open.EVERYBODY)
@kept
def compare() -> Response:
    """Up to six packages side by side."""
    given = (code.strip() for value in request.args.getlist("codes") for code in value.split(","))
    codes = list(dict.fromkeys(code for code in given if code))
    if not 1 <= len(codes) <= comparison.MOST:
        raise faults.codes_out_of_range(len(codes), comparison.MOST)
    result = comparison.compare(codes, request.args.get("pinned"), request.args.get("scheme", ""))
    if not result.columns:
        live_package(codes[0])  # says why it is not there: never was, or withdrawn
    if result.lost:
        raise faults.scheme_not_usable(result.lost)
    return _answer(views.comparison(result))


@blueprint.post("/api/v1/estimates")
@allow(Open.EVERYBODY)
@alike
def estimates() -> Response:
    """What a package or these lines cost after the subsidy, and why."""
    return _answer(reckoning.estimate_of(read(EstimateBody)))


@blueprint.post("/api/v1/prices")
@allow(Open.EVERYBODY)
@alike
def prices() -> Response:
    """The other way round: which price brings a subsidy, or has the least own cost."""
    return _answer(reckoning.price_of(read(PriceBody)))


@blueprint.post("/api/v1/eligibility")
@allow(Open.EVERYBODY)
def eligibility() -> Response:
    """Whether a business may apply, rule by rule; nothing is stored."""
    body = read(EligibilityBody)
    scheme = pricing.scheme(body.scheme)
    check_answers(scheme, body.conditions)
    return _answer(views.eligibility(check(body.applicant.applicant(body.conditions), rules_for(scheme))))


@blueprint.post("/api/v1/needs")
@allow(Open.EVERYBODY)
def needs() -> Response:
    """The sets of packages that cover what is needed at the least own cost; nothing is stored."""
    body = read(NeedsBody)
    return _answer(needs_answer(advise(checked_needs(vocabulary(), **body.model_dump()))))


@blueprint.post("/api/v1/find")
@allow(Open.EVERYBODY)
def find() -> Response:
    """What a text speaks of, and the packages that solve most of it; nothing is stored."""
    asked = guided.checked(vocabulary(), **read(FindBody).model_dump())
    return _answer(answer_from_problem(asked, today()))


@blueprint.get("/api/v1/problems")
@allow(Open.EVERYBODY)
@kept
def problems() -> Response:
    """The problems that a text is understood as."""
    listed = problem_list.current()
    return _answer(known_problems(listed.version, listed.entries))


@blueprint.get("/api/v1/schemes")
@allow(Open.EVERYBODY)
@kept
def schemes() -> Response:
    """The schemes that are loaded, each in the version that counts today."""
    return _answer(views.schemes(pricing.schemes(), pricing.id_in_use()))


@blueprint.get("/api/v1/announcements")
@allow(Open.EVERYBODY)
def announcements() -> Response:
    """What the secretariat announced, newest first. What is set for a later time appears then, so no page is kept."""
    number, per_page = page_asked()
    category = one_of("category", tuple(announcement_queries.CATEGORIES))
    found = announcement_queries.published(category=category, number=number, per_page=per_page)
    return _answer(views.announcement_page(found, lambda each: url_for("public.announcement", number=each)))


@blueprint.get("/api/v1/briefings")
@allow(Open.EVERYBODY)
def briefings() -> Response:
    """Briefings to come, or with show=over those that were."""
    number, per_page = page_asked()
    over = one_of("show", ("upcoming", "over")) == "over"
    listed = briefing_queries.past if over else briefing_queries.upcoming_page
    return _answer(views.briefing_page(listed(number=number, per_page=per_page), _briefing))


def _briefing(number: int) -> tuple[str, str]:
    """Its page and its calendar file."""
    return url_for("public.briefing", number=number), url_for("public.briefing_calendar", number=number)


def _masters() -> Masters:
    """The master data that is loaded; before that what comes with the program, so the API can be read about."""
    try:
        return vocabulary()
    except NotFound:
        return read_default_masters()


@blueprint.get("/api/v1/openapi.json")
@allow(Open.EVERYBODY)
@kept
def openapi() -> dict[str, object]:
    """The API's own description, OpenAPI 3.1."""
    return document(request.host_url.rstrip("/"), _masters())


@blueprint.get("/api/docs")
@allow(Open.EVERYBODY)
@kept
def docs() -> str:
    """The description as a page people read."""
    server = request.host_url.rstrip("/")
    live = next(every_live_package(batch=1), None)
    return render_template("api/docs.html", api=docs_page(server, _masters(), live.code if live else None))
