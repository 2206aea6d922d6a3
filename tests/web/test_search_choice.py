"""Which engine an application searches with, and what the worker does of itself for the index."""

from __future__ import annotations

import published
import pytest
from meilisearch_protocol import KEY, serving
from pydantic import SecretStr

from search import engines, sync
from search.embedded import EmbeddedEngine
from search.meilisearch import MeilisearchEngine
from tenants.db import db
from web import tasks, worker
from web.app import create_app


@pytest.fixture
def before(services):
    engine = engines._Chosen.engine
    yield
    engines._Chosen.engine = engine


def test_the_setting_chooses(before, settings, owner):
    create_app(settings)
    assert isinstance(engines.engine(), EmbeddedEngine)
    with serving() as server:
        facts = {
            "search_engine": "meilisearch",
            "meilisearch_url": server.url,
            "meilisearch_key": SecretStr(KEY),
            "meilisearch_index": "ours",
        }
        app = create_app(settings.model_copy(update=facts))
        assert isinstance(engines.engine(), MeilisearchEngine)
        with app.app_context():
            published.publish()
            assert sync.synchronise() == 6
        assert len(server.indexes["ours"].documents) == 6
        with app.test_client() as client:
            ready = client.get("/readyz").json
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        assert (ready["search"], ready["search_waiting"]) == ("ok", 0)


def test_the_worker_compares_every_night_and_says_what_it_mended(before, app, index, caplog):
    built = worker.build(app)
    crons = {task.task.name: task.cron for task in built.periodic_registry.periodic_tasks.values()}
    assert crons["search.reconcile"] == "30 18 * * *"
    assert crons["search.synchronise"] == "* * * * *"
    packages = published.publish()
    sync.synchronise()
    code = next(iter(packages))
    index.delete([code])
    tasks.reconcile_search()
    assert f"the index had {code} in version None" in caplog.text
    assert sync.verify() == []
