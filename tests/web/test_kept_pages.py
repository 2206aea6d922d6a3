"""Pages kept for everybody: as fresh as if rendered anew, never somebody's own, and no queries when nothing changed."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pages import PageClient
from worked_input import publish_worked_input

from catalogue import listing_queries, listings
from marketplace import rounds
from search import sync
from tenants import audit, clock, public_changes
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from web import kept_pages

KEPT = ("/", "/packages?q=会計", "/packages/AP-1", "/compare?codes=AP-1,UP-1", "/vendors", "/api/v1/packages/AP-1")


@pytest.fixture
def shop(app, index):
    """The worked input, published, on a site that keeps pages and looks for changes each time."""
    publish_worked_input()
    kept_pages.install(app, most_bytes=1_000_000, look_every=0.0)
    yield app
    kept_pages.install(app, most_bytes=0, look_every=0.0)


@pytest.fixture
def anybody(shop) -> PageClient:
    return shop.test_client()


@use_case
def note(name: str) -> None:
    audit.record(name, subject=("test", "1"), organisation_id=None)


def body(response) -> bytes:
    assert response.status_code == 200
    return response.data


@pytest.mark.parametrize("path", KEPT)
def test_the_second_reader_in_a_minute_gets_the_same_page_for_one_look_at_what_changed(
    anybody, statements, arrive, path
):
    minute = clock.now().replace(second=0)
    arrive(minute)
    first = anybody.get(path)
    arrive(minute + timedelta(seconds=59))
    with statements() as seen:
        second = anybody.get(path)
    assert body(first) == body(second)
    assert len(seen) == 1, seen
    assert "audit_event" in seen[0]
    ours = {"X-Request-Id", "Date"}
    assert {k: v for k, v in first.headers if k not in ours} == {k: v for k, v in second.headers if k not in ours}
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert anybody.get(path, headers={"If-None-Match": second.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader, number: reader.get(f"/packages?q=会計&price_max={90_000_000 + number}"),
        lambda reader, number: reader.get(f"/api/v1/packages?q=会計&price_max={90_000_000 + number}"),
        lambda reader, number: reader.post(
            "/api/v1/estimates", json={"lines": [{"kind": "software", "amount_yen": 500_000 + number}]}
        ),
        lambda reader, number: reader.post(
            "/api/v1/estimates", json={"package": "AP-1", "granted_yen": number, "scheme": "2017"}
        ),
    ],
)
def test_an_address_nobody_asked_for_rests_on_what_was_read_since_the_last_change(anybody, statements, ask):
    body(ask(anybody, 1))
    with statements() as seen:
        body(ask(anybody, 2))
    assert len(seen) == 1, seen
    assert "audit_event" in seen[0]
    with act_as(SYSTEM):
        note("something_new_done")
    with statements() as seen:
        body(ask(anybody, 3))
    assert len(seen) > 1, "what it rests on is asked anew"


def test_a_reader_who_is_signed_in_is_never_told_what_stood_before(shop, organisation, actor_of, statements):
    mine = shop.test_client().act_as(actor_of(organisation("sme"), "sme_owner"))
    asked = []
    for number in (1, 2):
        with statements() as seen:
            body(mine.get(f"/packages?price_max={90_000_000 + number}"))
        asked.append([each for each in seen if "live_publication" in each])
    assert all(asked)


def test_what_was_read_before_a_change_is_not_kept_for_after_it():
    told, older, newer = public_changes.Unchanged(10), object(), object()
    read = []

    def told_as_of(since: object | None, keys: list[str], found: dict[str, int]) -> dict[str, int]:
        def ask(unknown):
            read.append(list(unknown))
            return found

        def within() -> dict[str, int]:
            if since is not None:
                public_changes.take_as_of(since)
            return dict(told.of(keys, ask))

        return contextvars.copy_context().run(within)

    assert told_as_of(older, ["a", "b"], {"a": 1}) == {"a": 1}
    assert told_as_of(older, ["a", "b"], {"a": 9}) == {"a": 1}, "that there is no b is known too"
    assert told_as_of(older, ["a", "c"], {"c": 3}) == {"a": 1, "c": 3}
    assert told_as_of(newer, ["a"], {"a": 2}) == {"a": 2}
    assert told_as_of(None, ["a"], {"a": 4}) == {"a": 4}
    assert told_as_of(newer, ["a"], {}) == {"a": 2}
    assert read == [["a", "b"], ["c"], ["a"], ["a"]]


def test_one_who_began_before_a_change_leaves_nothing_for_those_after_it():
    told, older, newer = public_changes.Unchanged(10), object(), object()

    def within(since: object, ask) -> object:
        def run():
            public_changes.take_as_of(since)
            return told.of(["a"], ask)["a"]

        return contextvars.copy_context().run(run)

    def slowly(_):
        assert within(newer, lambda _: {"a": "new"}) == "new"
        return {"a": "old"}

    assert within(older, slowly) == "old"
    assert within(newer, lambda _: {"a": "asked again"}) == "new"


def test_compressed_and_plain_are_kept_apart(anybody):
    gzip = {"Accept-Encoding": "gzip"}
    packed = [anybody.get("/vendors", headers=gzip) for _ in range(2)]
    plain = [anybody.get("/vendors") for _ in range(2)]
    assert [r.headers.get("Content-Encoding") for r in (*packed, *plain)] == ["gzip", "gzip", None, None]
    assert plain[0].data == plain[1].data


def test_languages_and_partial_pages_are_kept_apart(anybody):
    english = anybody.get("/packages?lang=en")
    assert 'lang="en"' in english.text
    assert "Set-Cookie" in english.headers
    assert 'lang="en"' in anybody.get("/packages").text, "the cookie holds"
    assert 'lang="ja"' in anybody.application.test_client().get("/packages").text
    part = anybody.get("/packages", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "<html" in anybody.get("/packages").text


def test_what_is_withdrawn_is_gone_at_once(anybody):
    assert anybody.get("/packages/AP-1").status_code == 200
    assert anybody.get("/packages/AP-1").status_code == 200
    with act_as(SYSTEM):
        row = next(row for row in listing_queries.live(per_page=100).items if row.code == "AP-1")
        listings.withdraw("package", row.id, reason="提供を終えたため", read_version=row.version)
        sync.synchronise()
    assert anybody.get("/packages/AP-1").status_code == 410
    assert "AP-1" not in anybody.get("/packages").text


def test_other_dates_of_a_round_show_at_once(anybody):
    before = anybody.get("/schedule").text
    with act_as(SYSTEM):
        first = rounds.all_rounds()[0]
        rounds.change_window(
            first.id,
            opens_at=first.opens_at,
            closes_at=first.closes_at + timedelta(days=40),
            read_version=rounds.version(),
            confirmed=True,
        )
    assert anybody.get("/schedule").text != before


def test_each_minute_is_rendered_anew(anybody, arrive):
    moment, kept = clock.now().replace(second=5), []
    for later in (0, 50, 60):
        arrive(moment + timedelta(seconds=later))
        assert anybody.get("/faq").status_code == 200
        kept.append(len(pages_of(anybody)))
    assert kept == [1, 1, 2]


def pages_of(client):
    return client.application.extensions["hojo_pages"]._pages


def test_a_signed_in_reader_gets_their_own_page(shop, organisation, actor_of):
    stranger = shop.test_client()
    stranger.get("/packages")
    mine = shop.test_client().act_as(actor_of(organisation("sme", name="麺処こはる"), "sme_owner"))
    assert "麺処こはる" in mine.get("/packages").text
    assert "麺処こはる" not in stranger.get("/packages").text


@pytest.mark.parametrize("path", KEPT)
def test_a_message_to_one_reader_is_never_kept_for_another(anybody, path):
    other = anybody.application.test_client()
    with anybody.session_transaction() as session:
        session["_flashes"] = [("info", "ひとりへのことば")]
    assert "ひとりへのことば" not in other.get(f"{path}").text
    mine = anybody.get(path).text
    assert path.startswith("/api") or "ひとりへのことば" in mine
    assert "ひとりへのことば" not in other.get(path).text
    assert (
        "ひとりへのことば"
        not in anybody.application.test_client().get(f"{path}{'&' if '?' in path else '?'}x=1").text
    )


def test_errors_and_refusals_are_not_kept(anybody):
    for path, status in (("/packages/NOPE", 404), ("/packages?price_min=x", 400)):
        assert anybody.get(path).status_code == status
    assert len(pages_of(anybody)) == 0


def test_the_room_is_bounded(shop):
    kept_pages.install(shop, most_bytes=60_000, look_every=0.0)
    reader = shop.test_client()
    for number in range(2, 13):
        assert reader.get(f"/packages?page={number}").status_code == 200
    pages = pages_of(reader)
    assert 0 < len(pages) < 11
    assert pages.currsize <= 60_000


def test_long_headers_fill_no_memory_that_nobody_counts(anybody):
    """They are part of a page's key, and the room is counted by the pages alone."""
    for number in range(8):
        for name in ("Accept", "Accept-Language", "Accept-Encoding", "HX-Request", "HX-History-Restore-Request"):
            assert anybody.get("/api/v1/schemes", headers={name: f"{number}" * 8_000}).status_code == 200
    assert len(pages_of(anybody)) == 0


def test_what_is_private_leaves_pages_as_they_are_and_all_else_does_not(services):
    with act_as(SYSTEM):
        last, changed = public_changes.newest(None)
        assert changed
        for name, public in (
            ("application_started", False),
            ("signed_in", False),
            ("package_published", True),
            ("something_new_done", True),
        ):
            note(name)
            number, changed = public_changes.newest(last)
            assert (number, changed) == (last + 1, public), name
            last = number
        assert public_changes.newest(last) == (last, False)


def test_looking_is_seldom_and_by_one_at_a_time(shop, statements):
    pages = kept_pages.Pages(1000, 3600.0)

    def look(_: int) -> object:
        with shop.app_context():
            try:
                return pages.stamp()[0]
            finally:
                db.session.remove()

    with statements() as seen, ThreadPoolExecutor(8) as threads:
        assert set(threads.map(look, range(40))) == {1}
    assert len(seen) == 1
