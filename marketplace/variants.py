"""A published package in other quantities, and without the services that may be left out. Pure; whole yen.

What was approved and published is one price for one set of quantities. A shop with three tills, or one that wants no
training, asks what that would come to: the unit prices of the publication stay, only the quantities differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from marketplace.subsidy.lines import MOST_YEN
from tenants.errors import BadInput, Finding
from tenants.text import Text

MOST_QUANTITY: Final = 999
_TIMES_A_YEAR: Final = {"monthly": 12, "yearly": 1}


def may_be_left_out(item: Mapping[str, Any]) -> bool:
    """Whether the package is still what was approved without this item: it has no core function."""
    return not item["functions"]


def in_quantities(package: Mapping[str, Any], quantities: Sequence[int | None]) -> dict[str, Any]:
    """The package's content with these quantities.

    quantities: one for each item in its order, None for the published one; 0 leaves a service out.
    Raises BadInput with one finding for each quantity out of range; fields read ``quantity-0``.
    """
    items = package["items"]
    wanted = [
        item["quantity"] if quantity is None else quantity
        for item, quantity in zip(items, quantities, strict=True)
    ]
    findings = [
        *(_out_of_range(at, item) for at, item in enumerate(items) if not _in_range(item, wanted[at])),
    ]
    if findings:
        raise BadInput(*findings)
    changed = [
        {**item, "quantity": quantity, "amount_yen": _amount(item, quantity)}
        for item, quantity in zip(items, wanted, strict=True)
    ]
    total = sum(item["amount_yen"] for item in changed)
    if total > MOST_YEN:
        raise BadInput(_too_much())
    return {
        **package,
        "items": changed,
        "total_yen": total,
        "second_year_yen": sum(_yearly(item) for item in changed),
        "second_year_incomplete": any(
            item["billing_period"] == "first_year" and item["quantity"] for item in changed
        ),
    }


def by_product(package: Mapping[str, Any], quantities: Mapping[str, int]) -> list[int | None]:
    """The same quantities for :func:`in_quantities`, told by the products' codes; what is not there stays as published.

    Raises BadInput with one finding for each code that the package does not have; fields read ``quantities.CODE``.
    """
    codes = [item["product_code"] for item in package["items"]]
    unknown = [code for code in quantities if code not in codes]
    if unknown:
        raise BadInput(*(_not_in_it(code, codes) for code in unknown))
    return [quantities.get(code) for code in codes]


def told_by_product(package: Mapping[str, Any], finding: Finding) -> Finding:
    """A finding of :func:`in_quantities` beside the product's code instead of its place."""
    place = int((finding.field or "").removeprefix("quantity-"))
    return replace(finding, field=f"quantities.{package['items'][place]['product_code']}")


def _not_in_it(code: str, codes: Sequence[str]) -> Finding:
    known = ", ".join(codes)
    return Finding(
        "not_of_the_package",
        Text(f"製品「{code}」は、このITツールに含まれていません。", f"The package has no product {code!r}."),
        Text(f"含まれる製品：{known}", f"Its products: {known}"),
        f"quantities.{code}",
    )


def _least(item: Mapping[str, Any]) -> int:
    return 0 if may_be_left_out(item) else 1


def _in_range(item: Mapping[str, Any], quantity: int) -> bool:
    """What is published is always in range, however many that are."""
    return quantity == item["quantity"] or _least(item) <= quantity <= MOST_QUANTITY


def _amount(item: Mapping[str, Any], quantity: int) -> int:
    """The published amount is quantity times a whole number of yen, so this is exact."""
    return int(item["amount_yen"]) // int(item["quantity"]) * quantity


def _yearly(item: Mapping[str, Any]) -> int:
    """What a later year costs; nothing for what is paid once."""
    times = _TIMES_A_YEAR.get(item["billing_period"], 0)
    return int(item["unit_price_yen"]) * int(item["quantity"]) * times


def _out_of_range(at: int, item: Mapping[str, Any]) -> Finding:
    least = _least(item)
    return Finding(
        "quantity_out_of_range",
        Text(f"「{item['name']}」の数が正しくありません。", f"The quantity of {item['name']!r} is not possible."),
        Text(
            f"{least}から{MOST_QUANTITY}までの整数を入力してください。",
            f"Enter a whole number from {least} to {MOST_QUANTITY}.",
        ),
        f"quantity-{at}",
    )


def _too_much() -> Finding:
    return Finding(
        "total_too_large",
        Text("合計の金額が大きすぎます。", "The total is too large."),
        Text("数を減らしてください。", "Choose smaller quantities."),
        "quantity-0",
    )
