"""Any order of steps on quotes, by anybody, at any time: the table decides, and what must hold always holds."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
import trade
from flask import Flask
from grants import DURING, World, another_business, build, by
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalogue.vocabulary_files import read_default_masters
from marketplace.consumption_tax import rate_on
from marketplace.quotes import queries, rules, services
from marketplace.quotes.lifecycle import QUOTE, REVISABLE
from marketplace.quotes.rules import Wanted
from tenants.db import db
from tenants.errors import BadInput, Conflict, DomainError, IllegalStep, NotFound, NotPermitted, StaleVersion

AFTER = DURING + timedelta(days=30)
# The listed 600,000 and 50,000 yen; four fifths of them are the registered minimum.
LISTED, LEAST = (600_000, 50_000), (480_000, 40_000)
STEPS = ("send", "withdraw", "accept", "decline")


@dataclass
class Version:
    """What the model knows of one version of a quote."""

    number: int
    edition: int
    state: str
    content: object = None


class Life(RuleBasedStateMachine):
    """Keeps a model of one business's quotes, all their versions, and compares it with the database."""

    another_business: ClassVar[Callable[[], World]]
    versions = Bundle("versions")

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).another_business()
        self.enquiry = trade.ask(self.world)
        self.known: dict[uuid.UUID, Version] = {}

    def of_number(self, number: int) -> list[Version]:
        return [each for each in self.known.values() if each.number == number]

    @precondition(lambda self: len(self.known) < 6)
    @rule(target=versions, price=st.integers(LEAST[0], LISTED[0]), quantity=st.integers(1, 5))
    def draft(self, price: int, quantity: int) -> uuid.UUID:
        made = trade.draft(self.world, self.enquiry, (Wanted("P-1", price, quantity),))
        self.known[made] = Version(trade.view(self.world, made, vendor=True).card.number, 1, "draft")
        return made

    @precondition(lambda self: len(self.known) < 6)
    @rule(price=st.one_of(st.integers(0, LEAST[0] - 1), st.integers(LISTED[0] + 1, 10**9)))
    def draft_outside(self, price: int) -> None:
        with pytest.raises(BadInput) as refused:
            trade.draft(self.world, self.enquiry, (Wanted("P-1", price, 1),))
        assert refused.value.code == "price_out_of_range"

    @rule(
        which=versions,
        code=st.sampled_from(STEPS),
        as_vendor=st.booleans(),
        late=st.booleans(),
        stale=st.booleans(),
    )
    def take(self, which: uuid.UUID, code: str, *, as_vendor: bool, late: bool, stale: bool) -> None:
        model, step = self.known[which], QUOTE.step(code)
        version = trade.view(self.world, which, vendor=True).version - (1 if stale else 0)
        call = partial(trade.press, code, which, version)
        now = "expired" if model.state == "sent" and late else model.state
        own = (step.audience == "vendor") == as_vendor
        accepted = any(each.state == "accepted" for each in self.of_number(model.number))
        legal = own and not stale and now in step.sources
        with by(self.world.vendor if as_vendor else self.world.sme, AFTER if late else DURING):
            if legal and code == "send" and late:
                # The draft's own last day is over by then.
                with pytest.raises(BadInput):
                    call()
                return
            if legal and code == "send" and accepted:
                with pytest.raises(Conflict):
                    call()
                return
            if not legal:
                with pytest.raises((IllegalStep, NotPermitted, NotFound, StaleVersion)):
                    call()
                return
            call()
        model.state = step.target
        if code == "send":
            for each in self.of_number(model.number):
                if each is not model and each.state == "sent":
                    each.state = "replaced"

    @precondition(lambda self: len(self.known) < 6)
    @rule(target=versions, which=versions)
    def revise(self, which: uuid.UUID) -> object:
        model = self.known[which]
        others = self.of_number(model.number)
        under_way = next(
            (key for key, each in self.known.items() if each in others and each.state == "draft"), None
        )
        with by(self.world.vendor, DURING):
            if under_way is not None and under_way != which:
                assert services.revise(which) == under_way
                return multiple()
            newest = model.edition == max(each.edition for each in others)
            if model.state not in REVISABLE or not newest or any(each.state == "accepted" for each in others):
                with pytest.raises(IllegalStep):
                    services.revise(which)
                return multiple()
            made = services.revise(which)
        self.known[made] = Version(model.number, model.edition + 1, "draft")
        return made

    @invariant()
    def what_must_hold(self) -> None:
        for key, model in self.known.items():
            view = trade.view(self.world, key, vendor=True)
            assert (view.card.state.code, view.card.number, view.card.edition) == (
                model.state,
                model.number,
                model.edition,
            )
            item = view.content["package"]["items"][0]
            assert LEAST[0] <= item["unit_price_yen"] <= LISTED[0]
            if model.state != "draft":
                model.content = model.content or view.content
                assert view.content == model.content, "what was sent never changes"
                assert trade.view(self.world, key).content == model.content
            else:
                with pytest.raises(NotFound):
                    trade.view(self.world, key)
        for number in {each.number for each in self.known.values()}:
            states = [each.state for each in self.of_number(number)]
            for once in ("draft", "sent", "accepted"):
                assert states.count(once) <= 1


