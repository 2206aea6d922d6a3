"""What a business types, kept as it was typed until every item is right."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Self

from marketplace.applicants import Profile, Statement
from tenants.errors import BadInput, Finding
from tenants.hidden import on_one_line
from tenants.identities import IdentityFacts, mirasapo_id_findings
from tenants.numbers import corporate_number_findings, normalised_number
from tenants.organisations import ADDRESS_LIMIT, NAME_LIMIT, PREFECTURES
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web import condition_answers

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


def package_code(values: Mapping[str, str]) -> str:
    """The package the person was on the way to; empty when there is none."""
    code = values.get("package", "")
    return code if _CODE.fullmatch(code) else ""


@dataclass(frozen=True, slots=True)
class Business:
    """The registration form. form: corporation or sole_proprietor, empty while not chosen. mirasapo_id: may be empty."""

    name: str = ""
    form: str = ""
    corporate_number: str = ""
    prefecture: str = ""
    address: str = ""
    mirasapo_id: str = ""
    package: str = ""

    def vouched_for(self, facts: IdentityFacts | None, only: Collection[str]) -> Self:
        """The same, with what a provider says of the business in these fields; a prefecture of ours only."""
        if facts is None:
            return self
        told = {
            "name": facts.name,
            "form": facts.corp_type or "",
            "corporate_number": facts.corporate_number or "",
            "prefecture": facts.prefecture if facts.prefecture in PREFECTURES else "",
            "address": facts.address,
            "mirasapo_id": facts.mirasapo_id or "",
        }
        return replace(self, **{name: value for name, value in told.items() if name in only})

    @property
    def number(self) -> str | None:
        """The corporate number, None for a sole proprietor."""
        return normalised_number(self.corporate_number) if self.form == "corporation" else None

    def checked(self) -> Self:
        """Itself, if nothing is wrong; BadInput with one finding for each field otherwise."""
        findings = [
            *self._name(),
            *self._form(),
            *self._place(),
            *mirasapo_id_findings(self.mirasapo_id),
        ]
        if findings:
            raise BadInput(*findings)
        return self

    def _name(self) -> list[Finding]:
        if 1 <= len(self.name) <= NAME_LIMIT:
            return []
        return [
            Finding(
                "name_missing",
                Text(
                    "事業者名（会社名・屋号）が正しくありません。",
                    "The name of the business is missing or too long.",
                ),
                Text(f"1〜{NAME_LIMIT}文字で入力してください。", f"Enter 1 to {NAME_LIMIT} characters."),
                "name",
            )
        ]

    def _form(self) -> list[Finding]:
        if self.form == "corporation":
            return corporate_number_findings(self.corporate_number, "corporate_number")
        if self.form == "sole_proprietor":
            return []
        return [
            Finding(
                "form_missing",
                Text("法人か個人事業主かが選ばれていません。", "Corporation or sole proprietor is not chosen."),
                Text("どちらかを選んでください。", "Please choose one."),
                "form",
            )
        ]

    def _place(self) -> list[Finding]:
        found = []
        if self.prefecture not in PREFECTURES:
            found.append(
                Finding(
                    "prefecture_missing",
                    Text("都道府県が選ばれていません。", "No prefecture is chosen."),
                    Text("本社または本店のある都道府県を選んでください。", "Choose the one of your head office."),
                    "prefecture",
                )
            )
        if not 1 <= len(self.address) <= ADDRESS_LIMIT:
            found.append(
                Finding(
                    "address_missing",
                    Text("住所が入力されていないか、長すぎます。", "The address is missing or too long."),
                    Text(
                        f"市区町村から番地までを{ADDRESS_LIMIT}文字以内で入力してください。",
                        f"Enter it from the city on, in at most {ADDRESS_LIMIT} characters.",
                    ),
                    "address",
                )
            )
        return found


def business_from(values: Mapping[str, str]) -> Business:
    """The registration form as it was sent."""
    names = ("name", "form", "corporate_number", "prefecture", "address", "mirasapo_id")
    return Business(**{name: on_one_line(values.get(name, "")) for name in names}, package=package_code(values))


_SHARES: Final = ("largest_large_firm_share", "large_firms_share", "large_firm_officers_share")
_FIGURES: Final[dict[str, Text]] = {
    "employees": Text("従業員数", "The number of employees"),
    "capital_yen": Text("資本金", "The capital"),
    "largest_large_firm_share": Text("1社の出資割合", "The share of one large firm"),
    "large_firms_share": Text("大企業全体の出資割合", "The share of all large firms"),
    "large_firm_officers_share": Text("役員の割合", "The share of officers"),
}


@dataclass(frozen=True, slots=True)
class ProfileForm:
    """The profile form; figures as they were typed. conditions: what came in, by the codes of the scheme's questions."""

    kind: str = ""
    industry: str = ""
    industry_words: str = ""
    employees: str = ""
    capital_yen: str = ""
    domestic: str = ""
    large_firms: str = ""
    largest_large_firm_share: str = ""
    large_firms_share: str = ""
    large_firm_officers_share: str = ""
    version: str = ""
    package: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, values: Mapping[str, str], asked: Collection[str]) -> Self:
        """As it was sent. asked: the codes of the scheme's own questions."""
        names = [name for name in cls.__slots__ if name not in ("package", "conditions")]
        return cls(
            **{name: values.get(name, "").strip() for name in names},
            package=package_code(values),
            conditions=condition_answers.typed(values, asked),
        )

    @classmethod
    def of(cls, profile: Profile, package: str = "") -> Self:
        """As it was saved."""
        said = profile.statement
        shares = {name: getattr(said, name) for name in _SHARES}
        return cls(
            kind=said.kind,
            industry=said.industry,
            employees=f"{said.employees:,}",
            capital_yen="" if said.capital_yen is None else f"{said.capital_yen:,}",
            domestic="yes" if said.domestic else "no",
            large_firms="yes" if any(shares.values()) else "no",
            **{name: str(share) if share else "" for name, share in shares.items()},
            version=str(profile.version),
            package=package,
            conditions={code: "yes" if met else "no" for code, met in said.conditions.items()},
        )

    @property
    def read_version(self) -> int | None:
        """The version it was made from; None when nothing was saved before."""
        return whole_number(self.version)

    def statement(self) -> Statement:
        """What is said; BadInput for figures that are none and questions left open.

        A sole proprietor has no capital, whatever stands in the field; without large firms all shares are nought.
        """
        needed = ["employees"]
        if self.capital_yen and self.kind != "sole_proprietor":
            needed.append("capital_yen")
        if self.large_firms == "yes":
            needed += [name for name in _SHARES if getattr(self, name)]
        figures = {name: whole_number(getattr(self, name)) for name in needed}
        findings = [
            *self._open_questions(),
            *(_not_a_number(name) for name, n in figures.items() if n is None),
            *condition_answers.faults(self.conditions),
        ]
        if findings:
            raise BadInput(*findings)
        return Statement(
            kind=self.kind,
            industry=self.industry,
            capital_yen=figures.get("capital_yen"),
            employees=figures["employees"] or 0,
            domestic=self.domestic == "yes",
            **{name: figures.get(name) or 0 for name in _SHARES},
            conditions=condition_answers.said(self.conditions),
        )

    def _open_questions(self) -> list[Finding]:
        questions = {
            "kind": (self.kind, Text("事業者の種類", "The kind of business")),
            "industry": (self.industry, Text("業種", "The industry")),
            "domestic": (self.domestic, Text("本社と事業所の場所", "Where you are")),
            "large_firms": (self.large_firms, Text("大企業との関係", "Ties to large firms")),
        }
        return [
            Finding(
                "not_answered",
                Text(f"「{label.ja}」が選ばれていません。", f"{label.en} is not answered."),
                Text("あてはまるものを1つ選んでください。", "Please choose one."),
                name,
            )
            for name, (answer, label) in questions.items()
            if not answer
        ]


def _not_a_number(name: str) -> Finding:
    label = _FIGURES[name]
    example = "10,000,000" if name == "capital_yen" else "6"
    return Finding(
        "not_a_number",
        Text(f"{label.ja}が数字で入力されていません。", f"{label.en} is not a number."),
        Text(
            f"例：{example} のように、0以上の整数で入力してください。", f"Enter a whole number such as {example}."
        ),
        name,
    )
