"""Up to six packages side by side; every change is a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request, url_for

from marketplace.comparison import MOST, Comparison, compare
from marketplace.outlay import YEARS
from marketplace.pricing import stamp
from tenants import clock
from web.guard import Open, allow
from web.kept_pages import kept
from web.public.blueprint import blueprint
from web.public.cost_chart import LENGTH, bars
from web.public.later import later_href
from web.words import date_ja, t

MOST_CODES = 50
_LONGEST = 50


def codes_wanted() -> list[str]:
    """?codes=A,B and ?codes=A&codes=B alike, with what is added by ?add=."""
    written = [*request.args.getlist("codes"), *request.args.getlist("add")]
    codes = ("".join(filter(str.isprintable, code)).strip()[:64] for part in written for code in part.split(","))
    return list(dict.fromkeys(code for code in codes if code))[:MOST_CODES]


def asked() -> Comparison:
    """The comparison that the address asks for."""
    return compare(codes_wanted(), request.args.get("pinned"), request.args.get("scheme", "")[:_LONGEST], g.today)


def basis(result: Comparison) -> str:
    """The day and the scheme's version a comparison was reckoned by; nothing when there is nothing to compare."""
    if result.scheme is None:
        return ""
    day, scheme = date_ja(clock.today()), result.scheme
    return t(
        f"{day}時点。{scheme.name.ja}（第{scheme.version}版）で計算しました。",
        f"As of {day}, by {scheme.name.en}, version {scheme.version}.",
    )


def changed(result: Comparison) -> str:
    """That the scheme in use is another one by now; empty while it is not."""
    if result.present is None or not result.outdated:
        return ""
    name, version = result.present.name, result.present.version
    return t(
        f"いま使われている制度は「{name.ja}」（第{version}版）です。",
        f"The scheme in use now is {name.en}, version {version}.",
    )


@blueprint.get("/compare", endpoint="compare")
@allow(Open.EVERYBODY)
@kept
def compare_page() -> str:
    """The comparison; what cannot be shown is named, the others are."""
    result = asked()
    return render_template(
        "public/compare.html",
        result=result,
        packages=[_head(column.package.code, column.content) for column in result.columns],
        bars=bars(result.columns),
        bar_length=LENGTH,
        years=range(1, YEARS + 1),
        most=MOST,
        basis=basis(result),
        changed=changed(result),
        present_href=url_for("public.compare", codes=",".join(result.codes) or None, pinned=result.pinned),
        kept_scheme=_kept(result),
        address=shared("public.compare", result),
        pdf_href=shared("public.compare_pdf", result),
        remove_href=lambda code: _removed(result, code),
        move_href=lambda code, step: _moved(result, code, step),
        pin_href=lambda code: _pinned(result, code),
    )


def _head(code: str, content: Any) -> dict[str, Any]:
    return {
        "code": code,
        "href": url_for("public.package", code=code),
        "later_href": later_href(code),
        "name": content["name"],
        "vendor_name": content["vendor"]["name"],
    }


def shared(endpoint: str, result: Comparison, *, external: bool = False) -> str:
    """The address to give to others: it keeps the scheme's version this comparison was reckoned by."""
    return url_for(
        endpoint,
        codes=",".join(result.codes) or None,
        pinned=result.pinned,
        scheme=stamp(result.scheme) if result.scheme else None,
        _external=external,
    )


def _kept(result: Comparison) -> str | None:
    """The scheme's version for the links on the page: only one that the address named, and not the present one."""
    return stamp(result.scheme) if result.scheme and result.outdated else None


def _address(result: Comparison, codes: Sequence[str], pinned: str | None, focus: str | None) -> str:
    """The address after a step. focus: the id that the keyboard goes on from, so that nobody begins at the top again."""
    return url_for(
        "public.compare", codes=",".join(codes) or None, pinned=pinned, scheme=_kept(result), _anchor=focus
    )


def _removed(result: Comparison, code: str) -> str:
    """The address without this package; the keyboard goes on at what takes its place."""
    at, codes = result.codes.index(code), [each for each in result.codes if each != code]
    following = codes[min(at, len(codes) - 1)] if codes else None
    pinned = result.pinned if result.pinned in codes else None
    return _address(result, codes, pinned, f"remove-{following}" if following else None)


def _pinned(result: Comparison, code: str) -> str:
    """The address with this package pinned, or let go when it is."""
    pinned = None if result.pinned == code else code
    return _address(result, result.codes, pinned, f"pin-{code}")


def _moved(result: Comparison, code: str, step: int) -> str | None:
    """The address with this package one place further; None at an end. What is pinned stays first.

    The keyboard goes on at the same link, at the end of the way at the one that leads back.
    """
    codes = list(result.codes)
    at = codes.index(code)
    first = 1 if result.pinned else 0
    if at < first or not first <= at + step < len(codes):
        return None
    codes[at], codes[at + step] = codes[at + step], codes[at]
    at += step
    onwards = at + 1 < len(codes) if step > 0 else at > first
    return _address(result, codes, result.pinned, f"{'after' if (step > 0) == onwards else 'before'}-{code}")
