"""The comparison on paper: the same rows, with the day and the scheme's version they were reckoned by."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Response

from marketplace.comparison import Comparison
from marketplace.outlay import YEARS
from marketplace.row_groups import Row, Value
from tenants import clock
from tenants.errors import NotFound
from tenants.text import Text
from web.guard import Open, allow
from web.pdf.answers import send
from web.pdf.typesetting import Letter, letter
from web.public.blueprint import blueprint
from web.public.compare import asked, basis, changed, shared
from web.public.cost_chart import LENGTH, bars
from web.words import language, say, t


@blueprint.get("/compare.pdf", endpoint="compare_pdf")
@allow(Open.EVERYBODY)
def compare_pdf() -> Response:
    """The comparison as PDF; 404 when none of the codes is published."""
    result = asked()
    if not result.columns:
        raise NotFound(Text("比べるITツール", "Packages to compare"))
    return send(_letter(result), t("ITツールの比較", "Comparison"), private=False)


def _letter(result: Comparison) -> Letter:
    today = clock.today()
    return letter(
        "comparison",
        title=t("ITツールの比較", "Packages side by side"),
        author="Hojo",
        # The day's first moment: whoever asks twice on one day has the same file.
        written_at=datetime.combine(today, time(), clock.JAPAN),
        content={
            "basis": basis(result),
            "changed": changed(result),
            "packages": [
                {
                    "code": column.package.code,
                    "name": column.content["name"],
                    "vendor": column.content["vendor"]["name"],
                    "pinned": t("固定中", "Pinned") if column.package.code == result.pinned else "",
                }
                for column in result.columns
            ],
            "groups": [
                {
                    "label": say(group.label),
                    "note": say(group.note) if group.note else "",
                    "rows": [_row(row) for row in group.rows],
                }
                for group in result.groups
            ],
            "years": _years(result),
            "note": t(
                "「お金の流れ」のほかの金額は税抜です。補助金は見込みで、事務局が審査のあとに決めます。",
                "Before tax but for the payments. The subsidy is an estimate; the secretariat decides.",
            ),
            "address": shared("public.compare", result, external=True),
        },
        language=language(),
    )


def _row(row: Row) -> dict[str, Any]:
    rule = say(row.rule) if row.rule else ""
    return {
        "label": say(row.label),
        "differs": t("違いあり", "Differs") if row.differs else "",
        "cells": [
            {"value": _value(cell), "best": rule if at in row.best else ""} for at, cell in enumerate(row.cells)
        ],
    }


def _value(cell: Value) -> int | str:
    return "—" if cell is None else cell if isinstance(cell, int) else say(cell)


def _years(result: Comparison) -> dict[str, Any]:
    heads = [t(f"{year}年目", f"Year {year}") for year in range(1, YEARS + 1)]
    return {
        "title": t("3年間にかかる費用（1年目は自己負担）", "What three years cost (year one: own cost)"),
        "heads": [*heads, t("合計", "Total")],
        "length": LENGTH,
        "rows": [
            {
                "name": bar.name,
                "amounts": [part.yen for part in bar.parts],
                "lengths": [part.length for part in bar.parts],
                "total": bar.total_yen,
                "note": "" if bar.complete else t("以上（更新料金が未登録）", "or more (renewal price missing)"),
            }
            for bar in bars(result.columns)
        ],
    }
