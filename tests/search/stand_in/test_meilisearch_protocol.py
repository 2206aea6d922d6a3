"""The Meilisearch engine over a stand-in for the protocol: the index, its changes, and building it anew.

What a real server finds is proved by the contract suite alone, when MEILISEARCH_URL is set.
"""

from __future__ import annotations

import pytest
from meilisearch_engine import made
from meilisearch_protocol import always
from search_samples import a_document, fill, money

from search.meilisearch.index_settings import SETTINGS
from search.port import (
    Amount,
    DocumentsRefused,
    EngineBusy,
    EngineUnavailable,
    Facet,
    Receipt,
)


class TestIndex:
    def test_it_is_made_with_our_settings_and_needs_a_rebuild_only_when_another_version_made_it(self, server):
        engine = made(server)
        assert engine.ensure_schema() is True
        assert server.indexes["packages"].settings == SETTINGS
        assert engine.ensure_schema() is False
        server.indexes["packages"].settings["searchableAttributes"] = ["*"]
        assert engine.ensure_schema() is True

    def test_the_settings_say_what_would_otherwise_be_guessed(self):
        assert SETTINGS["localizedAttributes"] == [{"attributePatterns": ["*"], "locales": ["jpn"]}]
        assert SETTINGS["distinctAttribute"] is None
        assert SETTINGS["pagination"]["maxTotalHits"] >= 1_000_000
        assert SETTINGS["faceting"]["maxValuesPerFacet"] >= 20_000
        assert SETTINGS["proximityPrecision"] == "byWord"
        coded = {
            name for name in SETTINGS["searchableAttributes"] if name.startswith(("parts_", "whole_", "sound"))
        }
        assert coded | {"characters"} == set(SETTINGS["typoTolerance"]["disableOnAttributes"])
        assert {f"has_{facet.value}" for facet in Facet} <= set(SETTINGS["filterableAttributes"])
        assert {amount.value for amount in Amount} <= set(SETTINGS["filterableAttributes"])


class TestChanges:
    def test_a_change_counts_only_when_its_task_succeeded(self, engine, server):
        receipt = engine.upsert([a_document("A")])
        assert server.indexes["packages"].documents == {}
        engine.wait(receipt)
        assert list(engine.iter_versions()) == [("A", 1)]
        engine.wait(engine.delete(["A", "never"]))
        assert list(engine.iter_versions()) == []

    def test_the_version_changes_with_the_index_and_is_asked_for_once_a_second(self, engine, server):
        before = engine.version()
        fill(engine, a_document("A"))
        assert engine.version() != before
        asked = len(server.calls)
        engine.version()
        assert len(server.calls) == asked

    def test_many_documents_go_in_several_requests_and_are_listed_in_several(self, engine, server, monkeypatch):
        monkeypatch.setattr("search.meilisearch.engine._PAGE", 2)
        fill(engine, *(a_document(f"D-{n}") for n in range(5)))
        assert len([c for c in server.calls if c.path.endswith("/packages/documents")]) == 3
        assert [identity for identity, _ in engine.iter_versions()] == [f"D-{n}" for n in range(5)]
        stats = engine.stats()
        assert (stats.engine, stats.documents, stats.size_bytes, stats.segments) == ("meilisearch", 5, 4096, 0)

    def test_amounts_are_put_into_what_is_there_and_nothing_is_made_of_what_is_not(
        self, engine, server, monkeypatch
    ):
        monkeypatch.setattr("search.meilisearch.engine._PAGE", 2)
        fill(engine, *(a_document(each, name=each, own_cost_yen=5) for each in "ABCDE"))
        kept = dict(server.indexes["packages"].documents)
        wanted = [money(each, 1, 70, 30, "small") for each in "ABCX"] + [money("D", 2, 70, 30, "small")]
        receipt = engine.reprice(wanted)
        assert server.indexes["packages"].documents == kept, "until its tasks are done"
        engine.wait(receipt)
        changed = {
            "subsidy_yen": 70,
            "own_cost_yen": 30,
            "has_fundable": ["true"],
            "has_own_cost_band": ["small"],
        }
        assert server.indexes["packages"].documents == kept | {each: kept[each] | changed for each in "ABC"}
        sent = [call.body for call in server.calls if call.method == "PUT"]
        assert [[record.keys() for record in body] for body in sent] == [
            [{"id", *changed}] * 2,
            [{"id", *changed}],
        ]
        assert list(engine.iter_amounts()) == [
            *(money(each, 1, 70, 30, "small") for each in "ABC"),
            *(money(each, 1, 0, 5, "") for each in "DE"),
        ]

    def test_amounts_that_the_server_refuses_are_refused(self, engine, server):
        fill(engine, a_document("A"), a_document("B"))
        server.bad = {"B"}
        with pytest.raises(DocumentsRefused):
            engine.wait(engine.reprice([money("A", 1, 70, 30, ""), money("B", 1, 70, 30, "")]))
        assert [each.own_cost_yen for each in engine.iter_amounts()] == [0, 0]

    def test_a_rebuild_brings_over_amounts_written_meanwhile(self, engine):
        documents = [a_document("A"), a_document("B")]
        fill(engine, *documents)
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, documents)
        engine.wait(engine.reprice([money("A", 1, 70, 30, "small")]))
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_amounts()) == [money("A", 1, 70, 30, "small"), money("B", 1, 0, 0, "")]

    def test_a_receipt_of_another_engine_is_refused(self, engine):
        with pytest.raises(ValueError, match="embedded"):
            engine.wait(Receipt("embedded", "1"))

    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            ({"full": True}, "engine_failed"),
            ({"lost": True}, "task_lost"),
            ({"stuck": True}, "engine_slow"),
        ],
    )
    def test_a_task_that_does_not_succeed_is_never_taken_for_done(self, engine, server, trouble, code):
        receipt = engine.upsert([a_document("A")])
        for name, value in trouble.items():
            setattr(server, name, value)
        with pytest.raises(EngineUnavailable) as raised:
            engine.wait(receipt, seconds=0.3)
        assert raised.value.code == code

    def test_a_cancelled_task_is_lost(self, engine, server):
        receipt = engine.upsert([a_document("A")])
        server.finish_everything()
        server.tasks[-1]["status"] = "canceled"
        with pytest.raises(EngineUnavailable) as raised:
            engine.wait(receipt)
        assert raised.value.code == "task_lost"

    def test_bad_documents_are_refused_as_such_by_task_and_by_size(self, engine, server):
        server.bad = {"B"}
        with pytest.raises(DocumentsRefused, match="invalid_document_id"):
            fill(engine, a_document("A"), a_document("B"))
        server.largest = 100
        with pytest.raises(DocumentsRefused, match="payload_too_large"):
            engine.upsert([a_document("A")])


