"""Briefings from the announcement to the list at the door: who may, until when, and who is told."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from briefings import announced, bookings, counts, facts, person, told
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.briefings import queries, services
from marketplace.briefings.bookings import book, cancel
from marketplace.briefings.models import BriefingBooking, BriefingLink
from tenants import audit, clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput, DomainError, IllegalStep, NotFound, NotPermitted, OutsideWindow, StaleVersion
from tenants.text import Text, same


@pytest.fixture
def desk(services_ground, organisation, actor_of):
    return actor_of(organisation("secretariat"), "secretariat_reviewer")


@pytest.fixture
def services_ground(services):
    return services


def take(number, who, people=1, name="予約 太郎", organisation_name="見本商店"):
    with act_as(who):
        return book(number, name=name, organisation_name=organisation_name, people=people)


def test_a_draft_is_hidden_until_it_is_announced(desk):
    with act_as(desk):
        number = services.draft(facts())
    with act_as(PUBLIC):
        assert queries.upcoming() == []
        with pytest.raises(NotFound):
            queries.one(number)
    with pytest.raises(NotFound):
        take(number, person())
    with act_as(desk):
        services.announce(number, read_version=1)
        with pytest.raises(IllegalStep):
            services.announce(number, read_version=2)
    with act_as(PUBLIC):
        assert [each.number for each in queries.upcoming()] == [number]
        assert queries.one(number).standing == "open"


def test_the_link_is_for_those_with_a_seat_only(desk):
    number = announced(desk, facts(seats=2, most_people=2))
    holder, waiter, stranger = person(), person(), person()
    take(number, holder, 2)
    take(number, waiter)
    for who, link in ((holder, facts().link), (waiter, None)):
        with act_as(who):
            assert queries.my_booking(number).link == link
            assert (db.session.get(BriefingLink, number) is not None) == (link is not None)
    for who in (stranger, PUBLIC):
        with act_as(who):
            assert queries.my_booking(number) is None
            assert db.session.get(BriefingLink, number) is None
    with act_as(holder):
        cancel(queries.my_booking(number).id)
        assert db.session.get(BriefingLink, number) is None
    with act_as(waiter):
        assert queries.my_booking(number).link == facts().link


def test_a_booking_is_seen_by_its_person_and_the_secretariat_only(desk, organisation, actor_of):
    number = announced(desk)
    vendor_id = organisation("vendor")
    owner, colleague = actor_of(vendor_id, "vendor_owner"), actor_of(vendor_id, "vendor_owner")
    got = take(number, owner)
    with act_as(colleague):
        assert queries.mine().total == 0
        assert db.session.get(BriefingBooking, got.booking_id) is None
        with pytest.raises(NotFound):
            queries.my_booking_by_id(got.booking_id)
        with pytest.raises(NotFound):
            cancel(got.booking_id)
        with pytest.raises(NotPermitted):
            queries.every_attendee(number)
    with act_as(owner):
        assert queries.mine().items[0].id == got.booking_id
        mine = {"briefing_number": number, "person_id": owner.person_id, "name": "x", "email": "x"}
        db.session.add(BriefingBooking(**mine, people=5, state="booked"))
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.flush()
        db.session.rollback()
        db.session.execute(text("UPDATE briefing_booking SET state = 'booked', cancelled_at = NULL"))
        db.session.execute(text("UPDATE briefing SET seats = 9999"))
        db.session.rollback()
    with act_as(desk):
        seen = queries.every_attendee(number)
        assert [(each.name, each.organisation_name, each.email) for each in seen] == [
            ("予約 太郎", "見本商店", "hanako@example.jp")
        ]
        assert queries.one(number).seats == 5
    assert got.state == "booked"


def test_whoever_only_looks_in_books_nothing(desk, organisation, actor_of):
    number = announced(desk)
    looking = replace(actor_of(organisation("vendor"), "vendor_owner"), support=uuid.uuid4())
    with pytest.raises((ProgrammingError, DomainError)):
        take(number, looking)
    assert bookings(number) == []


def test_one_person_books_once_a_second_press_gets_the_same(desk):
    number, who = announced(desk), person()
    first = take(number, who, 2)
    assert take(number, who, 2) == first
    with pytest.raises(BadInput) as refused:
        take(number, who, 3)
    assert refused.value.code == "booked_already"
    assert counts(number) == (2, 0)
    with act_as(who):
        cancel(first.booking_id)
    assert take(number, who, 3).state == "booked"
    assert counts(number) == (3, 0)


def test_nobody_in_particular_books_nothing(desk):
    number = announced(desk)
    with pytest.raises(NotPermitted):
        take(number, PUBLIC)


def test_the_deadline_is_the_time_of_arrival(desk):
    number, given = announced(desk), facts()
    closes = given.booking_closes_at
    with act_as(PUBLIC):
        closes = queries.one(number).booking_closes_at
    with clock.at(closes.replace(microsecond=999_999)):
        assert take(number, person()).state == "booked"
    with clock.at(closes + timedelta(seconds=1)):
        with pytest.raises(OutsideWindow):
            take(number, person())
        with act_as(PUBLIC):
            assert queries.one(number).standing == "closed"


def test_after_the_start_nothing_is_given_back_and_nobody_moves_up(desk):
    number, who = announced(desk, facts(seats=1, most_people=1)), person()
    got = take(number, who)
    take(number, person())
    with act_as(who):
        start = queries.one(number).starts_at
        with clock.at(start), pytest.raises(IllegalStep):
            cancel(got.booking_id)
        with clock.at(start - timedelta(seconds=1)):
            cancel(got.booking_id)
    assert [row.state for row in bookings(number)] == ["cancelled", "booked"]


@pytest.mark.parametrize(("people", "name"), [(0, "名"), (6, "名"), (1, " "), (1, "名" * 101), (1, "名\u202e")])
def test_bad_bookings_are_refused(desk, people, name):
    number = announced(desk)
    with pytest.raises(BadInput):
        take(number, person(), people, name)
    assert bookings(number) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": same("")}, "title_ja"),
        ({"description": Text("説明", " ")}, "description_en"),
        ({"seats": 0}, "seats"),
        ({"seats": 3, "most_people": 4}, "most_people"),
        ({"online": False, "place": " "}, "place"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": ""}, "link"),
        ({"audience": "nobody"}, "audience"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"booking_closes_at": datetime(2099, 1, 1, tzinfo=UTC)}, "booking_closes_at"),
    ],
)
def test_bad_briefings_are_refused(desk, changes, field):
    with act_as(desk):
        with pytest.raises(BadInput) as refused:
            services.draft(facts(**changes))
        assert field in [finding.field for finding in refused.value.findings]
        assert queries.for_desk().total == 0


def test_everybody_booked_is_told_of_a_change_and_calendars_hear_of_it(desk):
    given = facts(seats=2, most_people=2)
    number = announced(desk, given)
    holder, waiter, gone = person(), person(), person()
    take(number, holder, 2)
    take(number, waiter)
    left = take(number, gone)
    with act_as(gone):
        cancel(left.booking_id)
    with act_as(desk):
        services.change(number, replace(given, description=same("言い換え")), read_version=2)
    assert told("briefing_changed") == []
    with act_as(desk):
        assert queries.one(number).sequence == 0
        services.change(number, replace(given, place="別の会場"), read_version=3)
        assert queries.one(number).sequence == 1
    assert {who for _, who in told("briefing_changed")} == {holder.person_id, waiter.person_id}
    with act_as(desk):
        services.change(number, replace(given, place="別の会場", seats=3), read_version=4)
    assert [who for _, who in told("briefing_moved_up")] == [waiter.person_id]
    with act_as(desk), pytest.raises(StaleVersion):
        services.change(number, given, read_version=4)


def test_calling_off_tells_everybody_and_ends_booking(desk):
    number, holder = announced(desk), person()
    got = take(number, holder)
    with act_as(desk):
        with pytest.raises(BadInput):
            services.cancel(number, reason=" ", read_version=2)
        services.cancel(number, reason="講師の都合により", read_version=2)
        with pytest.raises(IllegalStep):
            services.change(number, facts(), read_version=3)
    assert [who for _, who in told("briefing_cancelled")] == [holder.person_id]
    with pytest.raises(IllegalStep):
        take(number, person())
    with act_as(holder), pytest.raises(IllegalStep):
        cancel(got.booking_id)
    with act_as(PUBLIC):
        assert queries.one(number).standing == "cancelled"


def test_the_reminder_goes_out_on_the_day_before_and_once(desk):
    start = datetime(2031, 5, 20, 4, 0, tzinfo=UTC)  # 13:00 in Japan
    given = facts(start)
    number = announced(desk, given)
    holder, waiter = person(), person()
    take(number, holder, 5)
    take(number, waiter, 1)
    day_before = datetime(2031, 5, 19, 0, 0, tzinfo=UTC)  # 9:00 in Japan
    with act_as(SYSTEM):
        for moment, sent in (
            (day_before - timedelta(seconds=1), 0),
            (day_before, 1),
            (day_before + timedelta(minutes=1), 0),
            (start - timedelta(hours=1), 0),
        ):
            with clock.at(moment):
                assert services.remind() == sent, moment
    assert [who for _, who in told("briefing_reminder")] == [holder.person_id]


def test_a_moved_briefing_is_reminded_of_again_and_one_called_off_is_not(desk):
    start = datetime(2031, 5, 20, 4, 0, tzinfo=UTC)
    given, day = facts(start), timedelta(days=1)
    number = announced(desk, given)
    take(number, person())
    with act_as(SYSTEM), clock.at(start - day):
        assert services.remind() == 1
    moved = replace(given, starts_at=start + 7 * day, ends_at=given.ends_at + 7 * day)
    with act_as(desk):
        services.change(number, moved, read_version=2)
    with act_as(SYSTEM), clock.at(start + 6 * day):
        assert services.remind() == 1
    with act_as(desk):
        other = announced(desk, given)
    with act_as(desk):
        services.cancel(other, reason="中止", read_version=2)
    with act_as(SYSTEM), clock.at(start - day):
        assert services.remind() == 0


def test_attendance_is_marked_from_an_hour_before_on_the_listed_only(desk):
    number = announced(desk)
    came, stayed, unlisted = (take(number, person()).booking_id for _ in range(3))
    with act_as(desk):
        start = queries.one(number).starts_at
        with pytest.raises(IllegalStep):
            services.mark_attendance(number, listed=[came], came=[came])
        with clock.at(start - timedelta(hours=1)):
            assert services.mark_attendance(number, listed=[came, stayed], came=[came, unlisted]) == 1
    assert {row.id: row.attended for row in bookings(number)} == {came: True, stayed: False, unlisted: None}


@pytest.mark.parametrize("role", ["secretariat_publisher", "secretariat_auditor", "secretariat_payments"])
def test_only_who_manages_briefings_does(desk, organisation, actor_of, role):
    number = announced(desk)
    with act_as(actor_of(organisation("secretariat"), role)):
        for step in (
            lambda: services.draft(facts()),
            lambda: services.change(number, facts(), read_version=2),
            lambda: services.cancel(number, reason="x", read_version=2),
            lambda: services.mark_attendance(number, listed=[], came=[]),
        ):
            with pytest.raises(NotPermitted):
                step()
        for look in (queries.attendees, queries.every_attendee):
            if role == "secretariat_auditor":
                assert not list(getattr(look(number), "items", look(number)))
                continue
            with pytest.raises(NotPermitted):
                look(number)
        assert queries.one_for_desk(number)[0].number == number


def at_once(app, calls):
    """All calls at the same moment, each in a thread and a session of its own."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, who, call):
        with app.app_context(), act_as(who):
            gate.wait()
            try:
                results[place] = call()
            except DomainError as error:
                results[place] = error

    threads = [threading.Thread(target=run, args=(n, *each)) for n, each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def booking(number, people):
    return lambda: book(number, name="名", organisation_name="", people=people)


def test_never_more_than_the_seats_whoever_presses_at_once(desk, services_ground):
    number = announced(desk)
    people = [1, 2, 3, 1, 2, 3, 1, 2]
    got = at_once(services_ground, [(person(), booking(number, each)) for each in people])
    assert not [each for each in got if isinstance(each, DomainError)]
    rows = bookings(number)
    taken = sum(row.people for row in rows if row.state == "booked")
    assert counts(number) == (taken, sum(people) - taken)
    assert 3 <= taken <= 5
    assert sorted(each.position for each in got if each.position) == list(
        range(1, 1 + sum(row.state == "waiting" for row in rows))
    )
    with act_as(SYSTEM):
        assert list(audit.verify()) == []


def test_seats_given_back_and_asked_for_at_once_are_given_once(desk, services_ground):
    number = announced(desk)
    holders = [person() for _ in range(5)]
    held = [take(number, who).booking_id for who in holders]
    waiters = [person() for _ in range(3)]
    for who in waiters:
        take(number, who)
    calls = [(who, lambda mine=mine: cancel(mine)) for who, mine in zip(holders, held, strict=True)]
    calls += [(person(), booking(number, 1)) for _ in range(3)]
    at_once(services_ground, calls)
    rows = bookings(number)
    taken = sum(row.people for row in rows if row.state == "booked")
    assert counts(number) == (taken, sum(row.people for row in rows if row.state == "waiting"))
    assert taken == 5
    by_person = {row.person_id: row.state for row in rows}
    assert [by_person[who.person_id] for who in waiters] == ["booked"] * 3, "who waited longest is first"


def test_two_presses_of_one_person_are_one_booking(desk, services_ground):
    number, who = announced(desk), person()
    got = at_once(services_ground, [(who, booking(number, 2))] * 4)
    assert len({each.booking_id for each in got}) == 1
    assert counts(number) == (2, 0)
