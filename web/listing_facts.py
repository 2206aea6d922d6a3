"""A listing's draft as its vendor and the reviewer see it: functions, price lines, what a buyer would pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalogue.differences import billing_words, cost_kind_words, industry_words
from catalogue.listing_detail import Detail
from marketplace import pricing
from marketplace.subsidy.engine import Estimate
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page shows of a draft. estimate: of a package that passes the rules; None otherwise."""

    functions: tuple[dict[str, Any], ...]
    industries: Text | None
    cost_kind: Text | None
    billing: Text | None
    estimate: Estimate | None
    lines: tuple[dict[str, Any], ...]


def facts_of(detail: Detail) -> Facts:
    """The facts of a draft, in words."""
    content, words = detail.content, detail.masters
    functions = tuple(
        {"code": row.code, "name": row.name, "category": row.category}
        for row in words.functions_of(content["functions"])
    )
    if detail.row.kind == "product":
        return Facts(
            functions,
            None,
            cost_kind_words(content["cost_kind"], words),
            billing_words(content["billing_period"], content["billing_unit"]),
            None,
            (),
        )
    estimate = None
    if not detail.findings:
        estimate = pricing.estimate_package(content, pricing.scheme())
    return Facts(functions, industry_words(content["industries"], words), None, None, estimate, _lines(estimate))


def _lines(estimate: Estimate | None) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "label": line.label,
            "kind": line.kind_label,
            "amount_yen": line.amount_yen,
            "counted_yen": line.counted_yen,
            "reason": line.reason,
            "clause": line.clause,
        }
        for line in (estimate.lines if estimate else ())
    )
