"""Codes in events that are master data or settings, in words: read once for a page of the trail."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue import masters
from marketplace import rounds
from marketplace.registration.committee import current_rules
from marketplace.registration.data import form
from tenants.text import Text
from web.sign_in.blueprint import provider_words, providers

Names = Mapping[str, Mapping[str, Text]]


def read() -> Names:
    """The words of each code by the name of the fact that tells it. A code of former masters is not among them."""
    words = masters.vocabulary()
    functions = {each.code: each.name for each in words.functions}
    industries = {each.code: each.name for each in words.industries}
    return {
        "cost_kind": {each.code: each.name for each in words.cost_kinds},
        "criterion": {each.code: each.name.text for each in current_rules()[0].criteria},
        "functions": functions,
        "industries": industries | {"all": Text("すべての業種", "all industries")},
        "paper": {each.code: each.name.text for each in form().papers},
        "provider": {name: provider_words(name) for name in providers()},
        "round": {each.id: Text(each.name.ja, each.name.en) for each in rounds.all_rounds()},
    }
