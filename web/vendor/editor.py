"""The forms for one product or package. What they send is judged like a row of an import file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import editing, listing_detail, masters
from catalogue.effects import effect_of
from catalogue.imports import layouts as columns
from catalogue.listing_detail import Detail
from catalogue.listings import Kind
from catalogue.pricing_units import PERIODS
from catalogue.traits import KINDS
from catalogue.vocabulary import CATEGORIES
from tenants.errors import BadInput, Finding
from tenants.permissions import Permission
from web import lists
from web.fields import by_field
from web.guard import allow
from web.vendor.blueprint import blueprint
from web.vendor.listings import LISTS, kind_of
from web.words import t

FIELDS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "product": {
        "code": columns.PRODUCT_CODE,
        "name": columns.PRODUCT_NAME,
        "name_kana": columns.PRODUCT_KANA,
        "cost_kind": columns.COST_KIND,
        "standard_price_yen": columns.STANDARD_PRICE,
        "minimum_price_yen": columns.MINIMUM_PRICE,
        "description": columns.DESCRIPTION,
        "functions": columns.FUNCTIONS,
        "billing_period": columns.BILLING,
    },
    "package": {
        "code": columns.PACKAGE_CODE,
        "name": columns.PACKAGE_NAME,
        "cloud_months": columns.MONTHS,
        "description": columns.DESCRIPTION,
        "industries": columns.INDUSTRIES,
        "item": columns.ITEMS,
        **columns.TRAITS,
        **{f"effect_{name}": column for name, column in columns.EFFECT.items()},
    },
}
BLANK_ROWS: Final = 3
MORE_ROWS: Final = 5
MOST_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form: single values, ticked codes, items, the version that is edited, and ticked traits."""

    values: Mapping[str, Any]
    ticked: tuple[str, ...]
    items: tuple[tuple[str, str], ...]
    version: int | None
    traits: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _blank(kind: Kind) -> Entered:
    values = {"billing_period": "monthly"} if kind == "product" else {"cloud_months": "12"}
    return Entered(values, (), (("", ""),) * BLANK_ROWS, None)


def _of_detail(detail: Detail) -> Entered:
    effect = {f"effect_{name}": value for name, value in effect_of(detail.content).items()}
    content = dict(detail.content) | {"minimum_price_yen": detail.minimum_price_yen} | effect
    items = tuple((item["product_code"], str(item["quantity"])) for item in content.get("items", ()))
    ticked = content["functions"] if detail.row.kind == "product" else content["industries"]
    blank = (("", ""),) * BLANK_ROWS
    return Entered(content, tuple(ticked), (*items, *blank), detail.row.version, content.get("traits", {}))


def _of_form(kind: Kind, *, new: bool) -> Entered:
    form = request.form
    names = [*FIELDS[kind], "billing_unit"]
    products, quantities = form.getlist("item_product"), form.getlist("item_quantity")
    return Entered(
        {name: form.get(name, "") for name in names},
        tuple(form.getlist("functions" if kind == "product" else "industries")),
        tuple(zip(products, quantities, strict=False))[:MOST_ROWS],
        None if new else lists.read_version(),
        {name: form.getlist(name) for name in columns.TRAITS},
    )


def _cells(kind: Kind, entered: Entered) -> dict[str, str]:
    """The form as a row of the import file."""
    cells = {column: str(entered.values.get(name, "")) for name, column in FIELDS[kind].items()}
    if kind == "product":
        period = PERIODS.get(entered.values["billing_period"])
        unit = entered.values["billing_unit"].strip()
        cells[columns.BILLING] = "/".join(filter(None, (period.ja if period else "", unit)))
        cells[columns.FUNCTIONS] = ";".join(entered.ticked)
    else:
        cells[columns.INDUSTRIES] = ";".join(entered.ticked)
        cells |= {column: ";".join(entered.traits.get(name, ())) for name, column in columns.TRAITS.items()}
        filled = [(code, quantity.strip()) for code, quantity in entered.items if code or quantity.strip()]
        cells[columns.ITEMS] = ";".join(f"{code}×{quantity or 1}" for code, quantity in filled)
    return cells


def _page(kind: Kind, entered: Entered, *, code: str | None, error: BadInput | None = None) -> str:
    names = {column: name for name, column in FIELDS[kind].items()}
    found = error.findings if error else ()
    findings = tuple(_at_field(finding, names) for finding in found)
    return render_template(
        f"vendor/edit_{kind}.html",
        kind=kind,
        entered=entered,
        value=entered.values,
        code=code,
        errors=by_field(findings),
        findings=findings,
        masters=masters.vocabulary(),
        categories=CATEGORIES,
        trait_kinds=KINDS,
        periods=list(PERIODS.items()),
        products=editing.product_choices() if kind == "package" else (),
        list_address=url_for(LISTS[kind]),
        plural=f"{kind}s",
    )


def _at_field(finding: Finding, names: Mapping[str, str]) -> Finding:
    """The finding beside the form's field instead of the file's column."""
    return replace(finding, field=names.get(finding.field or ""))


@blueprint.get("/new-<any(product, package):kind>")
@allow(Permission.EDIT_LISTINGS)
def new_listing(kind: str) -> str:
    """An empty form."""
    which = lists.kind_of(kind)
    return _page(which, _blank(which), code=None)


@blueprint.post("/new-<any(product, package):kind>")
@allow(Permission.EDIT_LISTINGS)
def create_listing(kind: str) -> Response | str | tuple[str, int]:
    """Register what was entered as a draft."""
    return _save(lists.kind_of(kind), code=None)


@blueprint.get("/<any(products, packages):plural>/<code>/edit")
@allow(Permission.EDIT_LISTINGS)
def edit_listing(plural: str, code: str) -> str:
    """The form with what is registered."""
    kind = kind_of(plural)
    return _page(kind, _of_detail(listing_detail.by_code(kind, code)), code=code)


@blueprint.post("/<any(products, packages):plural>/<code>/edit")
@allow(Permission.EDIT_LISTINGS)
def change_listing(plural: str, code: str) -> Response | str | tuple[str, int]:
    """Save the change; what is public stays until the change is published."""
    return _save(kind_of(plural), code=code)


def _save(kind: Kind, *, code: str | None) -> Response | str | tuple[str, int]:
    entered = _of_form(kind, new=code is None)
    if code is not None:
        entered = replace(entered, values={**entered.values, "code": code})
    if "more" in request.form:
        wider = replace(entered, items=(*entered.items, *((("", ""),) * MORE_ROWS))[:MOST_ROWS])
        return _page(kind, wider, code=code)
    try:
        saved, action = editing.save(kind, _cells(kind, entered), read_version=entered.version)
    except BadInput as error:
        return _page(kind, entered, code=code, error=error), error.status
    if action == "unchanged":
        flash(t("変更はありませんでした。", "Nothing was different."), "info")
    else:
        flash(
            t(
                "下書きを保存しました。公開するには提出してください。",
                "The draft is saved; submit it to have it published.",
            ),
            "success",
        )
    return redirect(url_for("vendor.listing", plural=f"{kind}s", code=saved))