def test_any_order_of_steps(organisation, actor_of):
    shared = build(organisation, actor_of)

    class Here(Life):
        pass

    Here.another_business = staticmethod(lambda: another_business(shared, organisation, actor_of))
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


MASTERS = read_default_masters()
PACKAGE = {
    "items": [
        {
            "product_code": code,
            "name": code,
            "functions": functions,
            "cost_kind": "software",
            "billing_period": "once",
            "billing_unit": "式",
            "unit_price_yen": price,
            "quantity": 1,
            "months": None,
            "amount_yen": price,
        }
        for code, functions, price in (("P-1", ["F1"], LISTED[0]), ("P-2", [], LISTED[1]))
    ]
}
PRICES = st.one_of(st.integers(-1, 700_000), st.sampled_from([*LISTED, *LEAST, LISTED[0] + 1, LEAST[0] - 1]))


@given(PRICES, PRICES, st.integers(-1, 12_000), st.integers(-1, 12_000))
@settings(deadline=None)
def test_a_quote_is_made_exactly_when_every_price_is_within_its_range(first, second, many, few):
    lines = (Wanted("P-1", first, many), Wanted("P-2", second, few))
    within = all(
        0 <= line.quantity <= rules.MOST_QUANTITY
        and (line.quantity == 0 or least <= line.unit_price_yen <= listed)
        for line, least, listed in zip(lines, LEAST, LISTED, strict=True)
    )
    allowed = within and many > 0
    minimums = {"P-1": LEAST[0], "P-2": LEAST[1]}
    more = {"masters": MASTERS, "tax": rate_on(trade.TODAY), "scheme": {}, "today": trade.TODAY}
    if not allowed:
        with pytest.raises(BadInput):
            rules.content_of(PACKAGE, minimums, lines, trade.terms(), **more)
        return
    content = rules.content_of(PACKAGE, minimums, lines, trade.terms(), **more)
    total = first * many + (second * few if few else 0)
    assert content["total_yen"] == content["package"]["total_yen"] == total
    assert content["with_tax_yen"] == total + total * content["tax_percent"] // 100
    assert [item["unit_price_yen"] for item in content["package"]["items"]] == [first] + ([second] if few else [])


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("accept", "withdraw"), ("accept", "decline"), ("decline", "withdraw"), ("accept", "send")],
)
def test_of_two_who_press_at_once_one_is_taken(organisation, actor_of, app: Flask, mine, theirs):
    """send: the vendor sends the next version at the moment when this one is accepted."""
    world = build(organisation, actor_of)
    quote = trade.sent(world)
    other = trade.take(world, "revise", quote) if theirs == "send" else quote
    versions = {each: trade.view(world, each, vendor=True).version for each in (quote, other)}
    gate = threading.Barrier(2)
    answers: dict[str, object] = {}

    def press(code: str, which: uuid.UUID) -> None:
        actor = world.sme if QUOTE.step(code).audience == "sme" else world.vendor
        with app.app_context(), by(actor):
            gate.wait()
            try:
                trade.press(code, which, versions[which])
                answers[code] = "taken"
            except DomainError as error:
                answers[code] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=pair) for pair in ((mine, quote), (theirs, other))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    taken = [code for code, answer in answers.items() if answer == "taken"]
    assert len(taken) == 1, answers
    assert isinstance(answers[theirs if taken == [mine] else mine], (StaleVersion, IllegalStep, Conflict))
    with by(world.vendor):
        states = {queries.quote(each).card.state.code for each in (quote, other)}
    expected = {QUOTE.step(taken[0]).target}
    if theirs == "send":
        expected |= {"replaced"} if taken == ["send"] else {"draft"}
    assert states == expected
