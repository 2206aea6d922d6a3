"""What becomes of a server that fails (see test_meilisearch_protocol.py)."""

from __future__ import annotations

import logging
import threading

import pytest
from meilisearch_engine import made
from meilisearch_protocol import KEY, always, slowly
from pydantic import SecretStr
from search_samples import ask

from search.meilisearch import MeilisearchEngine
from search.port import EngineUnavailable


class TestFaults:
    @pytest.mark.parametrize(
        ("broken", "code"),
        [
            (always(401, "missing_authorization_header", "auth"), "engine_refuses"),
            (always(403, "invalid_api_key", "auth"), "engine_refuses"),
            (always(503, "x"), "engine_down"),
            (always(429, "x"), "engine_down"),
            (always(500), "engine_broken"),
            (always(400, "invalid_search_attributes_to_search_on"), "index_outdated"),
            (always(404, "index_not_found"), "index_missing"),
            (lambda _: b"<html>not Meilisearch</html>", "engine_broken"),
            (lambda _: b'{"hits": 3}', "engine_broken"),
            (lambda _: b"[]", "engine_broken"),
        ],
    )
    def test_each_fault_has_its_name_and_none_is_a_crash(self, engine, server, broken, code):
        server.broken = broken
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine, "会計")
        assert (raised.value.code, raised.value.status) == (code, 503)

    def test_no_index_and_no_server(self, server):
        engine = made(server)
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine)
        assert raised.value.code == "index_missing"
        nobody = MeilisearchEngine("http://127.0.0.1:9", SecretStr(KEY))
        with pytest.raises(EngineUnavailable) as raised:
            ask(nobody)
        assert raised.value.code == "engine_down"

    def test_a_slow_server_is_asked_once_and_then_left_alone_for_a_while(self, server, monkeypatch):
        monkeypatch.setattr("search.meilisearch.connection._REST_SECONDS", 0.2)
        made(server).ensure_schema()
        hasty = made(server, read_seconds=0.1)
        server.broken = slowly(0.4)
        with pytest.raises(EngineUnavailable) as raised:
            ask(hasty)
        assert raised.value.code == "engine_slow"
        asked = len(server.calls)
        for _ in range(20):
            with pytest.raises(EngineUnavailable):
                ask(hasty)
        assert len(server.calls) == asked
        server.broken = lambda _: None
        threading.Event().wait(0.25)
        assert ask(hasty).total == 0

    def test_each_thread_has_a_client_of_its_own(self, engine, server):
        clients, faults = [], []

        def use() -> None:
            try:
                ask(engine, "会計")
                with engine._connection.reading() as client:
                    clients.append(client)
            except Exception as error:  # noqa: BLE001
                faults.append(error)

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len({id(client) for client in clients}) == 8
        assert {call.key for call in server.calls} == {f"Bearer {KEY}"}

    def test_the_key_is_written_nowhere(self, server, caplog, capsys):
        caplog.set_level(logging.DEBUG)
        engine = made(server)
        engine.ensure_schema()
        server.broken = always(403, "invalid_api_key", "auth")
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine)
        said = f"{raised.value!r} {raised.value.__cause__!r} {raised.value.findings} {engine!r} {vars(engine)} {caplog.text}"
        assert KEY not in said + "".join(capsys.readouterr())
