"""A package, a product: what it does for the shop, what it costs, what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import effects, public_lists
from catalogue.differences import Change, billing_words, cost_kind_words, differences, industry_words
from catalogue.publications import Gone, Published, live_package, live_product
from catalogue.vocabulary import Masters
from marketplace import pricing
from marketplace.applicants import RESULTS, Profile, readers_profile
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.scheme import Scheme
from marketplace.variants import MOST_QUANTITY, in_quantities, may_be_left_out
from tenants.errors import BadInput, Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web import condition_answers, problems
from web.fields import by_field
from web.guard import Open, allow
from web.kept_pages import kept
from web.listing_facts import trait_facts
from web.public import cards, money, other_schemes
from web.public.blueprint import blueprint, todays
from web.public.later import ask_href, later_href

MOST_VERSIONS: Final = 20
LEFT_OUT: Final = Text("この見積りでは外しています。", "Left out of this estimate.")
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
    now, facts = todays(), readers_profile()
    masters, chosen = now.words, other_schemes.chosen(found.content, now.scheme)
    scheme = chosen.scheme
    content, wrong_quantities = _as_asked(found.content)
    answers = _answers(scheme, None if chosen.other else facts)
    findings = (*wrong_quantities, *condition_answers.faults(answers), *chosen.findings)
    told = pricing.Told(facts.business_size if facts else "sme", condition_answers.said(answers))
    estimate = pricing.estimate_package(content, scheme, told)
    products = public_lists.live_product_codes(
        found.organisation_id, [item["product_code"] for item in content["items"]]
    )
    applications = [each for each in now.rounds if each.kind == "grant_application"]
    page = render_template(
        "public/package.html",
        later_href=later_href(found.code),
        ask_href=ask_href(found.code),
        package=content,
        published=found,
        changed=content["items"] != found.content["items"],
        findings=findings,
        errors=by_field(findings),
        questions=scheme.conditions,
        chosen=chosen,
        answers=answers,
        carried=_carried(),
        scheme_name=scheme.name,
        estimate=estimate,
        panel=money.panel(
            estimate, scheme, content["second_year_yen"], incomplete=content["second_year_incomplete"]
        ),
        lines=_lines(content, estimate),
        quantities=_quantities(found.content, content, findings),
        most_quantity=MOST_QUANTITY,
        outlay=now.outlay(content, estimate),
        reader=_reader(facts, content),
        functions=cards.functions(content["functions"], masters),
        industries=industry_words(content["industries"], masters),
        traits=trait_facts(content, masters),
        effect=effects.facts(effects.effect_of(content)),
        products=_products(content, products, masters),
        vendor_lines=cards.vendor_lines(content),
        versions=_versions(public_lists.versions(found)[:MOST_VERSIONS], masters),
        now_open=next((each for each in applications if each.is_open(now.at)), None),
        upcoming=next((each for each in applications if each.opens_at > now.at), None),
    )
    return (page, 422) if findings else page


def _as_asked(content: dict[str, Any]) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The content in the quantities that the address asks for; as published, with what is wrong, when it cannot be."""
    names = [f"quantity-{at}" for at in range(len(content["items"]))]
    written = [request.args.get(name, "").strip() for name in names]
    # What is no number is out of every range, so it is refused with the same words.
    wanted = [None if not each else (-1 if (n := whole_number(each)) is None else n) for each in written]
    try:
        return in_quantities(content, wanted), ()
    except BadInput as error:
        return content, error.findings


def _answers(scheme: Scheme, facts: Profile | None) -> dict[str, str]:
    """What the reader has saved, and in its place what the address says, by the codes of the scheme's questions.

    facts: what was saved is of the scheme in use, so None under another.
    """
    saved = facts.conditions if facts else {}
    known = {code: "yes" if saved[code] else "no" for code in scheme.conditions if code in saved}
    return known | condition_answers.typed(request.args, scheme.conditions)


def _carried() -> dict[str, list[tuple[str, str]]]:
    """What the address says beside each of the page's two forms, so that neither forgets the other."""
    shown = [(name, value[:40]) for name, value in request.args.items()]
    return {
        "quantities": [each for each in shown if each[0].startswith("quantity-")],
        "conditions": [
            each for each in shown if each[0].startswith("condition-") or each[0] == other_schemes.FIELD
        ],
    }


def _quantities(
    published: dict[str, Any], content: dict[str, Any], findings: tuple[Finding, ...]
) -> list[dict[str, Any]]:
    """The form's fields: one for each item, with what was typed when it cannot be used."""
    errors = by_field(findings)
    return [
        {
            "name": f"quantity-{at}",
            "label": f"{item['name']}（{item['billing_unit']}）" if item["billing_unit"] else item["name"],
            "value": request.args.get(f"quantity-{at}", "")[:20] if errors else str(now["quantity"]),
            "published": item["quantity"],
            "optional": may_be_left_out(item),
            "errors": errors.get(f"quantity-{at}"),
        }
        for at, (item, now) in enumerate(zip(published["items"], content["items"], strict=True))
    ]


def _reader(facts: Profile | None, content: dict[str, Any]) -> dict[str, Any] | None:
    """What the signed-in shop's own facts say about this package; None for everybody else."""
    if facts is None:
        return None
    return {
        "result": facts.result,
        "words": RESULTS[facts.result],
        "industry": facts.industry_label,
        "served": not content["restricted"] or facts.industry in content["industries"],
        "checked_on": facts.checked_on,
    }


@blueprint.get("/vendors/<number>/products/<code>")
@allow(Open.EVERYBODY)
@kept
def product(number: str, code: str) -> str | Response | tuple[str, int]:
    """One product, and the packages it is part of."""
    try:
        found = live_product(number, code)
    except Gone as gone:
        return _gone(gone, code)
    now, facts = todays(), readers_profile()
    content = found.content
    kind = now.scheme.cost_kinds.get(content["cost_kind"])
    return render_template(
        "public/product.html",
        product=content,
        published=found,
        cost_kind=cost_kind_words(content["cost_kind"], now.words),
        counts=kind,
        billing=billing_words(content["billing_period"], content["billing_unit"]),
        functions=cards.functions(content["functions"], now.words),
        vendor_lines=cards.vendor_lines(content),
        packages=[
            cards.from_publication(each, now, facts)
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
            "reason": line.reason if item["quantity"] else LEFT_OUT,
            "clause": line.clause if item["quantity"] else "",
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
