"""What an SME says of itself, once: the facts that decide whether it may apply, and how much it is granted.

Only the SME and the secretariat see the figures; a vendor sees the kind of business and the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from marketplace import pricing
from marketplace.models import ApplicantProfile, GrantApplication
from marketplace.subsidy.classes import (
    IndustryChoice,
    choice_of,
    find_industries,
    industry_choices,
    industry_of,
    normalise_jsic,
)
from marketplace.subsidy.eligibility import APPLICANT_KINDS, Applicant, Eligibility, check, rules_for
from marketplace.subsidy.parts import BusinessSize, Condition
from tenants import actor, audit, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Language, Text

__all__ = [
    "APPLICANT_KINDS",
    "BUSINESS_SIZES",
    "RESULTS",
    "EligibleApplicant",
    "IndustryChoice",
    "Profile",
    "Statement",
    "find_industries",
    "industry_choices",
    "profile",
    "questions",
    "readers_profile",
    "require_eligible",
    "save_profile",
]

WHAT: Final = Text("事業者の情報", "Your profile")
BUSINESS_SIZES: Final[dict[BusinessSize, Text]] = {
    "sme": Text("中小企業者", "Small or medium business"),
    "small": Text("小規模事業者", "Small business"),
}
RESULTS: Final[dict[str, Text]] = {
    "eligible": Text("申請できます", "You can apply"),
    "needs_papers": Text("申請できます（書類での確認があります）", "You can apply; papers will be checked"),
    "not_eligible": Text("いまの内容では申請できません", "You cannot apply as things stand"),
}
constraint("pk_applicant_profile", Conflict)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the SME says.

    kind: a key of APPLICANT_KINDS. industry: the id of an industry choice. capital_yen: whole yen, None for those
    who have none. employees: regular employees, without officers and the proprietor. Shares: whole percent, the
    part after the point rounded up, so that two thirds (66.67) reads 67 and reaches the limit. conditions: answers
    to the questions of the scheme in use, by code; what is not there was not answered.
    """

    kind: str
    industry: str
    capital_yen: int | None
    employees: int
    domestic: bool
    largest_large_firm_share: int = 0
    large_firms_share: int = 0
    large_firm_officers_share: int = 0
    conditions: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """The saved statement with the answer it got, the day and the version of the rules."""

    statement: Statement
    jsic: str
    result: str
    rules: tuple[dict[str, dict[str, Any]], ...]
    rules_version: str
    checked_on: date
    version: int
    business_size: BusinessSize

    @property
    def industry(self) -> str:
        """The catalogue's industry code."""
        return industry_of(normalise_jsic(self.jsic)) or "other"

    @property
    def industry_label(self) -> Text:
        """The industry in the words it was chosen by."""
        return _choice(self.statement.industry).label

    @property
    def conditions(self) -> Mapping[str, bool]:
        """The answers to the questions of the scheme in use, by code."""
        return self.statement.conditions

    @property
    def may_apply(self) -> bool:
        """Whether nothing stands against an application."""
        return self.result != "not_eligible"

    def rules_in(self, language: Language) -> list[dict[str, Any]]:
        """Each rule as it was answered: {code, passed, message, clause}."""
        return [rule[language] for rule in self.rules]


@dataclass(frozen=True, slots=True)
class EligibleApplicant:
    """An SME that may apply today, by the rules of today."""

    statement: Statement
    jsic: str
    industry: str
    industry_label: Text
    eligibility: Eligibility
    checked_on: date

    @property
    def business_size(self) -> BusinessSize:
        """sme, or small (小規模事業者): decides the rate where a scheme has one for each."""
        return self.eligibility.business_size

    @property
    def conditions(self) -> Mapping[str, bool]:
        """The answers to the questions of the scheme in use, by code."""
        return self.statement.conditions

    def facts(self) -> dict[str, Any]:
        """What both parties of an application may know, to be frozen with it. No figures."""
        return {
            "kind": self.statement.kind,
            "kind_label": APPLICANT_KINDS[self.statement.kind].as_json(),  # type: ignore[index]  # check() knew it
            "industry": self.industry,
            "industry_label": self.industry_label.as_json(),
            "jsic": self.jsic,
            "business_size": self.business_size,
            "business_size_label": BUSINESS_SIZES[self.business_size].as_json(),
            "result": self.eligibility.result,
            "rules_version": self.eligibility.version,
            "checked_on": self.checked_on.isoformat(),
        }

    def figures(self) -> dict[str, Any]:
        """What only the SME and the secretariat may know, to be frozen with an application."""
        return {
            "capital_yen": self.statement.capital_yen,
            "employees": self.statement.employees,
            "answers": _answers(self.statement, {}),
            "eligibility": _as_shown(self.eligibility),
        }


def profile() -> Profile | None:
    """The acting SME's profile; None when it has said nothing yet."""
    who = actor.current()
    who.require(Permission.VIEW_OWN_APPLICATIONS)
    row = db.session.get(ApplicantProfile, who.own_organisation)
    if row is None:
        return None
    return Profile(
        statement=_statement(row),
        jsic=row.jsic,
        result=row.eligibility["result"],
        rules=tuple(row.eligibility["rules"]),
        rules_version=row.rules_version,
        checked_on=row.checked_on,
        version=row.version,
        business_size=row.eligibility["business_size"],
    )


def readers_profile() -> Profile | None:
    """The profile of whoever reads, when that is somebody of an SME that has one; None for everybody else."""
    who = actor.current()
    if who.audience != "sme" or not who.may(Permission.VIEW_OWN_APPLICATIONS):
        return None
    return profile()


