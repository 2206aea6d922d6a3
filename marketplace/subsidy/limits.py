"""From the sum of the lines to the amount: bands, caps, cutting, floor and an earlier grant, each step recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Exact, SegmentTariff, Tariff
from tenants.errors import Finding
from tenants.text import Language, Text


class Limit(NamedTuple):
    """A limit that was applied, in whole yen of subsidy.

    code: band, segment_cap, count_missing, rounding, cap, floor or granted. For band, before_yen is the amount
    had the first rate held throughout. words: says it, once somebody asks.
    """

    code: str
    before_yen: int
    after_yen: int
    clause: str
    words: Callable[[], Text]

    @property
    def reason(self) -> Text:
        """The limit in a sentence."""
        return self.words()

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `limits`."""
        return {
            "code": self.code,
            "before_yen": self.before_yen,
            "after_yen": self.after_yen,
            "reason": self.reason.in_language(language),
            "clause": self.clause,
        }


class Outcome(NamedTuple):
    """The subsidy in whole yen, and how it came about."""

    subsidy_yen: int
    limits: tuple[Limit, ...]
    findings: tuple[Finding, ...]


def apply_limits(scheme: Scheme, tariff: Tariff, sums: Tally, exact: Exact, granted_yen: int | None) -> Outcome:
    """The amount for these sums.

    exact: the scaled sum before limits. granted_yen: the grant that a confirmation may not exceed.
    """
    limits: list[Limit] = []
    for segment, cost in zip(tariff.segments, sums.eligible, strict=True):
        if cost:
            limits += _in_segment(scheme, tariff, segment, cost)
    findings: list[Finding] = []
    yen = tariff.cut(exact)
    if exact % (tariff.scale * tariff.unit):
        limits.append(_rounding(scheme, tariff, exact, yen))
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


def _in_segment(scheme: Scheme, tariff: Tariff, segment: SegmentTariff, cost: Exact) -> Iterator[Limit]:
    """The bands and caps of one class of cost."""
    line, first = segment.line_of(cost), segment.lines[0]
    gross = line.offset + line.slope * cost
    if line is not first:
        yield _band(tariff, segment, tariff.cut(first.slope * cost), tariff.cut(gross))
    if segment.cap is not None and gross > segment.cap:
        yield _segment_cap(scheme, segment, tariff.cut(gross), tariff.cut(segment.cap))
    elif segment.step is not None and gross % segment.step:
        yield _rounding(scheme, tariff, gross, tariff.cut(gross), segment.source.label)


def _segment_cap(scheme: Scheme, segment: SegmentTariff, before: int, after: int) -> Limit:
    if segment.cap_source is None:
        return Limit("count_missing", before, after, segment.source.caps[0].clause, lambda: _too_few(scheme))
    label = segment.source.label
    return Limit(
        "segment_cap",
        before,
        after,
        segment.cap_source.clause,
        lambda: Text(f"{label.ja}の上限は{after:,}円です。", f"The cap for {label.en} is {after:,} yen."),
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
        segment.source.bands[1].clause,
        lambda: Text(
            f"補助額{end:,}円までの部分は{first.rate}、それを超える部分は{second.rate}で計算します。",
            f"The rate is {first.rate} up to {end:,} yen of subsidy and {second.rate} above it.",
        ),
    )


def _rounding(scheme: Scheme, tariff: Tariff, exact: Exact, yen: int, segment: Text | None = None) -> Limit:
    """The cut on the total, or on one segment's subsidy."""

    def words() -> Text:
        rest = Fraction(exact) / tariff.scale - yen
        unit = f"{tariff.unit:,}"
        if segment is None:
            return Text(
                f"合計してから一度だけ、{unit}円未満の端数（{rest}円）を切り捨てました。",
                f"What was left under {unit} yen ({rest} yen) was cut off, once, after adding up.",
            )
        return Text(
            f"{segment.ja}の補助額の、{unit}円未満の端数（{rest}円）を切り捨てました。",
            f"What was left under {unit} yen ({rest} yen) of the subsidy for {segment.en} was cut off.",
        )

    return Limit("rounding", yen, yen, scheme.rounding.clause, words)


def _cap(scheme: Scheme, tariff: Tariff, before: int, after: int) -> Limit:
    source = tariff.cap_source
    if source is None:
        return Limit("count_missing", before, after, scheme.limits.caps[0].clause, lambda: _too_few(scheme))

    def words() -> Text:
        if source.bound == "exclusive":
            return Text(
                f"補助額は{source.yen:,}円未満（最大{after:,}円）です。",
                f"The subsidy must stay below {source.yen:,} yen (at most {after:,} yen).",
            )
        return Text(f"補助額の上限は{source.yen:,}円です。", f"The cap on the subsidy is {source.yen:,} yen.")

    return Limit("cap", before, after, source.clause, words)


def _floor(scheme: Scheme, tariff: Tariff, before: int) -> Limit:
    return Limit(
        "floor",
        before,
        0,
        scheme.limits.floor.clause if scheme.limits.floor else scheme.rounding.clause,
        lambda: Text(
            f"計算した補助額{before:,}円は、下限額{tariff.floor:,}円に届きません。",
            f"The reckoned subsidy of {before:,} yen does not reach the floor of {tariff.floor:,} yen.",
        ),
    )


def _granted(scheme: Scheme, before: int, granted_yen: int) -> Limit:
    return Limit(
        "granted",
        before,
        granted_yen,
        scheme.confirmation.clause,
        lambda: Text(
            f"交付決定額{granted_yen:,}円を超えてお支払いすることはできません。",
            f"No more than the granted {granted_yen:,} yen can be paid.",
        ),
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
