"""A package, a product: what it does for the shop, what it costs, what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import render_template, url_for
from werkzeug.wrappers import Response

from catalogue import public_lists
from catalogue.differences import Change, billing_words, cost_kind_words, differences, industry_words
from catalogue.masters import vocabulary
from catalogue.publications import Gone, Published, live_package, live_product
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.subsidy.engine import Estimate
from tenants.text import Text
from web import problems
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards, money
from web.public.blueprint import blueprint
from web.public.home import application_window

MOST_VERSIONS: Final = 20
_SPANS: Final = {"monthly": Text("か月", "months"), "yearly": Text("年", "years")}


@dataclass(frozen=True, slots=True)
class Version:
    """One publication of a listing and what it changed; changes is empty for the first."""

    number: int
    published_at: datetime
    first: bool
    changes: tuple[Change, ...]


@blueprint.get("/packages/<code>")
@allow(Open.EVERYBODY)
@kept
def package(code: str) -> str | Response | tuple[str, int]:
    """One package, with its estimate explained line by line."""
    try:
        found = live_package(code)
    except Gone as gone:
        return _gone(gone, code)
    masters, scheme = vocabulary(), pricing.scheme()
    estimate = pricing.estimate_package(found.content, scheme)
    content = found.content
    products = public_lists.live_product_codes(
        found.organisation_id, [item["product_code"] for item in content["items"]]
    )
    now_open, upcoming = application_window()
    return render_template(
        "public/package.html",
        package=content,
        published=found,
        scheme_name=scheme.name,
        estimate=estimate,
        panel=money.panel(
            estimate, scheme, content["second_year_yen"], incomplete=content["second_year_incomplete"]
        ),
        lines=_lines(content, estimate),
        functions=cards.functions(content["functions"], masters),
        industries=industry_words(content["industries"], masters),
        products=_products(content, products, masters),
        vendor_lines=cards.vendor_lines(content),
        versions=_versions(public_lists.versions(found)[:MOST_VERSIONS], masters),
        now_open=now_open,
        upcoming=upcoming,
    )


@blueprint.get("/vendors/<number>/products/<code>")
@allow(Open.EVERYBODY)
@kept
def product(number: str, code: str) -> str | Response | tuple[str, int]:
    """One product, and the packages it is part of."""
    try:
        found = live_product(number, code)
    except Gone as gone:
        return _gone(gone, code)
    masters, scheme = vocabulary(), pricing.scheme()
    content = found.content
    kind = scheme.cost_kinds.get(content["cost_kind"])
    return render_template(
        "public/product.html",
        product=content,
        published=found,
        cost_kind=cost_kind_words(content["cost_kind"], masters),
        counts=kind,
        billing=billing_words(content["billing_period"], content["billing_unit"]),
        functions=cards.functions(content["functions"], masters),
        vendor_lines=cards.vendor_lines(content),
        packages=[
            cards.from_publication(each, scheme, masters)
            for each in public_lists.packages_with(found.organisation_id, found.code)
        ],
    )


def _gone(gone: Gone, code: str) -> tuple[str, int]:
    withdrawn = {"name": code, "at": gone.withdrawn_at, "reason": gone.reason}
    return problems.page(gone.status, gone.findings, withdrawn=withdrawn)


def _lines(content: dict[str, Any], estimate: Estimate) -> list[dict[str, Any]]:
    """The price table: each item with its billing in words beside what became of it in the estimate."""
    return [
        {
            "label": line.label,
            "kind": _kind(item, line.kind_label),
            "amount_yen": line.amount_yen,
            "counted_yen": line.counted_yen,
            "reason": line.reason,
            "clause": line.clause,
        }
        for item, line in zip(content["items"], estimate.lines, strict=True)
    ]


def _kind(item: dict[str, Any], label: Text) -> Text:
    """クラウド利用料・月額（1店舗） 10,000円 × 2 × 12か月."""
    billing = billing_words(item["billing_period"], item["billing_unit"])
    price, quantity = item["unit_price_yen"], item["quantity"]
    times = f" × {quantity:,}" if quantity != 1 else ""
    periods = item["amount_yen"] // (price * quantity) if price * quantity else 1
    span = _SPANS.get(item["billing_period"])
    for_ja = f" × {periods}{span.ja}" if span and periods > 1 else ""
    for_en = f" × {periods} {span.en}" if span and periods > 1 else ""
    return Text(
        f"{label.ja}・{billing.ja} {price:,}円{times}{for_ja}",
        f"{label.en} · {billing.en} ¥{price:,}{times}{for_en}",
    )


def _products(content: dict[str, Any], live: frozenset[str], masters: Masters) -> list[dict[str, Any]]:
    number = content["vendor"]["number"]
    return [
        {
            "name": item["name"],
            "description": item["description"],
            "functions": cards.functions(item["functions"], masters),
            "href": url_for("public.product", number=number, code=item["product_code"])
            if item["product_code"] in live
            else None,
        }
        for item in content["items"]
    ]


def _versions(published: list[Published], masters: Masters) -> list[Version]:
    """Newest first, each compared with the one before it."""
    older = [*published[1:], None]
    return [
        Version(
            each.number,
            each.published_at,
            before is None,
            differences(before.content, each.content, masters) if before else (),
        )
        for each, before in zip(published, older, strict=True)
    ]