@use_case
def save_profile(statement: Statement, *, read_version: int | None) -> Profile:
    """Keep the statement and its answer by the rules in effect today.

    read_version: the version that was on the screen, None when there was none. Raises BadInput with one finding
    for each fault, StaleVersion when it was changed meanwhile. Being not eligible is an answer, not an error.
    """
    who = actor.current()
    who.require(Permission.EDIT_PROFILE)
    row = db.session.get(ApplicantProfile, who.own_organisation, with_for_update=True)
    if (row.version if row else None) != read_version:
        raise StaleVersion(WHAT, yours=read_version or 0, current=row.version if row else 0)
    jsic = _choice(statement.industry).jsic
    answer = _check(statement, jsic)
    answers = _answers(statement, row.answers if row else {})
    before = {"result": row.eligibility["result"], "version": row.version} if row else None
    if row is None:
        row = ApplicantProfile(organisation_id=who.own_organisation)
        db.session.add(row)
    row.kind = statement.kind
    row.jsic = jsic
    row.capital_yen = statement.capital_yen
    row.employees = statement.employees
    row.answers = answers
    row.eligibility = _as_shown(answer)
    row.rules_version = answer.version
    row.checked_on = clock.today()
    audit.record(
        "profile_saved",
        subject=("applicant_profile", who.own_organisation),
        organisation_id=who.own_organisation,
        before=before,
        after={"result": answer.result, "rules_version": answer.version},
    )
    db.session.flush()
    saved = profile()
    assert saved is not None  # noqa: S101  (it was written one line above)
    return saved


def require_eligible() -> EligibleApplicant:
    """The acting SME, checked anew by the rules of today.

    Raises BadInput when it has no profile, or is not eligible: one finding for each rule it fails.
    """
    row = db.session.get(ApplicantProfile, actor.current().own_organisation)
    if row is None:
        raise BadInput(
            Finding(
                "profile_missing",
                Text("事業者の情報がまだ登録されていません。", "You have not told us about your business yet."),
                Text(
                    "業種・従業員数などを登録すると、申請できるかどうかがわかります。",
                    "Enter your industry and number of employees to see whether you can apply.",
                ),
            )
        )
    statement = _statement(row)
    answer = _check(statement, row.jsic)
    failed = [rule for rule in answer.rules if rule.passed is False]
    if failed:
        raise BadInput(
            *(
                Finding(
                    f"not_eligible_{rule.code}",
                    rule.message,
                    Text(
                        f"根拠：{rule.clause}。入力に誤りがあれば、事業者の情報を直してください。",
                        f"Source: {rule.clause}. If what you entered is wrong, correct your profile.",
                    ),
                )
                for rule in failed
            )
        )
    jsic = normalise_jsic(row.jsic)
    return EligibleApplicant(
        statement,
        row.jsic,
        industry_of(jsic) or "other",
        _choice(statement.industry).label,
        answer,
        clock.today(),
    )


def _check(statement: Statement, jsic: str) -> Eligibility:
    applicant = Applicant(
        kind=statement.kind,  # type: ignore[arg-type]  # check() refuses an unknown kind with a finding
        employees=statement.employees,
        jsic=jsic,
        capital_yen=None if statement.kind == "sole_proprietor" else statement.capital_yen,
        domestic=statement.domestic,
        largest_large_firm_share=statement.largest_large_firm_share,
        large_firms_share=statement.large_firms_share,
        large_firm_officers_share=statement.large_firm_officers_share,
        already_applied=_submitted_before(),
        conditions=statement.conditions,
    )
    return check(applicant, rules_for(pricing.scheme()))


def questions() -> Mapping[str, Condition]:
    """What the scheme in use asks of the applicant, by code: wherever a business says its facts."""
    return pricing.scheme().conditions


def _submitted_before() -> bool:
    """One application for each business, whatever the round; one that was withdrawn does not count."""
    found = select(GrantApplication.id).where(
        GrantApplication.sme_id == actor.current().own_organisation, GrantApplication.state == "submitted"
    )
    return db.session.scalar(found.limit(1)) is not None


def _choice(choice_id: str) -> IndustryChoice:
    """The industry choice with this id; BadInput when there is none."""
    choice = choice_of(choice_id)
    if choice is not None:
        return choice
    raise BadInput(
        Finding(
            "industry_missing",
            Text("業種が選ばれていません。", "No industry is chosen."),
            Text("いちばん近い業種を一覧から選んでください。", "Choose the nearest one from the list."),
            "industry",
        )
    )


def _answers(statement: Statement, before: Mapping[str, Any]) -> dict[str, Any]:
    """As they are kept. Answers to a scheme's questions stay under its id when another one comes in use."""
    scheme = pricing.scheme()
    said = {code: statement.conditions[code] for code in scheme.conditions if code in statement.conditions}
    kept = {name: answers for name, answers in before.get("conditions", {}).items() if name != scheme.id}
    return {
        "industry": statement.industry,
        "domestic": statement.domestic,
        "largest_large_firm_share": statement.largest_large_firm_share,
        "large_firms_share": statement.large_firms_share,
        "large_firm_officers_share": statement.large_firm_officers_share,
        "conditions": kept | ({scheme.id: said} if said else {}),
    }


def _statement(row: ApplicantProfile) -> Statement:
    answers = dict(row.answers)
    by_scheme = answers.pop("conditions", {})
    conditions = by_scheme.get(pricing.id_in_use(), {}) if by_scheme else {}
    return Statement(
        kind=row.kind, capital_yen=row.capital_yen, employees=row.employees, conditions=conditions, **answers
    )


def _as_shown(answer: Eligibility) -> dict[str, Any]:
    """The answer with each rule's words in both languages."""
    return {
        "result": answer.result,
        "size_class": answer.size_class,
        "business_size": answer.business_size,
        "rules": [{"ja": rule.as_json("ja"), "en": rule.as_json("en")} for rule in answer.rules],
    }
