"""Needs while the catalogue changes: what is withdrawn is offered no more, and more packages cost no more statements."""

from __future__ import annotations

import published
import pytest

from catalogue.masters import vocabulary
from marketplace import pricing
from marketplace.needs.request import checked
from marketplace.needs.service import advise
from tenants.actor import PUBLIC
from tenants.db import act_as


def test_a_withdrawn_package_is_offered_no_more(services):
    ids = published.publish(packages=20, vendors=4)
    with act_as(PUBLIC):
        first = advise(checked(vocabulary(), ["B1"]), seconds=60).answers[0].parts[0].code
    published.withdraw(ids[first])
    with act_as(PUBLIC):
        advice = advise(checked(vocabulary(), ["B1"]), seconds=60)
    assert first not in {part.code for answer in advice.answers for part in answer.parts}


@pytest.mark.parametrize("amount", [6, 24])
def test_statements_do_not_grow_with_the_catalogue(app, statements, amount):
    published.publish(packages=amount, vendors=4)
    with act_as(PUBLIC):
        vocabulary(), pricing.scheme()
        with statements() as seen:
            advise(checked(vocabulary(), ["B1", "F2", "M3"], industry="retail"), seconds=60)
    assert len(seen) <= 7, seen
