"""A fictional catalogue, the same for the same seed: vendors, their single products, and packages of them.

Pure: it writes nothing. Numbers begin with 9999, which no real corporation has; towns and brands are invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from catalogue.effects import Effect
from catalogue.package_rules import assess_package
from catalogue.price_sheets import Component
from catalogue.traits import Traits
from catalogue.vocabulary import Masters
from tenants.numbers import check_digit
from tenants.organisations import PREFECTURES
from web.demo.effects import effect_of
from web.demo.traits import traits_of

SEED: Final = 2017
_MOST_VENDORS: Final = 4  # times as many as asked for, when some combine into few packages
_EXTRA: Final = 0.45  # how often set-up, training, support and hardware come with a package
_SIZES: Final = {2: "はじめてパック", 3: "標準パック", 4: "充実パック"}


@dataclass(frozen=True, slots=True)
class FictionalVendor:
    """A vendor that does not exist."""

    corporate_number: str
    name: str
    brand: str
    prefecture: str
    address: str


@dataclass(frozen=True, slots=True)
class FictionalProduct:
    """A product; prices in whole yen without tax."""

    code: str
    name: str
    name_kana: str
    description: str
    functions: tuple[str, ...]
    cost_kind: str
    billing_period: str
    billing_unit: str
    standard_price_yen: int
    minimum_price_yen: int


@dataclass(frozen=True, slots=True)
class FictionalPackage:
    """A package of the vendor's products: (product code, quantity)."""

    code: str
    name: str
    description: str
    industries: tuple[str, ...]
    cloud_months: int
    items: tuple[tuple[str, int], ...]
    traits: Traits = field(default_factory=dict)
    effect: Effect = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VendorCatalogue:
    """All that one vendor offers."""

    vendor: FictionalVendor
    products: tuple[FictionalProduct, ...]
    packages: tuple[FictionalPackage, ...]


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "vocabulary.yaml").read_text("utf-8"))
    return words


