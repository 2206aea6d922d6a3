"""The estimate: one pass over the lines gives the amount and says why, line by line and limit by limit.

:func:`figures_of` gives the numbers alone (lists, facets, reckoning the whole catalogue anew); :func:`estimate`
adds the words. Both take every amount from the same :class:`~marketplace.subsidy.tariff.Tariff`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from marketplace.subsidy.conditions import (
    Answers,
    ConditionResult,
    check_answers,
    raises_by_condition,
    refusals_of,
    results_of,
)
from marketplace.subsidy.limits import Limit, apply_limits
from marketplace.subsidy.lines import MOST_COUNT, MOST_YEN, CostLine, Tally, check_lines, check_number, tally
from marketplace.subsidy.raises import Raise, raises_of
from marketplace.subsidy.scheme import BusinessSize, Scheme
from marketplace.subsidy.tariff import KindTariff, SegmentTariff, Tariff
from tenants.errors import BadInput, Finding
from tenants.text import Language, Text

__all__ = ["CostLine", "Estimate", "Figures", "LineResult", "count_of", "estimate", "figures_of", "tariff_for"]


class Figures(NamedTuple):
    """An estimate's numbers in whole yen, without consumption tax."""

    fundable: bool
    total_yen: int
    eligible_cost_yen: int
    subsidy_yen: int
    own_cost_yen: int


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line. counted_yen: cut for display; the reckoning goes on with the exact amount.

    months_counted: None when the line is not a period's fee. rates: those of the bands reached, in order; empty
    when nothing counts.
    """

    label: str
    kind: str
    kind_label: Text
    amount_yen: int
    counted_yen: int
    months_counted: int | None
    rates: tuple[Fraction, ...]
    reason: Text
    clause: str

    @property
    def rate(self) -> str | None:
        """``2/3``; ``3/4, 2/3`` where two bands were reached; None when nothing counts."""
        return ", ".join(str(rate) for rate in self.rates) or None

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `lines`."""
        return {
            "label": self.label,
            "kind": self.kind,
            "kind_label": self.kind_label.in_language(language),
            "amount_yen": self.amount_yen,
            "counted_yen": self.counted_yen,
            "months_counted": self.months_counted,
            "rate": self.rate,
            "reason": self.reason.in_language(language),
            "clause": self.clause,
        }


@dataclass(frozen=True, slots=True)
class Estimate:
    """The whole answer, in whole yen without consumption tax.

    eligible_cost_yen: the exact sum of what counts, cut once, so it can exceed the sum of the lines' cut
    counted_yen by a few yen. conditions: what the edition asks of the applicant, with the answers this rests on.
    findings: why nothing can be granted, with what to do.
    """

    scheme_id: str
    scheme_version: int
    fundable: bool
    total_yen: int
    eligible_cost_yen: int
    subsidy_yen: int
    own_cost_yen: int
    lines: tuple[LineResult, ...]
    limits: tuple[Limit, ...]
    raises: tuple[Raise, ...]
    findings: tuple[Finding, ...]
    conditions: tuple[ConditionResult, ...] = ()

    def as_json(self, language: Language = "ja") -> dict[str, Any]:
        """For the API, the command line and the frozen copy in an application."""
        return {
            "scheme": self.scheme_id,
            "scheme_version": self.scheme_version,
            "fundable": self.fundable,
            "total_yen": self.total_yen,
            "eligible_cost_yen": self.eligible_cost_yen,
            "subsidy_yen": self.subsidy_yen,
            "own_cost_yen": self.own_cost_yen,
            "lines": [line.as_json(language) for line in self.lines],
            "limits": [limit.as_json(language) for limit in self.limits],
            "conditions": [each.as_json(language) for each in self.conditions],
            "raises": [each.as_json(language) for each in self.raises],
            "findings": [finding.as_json(language) for finding in self.findings],
        }


def count_of(scheme: Scheme, functions: Collection[str] = (), processes: int | None = None) -> int:
    """How many functions or processes the scheme's tiers see; the same function named twice counts once.

    Where processes are counted, it is `processes`, by default the number of functions; where functions are
    counted, it is their number, and `processes` only when no function is named. Raises BadInput.
    """
    if isinstance(functions, str) or len(functions) > MOST_COUNT or not all(isinstance(f, str) for f in functions):
        raise BadInput(_functions_not_a_list())
    if processes is not None:
        check_number(processes, 0, MOST_COUNT, "processes")
    number = len(set(functions))
    if scheme.counts == "processes":
        return number if processes is None else processes
    return number or processes or 0


def tariff_for(
    scheme: Scheme,
    *,
    functions: Collection[str] = (),
    processes: int | None = None,
    size: BusinessSize = "sme",
    met: frozenset[str] = frozenset(),
) -> Tariff:
    """The scheme ready for reckoning, to be used with :func:`figures_of`. met: conditions. Raises BadInput."""
    if size not in {"sme", "small"}:
        raise BadInput(_unknown_size())
    return scheme.tariff(size, count_of(scheme, functions, processes), met)


