"""The vendor's quotes: the board, drafting, sending, new versions, taking back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.enquiries.queries import enquiry as enquiry_of
from marketplace.quotes import queries, services
from marketplace.quotes.lifecycle import QUOTE
from marketplace.quotes.queries import Form, QuoteView
from marketplace.quotes.rules import Terms, Wanted
from tenants import clock
from tenants.errors import BadInput, Finding, IllegalStep
from tenants.permissions import Permission
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web import quotes as pages
from web.enquiries import Answer
from web.fields import by_field
from web.guard import allow
from web.lists import page_address, page_number, read_version
from web.vendor.blueprint import blueprint
from web.words import t

USUAL_DAYS = 14


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it stands on the page: everything a string. prices, quantities: by product code."""

    prices: Mapping[str, str]
    quantities: Mapping[str, str]
    cloud_months: str
    valid_until: str
    subject: str
    note: str


@blueprint.get("/quotes")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def quotes() -> str:
    """The board by state; ?state= lists one state whole."""
    state = request.args.get("state") or None
    if state:
        return render_template(
            "vendor/quotes_list.html",
            found=queries.quotes(state=state, page=page_number()),
            state=QUOTE.state(state),
            page_address=page_address,
        )
    cards, counts = queries.board()
    return render_template(
        "vendor/quotes.html",
        columns=[
            {
                "state": each,
                "count": counts.get(each.code, 0),
                "rows": [card for card in cards if card.state.code == each.code],
            }
            for each in QUOTE.states
        ],
        total=sum(counts.values()),
    )


@blueprint.get("/quotes/<uuid:quote_id>")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def quote(quote_id: uuid.UUID) -> str:
    """One version with what this vendor may do now."""
    return _page(quote_id)


def _page(quote_id: uuid.UUID, error: BadInput | None = None) -> str:
    view = queries.quote(quote_id)
    findings = error.findings if error else ()
    return render_template(
        "vendor/quote.html",
        view=view,
        card=view.card,
        lines=pages.lines(view),
        findings=findings,
        errors=by_field(findings),
        typed=request.form.get("reason", ""),
    )


@blueprint.get("/quotes/<uuid:quote_id>.pdf")
@allow(Permission.VIEW_VENDOR_APPLICATIONS)
def quote_paper(quote_id: uuid.UUID) -> Response:
    """The quote on paper; a draft says that it is one."""
    return pages.paper(quote_id)


@blueprint.get("/enquiries/<uuid:enquiry_id>/quote")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def new_quote(enquiry_id: uuid.UUID) -> str:
    """The form, at standard prices. ?code= is another package of this vendor than the one that was asked about."""
    form = queries.form(_code(enquiry_id))
    typed = Typed(
        {each.code: str(each.standard_yen) for each in form.offered},
        {each.code: str(each.quantity) for each in form.offered},
        str(form.cloud_months),
        (clock.today() + timedelta(days=USUAL_DAYS)).isoformat(),
        t(f"{form.package_name}の導入", f"Introducing {form.package_name}")[:100],
        "",
    )
    return _form_page(form, typed, enquiry_id=enquiry_id)


def _code(enquiry_id: uuid.UUID) -> str:
    asked = enquiry_of(enquiry_id).card.package_code
    return (request.values.get("code") or asked).strip()[:64]


@blueprint.post("/enquiries/<uuid:enquiry_id>/quote")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def draft_quote(enquiry_id: uuid.UUID) -> Answer:
    """Keep what was entered as a draft; sending is a step of its own."""
    form, typed = queries.form(_code(enquiry_id)), _typed()
    try:
        quote_id = services.draft(enquiry_id, form.package_code, *_entered(form, typed))
    except BadInput as error:
        return _form_page(form, typed, enquiry_id=enquiry_id, error=error), error.status
    flash(t("下書きを保存しました。内容を確かめて送ってください。", "Saved. Look at it, then send it."), "success")
    return redirect(url_for("vendor.quote", quote_id=quote_id))


@blueprint.get("/quotes/<uuid:quote_id>/edit")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def edit_quote(quote_id: uuid.UUID) -> str:
    """The form of a draft, with the prices as they are registered now."""
    view = _draft(quote_id)
    form, items = queries.form_of(quote_id), view.content["package"]["items"]
    prices = {item["product_code"]: str(item["unit_price_yen"]) for item in items}
    quantities = {item["product_code"]: str(item["quantity"]) for item in items}
    typed = Typed(
        {each.code: prices.get(each.code, str(each.standard_yen)) for each in form.offered},
        {each.code: quantities.get(each.code, "0") for each in form.offered},
        str(view.content["package"]["cloud_months"]),
        view.card.valid_until.isoformat(),
        view.content["subject"],
        view.content["note"],
    )
    return _form_page(form, typed, view=view)


