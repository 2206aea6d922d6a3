"""A package reckoned under another scheme than the one in use: for a look, and with that scheme's own questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from marketplace import pricing
from marketplace.subsidy.scheme import Scheme
from tenants.errors import Finding
from tenants.text import Text

FIELD: Final = "scheme"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The scheme to reckon by, and the one in use. choices: (id, name) to choose from; none before somebody asks."""

    scheme: Scheme
    present: Scheme
    choices: tuple[tuple[str, Text], ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def other(self) -> bool:
        """Whether it is not the one in use."""
        return self.scheme.id != self.present.id


def chosen(package: Mapping[str, Any], present: Scheme) -> Chosen:
    """What the address says (``?scheme=2025-normal``): the version of it that counts today. present: the one in use.

    The schemes are looked through only when it says something. One that is not there, or cannot reckon this package, is
    a finding, and the scheme in use is taken.
    """
    if FIELD not in request.args:
        return Chosen(present, present)
    usable = {each.id: each for each in pricing.schemes() if pricing.can_reckon(package, each)}
    choices = tuple((each.id, each.name) for each in usable.values())
    found = usable.get(request.args[FIELD])
    if found is None:
        return Chosen(present, present, choices, (_not_usable(),))
    return Chosen(found, present, choices)


def _not_usable() -> Finding:
    return Finding(
        "scheme_not_usable",
        Text(
            "その補助制度が見つからないか、このITツールの費目を含んでいません。いま使われている制度で計算しました。",
            "There is no such scheme, or it lacks this package’s kinds of cost. The scheme in use was taken.",
        ),
        Text("一覧から補助制度を選んでください。", "Choose a scheme from the list."),
        FIELD,
    )
