"""What a publication holds: everything the public may know of a listing, on the day it was published.

A package: {code, name, description, vendor, industries, restricted, functions, categories, cloud_months, traits,
effect, items, total_yen, second_year_yen, second_year_incomplete, masters}; traits: kind -> codes, of the kinds its vendor
speaks of (publications before traits were asked for have none: read them with traits_of); effect: what the vendor claims it does to the work (catalogue/effects.py); each item: {product_code, name, name_kana,
description, functions, cost_kind, billing_period, billing_unit, unit_price_yen, quantity, months, amount_yen}.
A product: {code, name, name_kana, description, vendor, functions, cost_kind, billing_period, billing_unit,
standard_price_yen, masters}. Money is whole yen without consumption tax. The minimum price stays private.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from catalogue import effects
from catalogue.assessment import assess
from catalogue.models import Package, Product
from catalogue.traits import Traits, stated
from catalogue.vocabulary import Masters
from tenants.models import Organisation


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content in canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def traits_of(content: Mapping[str, Any]) -> Traits:
    """What a package's publication says it is like; nothing for one from before this was asked."""
    return stated(content.get("traits", {}))


def of_listing(row: Product | Package, vendor: Organisation, masters: Masters) -> dict[str, Any]:
    """The snapshot of a product or a package as it stands."""
    about = {
        "code": row.code,
        "name": row.name,
        "description": row.description,
        "vendor": {
            "number": vendor.corporate_number,
            "name": vendor.name,
            "prefecture": vendor.prefecture,
        },
        "masters": {part: version.version for part, version in masters.versions.items()},
    }
    return about | (_package(row, masters) if isinstance(row, Package) else _product(row))


def _product(row: Product) -> dict[str, Any]:
    return {
        "name_kana": row.name_kana,
        "functions": list(row.functions),
        "cost_kind": row.cost_kind,
        "billing_period": row.billing_period,
        "billing_unit": row.billing_unit,
        "standard_price_yen": row.standard_price_yen,
    }


def _package(row: Package, masters: Masters) -> dict[str, Any]:
    judged = assess(row, masters)
    return {
        "industries": list(row.industries),
        "restricted": bool(judged.rules.restriction),
        "functions": list(judged.rules.functions),
        "categories": list(judged.rules.categories),
        "cloud_months": row.cloud_months,
        "effect": effects.stated(row.effect or {}),
        "traits": {kind: list(codes) for kind, codes in stated(row.traits or {}).items()},
        "items": [
            {
                "product_code": line.product_code,
                "name": line.name,
                "name_kana": item.product.name_kana,
                "description": item.product.description,
                "functions": list(item.product.functions),
                "cost_kind": line.cost_kind,
                "billing_period": line.period,
                "billing_unit": line.unit,
                "unit_price_yen": line.unit_price_yen,
                "quantity": line.quantity,
                "months": line.months,
                "amount_yen": line.amount_yen,
            }
            for line, item in zip(judged.prices.lines, row.items, strict=True)
        ],
        "total_yen": judged.prices.total_yen,
        "second_year_yen": judged.prices.second_year_yen,
        "second_year_incomplete": bool(judged.prices.without_renewal_price),
    }
