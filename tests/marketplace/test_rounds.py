"""Which dates are named while no round is open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from marketplace.rounds import Round, Words, worth_knowing
from tenants import clock

NOW = datetime(2017, 8, 1, 12, tzinfo=clock.JAPAN)


def window(name: str, opens: int, closes: int) -> Round:
    """A round from so many days after NOW until so many."""
    return Round(
        id=name,
        kind="grant_application",
        name=Words(ja=name, en=name),
        opens_at=NOW + timedelta(days=opens),
        closes_at=NOW + timedelta(days=closes),
    )


@pytest.mark.parametrize(
    ("windows", "named"),
    [
        ([], []),
        ([("a", -90, -60), ("b", -50, -20)], ["b"]),
        ([("b", -50, -20), ("a", -90, -60)], ["b"]),
        ([("a", -90, -60), ("b", -50, -20), ("c", 5, 9), ("d", 20, 30)], ["b", "c", "d"]),
        ([("c", 5, 9)], ["c"]),
    ],
)
def test_the_last_that_closed_and_those_to_come(windows, named):
    assert [each.id for each in worth_knowing([window(*each) for each in windows], NOW)] == named
