"""How the API writes things down. Money is whole yen; names are in the caller's language."""

from __future__ import annotations

from typing import Any

from catalogue.publications import Published
from marketplace.subsidy.eligibility import Eligibility
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.scheme import Scheme
from search.queries import SearchPage
from web.words import language, say


def search_page(page: SearchPage) -> dict[str, Any]:
    """{items, total, page, pages, stage, degraded, facets}."""
    return {
        "items": [
            {
                "code": hit.code,
                "name": hit.name,
                "description": hit.description,
                "vendor": {
                    "number": hit.vendor_number,
                    "name": hit.vendor_name,
                    "prefecture": hit.prefecture,
                },
                "functions": list(hit.functions),
                "categories": list(hit.categories),
                "industries": list(hit.industries),
                "total_yen": hit.total_yen,
                "subsidy_yen": hit.subsidy_yen,
                "own_cost_yen": hit.own_cost_yen,
                "second_year_yen": hit.second_year_yen,
                "second_year_incomplete": hit.second_year_incomplete,
                "fundable": hit.fundable,
                "published_at": hit.published_at.isoformat(),
            }
            for hit in page.items
        ],
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "stage": page.stage.value,
        "degraded": page.degraded,
        "facets": {
            name: [{"value": each.value, "label": say(each.label), "count": each.count} for each in values]
            for name, values in page.facets.items()
        },
    }


def package(found: Published, result: Estimate) -> dict[str, Any]:
    """The publication's content, its number, hash and time, and the estimate."""
    return {
        **found.content,
        "publication": {
            "number": found.number,
            "hash": found.content_hash,
            "published_at": found.published_at.isoformat(),
        },
        "estimate": result.as_json(language()),
    }


def estimate(result: Estimate, eligibility: Eligibility | None) -> dict[str, Any]:
    """The estimate, with the eligibility when an applicant was given."""
    answer = result.as_json(language())
    if eligibility is not None:
        answer["eligibility"] = eligibility.as_json(language())
    return answer


def scheme(each: Scheme) -> dict[str, Any]:
    """What an integrator needs to know of a scheme; its whole file is its own documentation."""
    return {
        "id": each.id,
        "version": each.version,
        "name": each.name.in_language(language()),
        "effective_from": each.effective.since.isoformat(),
        "effective_to": each.effective.until.isoformat() if each.effective.until else None,
        "filed_by": each.filing.who,
        "counts": each.counts,
        "cost_kinds": [
            {
                "kind": kind,
                "label": entry.label.in_language(language()),
                "eligible": entry.eligible,
                "months": entry.months,
                "clause": entry.clause,
            }
            for kind, entry in each.cost_kinds.items()
        ],
        "unconfirmed": [{"path": point.path, "note": point.note} for point in each.open_points],
    }
