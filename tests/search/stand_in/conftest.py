"""The Meilisearch engine over a stand-in for the protocol of its server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from meilisearch_engine import made
from meilisearch_protocol import Server, serving

from search.meilisearch import MeilisearchEngine


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def engine(server: Server) -> MeilisearchEngine:
    engine = made(server)
    assert engine.ensure_schema() is True
    return engine
