"""Conditions on the applicant that an edition asks for: what the answers open, and what they shut."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

from marketplace.subsidy.lines import Tally
from marketplace.subsidy.parts import BusinessSize, PackageCondition
from marketplace.subsidy.raises import Raise
from marketplace.subsidy.scheme import Scheme
from tenants.errors import BadInput, Finding
from tenants.text import Language, Text

Answers = Mapping[str, bool]


class ConditionResult(NamedTuple):
    """One condition. about: applicant, or package. met: None when nothing was told: what is required is then taken
    as met, what raises a rate is not. asked_for: of a package, what it must have."""

    code: str
    about: Literal["applicant", "package"]
    question: Text
    required: bool
    met: bool | None
    clause: str
    asked_for: Text | None = None

    def as_json(self, language: Language) -> dict[str, Any]:
        """One entry of the estimate's `conditions`."""
        return {
            "code": self.code,
            "about": self.about,
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


def results_of(
    scheme: Scheme, answers: Answers, functions: Collection[str], count: int
) -> tuple[ConditionResult, ...]:
    """Every condition on the applicant with its answer, and every condition on the package with whether it holds."""
    if not scheme.conditions and not scheme.package:
        return ()
    told = bool(functions) or count > 0
    return (
        *(
            ConditionResult(code, "applicant", each.question, each.required, answers.get(code), each.clause)
            for code, each in scheme.conditions.items()
        ),
        *(
            ConditionResult(
                code,
                "package",
                each.label,
                required=True,
                met=each.holds(functions, count) if told else None,
                clause=each.clause,
                asked_for=_asked_for(each),
            )
            for code, each in scheme.package.items()
        ),
    )


def _asked_for(condition: PackageCondition) -> Text:
    ja, en = [], []
    if condition.at_least is not None:
        ja.append(f"{condition.at_least}つ以上")
        en.append(f"at least {condition.at_least}")
    if condition.one_of:
        ja.append("、".join(condition.one_of) + "のどれか")
        en.append("one of " + ", ".join(condition.one_of))
    if condition.all_of:
        ja.append("、".join(condition.all_of) + "のすべて")
        en.append("all of " + ", ".join(condition.all_of))
    return Text("、".join(ja), "; ".join(en))


def refusals_of(results: Sequence[ConditionResult]) -> tuple[Finding, ...]:
    """Why nothing can be granted: what is required and does not hold."""
    return tuple([_refusal(each) for each in results if each.required and each.met is False]) if results else ()


def _refusal(result: ConditionResult) -> Finding:
    if result.about == "package":
        wanted = result.asked_for or result.question
        return Finding(
            "package_condition_not_met",
            Text(
                f"パッケージが必要な条件に当てはまりません：{result.question.ja}",
                f"The package does not meet a required condition: {result.question.en}",
            ),
            Text(f"必要な機能：{wanted.ja}（出典：{result.clause}）", f"Functions: {wanted.en} ({result.clause})"),
            "functions",
        )
    return Finding(
        "condition_not_met",
        Text(
            f"必要な条件に当てはまりません：{result.question.ja}",
            f"A required condition is not met: {result.question.en}",
        ),
        Text(f"出典（{result.clause}）で条件をご確認ください。", f"See the condition's source: {result.clause}."),
        f"conditions.{result.code}",
    )


def raises_by_condition(
    scheme: Scheme, sums: Tally, size: BusinessSize, count: int, answers: Answers, subsidy_yen: int
) -> Iterator[Raise]:
    """Conditions that were not answered and would bring more, each by itself."""
    if not scheme.raising:
        return
    met = frozenset(code for code, answer in answers.items() if answer)
    for code in sorted(scheme.raising - answers.keys()):
        more = scheme.tariff(size, count, met | {code}).subsidy(sums.eligible)
        if more > subsidy_yen:
            question = scheme.conditions[code].question
            yield Raise(
                "condition",
                0,
                more,
                partial(_if_it_applies, question, more),
            )


def _if_it_applies(question: Text, more: int) -> Text:
    return Text(
        f"次に当てはまる場合は補助率が上がり、補助額は{more:,}円になります：{question.ja}",
        f"If this applies, the rate rises and the subsidy becomes {more:,} yen: {question.en}",
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
