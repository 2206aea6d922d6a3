"""Any order of steps, by anybody, at any time: the table decides, and what must hold always holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest
from grants import CLOSES, DURING, World, another_business, build, by, prepared
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from marketplace.applications import queries, services
from marketplace.applications.lifecycle import APPLICATION, ENDED
from tenants.errors import BadInput, IllegalStep, NotPermitted, OutsideWindow, StaleVersion

LATE = CLOSES + timedelta(days=1)
STEPS = st.sampled_from([step.code for step in APPLICATION.steps])


class Life(RuleBasedStateMachine):
    """Keeps a model of one business's application and compares it with the database."""

    another_business: ClassVar[Callable[[], World]]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).another_business()
        self.id = None
        self.state = None
        self.version = 0
        self.steps: list[str] = []

    @precondition(lambda self: self.state is None or self.state in ENDED)
    @rule()
    def start(self) -> None:
        self.id = self.world.start()
        self.state, self.steps = "draft", ["start"]
        self.frozen = self.world.view(self.id).chosen

    @precondition(lambda self: self.state is not None and self.state not in ENDED)
    @rule()
    def choose_again(self) -> None:
        with pytest.raises(BadInput):
            self.world.start()

    @precondition(lambda self: self.id is not None)
    @rule(code=STEPS, as_vendor=st.booleans(), late=st.booleans(), stale=st.booleans())
    def take(self, code: str, *, as_vendor: bool, late: bool, stale: bool) -> None:
        step = APPLICATION.step(code)
        view = self.world.view(self.id)
        version = view.version - (1 if stale else 0)
        actor = self.world.vendor if as_vendor else self.world.sme
        listed = self.state in step.sources and (step.audience == "vendor") == as_vendor
        refused = {
            StaleVersion: stale,
            (IllegalStep, NotPermitted): not listed,
            OutsideWindow: bool(step.window) and late,
        }
        expected = next((error for error, applies in refused.items() if applies), None)
        call = {
            "accept": lambda: services.accept(self.id, read_version=version),
            "decline": lambda: services.decline(self.id, reason="x", read_version=version),
            "prepare": lambda: services.prepare(self.id, prepared(), read_version=version),
            "ask_correction": lambda: services.ask_correction(self.id, reason="x", read_version=version),
            "confirm": lambda: services.confirm(self.id, seen_hash=view.document_hash, read_version=version),
            "submit": lambda: services.submit(self.id, read_version=version),
            "withdraw": lambda: services.withdraw(self.id, reason="x", read_version=version),
        }[code]
        with by(actor, LATE if late else DURING):
            if expected is None:
                call()
                self.state, self.steps = step.target, [*self.steps, code]
            else:
                with pytest.raises(expected):
                    call()

    @invariant()
    def what_must_hold(self) -> None:
        if self.id is None:
            return
        view = self.world.view(self.id)
        assert view.card.state.code == self.state
        assert [entry.step for entry in view.history] == self.steps
        assert (view.submitted_at is not None) == (self.state == "submitted")
        assert view.chosen == self.frozen
        if self.state in ("confirmed", "submitted"):
            assert view.confirmed_hash == view.document_hash
        if self.state == "prepared":
            assert view.confirmed_hash is None
        with by(self.world.vendor):
            assert queries.application(self.id).figures is None


def test_any_order_of_steps(organisation, actor_of):
    shared = build(organisation, actor_of)

    class Here(Life):
        pass

    Here.another_business = staticmethod(lambda: another_business(shared, organisation, actor_of))
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
