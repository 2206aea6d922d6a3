"""The rule of seats, and a machine that books, gives back and enlarges in any order: never more than the seats."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from briefings import announced, bookings, counts, facts, person
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from marketplace.briefings import queries, services
from marketplace.briefings.bookings import book, cancel
from marketplace.briefings.seats import Waiting, answer, moved_up
from tenants import clock
from tenants.db import act_as
from tenants.errors import BadInput

SIZES = st.lists(st.integers(1, 6), max_size=12)


@given(SIZES, st.integers(1, 30), st.data())
def test_who_moves_up_is_the_first_who_fits(sizes, seats, data):
    taken = data.draw(st.integers(0, seats))
    waiting = [Waiting(turn, people) for turn, people in enumerate(sizes)]
    shuffled = data.draw(st.permutations(waiting))
    up = moved_up(shuffled, seats=seats, taken=taken)
    assert up == sorted(up), "in the order of arrival"
    free = seats - taken
    for each in waiting:
        assert (each.turn in up) == (each.people <= free), each
        free -= each.people if each.turn in up else 0
    assert free >= 0
    assert moved_up([each for each in waiting if each.turn not in up], seats=seats, taken=seats - free) == []


@given(st.integers(1, 20), st.integers(1, 50), st.integers(0, 50))
def test_a_seat_is_given_exactly_when_all_fit(people, seats, taken):
    assert (answer(people, seats=seats, taken=taken) == "booked") == (taken + people <= seats)


class Desk(RuleBasedStateMachine):
    """Keeps a model of one briefing's list and compares it with the database."""

    office: ClassVar[object]

    @initialize(seats=st.integers(1, 8))
    def begin(self, seats: int) -> None:
        self.seats = seats
        self.start = (clock.now() + timedelta(days=3)).replace(microsecond=0)
        self.number = announced(type(self).office, self.described())
        self.list: list[dict] = []

    def described(self):
        return facts(self.start, seats=self.seats, most_people=min(4, self.seats))

    def taken(self) -> int:
        return sum(each["people"] for each in self.list if each["state"] == "booked")

    def settle(self) -> None:
        for each in self.list:
            if each["state"] == "waiting" and each["people"] <= self.seats - self.taken():
                each["state"] = "booked"

    @rule(people=st.integers(1, 4))
    def book(self, people: int) -> None:
        who = person()
        with act_as(who):
            if people > min(4, self.seats):
                with pytest.raises(BadInput):
                    book(self.number, name="名", organisation_name="", people=people)
                return
            got = book(self.number, name="名", organisation_name="", people=people)
        state = "booked" if people <= self.seats - self.taken() else "waiting"
        self.list.append({"id": got.booking_id, "who": who, "people": people, "state": state})
        waiting = [each["id"] for each in self.list if each["state"] == "waiting"]
        assert (got.state, got.position) == (
            state,
            None if state == "booked" else waiting.index(got.booking_id) + 1,
        )

    @rule(data=st.data())
    def give_back(self, data) -> None:
        live = [each for each in self.list if each["state"] != "cancelled"]
        if not live:
            return
        each = data.draw(st.sampled_from(live))
        with act_as(each["who"]):
            cancel(each["id"])
            cancel(each["id"])
        each["state"] = "cancelled"
        self.settle()

    @rule(more=st.integers(-3, 3))
    def resize(self, more: int) -> None:
        before, self.seats = self.seats, max(1, self.seats + more)
        with act_as(type(self).office):
            version = queries.one_for_desk(self.number)[0].version
            if self.seats < self.taken():
                with pytest.raises(BadInput):
                    services.change(self.number, self.described(), read_version=version)
                self.seats = before
                return
            services.change(self.number, self.described(), read_version=version)
        self.settle()

    @invariant()
    def the_database_says_the_same(self) -> None:
        if not hasattr(self, "list"):
            return
        kept = [(row.id, row.state, row.people) for row in bookings(self.number)]
        assert kept == [(each["id"], each["state"], each["people"]) for each in self.list]
        waiting = sum(each["people"] for each in self.list if each["state"] == "waiting")
        assert counts(self.number) == (self.taken(), waiting)
        assert self.taken() <= self.seats


def test_any_order_of_bookings_and_cancellations(services, organisation, actor_of):
    Desk.office = actor_of(organisation("secretariat"), "secretariat_reviewer")
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
