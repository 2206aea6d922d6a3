"""A quote as pages and paper show it, alike for the business and the vendor."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from catalogue.differences import billing_words, cost_kind_words
from catalogue.masters import vocabulary
from marketplace.quotes import queries
from marketplace.quotes.queries import QuoteView
from tenants import clock
from tenants.notices.facts import in_words
from tenants.text import Text
from web.pdf import answers
from web.pdf.typesetting import Letter, letter


def lines(view: QuoteView) -> list[dict[str, Any]]:
    """The lines: kind in words, months, what one unit costs and for how long, beside its standard price."""
    masters = vocabulary()
    return [
        {
            "name": item["name"],
            "kind": cost_kind_words(item["cost_kind"], masters),
            "months": item["months"],
            "unit_price_yen": item["unit_price_yen"],
            "standard_price_yen": item["standard_price_yen"],
            "quantity": item["quantity"],
            "billing": billing_words(item["billing_period"], item["billing_unit"]),
            "amount_yen": item["amount_yen"],
        }
        for item in view.content["package"]["items"]
    ]


def scheme_name(view: QuoteView) -> Text | None:
    """The scheme's version that was in use when it was made; None for quotes of before that was kept."""
    kept = view.content.get("scheme")
    if kept is None:
        return None
    name, version = Text(**kept["name"]), kept["version"]
    return Text(f"{name.ja}（第{version}版）", f"{name.en}, version {version}")


def changed(view: QuoteView) -> Text:
    """That another scheme is in use by now, where one is."""
    if view.in_use is None:
        return Text("", "")
    name, version = view.in_use.name, view.in_use.version
    return Text(
        f"見積書の作成後に、使われる補助制度が「{name.ja}」（第{version}版）に変わりました。申請では、こちらで計算します。",
        f"Since it was made another scheme came in use: {name.en}, version {version}. An application is reckoned by that.",
    )


def paper(quote_id: uuid.UUID) -> Response:
    """The quote as PDF."""
    view = queries.quote(quote_id)
    card = view.card
    return answers.send(on_paper(view), f"見積書_{card.number}_第{card.edition}版")


def on_paper(view: QuoteView) -> Letter:
    """The letter of one version. It is written in Japanese, for whoever reads it."""
    card, content = view.card, view.content
    written_at = card.sent_at or card.updated_at
    vendor = content["package"]["vendor"]
    return letter(
        "quote",
        title=f"見積書 {card.number}（第{card.edition}版）",
        author=card.vendor_name,
        written_at=written_at,
        content={
            "number": f"{card.number}（第{card.edition}版）",
            "replaces": f"第{card.edition - 1}版に代わる見積書です。" if card.edition > 1 else "",
            "draft": card.sent_at is None,
            "issued_on": in_words(written_at.astimezone(clock.JAPAN).date()).ja,
            "valid_until": in_words(card.valid_until).ja,
            "recipient": view.recipient or "お問い合わせの事業者",
            "subject": content["subject"],
            "vendor": {
                "name": card.vendor_name,
                "lines": [vendor["prefecture"], f"法人番号 {vendor['number']}"],
            },
            "package": {"name": card.package_name, "code": card.package_code},
            "scheme": scheme_name(view).ja if scheme_name(view) else "",
            "lines": [
                {
                    "name": line["name"],
                    "kind": line["kind"].ja,
                    "months": f"{line['months']}か月" if line["months"] else "—",
                    "unit_yen": line["unit_price_yen"],
                    "billing": line["billing"].ja,
                    "quantity": line["quantity"],
                    "amount_yen": line["amount_yen"],
                }
                for line in lines(view)
            ],
            "sums": [
                ["小計（税抜）", content["total_yen"]],
                [f"消費税（{content['tax_percent']}%）", content["tax_yen"]],
                ["合計（税込）", content["with_tax_yen"]],
            ],
            "with_tax_yen": content["with_tax_yen"],
            "note": content["note"],
            "remarks": [
                "単価は、事務局が承認して公開した価格の範囲内です。",
                "交付決定の前に契約・発注・支払いをすると、補助の対象になりません。",
                "有効期限を過ぎると、この見積もりは承諾できません。",
                *([changed(view).ja] if view.in_use else []),
            ],
        },
    )
