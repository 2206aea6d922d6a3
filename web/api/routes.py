"""GET for what is published, POST for what is reckoned; nothing here changes anything."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request

from catalogue.publications import live_package
from marketplace import comparison, pricing
from marketplace.subsidy.eligibility import check, rules_for
from marketplace.subsidy.engine import estimate
from marketplace.subsidy.lines import CostLine
from search.queries import SearchQuery, find
from tenants.errors import BadInput, Finding
from tenants.text import Text
from web.api import views
from web.api.bodies import EligibilityBody, EstimateBody, read
from web.api.openapi import document
from web.guard import Open, allow
from web.words import language

blueprint = Blueprint("api", __name__)
MOST_COMPARED = 4


@blueprint.before_request
def _speak() -> None:
    """?lang=en or Accept-Language: en answers in English."""
    if "lang" not in request.args and request.accept_languages.best_match(["ja", "en"], "ja") == "en":
        g.language = "en"


@blueprint.get("/api/v1/packages")
@allow(Open.EVERYBODY)
def packages() -> Response:
    """Search published packages."""
    query = SearchQuery.from_args(request.args)
    return jsonify(views.search_page(find(query)))


@blueprint.get("/api/v1/packages/<code>")
@allow(Open.EVERYBODY)
def package(code: str) -> Response:
    """One published package with its estimate."""
    found = live_package(code)
    return jsonify(views.package(found, pricing.estimate_package(found.content, pricing.scheme())))


@blueprint.get("/api/v1/compare")
@allow(Open.EVERYBODY)
def compare() -> Response:
    """Up to four packages side by side."""
    codes = list(dict.fromkeys(code for code in request.args.get("codes", "").split(",") if code))
    if not 1 <= len(codes) <= MOST_COMPARED:
        raise BadInput(
            Finding(
                "codes_out_of_range",
                Text(
                    f"比較できるのは1〜{MOST_COMPARED}件です（{len(codes)}件指定されました）。",
                    f"1 to {MOST_COMPARED} packages can be compared; {len(codes)} were given.",
                ),
                Text(
                    f"codes にコードをカンマ区切りで{MOST_COMPARED}件まで指定してください。",
                    f"Give at most {MOST_COMPARED} codes, separated by commas.",
                ),
                "codes",
            )
        )
    return jsonify(views.comparison(comparison.compare(codes)))


@blueprint.post("/api/v1/estimates")
@allow(Open.EVERYBODY)
def estimates() -> Response:
    """What a package or these lines cost after the subsidy, and why."""
    body = read(EstimateBody)
    scheme = pricing.scheme(body.scheme)
    lines, functions = _priced(body)
    eligibility = check(body.applicant.applicant(), rules_for(scheme)) if body.applicant else None
    result = estimate(
        scheme,
        lines,
        functions=functions,
        processes=body.processes,
        size=eligibility.business_size if eligibility else "sme",
        granted_yen=body.granted_yen,
    )
    return jsonify(views.estimate(result, eligibility))


def _priced(body: EstimateBody) -> tuple[list[CostLine], list[str]]:
    """The lines and functions to reckon with: a package's, or those given; not both."""
    if (body.package is None) == (body.lines is None):
        raise BadInput(
            Finding(
                "package_or_lines",
                Text(
                    "package（コード）か lines（明細）のどちらか一方を指定してください。",
                    "Give either package (a code) or lines, not both.",
                ),
                Text("どちらか一方だけにしてください。", "Keep one of the two."),
                "package",
            )
        )
    if body.package is not None:
        content = live_package(body.package).content
        return pricing.lines_of(content), list(content["functions"])
    given = body.lines or []
    return [CostLine(x.kind, x.amount_yen, x.months, x.label) for x in given], list(body.functions or [])


@blueprint.post("/api/v1/eligibility")
@allow(Open.EVERYBODY)
def eligibility() -> Response:
    """Whether a business may apply, rule by rule; nothing is stored."""
    body = read(EligibilityBody)
    result = check(body.applicant.applicant(), rules_for(pricing.scheme(body.scheme)))
    return jsonify(result.as_json(language()))


@blueprint.get("/api/v1/schemes")
@allow(Open.EVERYBODY)
def schemes() -> Response:
    """The schemes that are loaded, each in the version that counts today."""
    return jsonify(items=[views.scheme(each) for each in pricing.schemes()])


@blueprint.get("/api/v1/openapi.json")
@allow(Open.EVERYBODY)
def openapi() -> Response:
    """The API's own description, OpenAPI 3.1."""
    return jsonify(document(request.host_url.rstrip("/")))


@blueprint.get("/api/docs")
@allow(Open.EVERYBODY)
def docs() -> str:
    """The description as a page people read."""
    description: dict[str, Any] = document(request.host_url.rstrip("/"))
    return render_template("api/docs.html", api=description)