def figures_of(tariff: Tariff, lines: Sequence[CostLine]) -> Figures:
    """The numbers of :func:`estimate` without the words. Raises BadInput as it does."""
    check_lines(tariff, lines)
    sums = tally(tariff, lines)
    return _figures(sums, tariff.subsidy(sums.eligible))


def _figures(sums: Tally, subsidy_yen: int) -> Figures:
    eligible = int(sum(sums.eligible) // 1)
    return Figures(subsidy_yen > 0, sums.total_yen, eligible, subsidy_yen, sums.total_yen - subsidy_yen)


def estimate(
    scheme: Scheme,
    lines: Sequence[CostLine],
    *,
    functions: Collection[str] = (),
    processes: int | None = None,
    size: BusinessSize = "sme",
    granted_yen: int | None = None,
    conditions: Answers = MappingProxyType({}),
) -> Estimate:
    """What is granted for these lines, and why.

    functions: the package's core function codes; processes: for editions that count them, by default the number
    of functions. size: sme or small (小規模事業者). granted_yen: the amount once granted, which makes this a
    confirmation of the actual cost: min(actual eligible cost x rate, granted). conditions: the applicant's answers
    by the scheme's codes; a required one answered with no means that nothing can be granted.
    Raises BadInput, one finding for each fault with its field.
    """
    tariff = tariff_for(
        scheme, functions=functions, processes=processes, size=size, met=check_answers(scheme, conditions)
    )
    check_lines(tariff, lines)
    if granted_yen is not None:
        check_number(granted_yen, 0, MOST_YEN, "granted_yen")
    sums = tally(tariff, lines)
    outcome = apply_limits(scheme, tariff, sums, granted_yen)
    refusals = refusals_of(scheme, conditions)
    amount = 0 if refusals else outcome.subsidy_yen
    raises: tuple[Raise, ...] = ()
    if granted_yen is None and not refusals:
        count = count_of(scheme, functions, processes)
        more = raises_by_condition(scheme, sums, size, count, conditions, amount)
        raises = (*raises_of(scheme, tariff, sums, size), *more)
    return Estimate(
        scheme.id,
        scheme.version,
        *_figures(sums, amount),
        lines=tuple(_line_result(tariff, sums, line) for line in lines),
        limits=outcome.limits,
        raises=raises,
        findings=(*refusals, *outcome.findings),
        conditions=results_of(scheme, conditions),
    )


def _line_result(tariff: Tariff, sums: Tally, line: CostLine) -> LineResult:
    kind = tariff.kinds[line.kind]
    out = kind.segment is None or kind.segment in sums.left_out
    rates: tuple[Fraction, ...] = ()
    if not out and kind.segment is not None:
        rates = _rates(tariff.segments[kind.segment], sums, kind.segment)
    counted = 0 if out else int(kind.counted(line.amount_yen, line.months, line.accounts) // 1)
    return LineResult(
        line.label,
        kind.code,
        kind.source.label,
        line.amount_yen,
        counted,
        _months_counted(kind, line.months, out=out),
        rates,
        _reason(kind, line.months, out=out),
        kind.source.clause,
    )


def _rates(segment: SegmentTariff, sums: Tally, index: int) -> tuple[Fraction, ...]:
    reached = segment.line_of(sums.eligible[index])
    return tuple(line.rate for line in segment.lines[: segment.lines.index(reached) + 1])


def _months_counted(kind: KindTariff, months: int | None, *, out: bool) -> int | None:
    if months is None:
        return None
    if out:
        return 0
    return months if kind.months is None else min(months, kind.months)


def _reason(kind: KindTariff, months: int | None, *, out: bool) -> Text:
    if out and kind.segment is not None:
        return _ALONE
    if not out and kind.months is not None and months is not None and months > kind.months:
        return _months_cut(months, kind.months)
    return kind.source.reason


_ALONE = Text(
    "対象のソフトウエアと一緒に導入する場合だけ、補助の対象になります。",
    "This counts only together with eligible software.",
)


@lru_cache(maxsize=256)
def _months_cut(months: int, counted: int) -> Text:
    return Text(
        f"{months}か月分のうち、補助の対象になるのは導入後{counted}か月分だけです。",
        f"Of {months} months only the first {counted} after introduction count.",
    )


def _functions_not_a_list() -> Finding:
    return Finding(
        "functions_not_a_list",
        Text("機能は、コードの一覧で指定します。", "Functions are given as a list of codes."),
        Text(
            f'["B1", "M3"] のように、{MOST_COUNT}個までのコードを並べてください。',
            f'Give at most {MOST_COUNT} codes, such as ["B1", "M3"].',
        ),
        "functions",
    )


def _unknown_size() -> Finding:
    return Finding(
        "unknown_business_size",
        Text("事業者の規模が正しくありません。", "The size of business is not known."),
        Text(
            "sme（中小企業）か small（小規模事業者）を指定してください。",
            "Give sme or small (small business).",
        ),
        "size",
    )
