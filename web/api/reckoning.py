"""What the API and the command line reckon, the same for both: from a body to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.publications import live_package
from marketplace import pricing
from marketplace.subsidy.eligibility import Eligibility, check, rules_for
from marketplace.subsidy.engine import estimate
from marketplace.subsidy.inverse import Asked, least_own_cost, price_for
from marketplace.subsidy.lines import MOST_YEN, CostLine
from marketplace.subsidy.parts import BusinessSize
from marketplace.subsidy.scheme import Scheme
from marketplace.variants import by_product, in_quantities, told_by_product
from tenants.errors import BadInput
from web.api import answers, faults, views
from web.api.bodies import EstimateBody, FactsBody, PriceBody
from web.api.functions import check_functions
from web.api.rulebook import Rulebook, published
from web.words import language


def estimate_of(body: EstimateBody, rules: Rulebook | None = None) -> answers.EstimateForApplicant:
    """What a package or these lines cost after the subsidy, and why. Raises BadInput, NotFound and Gone."""
    rules = rules or published()
    lines, functions = _priced(body, rules)
    scheme = rules.scheme(body.scheme)
    checked, size = _who(body, scheme)
    result = estimate(
        scheme,
        lines,
        functions=functions,
        processes=body.processes,
        size=size,
        granted_yen=body.granted_yen,
        conditions=body.conditions,
    )
    return views.estimate(result, checked)


def price_of(body: PriceBody, rules: Rulebook | None = None) -> answers.PriceAnswer:
    """The smallest price for a subsidy, or the price with the least own cost. Raises BadInput and NotFound."""
    rules = rules or published()
    functions = body.functions or []
    if functions:
        check_functions(functions, rules.functions())
    scheme = rules.scheme(body.scheme)
    _, size = _who(body, scheme)
    asked = Asked(
        scheme,
        body.kind,
        body.months,
        body.accounts.pair() if body.accounts else None,
        [each.line() for each in body.lines],
        functions,
        body.processes,
        size,
        body.conditions,
    )
    if body.subsidy_yen is not None and body.from_yen is None and body.to_yen is None:
        found = price_for(asked, body.subsidy_yen)
    elif body.subsidy_yen is None and body.from_yen is not None:
        found = least_own_cost(asked, body.from_yen, MOST_YEN if body.to_yen is None else body.to_yen)
    else:
        raise faults.subsidy_or_range()
    return answers.PriceAnswer.model_validate(
        {"scheme": scheme.id, "scheme_version": scheme.version, **found.as_json(language())}
    )


def _who(body: FactsBody, scheme: Scheme) -> tuple[Eligibility | None, BusinessSize]:
    """The applicant's eligibility, and the size of business: the applicant's, else as it was given."""
    if body.applicant is None:
        return None, body.size or "sme"
    if body.size is not None:
        raise faults.applicant_or_size()
    checked = check(body.applicant.applicant(body.conditions), rules_for(scheme))
    return checked, checked.business_size


def _in_quantities(content: dict[str, Any], quantities: Mapping[str, int]) -> dict[str, Any]:
    """As the package's page reckons other quantities, with what is wrong beside the product's code."""
    wanted = by_product(content, quantities)
    try:
        return in_quantities(content, wanted)
    except BadInput as error:
        raise BadInput(*(told_by_product(content, each) for each in error.findings)) from None


def _priced(body: EstimateBody, rules: Rulebook) -> tuple[list[CostLine], list[str]]:
    """The lines and functions to reckon with: a package's, or those given."""
    if body.package is not None and body.lines is None and body.functions is None:
        content = _in_quantities(live_package(body.package).content, body.quantities or {})
        return pricing.lines_of(content), list(content["functions"])
    if body.package is not None or body.lines is None:
        raise faults.package_or_lines()
    if body.quantities is not None:
        raise faults.quantities_without_package()
    functions = body.functions or []
    if functions:
        check_functions(functions, rules.functions())
    return [each.line() for each in body.lines], functions
