"""What providers say of a person, read by the provider's profile. Pure.

standard: OpenID Connect's own claims. gbizid: GビズID, which says everything in its userinfo: whose account it is
and which business it stands for. mirasapo: the ミラサポ id of the edition of 2017.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tenants.numbers import is_corporate_number, normalised_number
from tenants.one_form import in_one_form

Profile = Literal["standard", "gbizid", "mirasapo"]
AccountType = Literal["entry", "prime", "member"]
CorpType = Literal["corporation", "sole_proprietor"]

LONGEST: Final = 200
LONGEST_NAME: Final = 120
ACCOUNT_TYPES: Final[Mapping[str, AccountType]] = {"1": "entry", "2": "prime", "3": "member"}
CORP_TYPES: Final[Mapping[str, CorpType]] = {"1": "corporation", "2": "sole_proprietor"}
# Asked for by name: GビズID takes an empty list to mean everything it knows.
SCOPES: Final[Mapping[Profile, tuple[str, ...]]] = {
    "standard": ("openid", "profile", "email"),
    "gbizid": ("openid", "profile", "user", "email"),
    "mirasapo": ("openid", "profile", "email"),
}
# Which claim says what; a provider's settings may name others, for such lists change from year to year.
CLAIMS: Final[Mapping[Profile, Mapping[str, str]]] = {
    "standard": {"person": "name", "email": "email"},
    "gbizid": {
        "person": "user_last_name user_first_name",
        "email": "email",
        "account_type": "account_type",
        "corp_type": "corp_type",
        "corporate_number": "corporate_number",
        "name": "name",
        "name_kana": "name_kana",
        "prefecture": "prefecture_name",
        "address": "address1 address2 address3",
    },
    "mirasapo": {"person": "name", "email": "email", "mirasapo_id": "mirasapo_id"},
}
_MIRASAPO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{3,63}")


class Unusable(ValueError):
    """The provider says something that cannot be: a broken check digit, an account of no known kind."""


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """What GビズID vouches for. corporate_number: None for a sole proprietor."""

    account_type: AccountType
    corp_type: CorpType | None
    corporate_number: str | None
    name: str
    name_kana: str
    prefecture: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider says of somebody, in lines fit to be shown."""

    name: str
    email: str
    business: BusinessFacts | None = None
    mirasapo_id: str | None = None


def read(profile: Profile, userinfo: Mapping[str, object], claims: Mapping[str, str] | None = None) -> Said:
    """What this userinfo says; claims: names of claims that differ from the profile's.

    Raises Unusable when the profile's own facts are missing or wrong.
    """
    names = {**CLAIMS[profile], **(claims or {})}

    def line(fact: str, between: str = "") -> str:
        parts = (one_line(userinfo.get(name)) for name in names[fact].split())
        return between.join(part for part in parts if part)[:LONGEST]

    person, email = line("person", " "), line("email")
    if profile == "gbizid":
        return Said(person, email, business=_business(userinfo, names, {f: line(f) for f in _LINES}))
    if profile == "mirasapo":
        return Said(person, email, mirasapo_id=mirasapo_id(line("mirasapo_id")))
    return Said(person, email)


_LINES: Final = ("name", "name_kana", "prefecture", "address")


def _business(userinfo: Mapping[str, object], names: Mapping[str, str], lines: Mapping[str, str]) -> BusinessFacts:
    account_type = ACCOUNT_TYPES.get(_code(userinfo.get(names["account_type"])))
    if account_type is None:
        raise Unusable("account_type is none of 1, 2, 3")
    corp_type = CORP_TYPES.get(_code(userinfo.get(names["corp_type"])))
    if corp_type is None and account_type != "entry":
        raise Unusable("corp_type is neither 1 nor 2")
    number = normalised_number(one_line(userinfo.get(names["corporate_number"])))
    # What stands there for a sole proprietor is a number of GビズID's own.
    kept = number if corp_type == "corporation" and number else None
    if kept is not None and not is_corporate_number(kept):
        raise Unusable("the corporate number's check digit is wrong")
    if kept is None and corp_type == "corporation" and account_type != "entry":
        raise Unusable("a corporation without its corporate number")
    return BusinessFacts(account_type, corp_type, kept, **{**lines, "name": lines["name"][:LONGEST_NAME]})


def _code(said: object) -> str:
    """1 and "1" are the same; True is not 1."""
    return str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""


def one_line(said: object) -> str:
    """What a provider says, as one line of a length to be shown; empty for what is no text."""
    text = said if isinstance(said, str) else ""
    return "".join(char for char in text if char.isprintable()).strip()[:LONGEST]


def mirasapo_id(written: str) -> str:
    """A ミラサポ id as it is kept: half width, without spaces around it. Raises Unusable when it has not the form."""
    found = in_one_form(written).strip()
    if not _MIRASAPO.fullmatch(found):
        raise Unusable("not the form of a ミラサポ id")
    return found
