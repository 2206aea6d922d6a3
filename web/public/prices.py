"""From an amount back to a price, on the page of how the subsidy works."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from catalogue.masters import vocabulary
from marketplace.subsidy.inverse import Asked, Price, least_own_cost, price_for
from marketplace.subsidy.lines import MOST_YEN
from marketplace.subsidy.scheme import Scheme
from tenants.errors import BadInput, Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number

_LONGEST: Final = 30
_QUESTIONS: Final[Mapping[str, tuple[Text, Callable[[Asked, int], Price]]]] = {
    "subsidy": (Text("ほしい補助額に届く費用", "Cost that brings the subsidy you want"), price_for),
    "price": (Text("自己負担がいちばん少ない費用", "Cost at which you pay least yourself"), least_own_cost),
}


class Row(NamedTuple):
    """A price with what it is; reason: why it is this one, for what was asked."""

    label: Text
    price: Price
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """What the page shows. typed: by question, as the findings' fields.

    tiers: whether caps rise with functions or processes; then these are the prices of a package that has them all.
    """

    typed: Mapping[str, str]
    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]
    tiers: bool


def prices(scheme: Scheme, typed: Mapping[str, str]) -> Prices:
    """Where the subsidy begins and ends to rise, and what was asked for; for one eligible cost of the first kind."""
    asked = Asked(
        scheme, scheme.segments[0].kinds[0], functions=frozenset(each.code for each in vocabulary().functions)
    )
    written = {name: typed.get(name, "").strip()[:_LONGEST] for name in _QUESTIONS}
    rows, findings = [*_ends(asked)], []
    for name, (label, answer) in _QUESTIONS.items():
        if written[name]:
            try:
                price = answer(asked, _yen(written[name]))
                rows.append(Row(label, price, price.reason))
            except BadInput as error:
                findings += [replace(each, field=name) for each in error.findings]
    return Prices(written, tuple(findings), tuple(rows), tiers=len(scheme.steps) > 2)


def _ends(asked: Asked) -> Iterator[Row]:
    """The price at which anything is granted, where that takes a floor, and the one from which no more is."""
    most = asked.at(MOST_YEN).subsidy_yen
    if not most:
        return
    if asked.tariff.floor:
        yield Row(
            Text("補助が出る、いちばん小さい費用", "The smallest cost that is subsidised"), price_for(asked, 1)
        )
    if asked.at(MOST_YEN // 2).subsidy_yen == most:
        label = Text("補助がこれ以上増えなくなる費用", "The cost from which the subsidy rises no more")
        yield Row(label, price_for(asked, most))


def _yen(written: str) -> int:
    """Raises BadInput."""
    number = whole_number(written)
    if number is None:
        raise BadInput(
            Finding(
                "not_an_amount",
                Text("金額を読み取れません。", "This is not an amount."),
                Text("500000 や 50万円 のように入力してください。", "Enter it like 500000."),
            )
        )
    return number
