"""From the sum of the lines to the amount: bands, caps, cutting, floor and an earlier grant, each step recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import SegmentTariff, Tariff
from tenants.errors import Finding
from tenants.text import Language, Text


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that was applied, in whole yen of subsidy.

    code: band, segment_cap, count_missing, rounding, cap, floor or granted. For band, before_yen is the amount
    had the first rate held throughout.
    """

    code: str
    before_yen: int
    after_yen: int
    reason: Text
    clause: str

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `limits`."""
        return {
            "code": self.code,
            "before_yen": self.before_yen,
            "after_yen": self.after_yen,
            "reason": self.reason.in_language(language),
            "clause": self.clause,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The subsidy in whole yen, and how it came about."""

    subsidy_yen: int
    limits: tuple[Limit, ...]
    findings: tuple[Finding, ...]


def apply_limits(scheme: Scheme, tariff: Tariff, sums: Tally, granted_yen: int | None) -> Outcome:
    """The amount for these sums. granted_yen: the grant that a confirmation may not exceed."""
    limits = [limit for index in range(len(tariff.segments)) for limit in _in_segment(scheme, tariff, sums, index)]
    findings: list[Finding] = []
    exact = tariff.before_limits(sums.eligible)
    yen = tariff.cut(exact)
    if exact % (tariff.scale * tariff.unit):
        limits.append(_rounding(scheme, tariff, Fraction(exact) / tariff.scale - yen, yen))
    capped = tariff.limited(yen, floor=False)
    if capped < yen:
        limits.append(_cap(scheme, tariff, yen, capped))
    pays_below = granted_yen is not None and scheme.confirmation.below_floor == "pay"
    amount = tariff.limited(yen, floor=not pays_below)
    if not any(sums.eligible):
        findings.append(_nothing_eligible())
    elif capped < tariff.floor:
        if amount < capped:
            limits.append(_floor(scheme, tariff, capped))
        findings.append(_below_floor(tariff, capped, confirmation=granted_yen is not None))
    if granted_yen is not None and granted_yen < amount:
        limits.append(_granted(scheme, amount, granted_yen))
        amount = granted_yen
    if any(limit.code == "count_missing" for limit in limits):
        findings.append(_count_missing(scheme))
    return Outcome(amount, tuple(limits), tuple(findings))


def _in_segment(scheme: Scheme, tariff: Tariff, sums: Tally, index: int) -> Iterator[Limit]:
    """The bands and caps of one class of cost."""
    segment, cost = tariff.segments[index], sums.eligible[index]
    gross = segment.gross(cost)
    first = segment.lines[0]
    if segment.line_of(cost) is not first:
        yield _band(tariff, segment, tariff.cut(first.slope * cost), tariff.cut(gross))
    amount = segment.scaled(cost)
    if amount < gross:
        before, after = tariff.cut(gross), tariff.cut(amount)
        if segment.cap_source is None:
            yield Limit("count_missing", before, after, _too_few(scheme), segment.source.caps[0].clause)
        else:
            label = segment.source.label
            yield Limit(
                "segment_cap",
                before,
                after,
                Text(
                    f"{label.ja}の上限は{after:,}円です。",
                    f"The cap for {label.en} is {after:,} yen.",
                ),
                segment.cap_source.clause,
            )


def _too_few(scheme: Scheme) -> Text:
    if scheme.counts == "processes":
        return Text("業務プロセスが足りません。", "There are too few processes.")
    return Text("機能が足りません。", "There are too few functions.")


def _band(tariff: Tariff, segment: SegmentTariff, before: int, after: int) -> Limit:
    first, second = segment.lines[0], segment.lines[1]
    end = tariff.cut(first.upper or 0)
    return Limit(
        "band",
        before,
        after,
        Text(
            f"補助額{end:,}円までの部分は{first.rate}、それを超える部分は{second.rate}で計算します。",
            f"The rate is {first.rate} up to {end:,} yen of subsidy and {second.rate} above it.",
        ),
        segment.source.bands[1].clause,
    )


def _rounding(scheme: Scheme, tariff: Tariff, rest: Fraction, yen: int) -> Limit:
    return Limit(
        "rounding",
        yen,
        yen,
        Text(
            f"合計してから一度だけ、{tariff.unit:,}円未満の端数（{rest}円）を切り捨てました。",
            f"What was left under {tariff.unit:,} yen ({rest} yen) was cut off, once, after adding up.",
        ),
        scheme.rounding.clause,
    )


def _cap(scheme: Scheme, tariff: Tariff, before: int, after: int) -> Limit:
    source = tariff.cap_source
    if source is None:
        return Limit("count_missing", before, after, _too_few(scheme), scheme.limits.caps[0].clause)
    if source.bound == "exclusive":
        reason = Text(
            f"補助額は{source.yen:,}円未満（最大{after:,}円）です。",
            f"The subsidy must stay below {source.yen:,} yen (at most {after:,} yen).",
        )
    else:
        reason = Text(f"補助額の上限は{source.yen:,}円です。", f"The cap on the subsidy is {source.yen:,} yen.")
    return Limit("cap", before, after, reason, source.clause)


def _floor(scheme: Scheme, tariff: Tariff, before: int) -> Limit:
    clause = scheme.limits.floor.clause if scheme.limits.floor else scheme.rounding.clause
    return Limit(
        "floor",
        before,
        0,
        Text(
            f"計算した補助額{before:,}円は、下限額{tariff.floor:,}円に届きません。",
            f"The reckoned subsidy of {before:,} yen does not reach the floor of {tariff.floor:,} yen.",
        ),
        clause,
    )


def _granted(scheme: Scheme, before: int, granted_yen: int) -> Limit:
    return Limit(
        "granted",
        before,
        granted_yen,
        Text(
            f"交付決定額{granted_yen:,}円を超えてお支払いすることはできません。",
            f"No more than the granted {granted_yen:,} yen can be paid.",
        ),
        scheme.confirmation.clause,
    )


def _nothing_eligible() -> Finding:
    return Finding(
        "nothing_eligible",
        Text("補助の対象になる費用がありません。", "There is no cost that can be subsidised."),
        Text(
            "ソフトウエアやクラウド利用料など、対象の費目を含めてください。",
            "Include an eligible cost such as software or cloud fees.",
        ),
        "lines",
    )


def _below_floor(tariff: Tariff, capped: int, *, confirmation: bool) -> Finding:
    message = Text(
        f"補助額{capped:,}円は下限額{tariff.floor:,}円を下回ります。",
        f"The subsidy of {capped:,} yen is below the floor of {tariff.floor:,} yen.",
    )
    if confirmation:
        note = Text(
            "確定時に下限額を下回った場合の扱いは、事務局にお問い合わせください。",
            "Please ask the secretariat what happens when the amount falls below the floor at confirmation.",
        )
        return Finding("below_floor_at_confirmation", message, note)
    remedy = Text(
        "対象の費用が増えるよう、機能やサービスを加えられるかご検討ください。",
        "See whether functions or services can be added so that the eligible cost rises.",
    )
    return Finding("below_floor", message, remedy)


def _count_missing(scheme: Scheme) -> Finding:
    field = scheme.counts
    return Finding(
        "count_missing",
        _too_few(scheme),
        Text(
            f"パッケージの機能（{field}）を指定してください。",
            f"Name the package's {field}.",
        ),
        field,
    )
