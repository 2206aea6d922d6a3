"""Up to four packages side by side; every change is a link."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from catalogue.masters import vocabulary
from marketplace.comparison import MOST, Comparison, compare
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards
from web.public.blueprint import blueprint

MOST_CODES = 50


def codes_wanted() -> list[str]:
    """?codes=A,B and ?codes=A&codes=B alike, with what is added by ?add=."""
    written = [*request.args.getlist("codes"), *request.args.getlist("add")]
    codes = ("".join(filter(str.isprintable, code)).strip()[:64] for part in written for code in part.split(","))
    return list(dict.fromkeys(code for code in codes if code))[:MOST_CODES]


@blueprint.get("/compare", endpoint="compare")
@allow(Open.EVERYBODY)
@kept
def compare_page() -> str:
    """The comparison; what cannot be shown is named, the others are."""
    result = compare(codes_wanted())
    masters = vocabulary()
    return render_template(
        "public/compare.html",
        result=result,
        packages=[_head(column.package.code, column.content) for column in result.columns],
        functions={
            column.package.code: cards.functions(column.content["functions"], masters) for column in result.columns
        },
        most=MOST,
        remove_href=lambda code: _address([each for each in result.codes if each != code]),
        move_href=lambda code, step: _moved(result, code, step),
    )


def _head(code: str, content: Any) -> dict[str, Any]:
    return {
        "code": code,
        "href": url_for("public.package", code=code),
        "name": content["name"],
        "vendor_name": content["vendor"]["name"],
    }


def _address(codes: list[str]) -> str:
    return url_for("public.compare", codes=",".join(codes) or None)


def _moved(result: Comparison, code: str, step: int) -> str | None:
    """The address with this package one place further; None where it stands at that end."""
    codes = list(result.codes)
    at = codes.index(code)
    if not 0 <= at + step < len(codes):
        return None
    codes[at], codes[at + step] = codes[at + step], codes[at]
    return _address(codes)
