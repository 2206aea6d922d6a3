"""A scheme's terms as people read them. Every figure comes from the scheme's data."""

from __future__ import annotations

from typing import Any, Final

from catalogue.vocabulary import CATEGORIES, Masters
from marketplace.applicant_identity import LABELS
from marketplace.subsidy.engine import Estimate
from marketplace.subsidy.parts import CostKind, Evidence
from marketplace.subsidy.scheme import Scheme
from tenants.text import Text

STAGES: Final = {
    "application": Text("交付申請のとき", "With the grant application"),
    "completion": Text("完了報告のとき", "With the completion report"),
}
# How labour productivity is reckoned in follow-up reports, in words: what is gained by an hour's work.
PRODUCTIVITY: Final = {
    "gross_margin_per_hour": Text(
        "（売上 − 原価）÷（働く人の数 × 1人あたりの年間の労働時間）",
        "(sales − cost) ÷ (people × yearly hours of each)",
    ),
    "value_added_per_hour": Text(
        "（営業利益 ＋ 人件費 ＋ 減価償却費）÷（働く人の数 × 1人あたりの年間の労働時間）",
        "(operating profit + labour cost + depreciation) ÷ (people × yearly hours of each)",
    ),
}


def cap_yen(scheme: Scheme) -> int | None:
    """The most that can be granted, in whole yen; None when the scheme sets no cap."""
    caps = [cap.yen if cap.bound == "inclusive" else cap.yen - 1 for cap in scheme.limits.caps]
    return max(caps, default=None)


def floor_yen(scheme: Scheme) -> int | None:
    """The least that can be granted, in whole yen; None when the scheme sets no floor."""
    return scheme.limits.floor.yen if scheme.limits.floor else None


def rate(scheme: Scheme) -> str:
    """``2/3``; ``1/2〜2/3`` when it depends."""
    rates = sorted({band.rates.sme for segment in scheme.segments for band in segment.bands})
    return str(rates[0]) if len(rates) == 1 else f"{rates[0]}〜{rates[-1]}"


def short(yen: int) -> Text:
    """1000000 -> 100万円, when it is a whole number of ten thousands."""
    man, rest = divmod(yen, 10_000)
    return Text(f"{yen:,}円" if rest or not man else f"{man:,}万円", f"¥{yen:,}")


def terms(scheme: Scheme) -> dict[str, Any]:
    """{name, rate, cap, floor, clause, counts, counts_not} for pages."""
    cap, floor = cap_yen(scheme), floor_yen(scheme)
    return {
        "name": scheme.name,
        "version": scheme.version,
        "rate": rate(scheme),
        "rate_clause": scheme.segments[0].bands[0].clause,
        "cap": short(cap) if cap is not None else None,
        "floor": short(floor) if floor is not None else None,
        "floor_clause": scheme.limits.floor.clause if scheme.limits.floor else None,
        "cap_clause": scheme.limits.caps[0].clause if scheme.limits.caps else None,
        "rounding": scheme.rounding,
        "counts": [scheme.cost_kinds[code] for segment in scheme.segments for code in segment.kinds],
        "counts_not": _not_counted(scheme),
        "sources": scheme.sources,
        "proxy": scheme.filing.who == "proxy",
        "filing_clause": scheme.filing.clause,
        "identity": scheme.applicants.identity,
        "identity_label": LABELS[scheme.applicants.identity.kind] if scheme.applicants.identity else None,
        "follow_up": scheme.follow_up,
        "productivity": PRODUCTIVITY[scheme.follow_up.productivity],
        "papers": [(stage, _papers(scheme, code)) for code, stage in STAGES.items()],
        "notes": scheme.notes,
        "amount_unconfirmed": tuple(
            dict.fromkeys(
                p.note for p in scheme.open_points if p.path.startswith(("rounding", "segments", "limits"))
            )
        ),
    }


def _papers(scheme: Scheme, stage: str) -> list[Evidence]:
    return [paper for paper in scheme.evidence if paper.stage == stage]


def _not_counted(scheme: Scheme) -> list[CostKind]:
    """By code, and what is left over last: the database keeps no order of keys."""
    codes = sorted(code for code, kind in scheme.cost_kinds.items() if not kind.eligible)
    return [scheme.cost_kinds[code] for code in sorted(codes, key=lambda code: code == "other")]


def panel(estimate: Estimate, scheme: Scheme, second_year_yen: int, *, incomplete: bool) -> dict[str, Any]:
    """An estimate as the estimate panel draws it."""
    applied = {limit.code: limit for limit in estimate.limits}
    reached = dict.fromkeys(line.rate for line in estimate.lines if line.rate)
    cap, floor = estimate.cap_yen, estimate.floor_yen
    limits = []
    if floor is not None:
        limits.append(
            {
                "label": Text("補助金の下限", "Least subsidy"),
                "value": floor,
                "reached": "floor" in applied,
                "note": applied["floor"].reason if "floor" in applied else None,
            }
        )
    if cap is not None:
        limits.append(
            {
                "label": Text("補助金の上限", "Most subsidy"),
                "value": cap,
                "reached": "cap" in applied,
                "note": applied["cap"].reason if "cap" in applied else None,
            }
        )
    return {
        "total_yen": estimate.total_yen,
        "eligible_cost_yen": estimate.eligible_cost_yen,
        "subsidy_yen": estimate.subsidy_yen,
        "own_cost_yen": estimate.own_cost_yen,
        "fundable": estimate.fundable,
        "second_year_yen": second_year_yen,
        "second_year_incomplete": incomplete,
        "rate": "、".join(reached) or rate(scheme),
        "limits": limits,
        "reasons": estimate.findings,
        "hints": [each.message for each in estimate.raises],
    }


def categories(masters: Masters) -> list[dict[str, Any]]:
    """The three business categories with their functions, in shop words."""
    return [
        {
            "code": category.code,
            "name": category.name,
            "example": category.example,
            "functions": [row for row in masters.functions if row.category == category.code],
        }
        for category in CATEGORIES
    ]
