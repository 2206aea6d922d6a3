"""The estimate: one pass over the lines gives the amount and says why, line by line and limit by limit.

:func:`figures_of` gives the numbers alone (lists, facets, reckoning the whole catalogue anew); :func:`estimate`
adds the words. Both take every amount from the same :class:`~marketplace.subsidy.tariff.Tariff`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
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
from marketplace.subsidy.parts import BusinessSize
from marketplace.subsidy.raises import Raise, raises_of
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Exact, KindTariff, Tariff
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


class LineResult(NamedTuple):
    """What became of one line. counted_yen: cut for display; the reckoning goes on with the exact amount.

    rate: ``2/3``; ``3/4, 2/3`` where two bands were reached; None when nothing counts. months_counted: None when the
    line is not a period's fee. why: the reason, where it is not simply that of its kind.
    """

    line: CostLine
    tariff: KindTariff
    counted_yen: int
    rate: str | None
    months_counted: int | None
    why: Text | None

    @property
    def label(self) -> str:
        """As it was given."""
        return self.line.label

    @property
    def kind(self) -> str:
        """The cost kind's code."""
        return self.tariff.code

    @property
    def kind_label(self) -> Text:
        """What the cost kind is called."""
        return self.tariff.source.label

    @property
    def amount_yen(self) -> int:
        """The whole line."""
        return self.line.amount_yen

    @property
    def cut_yen(self) -> int:
        """What of the line does not count."""
        return self.line.amount_yen - self.counted_yen

    @property
    def reason(self) -> Text:
        """Why so much of it counts."""
        return self.why or self.tariff.source.reason

    @property
    def clause(self) -> str:
        """Where the rule stands."""
        return self.tariff.source.clause

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `lines`."""
        line, kind, counted_yen, rate, months_counted, why = self
        kind_label, reason = kind.words[language]
        return {
            "label": line.label,
            "kind": kind.code,
            "kind_label": kind_label,
            "amount_yen": line.amount_yen,
            "counted_yen": counted_yen,
            "cut_yen": line.amount_yen - counted_yen,
            "months_counted": months_counted,
            "rate": rate,
            "reason": why.in_language(language) if why else reason,
            "clause": kind.source.clause,
        }


class Basis(NamedTuple):
    """What an estimate was reckoned from. exact: the scaled sum before limits; final: nothing can raise it."""

    scheme: Scheme
    tariff: Tariff
    lines: Sequence[CostLine]
    sums: Tally
    exact: Exact
    size: BusinessSize
    counted: int
    answers: Answers
    final: bool


@dataclass(eq=False, slots=True)
class Estimate:
    """The whole answer, in whole yen without consumption tax. Nothing of it changes once it is made.

    One pass has reckoned amounts and limits; lines, ways up and all sentences are drawn from that pass when
    somebody reads them, which most who want an amount never do.

    eligible_cost_yen: the exact sum of what counts, cut once, so it can exceed the sum of the lines' cut
    counted_yen by a few yen. conditions: what the edition asks of applicant and package, with what this rests on.
    findings: why nothing can be granted, with what to do.
    """

    basis: Basis
    fundable: bool
    total_yen: int
    eligible_cost_yen: int
    subsidy_yen: int
    own_cost_yen: int
    limits: tuple[Limit, ...]
    findings: tuple[Finding, ...]
    conditions: tuple[ConditionResult, ...]
    # Drawn when they are first read. functools' cached_property would take a lock each time.
    _lines: tuple[LineResult, ...] | None = field(default=None, init=False, repr=False)
    _raises: tuple[Raise, ...] | None = field(default=None, init=False, repr=False)

    @property
    def scheme_id(self) -> str:
        """The scheme it was made under."""
        return self.basis.scheme.id

    @property
    def scheme_version(self) -> int:
        """The scheme's version."""
        return self.basis.scheme.version

    @property
    def cap_yen(self) -> int | None:
        """The most that can be granted to what was reckoned, which may hang on how many functions it has; None: no cap."""
        return self.basis.tariff.cap

    @property
    def floor_yen(self) -> int | None:
        """The least that can be granted; None when the scheme sets no floor."""
        return self.basis.tariff.floor or None

    @property
    def lines(self) -> tuple[LineResult, ...]:
        """What became of each line, as they were given."""
        if self._lines is None:
            self._lines = self._draw_lines()
        return self._lines

    def _draw_lines(self) -> tuple[LineResult, ...]:
        tariff, sums = self.basis.tariff, self.basis.sums
        rates = [
            segment.line_of(cost).rates_said for segment, cost in zip(tariff.segments, sums.eligible, strict=True)
        ]
        return tuple([_line_result(tariff, sums, rates, line) for line in self.basis.lines])

    @property
    def raises(self) -> tuple[Raise, ...]:
        """What would raise the subsidy, the nearest first; nothing at confirmation, nor where it is refused."""
        if self._raises is None:
            self._raises = self._draw_raises()
        return self._raises

    def _draw_raises(self) -> tuple[Raise, ...]:
        at = self.basis
        if at.final:
            return ()
        found = raises_of(at.scheme, at.tariff, at.sums, at.size, at.counted, at.exact)
        more = raises_by_condition(at.scheme, at.sums, at.size, at.counted, at.answers, self.subsidy_yen)
        return (*found, *more)

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
    counted, it is their number (of those that the edition counts), and `processes` only when no function is
    named. Raises BadInput.
    """
    if isinstance(functions, str) or len(functions) > MOST_COUNT or not {str}.issuperset(map(type, functions)):
        raise BadInput(_functions_not_a_list())
    if processes is not None:
        check_number(processes, 0, MOST_COUNT, "processes")
    named = set(functions)
    number = len(named.intersection(scheme.counted_functions) if scheme.counted_functions else named)
    if scheme.counts == "processes":
        return number if processes is None else processes
    return number if named else processes or 0


def tariff_for(
    scheme: Scheme,
    *,
    functions: Collection[str] = (),
    processes: int | None = None,
    size: BusinessSize = "sme",
    met: frozenset[str] = frozenset(),
    refused: bool = False,
) -> Tariff:
    """The scheme ready for reckoning, to be used with :func:`figures_of`. Raises BadInput.

    met: conditions that hold. refused: one that is required does not, so nothing can be granted.
    """
    if size not in {"sme", "small"}:
        raise BadInput(_unknown_size())
    count = count_of(scheme, functions, processes)
    return scheme.tariff(size, count, met, refused=refused or scheme.refuses(functions, count))


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
    count = count_of(scheme, functions, processes)
    if size not in {"sme", "small"}:
        raise BadInput(_unknown_size())
    tariff = scheme.tariff(size, count, check_answers(scheme, conditions) if conditions else _NONE)
    check_lines(tariff, lines)
    if granted_yen is not None:
        check_number(granted_yen, 0, MOST_YEN, "granted_yen")
    sums = tally(tariff, lines)
    exact = tariff.before_limits(sums.eligible)
    outcome = apply_limits(scheme, tariff, sums, exact, granted_yen)
    met = results_of(scheme, conditions, functions, count)
    refusals = refusals_of(met)
    amount = 0 if refusals else outcome.subsidy_yen
    final = granted_yen is not None or bool(refusals)
    return Estimate(
        Basis(scheme, tariff, lines, sums, exact, size, count, conditions, final),
        *_figures(sums, amount),
        outcome.limits,
        (*refusals, *outcome.findings),
        met,
    )


def _line_result(tariff: Tariff, sums: Tally, rates: Sequence[str], line: CostLine) -> LineResult:
    """rates: of each segment, as they are written."""
    kind, months = tariff.kinds[line.kind], line.months
    index, most = kind.segment, kind.months
    if index is None or index in sums.left_out:
        return LineResult(line, kind, 0, None, None if months is None else 0, None if index is None else _ALONE)
    counted = kind.counted(line.amount_yen, months, line.accounts)
    why = None
    if most is not None and months is not None and months > most:
        why, months = _months_cut(months, most), most
    elif kind.shared and line.accounts is not None:
        why = _shared(*line.accounts)
    return LineResult(line, kind, int(counted // 1), rates[index], months, why)


_NONE: frozenset[str] = frozenset()
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


@lru_cache(maxsize=256)
def _shared(ours: int, every: int) -> Text:
    return Text(
        f"全{every:,}アカウントのうち、中小企業が使う{ours:,}アカウント分だけが対象です。",
        f"Of {every:,} accounts, only the part of the {ours:,} that small and medium businesses use counts.",
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
