"""The rules and the price of a stored package: rows in, the pure rules' answer out."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.models import Package
from catalogue.package_rules import RuleOutcome, assess_package
from catalogue.price_sheets import Component, PriceSheet, price_sheet
from catalogue.vocabulary import Masters
from tenants.errors import Finding


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of a package, and its price sheet."""

    rules: RuleOutcome
    prices: PriceSheet

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong; empty when the package may be registered."""
        return self.rules.findings


def components(package: Package) -> tuple[Component, ...]:
    """The package's items with their products' present facts, in order."""
    return tuple(
        Component(
            product_code=item.product.code,
            name=item.product.name,
            functions=tuple(item.product.functions),
            cost_kind=item.product.cost_kind,
            period=item.product.billing_period,  # type: ignore[arg-type]  # the database allows no other
            unit=item.product.billing_unit,
            unit_price_yen=item.product.standard_price_yen,
            quantity=item.quantity,
        )
        for item in package.items
    )


def assess(package: Package, masters: Masters) -> Assessment:
    """Judge a package as it stands now; its items' products must be loaded."""
    items = components(package)
    return Assessment(
        assess_package(items, package.industries, package.cloud_months, masters),
        price_sheet(items, package.cloud_months, masters),
    )
