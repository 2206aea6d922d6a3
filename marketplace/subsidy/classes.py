"""Industries: the Japan Standard Industrial Classification, and the names shop owners have for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from marketplace.file_parts import Part
from marketplace.subsidy.faults import fault
from marketplace.subsidy.files import Count, Said, Word, parse
from tenants.errors import BadInput, Finding
from tenants.one_form import in_one_form
from tenants.text import Text

DATA = Path(__file__).parent / "data"
_CODE = re.compile(r"([A-T])?(\d{2,4})?")
_SEARCHED_AT_MOST = 100
_FOUND_AT_MOST = 10
_GROUP = 3


class Group(Part):
    """A group of industries: two digits, or finer."""

    code: Annotated[str, Field(pattern=r"^\d{2,4}$")]
    name: Said


class FinerGroup(Group):
    """A group of three or four digits. editions: the editions that have it; all when it names none."""

    editions: tuple[Word, ...] = ()


class Edition(Part):
    """One revision of the classification. effective_from: the day statistics begin to use it."""

    id: Word
    source: Word
    effective_from: date


class Division(Part):
    """A division (大分類): a letter and its major groups."""

    code: Annotated[str, Field(pattern=r"^[A-T]$")]
    name: Said
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Jsic:
    """A code that has been checked. digits is empty when only the division is known."""

    division: str
    digits: str

    @property
    def code(self) -> str:
        """``G391``."""
        return self.division + self.digits

    @property
    def chain(self) -> tuple[str, ...]:
        """The keys it can match, the most specific first: 3911, 391, 39, G."""
        return (*(self.digits[:length] for length in range(len(self.digits), 1, -1)), self.division)


class HeadOffices(Part):
    """The groups ending in 0 that every major group has but for those named: one name for all."""

    name: Said
    missing: Annotated[tuple[Word, ...], Field(alias="except")]


class Classification(Part):
    """The table of all editions (oldest first), and the catalogue's industry of each code."""

    id: Word
    version: Annotated[Count, Field(ge=1)]
    editions: Annotated[tuple[Edition, ...], Field(min_length=1)]
    divisions: tuple[Division, ...]
    head_offices: HeadOffices
    finer: tuple[FinerGroup, ...]
    industries: dict[str, tuple[str, ...]]

    def names(self, edition: str | None = None) -> dict[str, Text]:
        """Code to name, in one edition; without one each code's newest name, with those no longer in use."""
        named = {division.code: division.name for division in self.divisions}
        named |= {g.code: g.name for d in self.divisions for g in d.groups}
        order = [each.id for each in self.editions]
        finer = [g for g in self.finer if edition is None or not g.editions or edition in g.editions]
        finer.sort(key=lambda g: order.index(g.editions[-1]) if g.editions else 0)
        offices = {
            f"{code}0": self.head_offices.name
            for code in named
            if code.isdigit() and code not in self.head_offices.missing
        }
        return named | offices | {g.code: g.name for g in finer}

    @model_validator(mode="after")
    def _every_code_once(self) -> Classification:
        known = [each.id for each in self.editions]
        if any(edition not in known for group in self.finer for edition in group.editions):
            raise fault("editions にない版が書かれています", "a group names an edition that is not listed")
        codes = [d.code for d in self.divisions] + [g.code for d in self.divisions for g in d.groups]
        for edition in known:
            finer = [g.code for g in self.finer if not g.editions or edition in g.editions]
            if len({*codes, *finer}) != len(codes) + len(finer):
                raise fault("分類番号が重なっています", "a code is listed twice")
        return self


@cache
def classification() -> Classification:
    """The table that comes with the program, read once."""
    name = "jsic.yaml"
    return parse(Classification, (DATA / name).read_text(encoding="utf-8"), name)


@cache
def _division_of() -> dict[str, str]:
    return {group.code: division.code for division in classification().divisions for group in division.groups}


@cache
def _names() -> dict[str, Text]:
    return classification().names()


def normalise_jsic(value: str) -> Jsic:
    """``G39``, ``g391``, ``３９``, ``G-39-1`` and ``I58`` as a checked code.

    Raises BadInput (field jsic) when it is no code, no edition has the group, or the letter is another division's. Of
    four digits the first three must be a group; see :func:`is_listed`.
    """
    plain = re.sub(r"[\s\-‐－ー.・]", "", in_one_form(value)).upper()
    match = _CODE.fullmatch(plain)
    letter, digits = match.groups() if match else (None, None)
    if digits is None:
        if letter is None:
            raise BadInput(_bad_code(value))
        return Jsic(letter, "")
    division = _division_of().get(digits[:2])
    no_group = len(digits) >= _GROUP and digits[:_GROUP] not in _names()
    if division is None or no_group or (letter is not None and letter != division):
        raise BadInput(_bad_code(value))
    return Jsic(division, digits)


def _bad_code(value: str) -> Finding:
    return Finding(
        "unknown_jsic",
        Text(
            f"「{value[:20]}」は、日本標準産業分類の番号ではありません。",
            f"{value[:20]!r} is not a code of the Japan Standard Industrial Classification.",
        ),
        Text(
            "業種を一覧から選ぶか、「M76」「391」のような番号を入力してください。",
            "Choose the industry from the list, or enter a code such as M76 or 391.",
        ),
        "jsic",
    )


def name_of(jsic: Jsic) -> Text:
    """The name of the most specific group the table has for it."""
    names = _names()
    return next(names[key] for key in jsic.chain if key in names)


