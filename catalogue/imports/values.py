"""What people write into cells, as values: yen, counts, codes, lists. Pure; whole yen, never a float."""

from __future__ import annotations

import re
from typing import Final

from tenants.errors import Finding
from tenants.one_form import in_one_form
from tenants.text import Text

CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_INTEGER: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)")
_YEN: Final = re.compile(
    rf"(?P<minus>[-−▲△]?)[¥\\]?(?P<minus2>[-−]?)(?P<whole>{_INTEGER.pattern})(?P<part>\.[0-9]+)?円?"
)
_SEPARATORS: Final = re.compile(r"[;；、，,\n\r]+")
_ITEM: Final = re.compile(r"(?P<code>.+?)[×✕✖╳xX*](?P<quantity>[0-9][0-9,]*)")
MOST_DIGITS: Final = 18


def plain(written: str) -> str:
    """Full-width letters and digits in half width, spaces gone."""
    return "".join(in_one_form(written).split())


def split_list(written: str) -> list[str]:
    """The entries of a list, parted by ; ； 、 , or a line break; empty ones are left out."""
    return [entry.strip() for entry in _SEPARATORS.split(written) if entry.strip()]


def parse_yen(written: str, column: str, *, most: int) -> int | Finding:
    """Whole yen from 0 to most: ``３００，０００``, ``￥150,000``, ``118,800円``; otherwise what is wrong."""
    text = plain(written)
    if not text:
        return missing(column, Text("金額を入力してください（無料なら0）。", "Enter an amount (0 if it is free)."))
    match = _YEN.fullmatch(text)
    if match is None:
        return Finding(
            "not_an_amount",
            Text(f"「{_short(written)}」は金額として読めません。", f"{_short(written)!r} is not an amount."),
            Text("円の整数で入力してください（例：118,800）。", "Enter whole yen, such as 118,800."),
            column,
        )
    if (match["part"] or "").strip(".0"):
        return Finding(
            "not_whole_yen",
            Text(f"「{_short(written)}」に1円未満の端数があります。", f"{_short(written)!r} is not whole yen."),
            Text("円未満を切り捨てるなどして、整数にしてください。", "Make it a whole number of yen."),
            column,
        )
    digits = match["whole"].replace(",", "").lstrip("0") or "0"
    if len(digits) > MOST_DIGITS or int(digits) > most:
        return Finding(
            "price_too_large",
            Text(
                f"「{_short(written)}」は大きすぎます（{most:,}円まで）。",
                f"{_short(written)!r} is more than {most:,} yen.",
            ),
            Text("けた数を確かめてください。", "Check the number of digits."),
            column,
        )
    if (match["minus"] or match["minus2"]) and digits != "0":
        return Finding(
            "negative_price",
            Text(
                f"価格が0円より小さくなっています（{_short(written)}）。",
                f"The price is negative ({_short(written)}).",
            ),
            Text("0円以上の金額にしてください。", "Enter 0 yen or more."),
            column,
        )
    return int(digits)


def parse_count(written: str, column: str, *, least: int, most: int) -> int | Finding:
    """A whole number in the range (``１２``, ``12か月``); otherwise what is wrong."""
    text = re.sub(r"(か月|ヶ月|カ月|ヵ月|ケ月|月)$", "", plain(written))
    if not text:
        return missing(
            column, Text(f"{least}〜{most}の整数を入力してください。", f"Enter a number from {least} to {most}.")
        )
    digits = text.replace(",", "").lstrip("0") or "0"
    if _INTEGER.fullmatch(text) and len(digits) <= MOST_DIGITS and least <= int(digits) <= most:
        return int(digits)
    return Finding(
        "not_in_range",
        Text(
            f"「{_short(written)}」は{least}以上{most:,}以下の整数ではありません。",
            f"{_short(written)!r} is not a whole number from {least} to {most:,}.",
        ),
        Text(f"{least}から{most:,}までの整数にしてください。", f"Enter a whole number from {least} to {most:,}."),
        column,
    )


