"""What a quote may hold, and what it comes to. Pure: no database, no clock.

A quote is the published package at other prices: each line is one of its registered products, for one unit not below
the minimum and not above the standard price that were registered with the publication. So a quote estimates, freezes
and is examined like the package itself. Money is whole yen without consumption tax, which stands apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from catalogue.differences import billing_words
from catalogue.price_sheets import MOST_MONTHS, MOST_TOTAL_YEN, Component, price_sheet
from catalogue.vocabulary import Masters
from marketplace.consumption_tax import TaxRate
from tenants.errors import BadInput, Finding
from tenants.hidden import in_lines, on_one_line
from tenants.text import Text

MOST_QUANTITY: Final = 10_000
# Not a rule of the programme: a quote that never ends would say nothing.
MOST_DAYS: Final = 365
SUBJECT_LIMIT: Final = 100
NOTE_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class Offered:
    """One registered product of a publication, and what one unit may be sold for, in yen. billing: for how long and how
    much a price is, as 月額（1店舗）."""

    code: str
    name: str
    minimum_yen: int
    standard_yen: int
    quantity: int
    billing: Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as the vendor writes it. unit_price_yen: for one unit. quantity: 0 leaves the product out."""

    code: str
    unit_price_yen: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The rest of what the vendor writes. cloud_months: months of cloud fees in the price."""

    cloud_months: int
    valid_until: date
    subject: str
    note: str = ""


def offered(package: Mapping[str, Any], minimums: Mapping[str, int]) -> tuple[Offered, ...]:
    """The products of a publication with their ranges; one without a registered minimum is not reduced."""
    return tuple(
        Offered(
            item["product_code"],
            item["name"],
            min(minimums.get(item["product_code"], item["unit_price_yen"]), item["unit_price_yen"]),
            item["unit_price_yen"],
            item["quantity"],
            billing_words(item["billing_period"], item["billing_unit"]),
        )
        for item in package["items"]
    )


def standing(state: str, valid_until: date, today: date) -> str:
    """The state as of today in Japan: what is still on offer after its last day is expired."""
    return "expired" if state == "sent" and today > valid_until else state


def content_of(
    package: Mapping[str, Any],
    minimums: Mapping[str, int],
    lines: Sequence[Wanted],
    terms: Terms,
    *,
    masters: Masters,
    tax: TaxRate,
    scheme: Mapping[str, Any],
    today: date,
) -> dict[str, Any]:
    """What the quote offers: the package's content with these lines, added up, with the tax apart.

    scheme: {id, version, name} of the one in use, which the quote is made under.
    Raises BadInput with one finding for each fault: a price outside its range names the line, the range and why.
    """
    findings = [
        *_line_faults(offered(package, minimums), lines),
        *_left_out(package, lines),
        *_term_faults(terms, today),
    ]
    if findings:
        raise BadInput(*findings)
    wanted = {line.code: line for line in lines if line.quantity}
    items = [item for item in package["items"] if item["product_code"] in wanted]
    sheet = price_sheet(
        (_component(item, wanted[item["product_code"]]) for item in items), terms.cloud_months, masters
    )
    if sheet.total_yen > MOST_TOTAL_YEN:
        raise BadInput(_too_much())
    tax_yen = tax.on(sheet.total_yen)
    return {
        "subject": on_one_line(terms.subject),
        "note": in_lines(terms.note),
        "scheme": dict(scheme),
        "package": dict(package)
        | {
            "cloud_months": terms.cloud_months,
            "items": [
                dict(item)
                | {
                    "unit_price_yen": line.unit_price_yen,
                    "quantity": line.quantity,
                    "months": line.months,
                    "amount_yen": line.amount_yen,
                    "standard_price_yen": item["unit_price_yen"],
                }
                for item, line in zip(items, sheet.lines, strict=True)
            ],
            "total_yen": sheet.total_yen,
            "second_year_yen": sheet.second_year_yen,
            "second_year_incomplete": bool(sheet.without_renewal_price),
        },
        "total_yen": sheet.total_yen,
        "tax_percent": tax.percent,
        "tax_yen": tax_yen,
        "with_tax_yen": sheet.total_yen + tax_yen,
    }


def _component(item: Mapping[str, Any], line: Wanted) -> Component:
    return Component(
        item["product_code"],
        item["name"],
        tuple(item["functions"]),
        item["cost_kind"],
        item["billing_period"],
        item["billing_unit"],
        line.unit_price_yen,
        line.quantity,
    )


def _line_faults(products: Sequence[Offered], lines: Sequence[Wanted]) -> Iterator[Finding]:
    known = {product.code: product for product in products}
    seen: set[str] = set()
    for line in lines:
        product = known.get(line.code)
        if product is None or line.code in seen:
            yield _not_of_the_package(line.code)
            continue
        seen.add(line.code)
        if not 0 <= line.quantity <= MOST_QUANTITY:
            yield _quantity(product)
        if line.quantity and not product.minimum_yen <= line.unit_price_yen <= product.standard_yen:
            yield _price(product, line.unit_price_yen)
    if not any(line.quantity for line in lines):
        yield Finding(
            "no_lines",
            Text("明細が1行もありません。", "There is not one line."),
            Text("数量を1以上にしてください。", "Give a quantity of 1 or more."),
        )


def _left_out(package: Mapping[str, Any], lines: Sequence[Wanted]) -> Iterator[Finding]:
    """Approved was the package: what is left out may not take one of its functions away."""
    there = {line.code for line in lines if line.quantity}
    kept = {code for item in package["items"] if item["product_code"] in there for code in item["functions"]}
    for item in package["items"]:
        lost = [code for code in item["functions"] if code not in kept]
        if item["product_code"] not in there and lost:
            yield Finding(
                "function_left_out",
                Text(
                    f"「{item['name']}」を外すと、承認されたITツールの機能（{'、'.join(lost)}）がなくなります。",
                    f"Without “{item['name']}” the approved package loses functions ({', '.join(lost)}).",
                ),
                Text("数量を1以上にしてください。", "Give a quantity of 1 or more."),
                f"quantity-{item['product_code']}",
            )


def _price(product: Offered, price_yen: int) -> Finding:
    low = price_yen < product.minimum_yen
    return Finding(
        "price_out_of_range",
        Text(
            f"「{product.name}」の単価 {price_yen:,}円は、"
            + ("登録された最低販売価格を下回っています。" if low else "登録された標準販売価格を超えています。"),
            f"The unit price of “{product.name}”, ¥{price_yen:,}, is "
            + ("below its registered minimum." if low else "above its registered standard price."),
        ),
        Text(
            f"{product.minimum_yen:,}円から{product.standard_yen:,}円までにしてください。"
            "補助の対象になるのは、登録して公開された価格の範囲だけです。",
            f"Give ¥{product.minimum_yen:,} to ¥{product.standard_yen:,}: only prices within what was registered and "
            "published can be subsidised.",
        ),
        f"price-{product.code}",
    )


def _quantity(product: Offered) -> Finding:
    return Finding(
        "quantity",
        Text(
            f"「{product.name}」の数量が正しくありません。", f"The quantity of “{product.name}” is not possible."
        ),
        Text(
            f"0（外す）から{MOST_QUANTITY:,}までの整数にしてください。",
            f"Give a whole number from 0 (leave it out) to {MOST_QUANTITY:,}.",
        ),
        f"quantity-{product.code}",
    )


def _not_of_the_package(code: str) -> Finding:
    return Finding(
        "not_of_the_package",
        Text(
            f"製品「{code}」は、公開中のこのITツールに含まれていないか、2回書かれています。",
            f"The product {code!r} is not in this published package, or stands twice.",
        ),
        Text("ITツールに含まれる製品を、1行ずつ書いてください。", "Write each product of the package once."),
    )


def _term_faults(terms: Terms, today: date) -> Iterator[Finding]:
    if not 0 <= terms.cloud_months <= MOST_MONTHS:
        yield Finding(
            "months",
            Text("クラウド利用の月数が正しくありません。", "The months of cloud use are not possible."),
            Text(f"0から{MOST_MONTHS}までにしてください。", f"Give 0 to {MOST_MONTHS}."),
            "cloud_months",
        )
    if not 0 <= (terms.valid_until - today).days <= MOST_DAYS:
        yield Finding(
            "valid_until",
            Text(
                "有効期限が、今日から1年以内の日付ではありません。",
                "The last day is not within a year from today.",
            ),
            Text("今日以降、1年以内の日付にしてください。", "Give a day from today on, within one year."),
            "valid_until",
        )
    if not 1 <= len(on_one_line(terms.subject)) <= SUBJECT_LIMIT:
        yield Finding(
            "subject",
            Text(
                f"件名を1〜{SUBJECT_LIMIT}文字で入力してください。",
                f"Give a subject of 1 to {SUBJECT_LIMIT} characters.",
            ),
            Text("例：予約とレジのパックの導入", "Such as: introducing the bookings package"),
            "subject",
        )
    if len(in_lines(terms.note)) > NOTE_LIMIT:
        yield Finding(
            "note",
            Text(f"備考が長すぎます（{NOTE_LIMIT:,}文字まで）。", f"The note is too long (up to {NOTE_LIMIT:,})."),
            Text("短くまとめるか、メッセージで伝えてください。", "Shorten it, or say it in a message."),
            "note",
        )


def _too_much() -> Finding:
    return Finding(
        "too_much",
        Text("合計が大きすぎます。", "The total is too large."),
        Text("数量と単価を確かめてください。", "Check quantities and prices."),
    )
