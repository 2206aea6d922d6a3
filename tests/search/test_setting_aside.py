"""Documents are sent beside the making of the next; those that cannot go in are set aside, and the others go in."""

from __future__ import annotations

import threading

import published
import pytest
from indexed import found, refused
from search_samples import a_document

from search import engines, setting_aside, sync
from search.embedded import EmbeddedEngine
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


def test_a_package_of_which_no_document_can_be_made_is_set_aside_and_the_others_go_in(packages, monkeypatch):
    bad = list(packages)[2]
    real = setting_aside.document_of
    with monkeypatch.context() as patched:
        patched.setattr(
            setting_aside, "document_of", lambda p, *more: {}["x"] if p.code == bad else real(p, *more)
        )
        assert sync.synchronise() == len(packages)
        assert found() == set(packages) - {bad}
        assert refused() == {bad: "KeyError: 'x'"}
        assert [(each.code, each.refused) for each in sync.verify()] == [(bad, "KeyError: 'x'")]
        assert (sync.status().waiting, sync.status().set_aside, sync.status().health) == (0, 1, "ok")
        sync.rebuild()
        assert refused() == {bad: "KeyError: 'x'"}
        assert [each.code for each in sync.reconcile()] == [bad]
        assert refused() == {bad: "KeyError: 'x'"}
    assert [each.code for each in sync.reconcile()] == [bad], "tried again every night"
    assert refused() == {}
    assert sync.verify() == []


def test_what_the_engine_refuses_is_found_by_halving(packages, monkeypatch):
    bad = set(list(packages)[1:3])
    real = EmbeddedEngine.upsert

    def picky(self, documents):
        documents = list(documents)
        if bad & {each.id for each in documents}:
            raise DocumentsRefused("not these")
        return real(self, documents)

    engines.engine().ensure_schema()
    sync.rebuild()
    for number, listing_id in enumerate(packages.values()):
        published.publish_again(listing_id, f"新しい名{number}")
    monkeypatch.setattr(EmbeddedEngine, "upsert", picky)
    assert sync.synchronise() == len(packages)
    assert refused() == dict.fromkeys(bad, "not these")
    assert {each.code for each in sync.verify()} == bad
    monkeypatch.undo()
    published.publish_again(packages[min(bad)], "直した名")
    sync.synchronise()
    assert set(refused()) == bad - {min(bad)}, "what is published anew is tried, and taken off the list"
    published.withdraw(packages[max(bad)])
    sync.synchronise()
    assert refused() == {}
    assert sync.verify() == []


def test_when_too_many_are_refused_the_index_in_use_stays():
    few = setting_aside.Outcome({f"A{n}": 1 for n in range(50)}, {f"B{n}": (1, "x") for n in range(10)})
    few.check()
    setting_aside.Outcome().check()
    many = setting_aside.Outcome({f"A{n}": 1 for n in range(50)}, {f"B{n}": (1, "x") for n in range(11)})
    with pytest.raises(EngineUnavailable):
        many.check()
