"""Life cycles as tables: what is not listed cannot happen, whoever asks."""

from __future__ import annotations

import itertools
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.lifecycle import LISTING
from catalogue.models import LISTING_STATES
from marketplace.applications.lifecycle import APPLICATION
from tenants.actor import SYSTEM, Actor
from tenants.errors import IllegalStep, NotPermitted
from tenants.permissions import COMMON, ROLE_NAMES, ROLES, Permission
from tenants.text import Text
from tenants.workflow import State, Step, Workflow

AUDIENCES = ("public", "sign_in", "vendor", "sme", "secretariat", "committee", "system")
WORKFLOWS = {workflow.name: workflow for workflow in (LISTING, APPLICATION)}

# Written down a second time, by hand: step -> (from, to, roles that may).
LISTING_TABLE = {
    "edit": (
        {"draft", "returned", "approved", "published", "withdrawn"},
        "draft",
        {"vendor_owner", "vendor_editor"},
    ),
    "submit": ({"draft", "returned"}, "submitted", {"vendor_owner", "vendor_editor"}),
    "take_back": ({"submitted"}, "draft", {"vendor_owner", "vendor_editor"}),
    "return": (
        {"submitted", "approved"},
        "returned",
        {"secretariat_administrator", "secretariat_reviewer"},
    ),
    "approve": ({"submitted"}, "approved", {"secretariat_administrator", "secretariat_reviewer"}),
    "publish": ({"approved"}, "published", {"secretariat_administrator", "secretariat_publisher"}),
    "withdraw": (
        {"published", "draft", "submitted", "returned", "approved"},
        "withdrawn",
        {"secretariat_administrator", "secretariat_publisher"},
    ),
    "suspend": ({"published"}, "withdrawn", {"secretariat_administrator"}),
    "reinstate": ({"withdrawn"}, "published", {"secretariat_administrator"}),
}


def everybody() -> list[Actor]:
    """Every role in every audience, rightly and wrongly paired; and nobody in particular."""
    return [
        Actor(audience, uuid.uuid4(), uuid.uuid4(), frozenset({role} if role else ()))  # type: ignore[arg-type]
        for audience, role in itertools.product(AUDIENCES, [*ROLES, ""])
    ]


def test_the_listing_s_table_is_the_one_agreed_on():
    assert {step.code for step in LISTING.steps} == set(LISTING_TABLE)
    for code, (sources, target, roles) in LISTING_TABLE.items():
        step = LISTING.step(code)
        assert (set(step.sources), step.target) == (sources, target)
        assert {role for role, may in ROLES.items() if step.by in may} == roles
    assert {state.code for state in LISTING.states} == set(LISTING_STATES)


def test_every_pair_of_step_and_state_for_every_role_in_every_audience():
    """One allowed or refused answer for each, and it is the table's."""
    allowed = 0
    for (code, (sources, target, roles)), state, actor in itertools.product(
        LISTING_TABLE.items(), LISTING_STATES, everybody()
    ):
        audience = "vendor" if code in ("edit", "submit", "take_back") else "secretariat"
        permitted = bool(actor.roles & roles) or actor.audience == "system"
        lawful = state in sources and actor.audience in (audience, "system")
        if permitted and lawful:
            assert LISTING.check(code, state, actor).target == target
            allowed += 1
        else:
            with pytest.raises(IllegalStep if permitted else NotPermitted):
                LISTING.check(code, state, actor)
    assert allowed > 0


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_buttons_are_exactly_what_check_lets_through(workflow):
    for state, actor in itertools.product(workflow.states, everybody()):
        shown = {step.code for step in workflow.possible(state.code, actor)}
        passed = set()
        for step in workflow.steps:
            try:
                workflow.check(step.code, state.code, actor)
            except (IllegalStep, NotPermitted):
                continue
            passed.add(step.code)
        assert shown == passed


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_a_refusal_names_step_and_state_in_both_languages(workflow):
    for step, state in itertools.product(workflow.steps, workflow.states):
        if state.code in step.sources:
            continue
        with pytest.raises(IllegalStep) as caught:
            workflow.check(step.code, state.code, SYSTEM)
        message = caught.value.findings[0].message
        assert caught.value.status == 409
        assert step.label.ja in message.ja
        assert state.label.ja in message.ja
        assert step.label.en in message.en


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_every_state_can_be_reached_and_codes_are_unique(workflow):
    reached = {workflow.states[0].code}
    while True:
        more = {step.target for step in workflow.steps if set(step.sources) & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == {state.code for state in workflow.states}
    assert len({state.code for state in workflow.states}) == len(workflow.states)
    assert len({step.code for step in workflow.steps}) == len(workflow.steps)


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_every_step_can_be_taken_by_some_role_of_its_audience(workflow):
    for step in workflow.steps:
        assert any(step.by in may and role.startswith(f"{step.audience}_") for role, may in ROLES.items()), (
            step.code
        )


@pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)
def test_the_diagram_draws_every_step_once_for_each_source(workflow):
    lines = list(workflow.diagram())
    assert lines[0] == "stateDiagram-v2"
    assert len(lines) == 1 + sum(len(step.sources) for step in workflow.steps)
    for step in workflow.steps:
        for source in step.sources:
            assert f"  {source} --> {step.target}: {step.code} ({step.audience})" in lines


codes = st.text("abcdef", min_size=1, max_size=3)


def state(code: str) -> State:
    return State(code, Text(code, code), Text("", ""))


@given(st.lists(codes, min_size=1, unique=True), codes, codes)
def test_a_table_that_names_an_unknown_state_is_refused_when_it_is_made(known, source, target):
    def make() -> Workflow:
        step = Step("go", Text("行く", "Go"), (source,), target, "vendor", Permission.EDIT_LISTINGS)
        return Workflow("test", tuple(state(code) for code in known), (step,))

    unknown = {source, target} - set(known)
    if unknown:
        with pytest.raises(ValueError, match="unknown states"):
            make()
    else:
        assert make().check("go", source, SYSTEM).target == target


def test_roles_belong_to_one_audience_and_have_names():
    assert set(ROLE_NAMES) == set(ROLES)
    kinds = {"vendor", "sme", "secretariat", "committee"}
    assert {role.partition("_")[0] for role in ROLES} == kinds
    assert set(Permission) == frozenset().union(*ROLES.values()), "a permission nobody has"
    for one, other in itertools.combinations(kinds, 2):
        of = {
            kind: frozenset().union(*(may for role, may in ROLES.items() if role.startswith(f"{kind}_")))
            for kind in (one, other)
        }
        assert of[one] & of[other] <= COMMON, "a permission means one audience"