def parse_code(written: str, column: str) -> str | Finding:
    """A product's or package's code; otherwise what is wrong."""
    text = plain(written)
    if not text:
        return missing(column, Text("コードを付けてください（例：A-001）。", "Give it a code, such as A-001."))
    if CODE.fullmatch(text):
        return text
    return Finding(
        "malformed_code",
        Text(
            f"コード「{_short(written)}」に使えない文字があるか、長すぎます。",
            f"{_short(written)!r} cannot be a code.",
        ),
        Text(
            "英字・数字・ハイフン・下線で40文字までにしてください（例：A-001）。",
            "Use up to 40 letters, digits, hyphens and underscores, such as A-001.",
        ),
        column,
    )


def parse_name(written: str, column: str, *, most: int) -> str | Finding:
    """A name of 1 to most characters; otherwise what is wrong."""
    if not written:
        return missing(column, Text(f"{column}を入力してください。", "Enter the name."))
    if len(written) > most:
        return too_long(written, column, most)
    return written


def parse_items(written: str, column: str, *, most: int) -> tuple[tuple[tuple[str, int], ...], list[Finding]]:
    """``A-001×1;B×2`` as (code, quantity) pairs in order, and what is wrong with the others."""
    items: dict[str, int] = {}
    findings: list[Finding] = []
    for entry in split_list(re.sub(r"(?<=[0-9])[,，](?=[0-9]{3}(?![0-9]))", "", written)):
        match = _ITEM.fullmatch(plain(entry))
        code = match["code"] if match else ""
        quantity = int(match["quantity"].replace(",", "")) if match and len(match["quantity"]) <= 9 else 0
        if not CODE.fullmatch(code):
            findings.append(_malformed_item(entry, column))
        elif not 1 <= quantity <= most:
            findings.append(_bad_quantity(entry, column, most))
        elif code in items:
            findings.append(_repeated_item(code, column))
        else:
            items[code] = quantity
    return tuple(items.items()), findings


def _malformed_item(entry: str, column: str) -> Finding:
    return Finding(
        "malformed_item",
        Text(
            f"「{_short(entry)}」は「製品コード×数量」の形になっていません。",
            f"{_short(entry)!r} does not read “product code×quantity”.",
        ),
        Text(
            "「A-001×1;B-002×2」のように、製品コードと数量を×でつないでください。",
            "Join code and quantity with ×, as in A-001×1;B-002×2.",
        ),
        column,
    )


def _bad_quantity(entry: str, column: str, most: int) -> Finding:
    return Finding(
        "bad_quantity",
        Text(
            f"「{_short(entry)}」の数量が正しくありません。", f"The quantity of {_short(entry)!r} is out of range."
        ),
        Text(f"数量は1から{most:,}までにしてください。", f"A quantity is from 1 to {most:,}."),
        column,
    )


def _repeated_item(code: str, column: str) -> Finding:
    return Finding(
        "duplicate_item",
        Text(f"製品「{code}」が2回書かれています。", f"The product {code!r} is named twice."),
        Text("1つにまとめ、数量を合計してください。", "Name it once with the total quantity."),
        column,
    )


def missing(column: str, remedy: Text) -> Finding:
    """The cell is empty and must not be."""
    return Finding("missing_value", Text(f"{column}がありません。", f"{column} is empty."), remedy, column)


def too_long(written: str, column: str, most: int) -> Finding:
    """The text is longer than so many characters."""
    return Finding(
        "too_long",
        Text(
            f"{column}が{len(written)}文字あります（{most}文字まで）。",
            f"{len(written)} characters (at most {most}).",
        ),
        Text(f"{most}文字以内に短くしてください。", f"Shorten it to {most} characters."),
        column,
    )


def _short(written: str) -> str:
    return written if len(written) <= 40 else written[:40] + "…"
