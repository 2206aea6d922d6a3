"""Synchronisation with Meilisearch over a stand-in for its protocol: nothing lost on failures, nothing private sent."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import published
import pytest
from editions import new_version
from indexed import dirty, refused
from meilisearch_protocol import KEY, Refusal, always, serving, slowly
from pydantic import SecretStr
from sqlalchemy import text

from catalogue.masters import vocabulary
from catalogue.publications import every_live_package
from marketplace import pricing
from search import engines, queries, sync
from search.meilisearch import MeilisearchEngine
from search.meilisearch.terms import to_record
from search.parameters import SearchQuery
from search.port import EngineUnavailable
from search.publishing import document_of
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db


@pytest.fixture
def server(services):
    before = engines._Chosen.engine
    with serving() as running:
        engines.use(MeilisearchEngine(running.url, SecretStr(KEY)))
        yield running
    engines._Chosen.engine = before


@pytest.fixture
def packages(server):
    return published.publish()


def test_what_is_published_is_in_the_index_and_what_is_withdrawn_is_not(packages):
    codes, ids = list(packages), list(packages.values())
    assert sync.synchronise() == len(packages)
    assert sync.verify() == []
    published.publish_again(ids[0], "二番目の名")
    published.withdraw(ids[1])
    assert {each.code for each in sync.verify()} == set(codes[:2])
    assert sync.synchronise() == 2
    assert sync.verify() == []
    assert dirty() == {}
    state = sync.status()
    assert (state.engine, state.documents, state.published, state.health) == ("meilisearch", 5, 5, "ok")


def test_a_bad_document_is_found_by_halving_and_set_aside_with_the_servers_words(packages, server):
    bad = list(packages)[3]
    server.bad = {bad}
    sync.synchronise()
    assert refused().keys() == {bad}
    assert [(each.code, each.refused) for each in sync.verify()] == [(bad, "about invalid_document_id")]
    assert dirty() == {}
    server.bad = set()
    sync.reconcile()
    assert refused() == {}
    assert sync.verify() == []


def test_a_document_too_large_for_the_server_is_set_aside_alone(packages, server):
    sync.synchronise()
    sizes = {code: len(json.dumps(each)) for code, each in server.indexes["packages"].documents.items()}
    large = max(sizes, key=sizes.__getitem__)
    server.largest = sizes[large] + 1_000
    for code in packages:
        published.publish_again(packages[code], "長い名" * 30 if code == large else "短い名")
    sync.synchronise()
    assert refused().keys() == {large}
    assert {each.code for each in sync.verify()} == {large}


TROUBLE = {
    "its disk is full": ({"full": True}, False),
    "it forgets what it took": ({"lost": True}, False),
    "it is down": ({"broken": always(503)}, True),
    "it is slow": ({"broken": slowly(0.6)}, True),
    "it refuses the key": ({"broken": always(403, "invalid_api_key", "auth")}, True),
    "it talks nonsense": ({"broken": lambda _: b"<html>"}, True),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_whatever_the_server_does_the_changes_wait_and_are_done_when_it_works_again(
    packages, server, trouble, monkeypatch
):
    """While it cannot be asked names are looked up in the database; while it can but does not write, it answers as before."""
    monkeypatch.setattr("search.meilisearch.connection._REST_SECONDS", 0.1)
    hasty = MeilisearchEngine(server.url, SecretStr(KEY), read_seconds=0.2, write_seconds=0.2)
    if trouble == "it is slow":
        engines.use(hasty)
    sync.synchronise()
    code = next(iter(packages))
    published.publish_again(packages[code], "待つ名")
    misbehaves, silent = TROUBLE[trouble]
    as_before = {name: getattr(server, name) for name in misbehaves}
    for name, value in misbehaves.items():
        setattr(server, name, value)
    with pytest.raises(EngineUnavailable):
        sync.synchronise()
    assert dirty().keys() == {code}
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(q="待つ名"))
    assert page.degraded is silent
    assert [hit.code for hit in page.items] == ([code] if silent else [])
    for name, value in as_before.items():
        setattr(server, name, value)
    threading.Event().wait(0.2)
    sync.synchronise()
    assert dirty() == {}
    assert sync.verify() == []
    with act_as(PUBLIC):
        assert not queries.find(SearchQuery(q="待つ名")).degraded


def test_a_server_that_is_down_degrades_the_search_to_names_and_codes(packages, server):
    sync.synchronise()
    code = next(iter(packages))
    published.publish_again(packages[code], "しらさぎ会計")
    server.broken = always(503)
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(q="しらさぎ"))
    assert page.degraded
    assert [hit.code for hit in page.items] == [code]
    assert engines.state() == "engine_down"
    assert sync.status().health == "engine_down"


def test_an_index_deleted_on_the_server_is_built_anew(packages, server):
    sync.synchronise()
    server.indexes.clear()
    with pytest.raises(EngineUnavailable):
        sync.verify()
    sync.synchronise()
    assert sync.verify() == []


def test_a_rebuild_while_packages_are_published_loses_nothing(packages, server, services, monkeypatch):
    sync.synchronise()
    ids = list(packages.values())
    real = MeilisearchEngine.load

    def slow(self, rebuild, documents):
        read = list(documents)
        monkeypatch.setattr(MeilisearchEngine, "load", real)

        def others() -> None:
            published.publish_again(ids[0], "改築中の名")
            published.withdraw(ids[1])
            sync.synchronise()
            published.publish_again(ids[2], "改築後の名")

        published.elsewhere(services, others)
        real(self, rebuild, read)

    monkeypatch.setattr(MeilisearchEngine, "load", slow)
    sync.rebuild()
    names = {each["name"] for each in server.indexes["packages"].documents.values()}
    assert "改築中の名" in names
    sync.synchronise()
    assert sync.verify() == []
    assert set(server.indexes) == {"packages"}


@pytest.mark.usefixtures("packages")
def test_a_schemes_change_sends_amounts_only_and_what_is_refused_of_them_goes_whole(server):
    sync.synchronise()
    new_version(999_999)
    bad = next(each.id for each in engines.engine().iter_amounts() if each.fundable)

    def picky(call):
        if call.method == "PUT" and bad in {each["id"] for each in call.body}:
            raise Refusal(400, "invalid_document_id")

    server.broken = picky
    asked = len(server.calls)
    assert sync.synchronise() > 0
    written = [call for call in server.calls[asked:] if call.path.split("?")[0].endswith("/packages/documents")]
    whole = [record["id"] for call in written if call.method == "POST" for record in call.body]
    assert whole == [bad]
    assert any(call.method == "PUT" for call in written)
    assert all("source" not in record for call in written if call.method == "PUT" for record in call.body)
    assert sync.verify() == []
    new_version()
    server.broken = lambda _: None
    sync.synchronise()
    assert sync.verify() == []


# --- being killed ---


@pytest.fixture(scope="module")
def worker(settings):
    """(kill at this point, the server it works on)."""
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    script = Path(__file__).with_name("killable_worker.py")
    with (
        serving() as server,
        subprocess.Popen(
            [sys.executable, str(script), url, f"{server.url}#{KEY}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as process,
    ):
        assert process.stdout.readline() == "ready\n"

        def kill_at(point: str) -> str:
            process.stdin.write(f"{point}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield kill_at, server
        process.stdin.close()


@pytest.mark.parametrize(
    ("point", "later"),
    [
        ("before the index is written", True),
        ("while the index is written", True),
        ("while the index is written", False),
        ("after the index was written", True),
        ("after a document was taken out", False),
        ("before the row is cleared", True),
        ("between the halves of what is refused", True),
        ("between the halves of what is refused", False),
        ("while a rebuild loads", False),
        ("before a rebuild is put in use", True),
        ("after a rebuild was put in use", True),
    ],
)
def test_a_worker_killed_at_any_point_loses_nothing(services, worker, point, later):
    """later: whether the server does what was asked of it before somebody else comes."""
    kill_at, server = worker
    server.indexes.clear()
    before = engines._Chosen.engine
    engines.use(MeilisearchEngine(server.url, SecretStr(KEY)))
    packages = published.publish()
    ids = list(packages.values())
    sync.synchronise()
    published.publish_again(ids[0], "生き残りの名")
    if point == "between the halves of what is refused":
        published.publish_again(ids[5], "拒まれる名")
    published.withdraw(ids[1])
    db.session.remove()
    assert kill_at(point) == "9", "the worker was not killed where it should have been"
    if later:
        server.finish_everything()
    sync.synchronise()
    assert sync.verify() == []
    assert dirty() == {}
    assert "生き残りの名" in {each["name"] for each in server.indexes["packages"].documents.values()}
    sync.rebuild()
    assert sync.verify() == []
    assert set(server.indexes) == {"packages"}
    engines._Chosen.engine = before


# --- what leaves the house ---

SENT = {
    "id", "version", "visibility", "name", "function_words", "products", "industry_names", "description",
    "vendor_name", "source", "labels", "newest", "sort_name", "completeness", "shuffle", "characters", "sounds", "sound_words",
    "made_for",
    "price_yen", "subsidy_yen", "own_cost_yen", "second_year_yen",
}  # fmt: skip


def leaves(value):
    """Every text in a value read from JSON."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str):
        yield value


