"""A listing's draft as its vendor and the reviewer see it: functions, price lines, what a buyer would pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue import effects
from catalogue.differences import billing_words, cost_kind_words, industry_words, trait_words
from catalogue.listing_detail import Detail
from catalogue.snapshots import traits_of
from catalogue.traits import DEPLOYMENT, KINDS, deployments
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.subsidy.engine import Estimate
from tenants.text import Text
from web.public import cards


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page shows of a draft. estimate: of a package that passes the rules; None otherwise.

    traits: (kind, traits) in words, of a package. effect: what its vendor claims it does to the work, likewise.
    """

    functions: tuple[cards.FunctionLabel, ...]
    industries: Text | None
    cost_kind: Text | None
    billing: Text | None
    estimate: Estimate | None
    lines: tuple[dict[str, Any], ...]
    traits: tuple[tuple[Text, Text], ...] = ()
    effect: tuple[tuple[Text, Text], ...] = ()


def facts_of(detail: Detail) -> Facts:
    """The facts of a draft, in words."""
    content, words = detail.content, detail.masters
    functions = cards.functions(content["functions"], words)
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
    return Facts(
        functions,
        industry_words(content["industries"], words),
        None,
        None,
        estimate,
        _lines(estimate),
        trait_facts(content, words),
        effects.facts(effects.effect_of(content)),
    )


def trait_facts(content: Mapping[str, Any], words: Masters) -> tuple[tuple[Text, Text], ...]:
    """What a package is like, by kind, in words: (提供形態, クラウド); only what is said or follows from its products."""
    traits = {**traits_of(content)}
    software = [item["cost_kind"] for item in content["items"] if item["functions"]]
    traits[DEPLOYMENT] = deployments(traits.get(DEPLOYMENT, ()), software)
    named = [(label, trait_words(kind, traits.get(kind, ()), words)) for kind, label in KINDS.items()]
    return tuple((label, found) for label, found in named if found is not None)


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
