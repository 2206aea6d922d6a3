"""A life cycle is one table: services, buttons, the API, the diagram in docs/ and the tests read the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenants.actor import Actor
from tenants.errors import Finding, IllegalStep
from tenants.permissions import Permission
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class State:
    """A state, with the word people read and what it means for them."""

    code: str
    label: Text
    meaning: Text


@dataclass(frozen=True, slots=True)
class Step:
    """One way from some states to one state.

    by: the permission its taker needs. audience: in whose organisation they act. window: the kind of round that
    must be open when the request arrives, or None.
    """

    code: str
    label: Text
    sources: tuple[str, ...]
    target: str
    audience: str
    by: Permission
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """All states and steps of one life cycle. A step that is not listed cannot happen, whoever asks."""

    name: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        known = {state.code for state in self.states}
        for step in self.steps:
            unknown = {*step.sources, step.target} - known
            if unknown:
                raise ValueError(f"{self.name}.{step.code} names unknown states {sorted(unknown)}")

    def state(self, code: str) -> State:
        """The state with this code."""
        return next(state for state in self.states if state.code == code)

    def step(self, code: str) -> Step:
        """The step with this code."""
        return next(step for step in self.steps if step.code == code)

    def check(self, code: str, state: str, actor: Actor) -> Step:
        """The step, if it may be taken from this state by this actor.

        Raises NotPermitted for a missing permission, IllegalStep when the table does not list it.
        """
        step = self.step(code)
        actor.require(step.by)
        if state not in step.sources or not _acts_for(actor, step):
            raise IllegalStep(
                Finding(
                    "illegal_step",
                    Text(
                        f"「{self.state(state).label.ja}」の状態では「{step.label.ja}」はできません。",
                        f"“{step.label.en}” is not possible while it is “{self.state(state).label.en}”.",
                    ),
                    Text(
                        "画面を開き直して、最新の状態を確認してください。",
                        "Reload the page to see its current state.",
                    ),
                )
            )
        return step

    def possible(self, state: str, actor: Actor) -> Sequence[Step]:
        """The steps this actor may take now: what the page shows as buttons."""
        return [
            step for step in self.steps if state in step.sources and actor.may(step.by) and _acts_for(actor, step)
        ]

    def diagram(self) -> Iterator[str]:
        """The life cycle in Mermaid's words, for docs/."""
        yield "stateDiagram-v2"
        for step in self.steps:
            for source in step.sources:
                yield f"  {source} --> {step.target}: {step.code} ({step.audience})"


def _acts_for(actor: Actor, step: Step) -> bool:
    return actor.audience in (step.audience, "system")
