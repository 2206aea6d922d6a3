"""Self-check: one question at a time, answers in the address, nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from flask import Response, make_response, render_template, request, url_for

from marketplace import pricing
from marketplace.applicants import RESULTS, readers_profile
from marketplace.subsidy.classes import IndustryChoice, choice_of, find_industries, industry_choices
from marketplace.subsidy.eligibility import (
    APPLICANT_KINDS,
    MOST_EMPLOYEES,
    Applicant,
    ApplicantKind,
    Eligibility,
    check,
    rules_for,
)
from marketplace.subsidy.lines import MOST_YEN
from marketplace.subsidy.scheme import Scheme
from tenants.errors import Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web.condition_answers import field_of, said, typed
from web.guard import Open, allow
from web.public.blueprint import blueprint

Answers = Mapping[str, str]
UNKNOWN: Final = "unknown"
SHARES: Final = ("largest_large_firm_share", "large_firms_share", "large_firm_officers_share")
_YES_NO: Final = ("yes", "no")
_BY_CLASS: Final = ("company", "sole_proprietor")


def _always(_: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """One question. fields: parameters it asks for; when: whether these answers call for it."""

    name: str
    fields: tuple[str, ...]
    accepts: Callable[[str], bool]
    remedy: Text
    when: Callable[[Answers], bool] = _always

    def faults(self, answers: Answers) -> list[Finding]:
        """What is wrong with the answers that were given; nothing for those that were not."""
        return [
            Finding(
                "bad_answer",
                Text("この答えは受け付けられません。", "This answer cannot be used."),
                self.remedy,
                field,
            )
            for field in self.fields
            if field in answers and not self.accepts(answers[field])
        ]

    def answered(self, answers: Answers) -> bool:
        """Whether every field has an answer that can be used."""
        return all(field in answers and self.accepts(answers[field]) for field in self.fields)


def _within(most: int) -> Callable[[str], bool]:
    def accepts(written: str) -> bool:
        number = whole_number(written)
        return number is not None and number <= most

    return accepts


def _one_of(values: Sequence[str]) -> Callable[[str], bool]:
    return lambda written: written in values


CHOOSE: Final = Text("どれかひとつを選んでください。", "Please choose one.")
CHECK: Final = (
    Question("kind", ("kind",), _one_of(tuple(APPLICANT_KINDS)), CHOOSE),
    Question("domestic", ("domestic",), _one_of(_YES_NO), CHOOSE),
    Question(
        "industry",
        ("industry",),
        lambda written: choice_of(written) is not None,
        Text(
            "業種を一覧から選ぶか、言葉でさがしてください。",
            "Please choose the industry from the list, or search for it by words.",
        ),
        lambda answers: answers.get("kind", "company") in _BY_CLASS,
    ),
    Question(
        "employees",
        ("employees",),
        _within(MOST_EMPLOYEES),
        Text(
            f"0から{MOST_EMPLOYEES:,}までの人数を入力してください。",
            f"Enter a whole number from 0 to {MOST_EMPLOYEES:,}.",
        ),
    ),
    Question(
        "capital",
        ("capital",),
        lambda written: written == UNKNOWN or _within(MOST_YEN)(written),
        Text(
            "0以上の金額を、円で入力してください（例：10,000,000）。わからないときは「わからない」を選べます。",
            "Enter whole yen, such as 10,000,000, or choose “I don't know”.",
        ),
        lambda answers: answers.get("kind", "company") == "company",
    ),
    Question(
        "large", ("large",), _one_of(_YES_NO), CHOOSE, lambda answers: answers.get("kind") != "sole_proprietor"
    ),
    Question(
        "shares",
        SHARES,
        _within(100),
        Text("0から100までの整数（%）で入力してください。", "Enter a whole percentage from 0 to 100."),
        lambda answers: answers.get("large") == "yes",
    ),
    Question("applied", ("applied",), _one_of(_YES_NO), CHOOSE),
)


def questions_of(scheme: Scheme) -> tuple[Question, ...]:
    """What everybody is asked, and then what this scheme requires of its applicants."""
    return (
        *CHECK,
        *(
            Question(field_of(code), (field_of(code),), _one_of((*_YES_NO, UNKNOWN)), CHOOSE)
            for code, condition in scheme.conditions.items()
            if condition.required
        ),
    )


@dataclass(frozen=True, slots=True)
class Interview:
    """Where one stands in a row of questions. question: the one to ask now, None when all are answered."""

    question: Question | None
    asked: tuple[Question, ...]
    answers: dict[str, str]
    findings: tuple[Finding, ...]

    @property
    def number(self) -> int:
        """The position of the question, from 1."""
        return self.asked.index(self.question) + 1 if self.question else len(self.asked)

    @property
    def kept(self) -> dict[str, str]:
        """Answers to the other questions, to be carried along."""
        own = self.question.fields if self.question else ()
        return {name: value for name, value in self.answers.items() if name not in own}

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The same as the form carries them."""
        return list(self.kept.items())

    @property
    def previous(self) -> Question | None:
        """The question before this one."""
        return self.asked[self.number - 2] if self.number > 1 else None