@cache
def _industry_keys() -> dict[str, str]:
    return {key: industry for industry, keys in classification().industries.items() for key in keys}


def is_listed(jsic: Jsic) -> bool:
    """Whether the table has this very code. Of four digits it has only those that a rule needs: of others the first
    three are checked and counted by, and the fourth stays as it was written.
    """
    return jsic.chain[0] in _names()


def industry_of(jsic: Jsic) -> str | None:
    """The catalogue's industry code (``restaurants``); None when the division alone does not tell."""
    keys = _industry_keys()
    return next((keys[key] for key in jsic.chain if key in keys), None)


class _Choice(Part):
    id: Word
    label: Said
    jsic: Word
    words: tuple[Word, ...]


class _Trades(Part):
    """What people call shops and trades, by the three-digit group that each belongs to."""

    version: Annotated[Count, Field(ge=1)]
    trades: dict[Word, Annotated[tuple[Word, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _in_the_classification(self) -> _Trades:
        unknown = [code for code in self.trades if len(code) != _GROUP or code not in _names()]
        if unknown:
            listed = ", ".join(unknown)
            raise fault(f"小分類にない番号です（{listed}）", f"no groups of the classification: {listed}")
        words = [word for each in self.trades.values() for word in each]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            listed = "、".join(twice)
            raise fault(f"2つの小分類に書かれています（{listed}）", f"stands in two groups: {listed}")
        return self


class _Choices(Part):
    version: Annotated[Count, Field(ge=1)]
    choices: tuple[_Choice, ...]


@dataclass(frozen=True, slots=True)
class IndustryChoice:
    """One entry of the form's list. industry: the catalogue's code."""

    id: str
    label: Text
    jsic: str
    industry: str
    words: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """{id, label, jsic, industry}."""
        return {"id": self.id, "label": self.label.as_json(), "jsic": self.jsic, "industry": self.industry}


@cache
def industry_choices() -> tuple[IndustryChoice, ...]:
    """Industries as shop owners call them, in the order of the form."""
    name = "industry_choices.yaml"
    listed = parse(_Choices, (DATA / name).read_text(encoding="utf-8"), name)
    return tuple(
        IndustryChoice(c.id, c.label, jsic.code, industry_of(jsic) or "other", c.words)
        for c in listed.choices
        for jsic in (normalise_jsic(c.jsic),)
    )


@cache
def _groups_as_choices() -> tuple[IndustryChoice, ...]:
    """The classification's own groups with what people call them; not those of head offices."""
    name = "trades.yaml"
    trades = parse(_Trades, (DATA / name).read_text(encoding="utf-8"), name).trades
    found = []
    for code, label in _names().items():
        if code.isdigit() and not (len(code) == _GROUP and code.endswith("0")):
            jsic = normalise_jsic(code)
            industry = industry_of(jsic) or "other"
            found.append(IndustryChoice(f"jsic_{jsic.code}", label, jsic.code, industry, trades.get(code, ())))
    return tuple(found)


def _folded(word: str) -> str:
    """Width, case and kana folded: ﾗｰﾒﾝ, ラーメン and らーめん are one."""
    plain = in_one_form(word).casefold().replace(" ", "")
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in plain)


@cache
def _folded_names(choice: IndustryChoice) -> tuple[str, ...]:
    return tuple(_folded(name) for name in (choice.label.ja, choice.label.en, *choice.words))


def _closeness(query: str, choice: IndustryChoice) -> int:
    """How well a folded query fits: 0 not at all; the whole word above its part, longer parts above shorter."""
    if choice.jsic.casefold() == query:
        return 2000
    best = 0
    for word in _folded_names(choice):
        if word == query:
            best = max(best, 1000)
        elif query in word:
            best = max(best, 500 + len(query))
        elif word in query:
            best = max(best, 100 + len(word))
    return best


def find_industries(words: str) -> tuple[IndustryChoice, ...]:
    """Up to ten choices by name, the closest first: ラーメン屋 finds 飲食店, then its group. A code finds its industry.

    A friendly entry that fits stands before the classification's groups below it, however well these fit.
    Nothing found: an empty tuple.
    """
    query = _folded(words)[:_SEARCHED_AT_MOST]
    if not query:
        return ()
    groups = [(_closeness(query, choice), choice) for choice in _groups_as_choices()]
    groups = [pair for pair in groups if pair[0]]
    friendly = []
    for choice in industry_choices():
        score = _closeness(query, choice)
        if score:
            below = (other for other, group in groups if group.jsic.startswith(choice.jsic))
            friendly.append((max(score, *below, 0), choice))
    found: dict[str, IndustryChoice] = {}
    for _, choice in sorted([*friendly, *groups], key=lambda pair: -pair[0]):
        found.setdefault(choice.jsic, choice)
    return tuple(found.values())[:_FOUND_AT_MOST]


def choice_of(choice_id: str) -> IndustryChoice | None:
    """The choice with this id: a friendly entry, or a group of the classification (``jsic_M76``); None for neither."""
    for choice in industry_choices():
        if choice.id == choice_id:
            return choice
    if not choice_id.startswith("jsic_"):
        return None
    try:
        jsic = normalise_jsic(choice_id.removeprefix("jsic_"))
    except BadInput:
        return None
    return IndustryChoice(choice_id, name_of(jsic), jsic.code, industry_of(jsic) or "other")