@blueprint.post("/quotes/<uuid:quote_id>/edit")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def change_quote(quote_id: uuid.UUID) -> Answer:
    """Save the draft."""
    version = read_version()
    view = _draft(quote_id)
    form, typed = queries.form_of(quote_id), _typed()
    try:
        services.change(quote_id, *_entered(form, typed), read_version=version)
    except BadInput as error:
        return _form_page(form, typed, view=view, error=error), error.status
    flash(t("下書きを保存しました。", "The draft is saved."), "success")
    return redirect(url_for("vendor.quote", quote_id=quote_id))


def _draft(quote_id: uuid.UUID) -> QuoteView:
    view = queries.quote(quote_id)
    if "send" not in view.steps:
        raise IllegalStep(
            Finding(
                "illegal_step",
                Text("送った見積書は変えられません。", "What was sent does not change."),
                Text("変えるときは、新しい版を作成してください。", "Make a new version instead."),
            )
        )
    return view


def _typed() -> Typed:
    form = request.form
    return Typed(
        {name.removeprefix("price-"): form[name] for name in form if name.startswith("price-")},
        {name.removeprefix("quantity-"): form[name] for name in form if name.startswith("quantity-")},
        form.get("cloud_months", ""),
        form.get("valid_until", ""),
        form.get("subject", ""),
        form.get("note", ""),
    )


def _entered(form: Form, typed: Typed) -> tuple[list[Wanted], Terms]:
    """What was typed as the rules take it; BadInput with one finding for each field that is no number or date."""
    findings: list[Finding] = []

    def number(written: str, field: str, name: Text) -> int:
        value = whole_number(written)
        if value is None:
            findings.append(_no_number(field, name))
        return value or 0

    lines = [
        Wanted(
            each.code,
            number(typed.prices.get(each.code, ""), f"price-{each.code}", _of(each.name, "単価", "price")),
            number(
                typed.quantities.get(each.code, ""), f"quantity-{each.code}", _of(each.name, "数量", "quantity")
            ),
        )
        for each in form.offered
    ]
    months = number(typed.cloud_months, "cloud_months", Text("クラウド利用の月数", "Months of cloud use"))
    try:
        valid_until = date.fromisoformat(typed.valid_until.strip())
    except ValueError:
        valid_until = clock.today()
        findings.append(
            Finding(
                "valid_until",
                Text("有効期限が日付として読み取れません。", "The last day is not a date."),
                Text("2026-12-01 のように入力してください。", "Write it like 2026-12-01."),
                "valid_until",
            )
        )
    if findings:
        raise BadInput(*findings)
    return lines, Terms(months, valid_until, typed.subject, typed.note)


def _of(name: str, what_ja: str, what_en: str) -> Text:
    return Text(f"「{name}」の{what_ja}", f"{what_en.capitalize()} of “{name}”")


def _no_number(field: str, name: Text) -> Finding:
    return Finding(
        "no_number",
        Text(f"{name.ja}が数字として読み取れません。", f"{name.en} is not a number."),
        Text("0以上の整数を入力してください。", "Enter a whole number."),
        field,
    )


def _form_page(
    form: Form,
    typed: Typed,
    *,
    enquiry_id: uuid.UUID | None = None,
    view: QuoteView | None = None,
    error: BadInput | None = None,
) -> str:
    findings = error.findings if error else ()
    return render_template(
        "vendor/quote_edit.html",
        form=form,
        typed=typed,
        enquiry=enquiry_of(enquiry_id or view.card.enquiry_id) if enquiry_id or view else None,
        view=view,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/quotes/<uuid:quote_id>/send")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def send_quote(quote_id: uuid.UUID) -> Answer:
    """Send this version to the business."""
    try:
        services.send(quote_id, read_version=read_version())
    except BadInput as error:
        return _page(quote_id, error), error.status
    flash(t("見積書を送りました。", "The quote was sent."), "success")
    return redirect(url_for("vendor.quote", quote_id=quote_id))


@blueprint.post("/quotes/<uuid:quote_id>/discard")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def discard_quote(quote_id: uuid.UUID) -> Response:
    """Throw the draft away."""
    services.discard(quote_id, read_version=read_version())
    flash(t("下書きを破棄しました。", "The draft was thrown away."), "success")
    return redirect(url_for("vendor.quotes"))


@blueprint.post("/quotes/<uuid:quote_id>/revise")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def revise_quote(quote_id: uuid.UUID) -> Response:
    """Begin the next version."""
    return redirect(url_for("vendor.edit_quote", quote_id=services.revise(quote_id)))


@blueprint.post("/quotes/<uuid:quote_id>/withdraw")
@allow(Permission.HANDLE_VENDOR_APPLICATIONS)
def withdraw_quote(quote_id: uuid.UUID) -> Answer:
    """Take back what was sent."""
    try:
        services.withdraw(quote_id, reason=request.form.get("reason", ""), read_version=read_version())
    except BadInput as error:
        return _page(quote_id, error), error.status
    flash(t("見積書を取り下げました。", "The quote was taken back."), "success")
    return redirect(url_for("vendor.quote", quote_id=quote_id))
