"""What was typed into the registration form becomes values, findings and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from marketplace.file_parts import Words
from marketplace.registration.form import ALL, Form, FormField, Section, Typed
from tenants.errors import Finding
from tenants.hidden import in_lines
from tenants.numbers import corporate_number_findings, normalised_number
from tenants.one_form import in_one_form
from tenants.organisations import PREFECTURES, REGIONS
from tenants.text import Text, same

_HYPHENS: Final = re.compile("[‐‑‒–—―−ー]")


_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9() -]{5,19}")


_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


_URL: Final = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?")


_NUMBER: Final = re.compile(r"[0-9]{1,15}")


_SEPARATORS: Final = re.compile(r"[,\s]")


def read(section: Section, typed: Typed) -> dict[str, Any]:
    """What was typed, as it is kept: right values in their own form, wrong ones as they were typed.

    Nothing is lost by being unfinished; findings() tells what is wrong with it.
    """
    return {field.code: _read(field, typed) for field in section.fields}


def _read(field: FormField, typed: Typed) -> Any:
    given = [tidy(value) for value in typed.get(field.code, ())]
    if field.kind == "prefectures":
        given = list(expanded(given))
    if field.kind in ("choices", "prefectures"):
        known = {code for code, _ in field.options}
        return [code for code in dict.fromkeys(given) if code in known]
    if field.kind == "table":
        columns = [typed.get(f"{field.code}.{column.code}", ()) for column in field.columns]
        rows = [
            {
                column.code: _value(column, tidy(cells[position] if position < len(cells) else ""))
                for column, cells in zip(field.columns, columns, strict=True)
            }
            for position in range(max(map(len, columns), default=0))
        ]
        return [row for row in rows if any(value != "" for value in row.values())][: field.rows]
    return _value(field, given[0] if given else "")


def expanded(given: Iterable[str]) -> Iterator[str]:
    """Prefectures, with each of a region's where the region's own box was ticked, and every one for ALL."""
    of_region = {region.code: region.prefectures for region in REGIONS} | {ALL: PREFECTURES}
    for each in given:
        yield from of_region.get(each, (each,))


def tidy(written: str) -> str:
    """Without spaces around it and characters that nobody sees."""
    return in_lines(in_one_form(written, "NFC"))


def _value(field: FormField, written: str) -> Any:
    plain = in_one_form(written).strip()  # "¸" alone becomes a space and a mark
    if field.kind == "number":
        digits = _SEPARATORS.sub("", plain)
        return int(digits) if _NUMBER.fullmatch(digits) else written
    if field.kind == "telephone":
        return _HYPHENS.sub("-", plain)
    if field.kind == "corporate_number":
        return normalised_number(written)
    if field.kind in ("email", "url", "date"):
        return plain
    return written


def findings(section: Section, values: Mapping[str, Any]) -> list[Finding]:
    """All that still keeps this section from being handed in, one finding for each field."""
    found = []
    for field in section.fields:
        if field.is_asked(values):
            wrong = _wrong(field, values.get(field.code))
            found += [replace(each, field=each.field or field.code) for each in wrong]
    return found


def _wrong(field: FormField, value: Any) -> list[Finding]:
    if value in (None, "", []):
        return [_missing(field)] if field.required else []
    if field.kind == "table":
        return _wrong_rows(field, value)
    found = _CHECKS.get(field.kind, _fits)(field, value)
    return [found] if found else []


def _wrong_rows(field: FormField, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    found = []
    for number, row in enumerate(rows, 1):
        for column in field.columns:
            for wrong in _wrong(column, row.get(column.code)):
                message = Text(f"{number}行目：{wrong.message.ja}", f"Row {number}: {wrong.message.en}")
                found.append(replace(wrong, message=message, field=f"{field.code}.{number}.{column.code}"))
    return found


def _missing(field: FormField) -> Finding:
    ja, en = field.label.ja, field.label.en
    if field.kind in ("choice", "choices", "prefectures"):
        remedy = Text("あてはまるものを選んでください。", "Choose what applies.")
        return Finding("missing", Text(f"「{ja}」が選ばれていません。", f"{en}: nothing is chosen."), remedy)
    remedy = Text(f"{ja}を入力してください。", "Please enter it.")
    return Finding("missing", Text(f"「{ja}」が入力されていません。", f"{en} is missing."), remedy)


def _malformed(field: FormField, remedy: Text) -> Finding:
    return Finding(
        "malformed",
        Text(f"「{field.label.ja}」の形が正しくありません。", f"{field.label.en} cannot be read."),
        remedy,
    )


def _fits(field: FormField, value: Any) -> Finding | None:
    length = len(str(value))
    if length <= field.limit:
        return None
    return Finding(
        "too_long",
        Text(
            f"「{field.label.ja}」が長すぎます（{length:,}文字）。", f"{field.label.en} is too long ({length:,})."
        ),
        Text(f"{field.limit:,}文字以内にまとめてください。", f"Keep it within {field.limit:,} characters."),
    )


def _number(field: FormField, value: Any) -> Finding | None:
    if isinstance(value, int) and field.minimum <= value <= field.maximum:
        return None
    if not isinstance(value, int):
        return _malformed(field, Text("数字だけで入力してください。例：1200", "Enter digits only, like 1200."))
    return _malformed(
        field,
        Text(
            f"{field.minimum:,}〜{field.maximum:,}の数字で入力してください。",
            f"Enter a whole number from {field.minimum:,} to {field.maximum:,}.",
        ),
    )


def _date(field: FormField, value: Any) -> Finding | None:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return _malformed(field, Text("例：2001-04-01 のように入力してください。", "Enter it like 2001-04-01."))
    return None


def _telephone(field: FormField, value: Any) -> Finding | None:
    if _TELEPHONE.fullmatch(str(value)):
        return None
    return _malformed(field, Text("例：03-1234-5678 のように入力してください。", "Enter it like 03-1234-5678."))


def _email(field: FormField, value: Any) -> Finding | None:
    if _EMAIL.fullmatch(str(value)):
        return _fits(field, value)
    return _malformed(
        field, Text("例：tantou@example.co.jp のように入力してください。", "Enter it like name@example.co.jp.")
    )


def _url(field: FormField, value: Any) -> Finding | None:
    if _URL.fullmatch(str(value)):
        return _fits(field, value)
    return _malformed(field, Text("https:// から入力してください。", "Enter it from https:// on."))


def _corporate_number(field: FormField, value: Any) -> Finding | None:
    found = corporate_number_findings(str(value), field.code)
    return replace(found[0], field=None) if found else None


def _choice(field: FormField, value: Any) -> Finding | None:
    return None if value in dict(field.options) else _missing(field)


def _known(_field: FormField, _value: Any) -> Finding | None:
    return None  # read() keeps known codes only


_CHECKS: Final = {
    "number": _number,
    "date": _date,
    "telephone": _telephone,
    "email": _email,
    "url": _url,
    "corporate_number": _corporate_number,
    "choice": _choice,
    "choices": _known,
    "prefectures": _known,
}


def written(field: FormField, value: Any) -> Text:
    """A value as people read it, on one or several lines; empty when nothing was said."""
    if value in (None, "", []):
        return same("")
    if field.kind == "number" and isinstance(value, int):
        unit = field.unit or Words(ja="", en="")
        return Text(f"{value:,}{unit.ja}", f"{value:,} {unit.en}".strip())
    if field.kind in ("choice", "choices", "prefectures"):
        names = dict(field.options)
        chosen = [names.get(code, same(code)) for code in ([value] if field.kind == "choice" else value)]
        return Text("、".join(each.ja for each in chosen), ", ".join(each.en for each in chosen))
    if field.kind == "table":
        rows = [[written(column, row.get(column.code)) for column in field.columns] for row in value]
        return Text(
            "\n".join("／".join(cell.ja for cell in row) for row in rows),
            "\n".join(" / ".join(cell.en for cell in row) for row in rows),
        )
    if field.kind == "date":
        return _written_date(str(value))
    return same(str(value))


def _written_date(value: str) -> Text:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return same(value)
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that reads otherwise than before."""

    section: str
    label: Text
    before: Text
    after: Text


def changes(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What two copies of what was said answer differently, in the order of the form."""
    found = []
    for section in form.sections:
        old, new = before.get(section.code, {}), after.get(section.code, {})
        found += [
            Change(
                section.code,
                field.label.text,
                written(field, old.get(field.code)),
                written(field, new.get(field.code)),
            )
            for field in section.fields
            if old.get(field.code) != new.get(field.code)
        ]
    return found


def related_companies(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The companies a vendor declares to be related to it, as it wrote them.

    What was written before the vendor said that there are none stays in the form, and counts for nothing.
    """
    said = content.get("interests") or {}
    return (said.get("companies") or ()) if said.get("has_related") == "yes" else ()
