"""Packages for my needs: the cheapest sets of packages for the functions one needs, with what each leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Response, make_response, render_template, request, url_for

from catalogue.differences import industry_words
from catalogue.masters import vocabulary
from catalogue.vocabulary import ALL_INDUSTRIES, Masters
from marketplace.needs.request import Needs, checked
from marketplace.needs.service import Advice, Answer, Part, advise
from tenants.errors import BadInput, Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web.guard import Open, allow
from web.public import cards, money
from web.public.blueprint import blueprint
from web.public.registered import HINT, registered

_MOST_VALUES: Final = 100
_LIKE: Final = {
    "people": Text(
        "4 のように整数で入力するか、空のままにしてください。", "Give a whole number, or leave it empty."
    ),
    "budget": Text(
        "300000 や 30万円 のように入力するか、空のままにしてください。", "Give it like 300000, or leave it empty."
    ),
}
_TYPED: Final = ("industry", "people", "budget", "own", "applied")
_ASKED: Final = ("function", "have", *_TYPED)
# What can be wrong, as the form calls it and in its order.
_CALLED: Final = {
    "function": Text("必要な機能", "What you need"),
    "have": Text("すでにある機能", "Functions you have"),
    "industry": Text("業種", "Industry"),
    "people": Text("従業員数", "Employees"),
    "budget": Text("自己負担の予算", "Budget for your part"),
}
# The request's fields as the service names them -> as the form does.
_FIELDS: Final = {"functions": "function", "employees": "people", "budget_yen": "budget"}


@blueprint.get("/needs")
@allow(Open.EVERYBODY)
def needs() -> Response:
    """What is needed, as a form; and when something is, the answers below it."""
    masters = vocabulary()
    advice: Advice | None = None
    findings: list[Finding] = []
    if any(name in request.args for name in _ASKED):
        try:
            advice = advise(_read(masters))
        except BadInput as error:
            findings = [
                Finding(each.code, each.message, _remedy(each), _FIELDS.get(each.field or "", each.field))
                for each in error.findings
            ]
            findings.sort(key=_place)
    known = {} if advice or findings else registered()
    html = render_template(
        "public/needs.html",
        categories=money.categories(masters),
        industries=[row for row in masters.industries if row.code != ALL_INDUSTRIES],
        chosen=_values("function"),
        have=_values("have"),
        typed={**known, **{name: _typed(name) for name in _TYPED if name not in known}},
        known=known,
        known_hint=HINT,
        findings=findings,
        named=[_named(each) for each in findings],
        advice=advice,
        answers=[_answer(each, masters) for each in advice.answers] if advice else [],
        needed=_names(advice.needs.functions, masters) if advice else [],
        not_offered=_names(advice.not_offered, masters) if advice else [],
        elsewhere=_names(advice.elsewhere, masters) if advice else [],
        wider_href=_with(own=None),
        all_href=_with(budget=advice.cover_all_yen) if advice and advice.cover_all_yen is not None else None,
        find_href=url_for("public.find"),
    )
    return make_response(html, 422 if findings else 200)


def _remedy(finding: Finding) -> Text:
    """In the form one chooses from lists: their codes are for programs."""
    listed = finding.code in ("unknown_function", "unknown_industry")
    return Text("一覧から選び直してください。", "Please choose from the list.") if listed else finding.remedy


def _place(finding: Finding) -> int:
    """Where in the form its field is."""
    return list(_CALLED).index(finding.field) if finding.field in _CALLED else len(_CALLED)


def _named(finding: Finding) -> Finding:
    """The fault with its field's name, for where it stands away from it."""
    field, said = _CALLED.get(finding.field or ""), finding.message
    if field is None or field.ja in said.ja:
        return finding
    return replace(finding, message=Text(f"{field.ja}：{said.ja}", f"{field.en}: {said.en}"))


def _with(**changes: int | None) -> str:
    """The address of this question with some answers changed."""
    asked = {name: request.args.getlist(name) for name in _ASKED if name not in changes}
    return url_for("public.needs", **asked, **changes)


def _values(name: str) -> list[str]:
    """Given several times or with commas."""
    written = (part.strip() for value in request.args.getlist(name) for part in value.split(","))
    return [value for value in dict.fromkeys(written) if value][: _MOST_VALUES + 1]


def _typed(name: str) -> str:
    return "".join(char for char in request.args.get(name, "") if char.isprintable()).strip()[:40]


def _read(masters: Masters) -> Needs:
    faults: list[Finding] = []
    numbers = {name: _number(name, faults) for name in ("people", "budget")}
    try:
        found = checked(
            masters,
            _values("function"),
            have=_values("have"),
            industry=_typed("industry") or None,
            employees=numbers["people"],
            budget_yen=numbers["budget"],
            can_apply=_typed("applied") != "1",
            own_industry=_typed("own") == "1",
        )
    except BadInput as error:
        raise BadInput(*faults, *error.findings) from None
    if faults:
        raise BadInput(*faults)
    return found


def _number(name: str, faults: list[Finding]) -> int | None:
    written = _typed(name)
    if not written:
        return None
    number = whole_number(written)
    if number is None:
        faults.append(
            Finding(
                "not_a_number",
                Text(f"「{written}」を数として読み取れません。", f"{written!r} is not a number."),
                _LIKE[name],
                name,
            )
        )
    return number


def _names(codes: tuple[str, ...], masters: Masters) -> list[Text]:
    return [row.name for row in masters.functions_of(codes)]


def _answer(each: Answer, masters: Masters) -> dict[str, Any]:
    return {
        "answer": each,
        "parts": [_part(part, masters) for part in each.parts],
        "covers": cards.functions(each.covers, masters),
        "leaves": _names(each.leaves, masters),
        "also": _names(each.also, masters),
    }


def _part(part: Part, masters: Masters) -> dict[str, Any]:
    return {
        "part": part,
        "href": url_for("public.package", code=part.code),
        "made_for": None if part.made_for else industry_words(part.industries, masters),
        "vendor_href": url_for("public.vendor", number=part.vendor_number),
        "covers": cards.functions(part.covers, masters),
    }
