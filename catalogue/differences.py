"""What changed between two snapshots of a listing, in words. Pure.

Works on the content of publications (see catalogue/snapshots.py): the same facts the public sees are compared, so
nothing that would change in public can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue import effects
from catalogue.effects import Effect
from catalogue.pricing_units import PERIODS
from catalogue.traits import KINDS
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from tenants.text import Text, same

ALL: Final = Text("全業種", "All industries")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is different. before, after: in words; None where there was or is nothing."""

    field: str
    label: Text
    before: Text | None
    after: Text | None


def yen(amount: int) -> Text:
    """A price in words."""
    return Text(f"{amount:,}円", f"¥{amount:,}")


def function_words(codes: Iterable[str], masters: Masters) -> Text | None:
    """Core functions by name; None when there are none."""
    rows = masters.functions_of(codes)
    if not rows:
        return None
    return Text(
        "、".join(f"{row.code} {row.name.ja}" for row in rows),
        ", ".join(f"{row.code} {row.name.en}" for row in rows),
    )


def industry_words(codes: Iterable[str], masters: Masters) -> Text | None:
    """Target industries by name; None when there are none."""
    listed = list(codes)
    if ALL_INDUSTRIES in listed:
        return ALL
    names = [masters.industry(code) for code in listed]
    words = [found.name if found else same(code) for found, code in zip(names, listed, strict=True)]
    return Text("、".join(word.ja for word in words), ", ".join(word.en for word in words)) if words else None


def cost_kind_words(code: str, masters: Masters) -> Text:
    """A cost kind by name."""
    known = masters.cost_kind(code)
    return known.name if known else same(code)


def billing_words(period: str, unit: str) -> Text:
    """月額（1店舗）."""
    words = next((text for code, text in PERIODS.items() if code == period), same(period))
    return Text(f"{words.ja}（{unit}）", f"{words.en} ({unit})") if unit else words


def _plain(value: Any, _: Masters) -> Text | None:
    return same(str(value)) if value not in (None, "") else None


def _yen(value: Any, _: Masters) -> Text | None:
    return yen(value) if value is not None else None


def _months(value: Any, _: Masters) -> Text | None:
    return Text(f"{value}か月", f"{value} months") if value is not None else None


Words = Callable[[Any, Masters], Text | None]
_FIELDS: Final[Sequence[tuple[str, Text, Words]]] = (
    ("name", Text("名前", "Name"), _plain),
    ("name_kana", Text("フリガナ", "Reading"), _plain),
    ("description", Text("説明", "Description"), _plain),
    ("functions", Text("コア機能", "Core functions"), function_words),
    ("industries", Text("対象業種", "Industries"), industry_words),
    ("cost_kind", Text("費目", "Cost kind"), cost_kind_words),
    ("standard_price_yen", Text("標準販売価格（税抜）", "Standard price (before tax)"), _yen),
    ("cloud_months", Text("クラウド計上月数", "Months of cloud fees"), _months),
    ("total_yen", Text("総額（税抜）", "Total (before tax)"), _yen),
    ("second_year_yen", Text("2年目以降の年間費用", "Yearly cost from year two"), _yen),
)


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], masters: Masters
) -> tuple[Change, ...]:
    """Every fact that differs, in the order of the form; all of ``after`` when there was nothing before."""
    old = before or {}
    changes = [
        Change(key, label, _say(words, old.get(key), masters), _say(words, after.get(key), masters))
        for key, label, words in _FIELDS
        if _differ(key, old, after)
    ]
    changes += _traits(old.get("traits", {}), after.get("traits", {}), masters)
    changes += _effect(effects.effect_of(old), effects.effect_of(after))
    if _billing(old) != _billing(after):
        changes.append(Change("billing", Text("課金単位", "Billing"), _billing(old), _billing(after)))
    return (*changes, *_items(old.get("items", []), after.get("items", [])))


def trait_words(kind: str, codes: Iterable[str], masters: Masters) -> Text | None:
    """Traits of a kind by name; None when there are none."""
    named = {row.code: row.name for row in masters.traits_of(kind)}
    words = [named.get(code, same(code)) for code in codes]
    return Text("、".join(word.ja for word in words), ", ".join(word.en for word in words)) if words else None


def _traits(old: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]], masters: Masters) -> list[Change]:
    return [
        Change(
            kind,
            label,
            trait_words(kind, old.get(kind, ()), masters),
            trait_words(kind, new.get(kind, ()), masters),
        )
        for kind, label in KINDS.items()
        if set(old.get(kind, ())) != set(new.get(kind, ()))
    ]


def _effect(old: Effect, new: Effect) -> list[Change]:
    return [
        Change(f"effect_{name}", label, effects.words(name, old), effects.words(name, new))
        for name, label in effects.NAMES.items()
        if old.get(name) != new.get(name)
    ]


def _differ(key: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = old.get(key), new.get(key)
    if key in ("functions", "industries"):
        return set(before or ()) != set(after or ())
    return (before or None) != (after or None) if not isinstance(after, int) else before != after


def _say(words: Words, value: Any, masters: Masters) -> Text | None:
    return None if value is None else words(value, masters)


def _billing(content: Mapping[str, Any]) -> Text | None:
    if "billing_period" not in content:
        return None
    return billing_words(content["billing_period"], content["billing_unit"])


def _items(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Change]:
    before = {item["product_code"]: item for item in old}
    after = {item["product_code"]: item for item in new}
    return [
        Change(
            f"item:{code}",
            Text(f"構成製品 {code}", f"Product {code}"),
            _item(before.get(code)),
            _item(after.get(code)),
        )
        for code in dict.fromkeys((*after, *before))
        if _item(before.get(code)) != _item(after.get(code))
    ]


def _item(item: Mapping[str, Any] | None) -> Text | None:
    if item is None:
        return None
    billing = billing_words(item["billing_period"], item["billing_unit"])
    price, amount = yen(item["unit_price_yen"]), yen(item["amount_yen"])
    return Text(
        f"{item['name']} × {item['quantity']}、{price.ja}（{billing.ja}）、計{amount.ja}",
        f"{item['name']} × {item['quantity']}, {price.en} ({billing.en}), {amount.en} in all",
    )