def private_texts(owner) -> set[str]:
    """Every text of five characters and more in any table, but for those that a publication or the masters hold."""
    with owner.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        every = set()
        for name in names:
            for row in connection.scalars(text(f"SELECT to_jsonb(t) FROM {name} t")):
                every.update(each for each in leaves(row) if len(each) >= 5)
        shown = connection.scalars(
            text("SELECT content::text FROM publication UNION ALL SELECT content::text FROM master_version")
        ).all()
    public = "\n".join(json.dumps(json.loads(each), ensure_ascii=False) for each in shown)
    # When something was published is public; the others are what the index, its fields and its settings are called.
    told = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|package|packages|product|vendor|synonyms")
    return {
        each
        for each in every
        if not told.fullmatch(each) and json.dumps(each, ensure_ascii=False)[1:-1] not in public
    }


def test_nothing_but_what_is_published_is_ever_sent(packages, server, owner, organisation, actor_of):
    """Every record is what its publication makes it, and no text of the database that no publication holds is sent."""
    for kind, role in (("sme", "sme_owner"), ("vendor", "vendor_owner")):
        actor_of(organisation(kind), role)
    sync.synchronise()
    published.publish_again(next(iter(packages.values())), "新しい公開名")
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE package SET name = 'まだ秘密の下書き名' WHERE code = :c"), {"c": list(packages)[2]}
        )
    sync.synchronise()
    sync.rebuild()
    with act_as(SYSTEM):
        masters, scheme = vocabulary(), pricing.scheme()
        right = {
            each.code: json.loads(json.dumps(to_record(document_of(each, masters, scheme))))
            for each in every_live_package()
        }
    assert server.indexes["packages"].documents == right
    with act_as(PUBLIC):
        queries.find(SearchQuery(q="勤怠", functions=()))
    sent = [call for call in server.calls if call.path.endswith("/documents")]
    assert sent
    for call in sent:
        for record in call.body:
            names = {n for n in record if not n.startswith(("parts_", "whole_", "has_"))}
            assert names <= SENT
    everything = json.dumps([call.body for call in server.calls], ensure_ascii=False)
    assert "新しい公開名" in everything
    assert "まだ秘密の下書き名" not in everything
    private = private_texts(owner)
    assert "まだ秘密の下書き名" in private
    assert len(private) > 30
    assert {each for each in private if json.dumps(each, ensure_ascii=False)[1:-1] in everything} == set()
    with owner.connect() as connection:
        mails = connection.scalars(text("SELECT email FROM person WHERE email IS NOT NULL")).all()
        ids = connection.scalars(
            text("SELECT id::text FROM organisation UNION SELECT id::text FROM package")
        ).all()
    assert ids
    assert not [each for each in (*mails, *ids) if each in everything]
