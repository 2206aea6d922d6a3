"""The secretariat sees whether what was published is found, and what the index does not take."""

from __future__ import annotations

from pathlib import Path

import published
import pytest
from sqlalchemy import text

from search import setting_aside, sync
from search.embedded import reader
from search.port import EngineUnavailable


@pytest.fixture
def desk_of(client, office):
    """A browser of somebody with this role."""
    return lambda role: client.application.test_client().act_as(office(role))


@pytest.fixture
def packages(index):
    return published.publish()


def test_when_all_is_well_nothing_is_said_at_home_and_the_page_says_so(desk_of, packages):
    sync.synchronise()
    publisher = desk_of("publisher")
    assert "確かめることがあります" not in publisher.get("/secretariat/").text
    page = publisher.get("/secretariat/search-index").text
    assert "すべて載っています" in page
    assert "内蔵（フォルダー）" in page


def test_what_was_set_aside_is_shown_with_its_reason_and_can_be_tried_again(desk_of, packages, monkeypatch):
    bad = next(iter(packages))
    real = setting_aside.document_of
    with monkeypatch.context() as patched:
        patched.setattr(
            setting_aside, "document_of", lambda p, *more: {}["<x>"] if p.code == bad else real(p, *more)
        )
        sync.synchronise()
    publisher = desk_of("publisher")
    assert "載せられなかったITツールが1件" in publisher.get("/secretariat/").text
    page = publisher.get("/secretariat/search-index").text
    assert bad in page
    assert "KeyError: &#39;&lt;x&gt;&#39;" in page
    auditor = desk_of("auditor")
    assert "もう一度載せてみる" in page
    assert "もう一度載せてみる" not in auditor.get("/secretariat/search-index").text
    assert auditor.post_form("/secretariat/search-index/retry", {}).status_code == 403
    assert publisher.post_form("/secretariat/search-index/retry", {}).status_code == 302
    assert sync.synchronise() == 1
    assert "すべて載っています" in publisher.get("/secretariat/search-index").text
    published.withdraw(packages[bad])


def test_a_listing_withdrawn_while_it_is_set_aside_is_no_broken_link(desk_of, packages, monkeypatch):
    bad = next(iter(packages))
    real = setting_aside.document_of
    monkeypatch.setattr(
        setting_aside, "document_of", lambda p, *more: {}["x"] if p.code == bad else real(p, *more)
    )
    sync.synchronise()
    published.withdraw(packages[bad])
    assert "公開が終わったもの" in desk_of("auditor").get("/secretariat/search-index").text


def test_an_index_that_answers_and_cannot_be_written_is_said_to_be_that(desk_of, packages, index, monkeypatch):
    sync.synchronise()
    published.publish_again(next(iter(packages.values())), "待つ名")
    reviewer = desk_of("reviewer")
    with monkeypatch.context() as full:
        full.setattr(index, "upsert", reader.engine_faults()(lambda _: Path("/dev/full").write_text("x")))
        with pytest.raises(EngineUnavailable):
            sync.synchronise()
    page = reviewer.get("/secretariat/search-index").text
    assert "検索の索引を更新できません" in page
    assert "index_full" in page
    assert "名前とコードだけで" not in page
    assert "すべて載っています" not in page
    assert reviewer.get("/readyz").json["search"] == "index_full"
    sync.synchronise()
    assert "すべて載っています" in reviewer.get("/secretariat/search-index").text
    assert reviewer.get("/readyz").json["search"] == "ok"


def test_a_late_and_a_missing_index_are_told_apart(desk_of, packages, owner):
    reviewer = desk_of("reviewer")
    missing = reviewer.get("/secretariat/search-index").text
    assert "検索の索引を使えません" in missing
    assert "index_missing" in missing
    assert "すべて載っています" not in missing
    assert "まだ見つからないことがあります" in reviewer.get("/secretariat/").text
    sync.synchronise()
    published.publish_again(next(iter(packages.values())), "待つ名")
    with owner.begin() as connection:
        connection.execute(text("UPDATE index_change SET changed_at = changed_at - interval '5 minutes'"))
    assert "反映が遅れています" in reviewer.get("/secretariat/search-index").text
    ready = reviewer.get("/readyz")
    assert (ready.status_code, ready.json["search"], ready.json["search_waiting"]) == (200, "late", 1)