class TestRebuild:
    def test_the_new_index_takes_the_place_of_the_old_one_at_once(self, engine, server):
        fill(engine, a_document("OLD"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("NEW")])
        assert list(engine.iter_versions()) == [("OLD", 1)]
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_versions()) == [("NEW", 1)]
        assert set(server.indexes) == {"packages"}
        assert engine.ensure_schema() is False
        engine.abort_rebuild(rebuild)

    def test_what_another_process_writes_meanwhile_is_brought_over(self, engine, server):
        fill(engine, a_document("A"), a_document("GONE"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("A"), a_document("GONE")])
        other = made(server)
        fill(other, a_document("A", version=2), a_document("B"))
        other.wait(other.delete(["GONE"]))
        engine.load(rebuild, [a_document("A")])  # an older reading of the same publication
        engine.commit_rebuild(rebuild)
        assert dict(engine.iter_versions()) == {"A": 2, "B": 1}

    def test_one_at_a_time_and_what_a_killed_one_left_is_removed(self, engine, server):
        rebuild = engine.begin_rebuild()
        with pytest.raises(EngineBusy):
            engine.begin_rebuild()
        engine.load(rebuild, [a_document("X")])
        after = made(server)  # the next process, after the first was killed
        rebuild = after.begin_rebuild()
        assert server.indexes["packages-new"].documents == {}
        after.abort_rebuild(rebuild)
        assert set(server.indexes) == {"packages"}

    def test_an_incomplete_one_is_not_put_in_use(self, engine, server):
        fill(engine, a_document("A"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("B")])
        rebuild.ids.add("LOST")
        with pytest.raises(EngineUnavailable) as raised:
            engine.commit_rebuild(rebuild)
        assert raised.value.code == "rebuild_incomplete"
        assert list(engine.iter_versions()) == [("A", 1)]
        assert set(server.indexes) == {"packages"}

    def test_bad_documents_are_refused_while_it_loads(self, engine, server):
        server.bad = {"B"}
        rebuild = engine.begin_rebuild()
        with pytest.raises(DocumentsRefused):
            engine.load(rebuild, [a_document("B")])
        engine.load(rebuild, [a_document("A")])
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_versions()) == [("A", 1)]

    def test_a_server_that_fails_at_the_start_leaves_the_way_free(self, engine, server):
        server.full = True
        with pytest.raises(EngineUnavailable):
            engine.begin_rebuild()
        server.full = False
        engine.abort_rebuild(engine.begin_rebuild())

    def test_a_server_that_goes_down_before_the_swap_keeps_what_is_in_use(self, engine, server):
        fill(engine, a_document("A"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("B")])
        server.broken = always(503)
        with pytest.raises(EngineUnavailable) as raised:
            engine.commit_rebuild(rebuild)
        assert raised.value.code == "engine_down"
        server.broken = lambda _: None
        assert list(engine.iter_versions()) == [("A", 1)]
        engine.abort_rebuild(engine.begin_rebuild())
        assert set(server.indexes) == {"packages"}
