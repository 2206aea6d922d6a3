"""Sending documents beside the making of the next."""

from __future__ import annotations

import threading

import pytest
from search_samples import a_document

from search import setting_aside
from search.port import DocumentsRefused, EngineUnavailable
from search.setting_aside import Outcome


def test_the_next_documents_are_made_while_the_last_are_sent_and_all_are_sent_in_order():
    sent, made = [], threading.Event()

    def send(documents):
        assert made.wait(10), "nothing was made meanwhile"
        sent.extend(each.id for each in documents)

    outcome = Outcome()
    with setting_aside.ahead(send, outcome) as give:
        give([a_document("A"), a_document("B")])
        assert sent == []
        made.set()
        give([])
        give([a_document("C")])
    assert sent == ["A", "B", "C"]
    assert set(outcome.versions) == {"A", "B", "C"}


def test_what_is_refused_is_noted():
    def picky(documents):
        if any(each.id == "BAD" for each in documents):
            raise DocumentsRefused("not this one")

    outcome = Outcome()
    with setting_aside.ahead(picky, outcome) as give:
        give([a_document("A"), a_document("BAD"), a_document("B")])
    assert set(outcome.versions) == {"A", "B"}
    assert {code: reason for code, (_, reason) in outcome.refused.items()} == {"BAD": "not this one"}


@pytest.mark.parametrize("followed", [True, False])
def test_a_failure_is_raised_when_the_next_are_given_and_at_the_end(followed):
    got_on = []

    def broken(_):
        raise EngineUnavailable("engine_down", "")

    def rebuild():
        with setting_aside.ahead(broken, Outcome()) as give:
            give([a_document("A")])
            if followed:
                give([a_document("B")])
                got_on.append("B")

    with pytest.raises(EngineUnavailable):
        rebuild()
    assert got_on == []
