"""What an edition wants its applicants to be registered with, and whether the acting person is.

The scheme says it (``applicants.identity``); it is asked before an application is started, and kept with it. A scheme
that says nothing asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marketplace import pricing
from marketplace.subsidy.parts import IdentityKind
from tenants import identities
from tenants.actor import Actor, current
from tenants.errors import BadInput, Finding
from tenants.text import Text

LABELS: Final[Mapping[IdentityKind, Text]] = {
    "mirasapo_id": Text("ミラサポID", "Mirasapo id"),
    "gbizid_prime": Text("GビズIDプライム", "gBizID Prime account"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the scheme in use asks for, with what is known of the acting person.

    known: the ミラサポ id, or the business's name at GビズID; empty while there is none. certain: a provider vouches
    for it. confirmed: whether a source states that this edition asks for it.
    """

    kind: IdentityKind
    clause: str
    confirmed: bool
    known: str
    certain: bool

    @property
    def label(self) -> Text:
        """What it is called."""
        return LABELS[self.kind]

    @property
    def may_be_typed(self) -> bool:
        """Whether people say it themselves: a ミラサポ id that no provider vouches for."""
        return self.kind == "mirasapo_id" and not self.certain

    @property
    def missing(self) -> Finding | None:
        """What stands in the way, with where to give it; None when nothing does."""
        return None if self.known else _MISSING[self.kind]


_MISSING: Final[Mapping[IdentityKind, Finding]] = {
    "mirasapo_id": Finding(
        "mirasapo_id_missing",
        Text(
            "この年度の交付申請には、ミラサポIDが必要です。まだ入力されていません。",
            "An application of this edition needs your Mirasapo id, which is not given yet.",
        ),
        Text(
            "申請を始めるページの「ミラサポID」に、ミラサポの会員ページにあるIDを入力してください。",
            "Enter the id shown on your Mirasapo page into the field on the page where the application is started.",
        ),
        "mirasapo_id",
    ),
    "gbizid_prime": Finding(
        "gbizid_prime_missing",
        Text(
            "この年度の交付申請には、GビズIDプライムが必要です。GビズIDプライムでのログインが、まだありません。",
            "An application of this edition needs a gBizID Prime account, and you have not signed in with one yet.",
        ),
        Text(
            "「ログイン方法」のページでGビズIDを追加するか、GビズIDプライムでログインし直してください。",
            "Add gBizID under “How you sign in”, or sign in again with your gBizID Prime account.",
        ),
    ),
}


def wanted() -> Wanted | None:
    """What the scheme in use asks of the acting person; None where it asks for nothing."""
    asked = pricing.scheme().applicants.identity
    if asked is None:
        return None
    person_id = current().person_id
    facts = identities.facts_of(person_id) if person_id else None
    known, certain = "", False
    if facts is not None and asked.kind == "mirasapo_id":
        known, certain = facts.mirasapo_id or "", facts.mirasapo_certain
    elif facts is not None and facts.account_type == "prime":
        known, certain = facts.name or LABELS[asked.kind].ja, True
    return Wanted(asked.kind, asked.clause, not asked.unconfirmed, known, certain)


def give(person: Actor, written: str) -> None:
    """Keep the ミラサポ id somebody types where an application is started; nothing where none is asked for, or typed.

    Raises BadInput (mirasapo_id) when it has not the form of one.
    """
    asked = wanted()
    if written and asked is not None and asked.may_be_typed:
        identities.state_mirasapo_id(person, written)


def require() -> dict[str, Any]:
    """What is kept with the application: ``identity`` with kind, known, certain and clause; nothing where none is asked.

    Raises BadInput (mirasapo_id_missing, gbizid_prime_missing) when the acting person does not have it.
    """
    asked = wanted()
    if asked is None:
        return {}
    if asked.missing is not None:
        raise BadInput(asked.missing)
    return {
        "identity": {
            "kind": asked.kind,
            "known": asked.known,
            "certain": asked.certain,
            "clause": asked.clause,
        }
    }