def _price(chance: random.Random, lowest: int, highest: int) -> int:
    """A price as people set them: rounder the larger it is, often ending in 800."""
    raw = chance.triangular(lowest, highest, lowest + (highest - lowest) // 3)
    step = 10_000 if raw >= 200_000 else 1_000 if raw >= 20_000 else 100
    price = int(raw) // step * step
    return price - 200 if step == 1_000 and chance.random() < 0.4 else price


def _vendor(number: int, chance: random.Random) -> FictionalVendor:
    words = _words()
    brand = words["brands"][number % len(words["brands"])]
    suffix = words["suffixes"][(number // len(words["brands"]) + number) % len(words["suffixes"])]
    prefecture = PREFECTURES[number % len(PREFECTURES)]
    base = f"9999001{number:05d}"
    return FictionalVendor(
        corporate_number=f"{check_digit(base)}{base}",
        name=chance.choice(words["forms"]).format(f"{brand}{suffix}"),
        brand=brand,
        prefecture=prefecture,
        address=f"{prefecture}{words['towns'][prefecture]}{chance.randint(1, 9)}-{chance.randint(1, 20)}",
    )


def _product(
    chance: random.Random, brand: str, code: str, kind: str, template: dict[str, Any], functions: Sequence[str]
) -> FictionalProduct:
    period, unit, lowest, highest = template["billing"]
    price = _price(chance, lowest, highest)
    return FictionalProduct(
        code=code,
        name=f"{brand}{template['name']}",
        name_kana=f"{_katakana(brand)}{template['kana']}",
        description=f"{template['does']}。",
        functions=tuple(functions),
        cost_kind=kind,
        billing_period=period,
        billing_unit=unit,
        standard_price_yen=price,
        minimum_price_yen=price * chance.choice((70, 80, 85, 90, 100)) // 100,
    )


def _katakana(hiragana: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in hiragana)


def _products(chance: random.Random, brand: str, themes: Sequence[dict[str, Any]]) -> list[FictionalProduct]:
    """What the vendor needs for its themes, plus set-up, training, support and sometimes hardware."""
    words = _words()
    wanted: list[str] = []
    for theme in themes:
        wanted += [code for code in theme["functions"] if code not in wanted]
    wanted = sorted(chance.sample(wanted, min(len(wanted), chance.randint(4, 6))))
    made = []
    for position, function in enumerate(wanted, 1):
        template = chance.choice(words["functions"][function])
        made.append(_product(chance, brand, f"P{position:02d}", template["kind"], template, [function]))
    extras = ["setup", "training", "support"] + (["hardware"] if "F4" in wanted else [])
    for position, kind in enumerate(extras, len(wanted) + 1):
        made.append(_product(chance, brand, f"P{position:02d}", kind, words["extras"][kind], []))
    return made


def _package(
    chance: random.Random,
    code: str,
    brand: str,
    theme: dict[str, Any],
    products: Sequence[FictionalProduct],
    masters: Masters,
) -> FictionalPackage | None:
    """A package of this theme that the rules accept; None when this vendor's products make none."""
    fitting = [p for p in products if set(p.functions) & set(theme["functions"])]
    if len(fitting) < 2:
        return None
    chosen = chance.sample(fitting, min(len(fitting), chance.choice((2, 2, 2, 3, 3, 4, 5))))
    functions = {f for p in chosen for f in p.functions}
    industries = tuple(theme["industries"])
    extras = [p for p in products if not p.functions and p.cost_kind != "hardware" and chance.random() < _EXTRA]
    if "F4" in functions and chance.random() < _EXTRA:
        extras += [p for p in products if p.cost_kind == "hardware"]
    stores = chance.choice((1, 1, 1, 2, 3))
    items = [
        (p.code, stores if p.billing_unit.endswith(("店舗", "拠点")) else 1)
        for p in sorted([*chosen, *extras], key=lambda p: p.code)
    ]
    has_fees = any(p.billing_period in ("monthly", "yearly") for p in chosen)
    told = _told(theme, chosen)
    package = FictionalPackage(
        code=code,
        name=f"{brand}{told['title']}{_SIZES.get(len(chosen), 'フルパック')}",
        description=f"{told['gain']}{'、'.join(p.name.removeprefix(brand) for p in chosen)}を組み合わせました。",
        industries=industries,
        cloud_months=chance.choice((12, 12, 12, 24)) if has_fees else 0,
        items=tuple(items),
    )
    components = parts_of(package, products)
    accepted = assess_package(components, industries, package.cloud_months, masters).accepted
    return package if accepted else None


def _told(theme: dict[str, Any], chosen: Sequence[FictionalProduct]) -> dict[str, Any]:
    """The theme's words; its modest ones where it speaks of a product that was not chosen."""
    named = " ".join(product.name for product in chosen)
    there = all(re.search(words, named) for words in theme.get("speaks_of", ()))
    return theme if there else theme | theme["otherwise"]


def _named_apart(
    package: FictionalPackage, own: Sequence[FictionalPackage], products: Sequence[FictionalProduct]
) -> FictionalPackage:
    """A vendor's second package of a name says what is in it, a third one counts."""
    names = {each.name for each in own}
    if package.name not in names:
        return package
    by_code = {product.code: product for product in products}
    contents = [by_code[code].name for code, _ in package.items if by_code[code].functions]
    name = f"{package.name}（{contents[0]}・{contents[-1]}）"
    same = sum(1 for each in names if each.startswith(name))
    return replace(package, name=f"{name}{same + 1}" if same else name)


def parts_of(package: FictionalPackage, products: Sequence[FictionalProduct]) -> list[Component]:
    """The package's items as the rules and the price sheet take them."""
    by_code = {product.code: product for product in products}
    return [
        Component(
            product_code=code,
            name=by_code[code].name,
            functions=by_code[code].functions,
            cost_kind=by_code[code].cost_kind,
            period=by_code[code].billing_period,  # type: ignore[arg-type]  # the vocabulary has no other
            unit=by_code[code].billing_unit,
            unit_price_yen=by_code[code].standard_price_yen,
            quantity=quantity,
        )
        for code, quantity in package.items
    ]


def generate(masters: Masters, *, packages: int, vendors: int, seed: int = SEED) -> Iterator[VendorCatalogue]:
    """Vendor after vendor until there are so many packages, which takes about so many vendors.

    Codes are unique in the programme: D000001 and on. The same arguments give the same catalogue.
    """
    words = _words()
    made = number = 0
    while made < packages and number < vendors * _MOST_VENDORS:
        chance = random.Random(f"{seed}-{number}")  # noqa: S311  (a catalogue, not a secret)
        vendor = _vendor(number, chance)
        themes = [words["themes"][number % len(words["themes"])], *chance.sample(words["themes"], 2)]
        products = _products(chance, vendor.brand, themes)
        share = -(-(packages - made) // max(1, vendors - number))
        own = [
            replace(
                each,
                traits=traits_of(each.code, parts_of(each, products), vendor.prefecture, seed),
                effect=effect_of(each.code, parts_of(each, products), seed),
            )
            for each in _own_packages(chance, vendor.brand, themes, products, masters, first=made + 1, most=share)
        ]
        made += len(own)
        number += 1
        yield VendorCatalogue(vendor, tuple(products), tuple(own))


def _own_packages(
    chance: random.Random,
    brand: str,
    themes: Sequence[dict[str, Any]],
    products: Sequence[FictionalProduct],
    masters: Masters,
    *,
    first: int,
    most: int,
) -> list[FictionalPackage]:
    """Up to so many different packages; fewer when the vendor's products do not combine into more."""
    own: list[FictionalPackage] = []
    for attempt in range(most * 10 + 20):
        if len(own) == most:
            break
        theme = themes[attempt % len(themes)]
        package = _package(chance, f"D{first + len(own):06d}", brand, theme, products, masters)
        if package is not None and package.items not in [each.items for each in own]:
            own.append(_named_apart(package, own, products))
    return own
