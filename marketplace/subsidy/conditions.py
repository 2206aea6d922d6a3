"""Conditions on the applicant that an edition asks for: what the answers open, and what they shut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.raises import Raise
from marketplace.subsidy.scheme import BusinessSize, Scheme
from tenants.errors import BadInput, Finding
from tenants.text import Language, Text

Answers = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition. met: as it was answered, None when it was not: what is required is then taken as met, what
    raises a rate is not."""

    code: str
    question: Text
    required: bool
    met: bool | None
    clause: str

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `conditions`."""
        return {
            "code": self.code,
            "question": self.question.in_language(language),
            "required": self.required,
            "met": self.met,
            "clause": self.clause,
        }


def check_answers(scheme: Scheme, answers: Answers) -> frozenset[str]:
    """The conditions that are met. Raises BadInput for one that the scheme does not know, or no yes or no."""
    findings = [_unknown(scheme, code) for code in answers if code not in scheme.conditions]
    findings += [_no_answer(code) for code, met in answers.items() if type(met) is not bool]
    if findings:
        raise BadInput(*findings)
    return frozenset(code for code, met in answers.items() if met)


def results_of(scheme: Scheme, answers: Answers) -> tuple[ConditionResult, ...]:
    """Every condition of the scheme with its answer."""
    return tuple(
        ConditionResult(code, each.question, each.required, answers.get(code), each.clause)
        for code, each in scheme.conditions.items()
    )


def refusals_of(scheme: Scheme, answers: Answers) -> tuple[Finding, ...]:
    """Why nothing can be granted: required conditions that were answered with no."""
    return tuple(
        Finding(
            "condition_not_met",
            Text(
                f"必要な条件に当てはまりません：{each.question.ja}",
                f"A required condition is not met: {each.question.en}",
            ),
            Text(f"出典（{each.clause}）で条件をご確認ください。", f"See the condition's source: {each.clause}."),
            f"conditions.{code}",
        )
        for code, each in scheme.conditions.items()
        if each.required and answers.get(code) is False
    )


def raises_by_condition(
    scheme: Scheme, sums: Tally, size: BusinessSize, count: int, answers: Answers, subsidy_yen: int
) -> Iterator[Raise]:
    """Conditions that were not answered and would bring more, each by itself."""
    met = frozenset(code for code, answer in answers.items() if answer)
    for code in sorted(scheme.raising - answers.keys()):
        more = scheme.tariff(size, count, met | {code}).subsidy(sums.eligible)
        if more > subsidy_yen:
            question = scheme.conditions[code].question
            yield Raise(
                "condition",
                0,
                more,
                Text(
                    f"次に当てはまる場合は補助率が上がり、補助額は{more:,}円になります：{question.ja}",
                    f"If this applies, the rate rises and the subsidy becomes {more:,} yen: {question.en}",
                ),
            )


def _unknown(scheme: Scheme, code: str) -> Finding:
    known = "、".join(scheme.conditions) or "なし"
    return Finding(
        "unknown_condition",
        Text(f"条件「{code}」は、この制度にありません。", f"This scheme has no condition {code!r}."),
        Text(f"使える条件：{known}", f"Conditions of this scheme: {', '.join(scheme.conditions) or 'none'}"),
        f"conditions.{code}",
    )


def _no_answer(code: str) -> Finding:
    return Finding(
        "not_yes_or_no",
        Text("「はい」か「いいえ」で答えてください。", "Answer with yes or no."),
        Text("true か false を指定してください。", "Give true or false."),
        f"conditions.{code}",
    )
