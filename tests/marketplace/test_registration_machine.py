"""Any order of steps of a registration, by anybody, at any time: the table decides, and history tells it all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest
import registrations as world
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from marketplace.registration import office, sections, services
from marketplace.registration.lifecycle import OPEN, REGISTRATION
from marketplace.registration.models import RegistrationStep
from tenants import clock, files
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import IllegalStep, NotFound, NotPermitted, OutsideWindow, StaleVersion

STEPS = st.sampled_from(["submit", "receive", "return", "pass_to_committee", "withdraw", "withdraw_paper"])
REFUSED = (IllegalStep, NotPermitted, OutsideWindow, StaleVersion, NotFound)
LATE = world.CLOSES + timedelta(days=60)


class Life(RuleBasedStateMachine):
    """Keeps a model of one vendor's registration and compares it with the database."""

    another: ClassVar[Callable[[], tuple[Actor, Actor]]]

    def __init__(self) -> None:
        super().__init__()
        self.vendor, self.office = type(self).another()
        self.steps = ["start"]
        self.state = "draft"
        with clock.at(world.DURING), act_as(self.vendor):
            self.id = services.start()
            world.fill(self.id)

    def _do(self, code: str, version: int) -> None:
        doing: dict[str, Callable[[], None]] = {
            "submit": lambda: services.submit(self.id, read_version=version),
            "receive": lambda: office.receive(self.id, read_version=version),
            "return": lambda: office.send_back(self.id, {"company": "確認"}, read_version=version),
            "pass_to_committee": lambda: office.pass_to_committee(self.id, read_version=version),
            "withdraw": lambda: services.withdraw(self.id, reason="やめます", read_version=version),
            "withdraw_paper": lambda: office.withdraw_paper(self.id, reason="やめます", read_version=version),
        }
        doing[code]()

    @rule(code=STEPS, as_vendor=st.booleans(), late=st.booleans(), stale=st.booleans())
    def take(self, code: str, *, as_vendor: bool, late: bool, stale: bool) -> None:
        step = REGISTRATION.step(code)
        version = world.row_of(self.id).version - stale
        listed = self.state in step.sources and (step.audience == "vendor") == as_vendor
        fits = code not in ("receive", "withdraw_paper")
        allowed = listed and fits and not stale and not (late and step.window)
        again = (
            code == "submit" and as_vendor and stale and self.state == "submitted" and self.steps[-1] == "submit"
        )
        with clock.at(LATE if late else world.DURING), act_as(self.vendor if as_vendor else self.office):
            if allowed or again:
                self._do(code, version)
            else:
                with pytest.raises(REFUSED):
                    self._do(code, version)
        if allowed:
            self.state = step.target
            self.steps.append(code)

    @rule(section=st.sampled_from(["company", "contact"]), text=st.sampled_from(["ア", "イ"]))
    def write(self, section: str, text: str) -> None:
        row = world.row_of(self.id)
        version = int(row.section_versions.get(section, 0))
        field = "name_kana" if section == "company" else "person_kana"
        typed = {**world.ANSWERS[section], field: [text]}
        open_now = self.state == "draft" or (self.state == "returned" and section == "company")
        with clock.at(world.DURING), act_as(self.vendor):
            if open_now:
                assert sections.save_section(self.id, section, typed, read_version=version) == []
            else:
                with pytest.raises(IllegalStep):
                    sections.save_section(self.id, section, typed, read_version=version)

    @precondition(lambda self: self.state not in OPEN)
    @rule()
    def begin_again(self) -> None:
        with clock.at(world.DURING), act_as(self.vendor):
            self.id = services.start()
            world.fill(self.id)
        self.state, self.steps = "draft", ["start"]

    @invariant()
    def the_database_says_the_same(self) -> None:
        row = world.row_of(self.id)
        assert row.state == self.state
        assert (row.returned is not None) == (self.state == "returned")
        assert (row.submitted_copy is not None) == ("submit" in self.steps)
        with act_as(SYSTEM):
            taken = db.session.scalars(
                select(RegistrationStep.step)
                .where(RegistrationStep.registration_id == self.id)
                .order_by(RegistrationStep.id)
            ).all()
        assert list(taken) == self.steps


def test_any_order_of_steps(services, organisation, actor_of):
    before = files._Chosen.filing
    world.use_memory()
    world.open_round()
    officer = actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer")

    def another() -> tuple[Actor, Actor]:
        return world.vendor(number=None), officer

    Life.another = staticmethod(another)  # type: ignore[assignment]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
    files._Chosen.filing = before
