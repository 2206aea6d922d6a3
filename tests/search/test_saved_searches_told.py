"""What people with saved searches are told: what is new, once, whatever happens meanwhile."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import saved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from saved import DAY, START, go, mine, postings, told_codes
from sqlalchemy import select, text, update

from catalogue.models import IndexChange
from search import engines
from search.port import EngineUnavailable
from search.saved import services, telling
from search.saved.models import SavedSearch
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Membership


def test_what_is_published_after_it_was_saved_is_told_once_the_next_day(shop, person):
    search = saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=2), price=300_000)
    assert go(START + timedelta(hours=5)).searches == 0, "not on the day it was saved"
    tally = go(START + DAY)
    assert (tally.people, tally.searches, tally.told, tally.matches, tally.later) == (1, 1, 1, 1, "")
    [posting] = postings()
    assert (posting.person_id, posting.organisation_id) == (person.person_id, person.organisation_id)
    assert posting.link == "/my/searches"
    assert posting.stop_link == f"/stop-mail/person-{person.person_id.hex}"
    assert posting.facts["count"]["ja"] == "1"
    assert posting.facts["searches"]["ja"] == "「予約の検索」に1件"
    body = posting.facts["list"]["ja"]
    assert "・予約パックPK-1（さくらシステム株式会社）" in body
    assert "総額 400,000円（税抜）／補助金 " in body
    assert f"https://hojo.example.jp/stop-mail/search-{search.hex}" in body
    assert "https://hojo.example.jp/packages?q=%E4%BA%88%E7%B4%84&sort=newest" in body
    [one] = mine(person)
    assert (one.found, one.told_at, one.version) == (2, START + DAY, 1)
    assert go(START + DAY).searches == 0
    assert go(START + 2 * DAY).told == 0
    assert told_codes() == ["PK-1"]


def test_what_does_not_match_is_not_told_nor_what_only_resembles_it(shop, person):
    saved.save(person, q="勤怠")
    saved.save(person, q="予約", own_cost_max="10")
    shop.publish("PK-1", START + timedelta(hours=1))
    tally = go(START + DAY)
    assert (tally.searches, tally.told) == (2, 0)
    assert postings() == []


def test_a_changed_package_is_not_new_and_a_new_one_that_changed_is(shop, person):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1))
    shop.publish("PK-0", START + timedelta(hours=2), price=1_000_000)
    shop.publish("PK-1", START + DAY - timedelta(minutes=1), price=1_000_000)
    assert go(START + DAY).matches == 1
    shop.publish("PK-1", START + DAY + timedelta(hours=1), price=2_000_000)
    assert go(START + 2 * DAY).matches == 0
    assert told_codes() == ["PK-1"]


def test_what_came_back_after_a_suspension_is_not_new(shop, person):
    saved.save(person, q="予約")
    shop.withdraw("PK-0")
    shop.publish("PK-0", START + timedelta(hours=2))
    shop.publish("PK-1", START + timedelta(hours=2))
    shop.withdraw("PK-1")
    assert go(START + DAY).matches == 0


def test_while_somebody_publishes_nothing_is_told_yet_and_nothing_is_lost(shop, person, owner):
    """Their number may be lower than that of what is published already."""
    saved.save(person, q="予約")
    before = saved.told_numbers()
    with owner.begin() as publishing:
        publishing.execute(text("INSERT INTO publication SELECT * FROM publication WHERE false"))
        shop.publish("PK-1", START + DAY - timedelta(minutes=5))
        assert go(START + DAY).later == "publishing"
        assert saved.told_numbers() == before
    assert go(START + DAY).matches == 1
    assert go(START + 2 * DAY).matches == 0


def test_what_a_clock_set_back_publishes_is_told_too(shop, person):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + DAY)
    assert go(START + DAY).matches == 1
    shop.publish("PK-2", START - 30 * DAY)
    assert go(START + 2 * DAY).matches == 1
    assert told_codes() == ["PK-1", "PK-2"]


def test_what_was_published_in_the_minutes_before_saving_may_be_told_and_what_is_older_is_not(shop, person):
    shop.publish("PK-1", START - timedelta(minutes=11))
    shop.publish("PK-2", START - timedelta(minutes=9))
    saved.save(person, q="予約")
    go(START + DAY)
    assert told_codes() == ["PK-2"]


_STEP = st.one_of(
    st.tuples(st.just("publish"), st.integers(0, 2), st.integers(-500, 500)),
    st.tuples(st.just("withdraw"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("go"), st.just(0), st.just(0)),
)
_turns = itertools.count(1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEP, min_size=3, max_size=9))
def test_whatever_is_published_changed_and_withdrawn_at_whatever_time_is_told_once(shop, person, steps):
    turn = next(_turns)
    now = START + turn * 1000 * DAY
    search = saved.save(person, now, q="予約")
    known: set[str] = set()
    live: set[str] = set()
    new: set[str] = set()
    told: list[str] = []
    before = len(told_codes())
    for what, package, hours in [*steps, ("go", 0, 0)]:
        code = f"PK-{turn}-{package}"
        if what == "publish":
            shop.publish(code, now + timedelta(hours=hours))
            new |= {code} - known
            known.add(code)
            live.add(code)
        elif what == "withdraw":
            shop.withdraw(code)
            live.discard(code)
        else:
            now += DAY
            told += sorted(new & live)
            new.clear()
            go(now)
    assert [code for code in told_codes() if f"PK-{turn}-" in code] == sorted(told)
    assert len(told_codes()) == before + len(told)
    with act_as(person):
        services.remove(search, read_version=1)


def test_days_without_a_worker_are_made_up_for(shop, person):
    saved.save(person, q="予約")
    for day in range(1, 5):
        shop.publish(f"PK-{day}", START + day * DAY)
    assert go(START + 9 * DAY).matches == 4
    assert told_codes() == ["PK-1", "PK-2", "PK-3", "PK-4"]
    assert len(postings()) == 1


def test_all_searches_of_a_person_in_one_notice_and_a_package_counts_once(shop, person):
    for number in range(5):
        saved.save(
            person, START + timedelta(seconds=number), name=f"検索{number}", q="予約", price_min=str(number)
        )
    for number in range(1, 8):
        shop.publish(f"PK-{number}", START + timedelta(hours=1))
    tally = go(START + DAY)
    assert (tally.told, tally.matches) == (5, 7)
    [posting] = postings()
    assert posting.facts["searches"]["ja"] == ("「検索0」に7件、「検索1」に7件、「検索2」に7件、ほか2つの検索")
    assert posting.facts["list"]["ja"].count("・ほか2件") == 5
    assert posting.facts["list"]["ja"].count("/packages/PK-") == 25


def test_more_than_one_page_of_new_packages_is_counted_whole(shop, person, monkeypatch):
    monkeypatch.setattr(telling, "MAX_PER_PAGE", 2)
    saved.save(person, q="予約")
    for number in range(1, 6):
        shop.publish(f"PK-{number}", START + timedelta(hours=number))
    assert go(START + DAY).matches == 5


def test_what_cannot_be_subsidised_says_so(shop, person):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1), functions=["F1"], price=1_000)
    go(START + DAY)
    assert "補助金の対象外" in postings()[0].facts["list"]["ja"]


def test_while_the_index_waits_nothing_moves(shop, person):
    saved.save(person, q="予約")
    before = saved.told_numbers()
    shop.publish("PK-1", START + timedelta(hours=1), index=False)
    tally = go(START + DAY)
    assert (tally.later, tally.told) == ("index_late", 0)
    assert saved.told_numbers() == before
    from search import sync  # noqa: PLC0415

    sync.synchronise()
    assert go(START + DAY).matches == 1


def test_an_index_change_that_is_nobody_s_news_holds_nothing_up(shop, person):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1))
    shop.publish("PK-0", START + timedelta(hours=1), index=False)
    assert go(START + DAY).matches == 1
    with act_as(SYSTEM):
        assert db.session.scalars(select(IndexChange.code)).all() == ["PK-0"]


def test_without_the_index_it_is_left_for_later(shop, person):
    saved.save(person, q="予約")
    before = saved.told_numbers()
    shop.publish("PK-1", START + timedelta(hours=1))
    in_use = engines._Chosen.engine
    engines.use(_Broken())
    try:
        assert go(START + DAY).later == "index_missing"
    finally:
        engines.use(in_use)
    assert saved.told_numbers() == before
    assert go(START + DAY).matches == 1


class _Broken:
    name = "broken"

    def search(self, _: object) -> None:
        raise EngineUnavailable("index_missing", "test")


def test_mail_off_is_not_looked_at_and_on_again_begins_with_now(shop, person):
    search = saved.save(person, q="予約", by_mail=False)
    shop.publish("PK-1", START + timedelta(hours=1))
    assert go(START + DAY).searches == 0
    with clock.at(START + DAY), act_as(person):
        services.switch(search, by_mail=True, read_version=1)
    shop.publish("PK-2", START + DAY + timedelta(hours=1))
    assert go(START + 2 * DAY).matches == 1
    assert told_codes() == ["PK-2"]


def test_who_left_the_organisation_is_not_told(shop, person, owner):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1))
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM membership WHERE person_id = :who"), {"who": person.person_id})
    assert go(START + DAY).searches == 0
    with act_as(SYSTEM):
        db.session.add(
            Membership(organisation_id=person.organisation_id, person_id=person.person_id, role="sme_member")
        )
        db.session.commit()
    assert go(START + DAY).matches == 1


def test_conditions_that_exist_no_more_are_shown_and_the_others_are_told(shop, person, owner):
    gone = saved.save(person, q="予約", function="F1")
    unreadable = saved.save(person, q="レジ")
    saved.save(person, q="予約")
    before = saved.told_numbers()
    with owner.begin() as connection:
        for search, kept in ((gone, "function=GONE&q=x"), (unreadable, "price_min=many")):
            connection.execute(update(SavedSearch).where(SavedSearch.id == search).values(conditions=kept))
    shop.publish("PK-1", START + timedelta(hours=1))
    tally = go(START + DAY)
    assert (tally.broken, tally.searches, tally.told) == (2, 1, 1)
    broken = {one.id: one for one in mine(person)}
    assert broken[gone].query.functions == ("GONE",)
    assert broken[gone].faults[0].field == "function"
    assert broken[unreadable].query is None
    assert saved.told_numbers()[unreadable] == before[unreadable], "mended, it would tell everything since"
    assert go(START + DAY).broken == 0, "once a day is enough"


def test_one_person_s_trouble_does_not_keep_it_from_the_others(shop, person, organisation, actor_of, monkeypatch):
    other = actor_of(organisation("sme"), "sme_owner")
    saved.save(person, q="予約")
    saved.save(other, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1))
    real = telling.look

    def look(row, *more):
        if row.person_id == person.person_id:
            raise ZeroDivisionError
        return real(row, *more)

    monkeypatch.setattr(telling, "look", look)
    tally = go(START + DAY)
    assert (tally.failed, tally.people) == (1, 1)
    assert [posting.person_id for posting in postings()] == [other.person_id]
    monkeypatch.undo()
    assert go(START + DAY).people == 1
    assert {posting.person_id for posting in postings()} == {person.person_id, other.person_id}


def test_two_workers_at_once_tell_once(services_of, shop, person):
    for number in range(3):
        saved.save(person, q="予約", price_min=str(number))
    shop.publish("PK-1", START + timedelta(hours=1))
    tallies: list[telling.Tally] = []

    def work() -> None:
        with services_of.app_context():
            tallies.append(go(START + DAY))
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(each.told for each in tallies) == [0, 3]
    assert len(postings()) == 1


def test_a_notice_that_cannot_be_written_moves_nothing(shop, person, monkeypatch):
    saved.save(person, q="予約")
    before = saved.told_numbers()
    shop.publish("PK-1", START + timedelta(hours=1))
    monkeypatch.setattr(telling, "TEMPLATE", "no_such_notice")
    assert go(START + DAY).failed == 1
    assert saved.told_numbers() == before
    monkeypatch.undo()
    assert go(START + DAY).matches == 1


def test_the_preview_counts_and_changes_nothing(shop, person):
    saved.save(person, q="予約")
    shop.publish("PK-1", START + timedelta(hours=1))
    with clock.at(START + DAY):
        first = telling.preview()
        assert first == telling.preview()
    assert (first.people, first.searches, first.told, first.matches) == (1, 1, 1, 1)
    assert postings() == []
    assert go(START + DAY) == first
