"""What loading a row would change of what is registered, column by column, in the words of a file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.imports import layouts as columns
from catalogue.imports.rows import Draft, PackageDraft, ProductDraft, VendorDraft
from catalogue.pricing_units import PERIODS, Period
from catalogue.vocabulary import Masters


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that reads otherwise than what is registered; empty text: nothing stands there."""

    column: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        """{column, before, after}."""
        return {"column": self.column, "before": self.before, "after": self.after}


def changes(before: Draft, after: Draft, masters: Masters) -> tuple[Change, ...]:
    """The cells in which two drafts of the same vendor, product or package differ, in the order of the columns."""
    old, new = _cells(before, masters), _cells(after, masters)
    return tuple(Change(column, old[column], new[column]) for column in new if old[column] != new[column])


def _cells(draft: Draft, masters: Masters) -> Mapping[str, str]:
    match draft:
        case VendorDraft():
            return {columns.VENDOR: draft.name, columns.ADDRESS: draft.prefecture + draft.address}
        case ProductDraft():
            return _product(draft, masters)
        case PackageDraft():
            return _package(draft, masters)


def _product(draft: ProductDraft, masters: Masters) -> Mapping[str, str]:
    kind = masters.cost_kind(draft.cost_kind)
    period: Period = draft.period  # type: ignore[assignment]  # drafts are made from billing units only
    return {
        columns.PRODUCT_NAME: draft.name,
        columns.PRODUCT_KANA: draft.name_kana,
        columns.FUNCTIONS: ";".join(draft.functions),
        columns.COST_KIND: kind.name.ja if kind else draft.cost_kind,
        columns.BILLING: "/".join(part for part in (PERIODS[period].ja, draft.unit) if part),
        columns.STANDARD_PRICE: f"{draft.standard_price_yen:,}",
        columns.MINIMUM_PRICE: f"{draft.minimum_price_yen:,}",
        columns.DESCRIPTION: draft.description,
    }


def _package(draft: PackageDraft, masters: Masters) -> Mapping[str, str]:
    industries = [(masters.industry(code), code) for code in draft.industries]
    return {
        columns.PACKAGE_NAME: draft.name,
        columns.ITEMS: ";".join(f"{code}×{quantity}" for code, quantity in draft.items),
        columns.INDUSTRIES: ";".join(known.name.ja if known else code for known, code in industries),
        columns.MONTHS: str(draft.cloud_months),
        columns.DESCRIPTION: draft.description,
        **{column: _traits(draft, kind, masters) for kind, column in columns.TRAITS.items()},
        **{column: str((draft.effect or {}).get(name, "")) for name, column in columns.EFFECT.items()},
    }


def _traits(draft: PackageDraft, kind: str, masters: Masters) -> str:
    codes = draft.traits.get(kind, ())
    return ";".join(row.name.ja for row in masters.traits_of(kind) if row.code in codes)
