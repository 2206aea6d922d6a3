"""Whether an applicant may apply, rule by rule, each with its clause. Nothing is looked up and nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from marketplace.subsidy.class_table import ClassTable, DeemedLarge, EligibilityRules, SizeClass, rules_for
from marketplace.subsidy.classes import Jsic, classification, name_of, normalise_jsic
from marketplace.subsidy.files import Sourced
from marketplace.subsidy.lines import MOST_YEN, whole
from marketplace.subsidy.parts import BusinessSize, Condition
from tenants.errors import BadInput, Finding
from tenants.text import Language, Text, same

__all__ = ["APPLICANT_KINDS", "Applicant", "Eligibility", "EligibilityRules", "RuleResult", "check", "rules_for"]

ApplicantKind = Literal[
    "company", "sole_proprietor", "union", "medical_corporation", "social_welfare_corporation", "npo"
]
Result = Literal["eligible", "not_eligible", "needs_papers"]
APPLICANT_KINDS: dict[ApplicantKind, Text] = {
    "company": Text("会社", "company"),
    "sole_proprietor": Text("個人事業主", "sole proprietor"),
    "union": Text("組合（企業組合・協業組合など）", "union"),
    "medical_corporation": Text("医療法人", "medical corporation"),
    "social_welfare_corporation": Text("社会福祉法人", "social welfare corporation"),
    "npo": Text("特定非営利活動法人（NPO法人）", "NPO"),
}
MOST_EMPLOYEES = 1_000_000
_WHOLE_PERCENT = 100
_SAID_YES = Text("答え：はい", "Answer: yes")
_SAID_NO = Text("答え：いいえ。この制度では必要な条件です。", "Answer: no. This scheme requires it.")
_NOT_SAID = Text(
    "まだ答えがありません。申請のときに確かめます。", "Not answered yet; it is checked when you apply."
)
_NO_SHARE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Applicant:
    """What the applicant says of itself.

    capital_yen: None for a sole proprietor, or when not known. employees: regular employees, without officers and
    the proprietor. Shares: an exact Fraction from 0 to 1, or whole percent from 0 to 100 as int.
    largest_large_firm_share: held by the one large firm that holds most; large_firms_share: by all of them;
    large_firm_officers_share: officers who are a large firm's people. conditions: answers to the edition's own
    questions by code; what is not there was not answered, and answers to other editions' questions count for nothing.
    """

    kind: ApplicantKind
    employees: int
    jsic: str | None = None
    capital_yen: int | None = None
    domestic: bool = True
    largest_large_firm_share: Fraction | int = field(default=_NO_SHARE)
    large_firms_share: Fraction | int = field(default=_NO_SHARE)
    large_firm_officers_share: Fraction | int = field(default=_NO_SHARE)
    already_applied: bool = False
    conditions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule's answer. passed is None when papers have to show it."""

    code: str
    passed: bool | None
    message: Text
    clause: str

    def as_json(self, language: Language) -> dict[str, Any]:
        """{code, passed, message, clause}."""
        return {
            "code": self.code,
            "passed": self.passed,
            "message": self.message.in_language(language),
            "clause": self.clause,
        }


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer and why. size_class: id of the class, None when it does not depend on one."""

    result: Result
    size_class: str | None
    size_class_label: Text | None
    business_size: BusinessSize
    rules: tuple[RuleResult, ...]
    version: str

    def as_json(self, language: Language = "ja") -> dict[str, Any]:
        """For the API and for keeping with an application."""
        label = self.size_class_label
        return {
            "result": self.result,
            "size_class": self.size_class,
            "size_class_label": label.in_language(language) if label else None,
            "business_size": self.business_size,
            "rules": [rule.as_json(language) for rule in self.rules],
            "rules_version": self.version,
        }


def check(applicant: Applicant, rules: EligibilityRules) -> Eligibility:
    """Every rule applied. One failed: not_eligible; else one open: needs_papers; else eligible.

    Raises BadInput, one finding for each fault with its field.
    """
    faults = _faults(applicant)
    if faults:
        raise BadInput(*faults)
    jsic = normalise_jsic(applicant.jsic) if applicant.jsic else None
    classes = _classes(rules.table, jsic)
    by_table = applicant.kind in {"company", "sole_proprietor"}
    size = _size_rule(applicant, classes, jsic) if by_table else _organisation_rule(applicant, rules)
    checked = (
        _domestic_rule(applicant, rules.table.domestic),
        size,
        _deemed_large_rule(applicant, rules.table.deemed_large),
        _once_rule(applicant, rules.table.once),
        *_condition_rules(applicant, rules.conditions),
    )
    answers = {rule.passed for rule in checked}
    result: Result = "eligible"
    if False in answers:
        result = "not_eligible"
    elif None in answers:
        result = "needs_papers"
    single = classes[0] if by_table and len(classes) == 1 else None
    # Where a division alone leaves the class open, the strictest limit decides: small only when small in each.
    small = applicant.employees <= min(row.small_employees for row in classes)
    return Eligibility(
        result,
        single.id if single else None,
        single.label if single else None,
        "small" if small else "sme",
        checked,
        rules.version,
    )


def _condition_rules(applicant: Applicant, conditions: Mapping[str, Condition]) -> Iterator[RuleResult]:
    """What the edition requires of the applicant; what only raises a rate stands against nobody."""
    for code, condition in conditions.items():
        if not condition.required:
            continue
        passed = applicant.conditions.get(code)
        said = {True: _SAID_YES, False: _SAID_NO, None: _NOT_SAID}[passed]
        message = Text(f"{condition.question.ja} {said.ja}", f"{condition.question.en} {said.en}")
        yield RuleResult(f"condition_{code}", passed, message, condition.clause)


def _classes(table: ClassTable, jsic: Jsic | None) -> tuple[SizeClass, ...]:
    """The class of a code: the longest match wins. A division alone can leave several open."""
    if jsic is None:
        return tuple(row for row in table.classes if row.id == table.default_class)
    if jsic.digits:
        return (_class(table, jsic),)
    groups = next(d.groups for d in classification().divisions if d.code == jsic.division)
    return tuple(dict.fromkeys(_class(table, Jsic(jsic.division, group.code)) for group in groups))


def _class(table: ClassTable, jsic: Jsic) -> SizeClass:
    rows = {key: row for row in table.classes for key in row.jsic}
    return next(rows[key] for key in jsic.chain if key in rows)


def _within(applicant: Applicant, row: SizeClass) -> bool | None:
    """Capital or employees at or below the limit; a sole proprietor has no capital. None: capital not known."""
    if applicant.employees <= row.employees:
        return True
    if applicant.kind == "sole_proprietor":
        return False
    return None if applicant.capital_yen is None else applicant.capital_yen <= row.capital_yen


def _size_rule(applicant: Applicant, classes: tuple[SizeClass, ...], jsic: Jsic | None) -> RuleResult:
    answers = {_within(applicant, row) for row in classes}
    row = classes[0]
    named = name_of(jsic) if jsic else same("")
    if len(answers) > 1:
        message = Text(
            f"「{named.ja}」は細かい業種によって基準が違います。2けた以上の分類番号で確かめてください。",
            f"Within {named.en} the limits differ by industry: please give a code of two digits or more.",
        )
        return RuleResult("size", None, message, row.clause)
    passed = answers.pop()
    ja = f"業種「{named.ja}」は「{row.label.ja}」として、"
    en = f"{named.en} counts as {row.label.en}: "
    if applicant.kind == "sole_proprietor":
        ja += f"従業員{row.employees:,}人以下が対象です（従業員{applicant.employees:,}人）。"
        en += f"at most {row.employees:,} employees (you have {applicant.employees:,})."
    else:
        ja += f"資本金{_yen_ja(row.capital_yen)}以下、または従業員{row.employees:,}人以下が対象です（{_facts_ja(applicant)}）。"
        en += f"capital of at most {row.capital_yen:,} yen or at most {row.employees:,} employees ({_facts_en(applicant)})."
    if passed is None:
        ja += "資本金がわかる書類で確かめます。"
        en += " Papers that show the capital are needed."
    return RuleResult("size", passed, Text(ja, en), row.clause)


def _yen_ja(amount: int) -> str:
    """50000000 -> 5,000万円, 350000000 -> 3億5,000万円; other amounts to the yen."""
    every_man, rest = divmod(amount, 10_000)
    if rest or not every_man:
        return f"{amount:,}円"
    oku, man = divmod(every_man, 10_000)
    return f"{f'{oku:,}億' if oku else ''}{f'{man:,}万' if man else ''}円"


def _facts_ja(applicant: Applicant) -> str:
    capital = "資本金は未入力" if applicant.capital_yen is None else f"資本金{_yen_ja(applicant.capital_yen)}"
    return f"{capital}、従業員{applicant.employees:,}人"


def _facts_en(applicant: Applicant) -> str:
    capital = "capital not given" if applicant.capital_yen is None else f"capital {applicant.capital_yen:,} yen"
    return f"{capital}, {applicant.employees:,} employees"


def _organisation_rule(applicant: Applicant, rules: EligibilityRules) -> RuleResult:
    label = APPLICANT_KINDS[applicant.kind]
    limit = next((row for kind, row in rules.applicants.organisations.items() if kind == applicant.kind), None)
    if limit is None:
        message = Text(f"{label.ja}は、この制度の対象外です。", f"This scheme is not open to a {label.en}.")
        return RuleResult("size", passed=False, message=message, clause=rules.table.domestic.clause)
    if limit.employees is None:
        return RuleResult(
            "size",
            passed=True,
            message=Text(f"{label.ja}は対象です。", f"A {label.en} may apply."),
            clause=limit.clause,
        )
    ja = f"{label.ja}は従業員{limit.employees:,}人以下が対象です（従業員{applicant.employees:,}人）。"
    en = f"A {label.en} may apply with at most {limit.employees:,} employees (you have {applicant.employees:,})."
    passed: bool | None = applicant.employees <= limit.employees
    if not passed and limit.unconfirmed:
        passed = None
        ja += "この年度の上限は確認できていないため、事務局が書類で確かめます。"
        en += " The limit of this edition is not confirmed: the secretariat checks by papers."
    return RuleResult("size", passed, Text(ja, en), limit.clause)


def _domestic_rule(applicant: Applicant, rule: Sourced) -> RuleResult:
    message = (
        Text("本社と事業所が日本国内にあります。", "Head office and place of business are in Japan.")
        if applicant.domestic
        else Text(
            "本社と事業所の両方が日本国内にある事業者が対象です。",
            "Only businesses with both head office and place of business in Japan may apply.",
        )
    )
    return RuleResult("domestic", applicant.domestic, message, rule.clause)


_DEEMED: tuple[tuple[str, Text, Callable[[Applicant], Fraction | int]], ...] = (
    (
        "largest_large_firm_share",
        Text("1つの大企業の出資", "the share held by one large firm"),
        lambda a: a.largest_large_firm_share,
    ),
    (
        "large_firms_share",
        Text("大企業全体の出資", "the share held by large firms"),
        lambda a: a.large_firms_share,
    ),
    (
        "large_firm_officers_share",
        Text("大企業の役職員が占める役員", "the share of officers from large firms"),
        lambda a: a.large_firm_officers_share,
    ),
)


def _deemed_large_rule(applicant: Applicant, rule: DeemedLarge) -> RuleResult:
    for name, label, value in _DEEMED:
        share, threshold = _share(value(applicant)), Fraction(getattr(rule, name))
        if share is not None and share >= threshold:
            message = Text(
                f"みなし大企業に当たります：{label.ja}の割合が{share}で、{threshold}以上です。",
                f"This is a deemed large enterprise: {label.en} is {share}, {threshold} or more.",
            )
            return RuleResult("deemed_large", passed=False, message=message, clause=rule.clause)
    message = Text("みなし大企業には当たりません。", "This is not a deemed large enterprise.")
    return RuleResult("deemed_large", passed=True, message=message, clause=rule.clause)


def _once_rule(applicant: Applicant, rule: Sourced) -> RuleResult:
    message = (
        Text("すでに申請済みです。申請は1事業者につき1回です。", "Already applied: one application per business.")
        if applicant.already_applied
        else Text("この制度への申請ははじめてです。", "This is the first application to this scheme.")
    )
    return RuleResult("once", not applicant.already_applied, message, rule.clause)


def _share(value: object) -> Fraction | None:
    """0 to 1 exactly; None when it is neither whole percent nor a fraction in range."""
    if whole(value, 0, _WHOLE_PERCENT):
        return Fraction(value, _WHOLE_PERCENT)  # type: ignore[call-overload, no-any-return]  # whole() saw an int
    return value if isinstance(value, Fraction) and 0 <= value <= 1 else None


def _faults(applicant: Applicant) -> list[Finding]:
    """What cannot be judged at all."""
    found = []
    if applicant.kind not in get_args(ApplicantKind):
        kinds = "、".join(f"{code}（{label.ja}）" for code, label in APPLICANT_KINDS.items())
        remedy = Text(f"次のどれかを選んでください：{kinds}", f"Choose one of: {', '.join(APPLICANT_KINDS)}.")
        found.append(
            _fault("kind", Text("事業者の種類が正しくありません。", "The kind of applicant is not known."), remedy)
        )
    elif applicant.kind in {"company", "sole_proprietor"} and not applicant.jsic:
        found.append(
            _fault(
                "jsic",
                Text("業種が選ばれていません。", "No industry is given."),
                Text("業種を一覧から選んでください。", "Choose the industry from the list."),
            )
        )
    numbers = (
        ("employees", applicant.employees, MOST_EMPLOYEES, False),
        ("capital_yen", applicant.capital_yen, MOST_YEN, True),
    )
    for name, value, most, may_be_empty in numbers:
        if not (whole(value, 0, most) or (may_be_empty and value is None)):
            found.append(
                _fault(
                    name,
                    Text("0以上の整数ではありません。", "This is not a whole number of at least 0."),
                    Text(
                        f"0から{most:,}までの整数で入力してください。", f"Enter a whole number from 0 to {most:,}."
                    ),
                )
            )
    found += [
        _fault(
            name,
            Text(f"{label.ja}の割合が正しくありません。", f"The value for {label.en} is not a share."),
            Text("0から100までの整数（%）で入力してください。", "Enter a whole percentage from 0 to 100."),
        )
        for name, label, value_of in _DEEMED
        if _share(value_of(applicant)) is None
    ]
    return found


def _fault(name: str, message: Text, remedy: Text) -> Finding:
    return Finding("bad_applicant", message, remedy, name)
