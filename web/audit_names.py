"""Codes in events that are master data or settings, in words: read once for a page of the trail."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue import masters
from catalogue.traits import AREA, AREAS
from marketplace import rounds
from marketplace.registration.committee import current_rules
from marketplace.registration.data import form
from tenants.text import Text
from web.sign_in.blueprint import provider_words, providers

Names = Mapping[str, Mapping[str, Text]]


def read() -> Names:
    """The words of each code by the name of the fact that tells it. Of the catalogue's masters and the schemes, former
    versions' codes too; of the committee's criteria and the form's papers those of today.
    """
    known = masters.names_ever()
    traits = {kind: known.get(kind, {}) for kind in ("deployment", "requirement", "certification", "support")}
    return traits | {
        AREA: {each.code: each.name for each in AREAS},
        "cost_kind": known.get("cost_kinds", {}),
        "criterion": {each.code: each.name.text for each in current_rules()[0].criteria},
        "functions": known.get("core_functions", {}),
        "industries": known.get("industries", {}) | {"all": Text("すべての業種", "all industries")},
        "language": known.get("language", {}),
        "paper": {each.code: each.name.text for each in form().papers_for(paper=True)},
        "provider": {name: provider_words(name) for name in providers()},
        "round": {each.id: Text(each.name.ja, each.name.en) for each in rounds.all_rounds()},
        "scheme": known.get("scheme", {}),
    }