def interview(questions: Sequence[Question]) -> Interview:
    """Read the address: answers as far as they can be used, and what to ask next.

    ?ask= goes back to a question; its answer and all later ones are kept.
    """
    fields = {field for question in questions for field in question.fields}
    answers = {name: _shown(value) for name, value in request.args.items() if name in fields and _shown(value)}
    asked = tuple(question for question in questions if question.when(answers))
    # A button that only looks something up asks its question again.
    wanted = request.args.get("find") or request.args.get("ask")
    current = next((question for question in asked if question.name == wanted), None)
    if current is None:
        current = next((question for question in asked if not question.answered(answers)), None)
    findings = current.faults(answers) if current else []
    if current and not findings and request.args.get("asked") == current.name and not request.args.get("find"):
        findings = _left_empty(current, answers)
    return Interview(current, asked, answers, tuple(findings))


def _shown(written: str) -> str:
    """What stands in the address, as far as a page may show it again."""
    return "".join(filter(str.isprintable, written)).strip()[:40]


def _left_empty(question: Question, answers: Answers) -> list[Finding]:
    return [
        Finding("no_answer", Text("答えが入っていません。", "There is no answer."), question.remedy, field)
        for field in question.fields
        if field not in answers
    ]


@blueprint.get("/eligibility")
@allow(Open.EVERYBODY)
def eligibility() -> Response:
    """Whether a business may apply: question by question, then the answer with its reasons."""
    scheme = pricing.scheme()
    state = interview(questions_of(scheme))
    words = _shown(request.args.get("industry_words", ""))
    found = find_industries(words)
    more: dict[str, Any] = {"industry_words": words, "found": found}
    if state.question is None:
        result = _check(state.answers, scheme)
        choice = _choice(state.answers)
        more |= {
            "result": result,
            "words": RESULTS[result.result],
            "industry": choice.industry if choice else None,
            "industry_label": choice.label if choice else None,
        }
    response = make_response(
        render_template(
            "public/eligibility.html",
            state=state,
            kinds=APPLICANT_KINDS,
            industries=_to_choose_from(found, state.answers),
            address=_address("public.eligibility", state),
            unknown=UNKNOWN,
            conditions={field_of(code): each for code, each in scheme.conditions.items()},
            own_facts=_own_facts() if not state.answers else None,
            **more,
        ),
        422 if state.findings else 200,
    )
    # What was answered is nobody else's business: not in any cache either.
    response.headers["Cache-Control"] = "no-store"
    return response


def _address(endpoint: str, state: Interview) -> Callable[[str], str]:
    """Back to a question by name, with every answer kept."""

    def back_to(name: str) -> str:
        parameters: dict[str, Any] = {**state.answers, "ask": name}
        return url_for(endpoint, **parameters)

    return back_to


def _to_choose_from(found: Sequence[IndustryChoice], answers: Answers) -> list[IndustryChoice]:
    """What was found by words first, then the usual list; what was chosen before stays choosable."""
    chosen = _choice(answers)
    return list(dict.fromkeys([*found, *industry_choices(), *([chosen] if chosen else [])]))


def _own_facts() -> str | None:
    """For somebody of a shop that has said its facts: the address with them filled in, from the first question on."""
    known = readers_profile()
    if known is None:
        return None
    statement = known.statement
    facts: dict[str, Any] = {
        "kind": statement.kind,
        "domestic": "yes" if statement.domestic else "no",
        "employees": statement.employees,
    }
    if statement.kind in _BY_CLASS:
        facts["industry"] = statement.industry
    if statement.kind == "company":
        facts["capital"] = UNKNOWN if statement.capital_yen is None else statement.capital_yen
    shares = {name: getattr(statement, name) for name in SHARES}
    if statement.kind != "sole_proprietor":
        facts["large"] = "yes" if any(shares.values()) else "no"
    facts |= {field_of(code): "yes" if met else "no" for code, met in known.conditions.items()}
    return url_for("public.eligibility", **facts, **(shares if any(shares.values()) else {}))


def _choice(answers: Answers) -> IndustryChoice | None:
    return choice_of(answers.get("industry", ""))


def _check(answers: Answers, scheme: Scheme) -> Eligibility:
    kind = cast("ApplicantKind", answers["kind"])
    choice = _choice(answers)
    capital = answers.get("capital", UNKNOWN)
    # Shares count only when the question that leads to them was answered with yes.
    linked = answers.get("large") == "yes" and kind != "sole_proprietor"
    shares = {name: (whole_number(answers.get(name, "0")) or 0) if linked else 0 for name in SHARES}
    applicant = Applicant(
        kind=kind,
        employees=whole_number(answers["employees"]) or 0,
        jsic=choice.jsic if choice and kind in _BY_CLASS else None,
        capital_yen=whole_number(capital) if kind == "company" and capital != UNKNOWN else None,
        domestic=answers["domestic"] == "yes",
        already_applied=answers["applied"] == "yes",
        conditions=said(typed(answers, scheme.conditions)),
        **shares,
    )
    return check(applicant, rules_for(scheme))
