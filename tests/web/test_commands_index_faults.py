"""Who runs it is told what to do of the engine that is in use, on the command line and on the secretariat's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result
from meilisearch_protocol import KEY, always, serving
from pydantic import SecretStr

from search import engines

NOBODY_THERE = "http://127.0.0.1:9"


@pytest.fixture
def verify(hojo: Callable[..., Result], index: object) -> Callable[[str, str], str]:
    """What `hojo search verify` says on the Meilisearch server at an address, with a key."""

    def run(url: str, key: str) -> str:
        site = {"HOJO_SEARCH_ENGINE": "meilisearch", "MEILISEARCH_URL": url, "MEILISEARCH_KEY": key}
        told = hojo("search", "verify", **site)
        assert told.exit_code == 1
        return told.stderr

    return run


def test_a_server_that_does_not_answer_is_looked_at(verify):
    told = verify(NOBODY_THERE, KEY)
    assert "engine_down" in told
    assert "MEILISEARCH_URL" in told
    assert "作り直します" not in told


def test_a_key_that_is_not_accepted_is_named(verify):
    with serving() as server:
        told = verify(server.url, "another")
    assert "engine_refuses" in told
    assert "MEILISEARCH_KEY" in told


def test_what_is_no_meilisearch_is_named_with_the_version_that_is_needed(verify):
    with serving() as server:
        server.broken = always(418)
        told = verify(server.url, KEY)
    assert "engine_broken" in told
    assert "1.15" in told


def test_the_secretariat_is_promised_no_new_index_by_a_server_that_is_not_there(client, index, office):
    engines.use_server(NOBODY_THERE, SecretStr(KEY), index="packages")
    page = client.application.test_client().act_as(office("publisher")).get("/secretariat/search-index").text
    assert "engine_down" in page
    assert "自動で作り直されます" not in page
    assert "システムの担当者に伝えてください" in page
