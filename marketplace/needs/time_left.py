"""How much time is left for an answer: told to the rules from outside, so that they read no clock. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

# Seconds until what is found has to be given; zero or less when the time is over.
Left = Callable[[], float]


def no_hurry() -> float:
    """Time without end."""
    return math.inf


def limited(clock: Callable[[], float], seconds: float) -> Left:
    """So many seconds from now on this clock."""
    until = clock() + seconds
    return lambda: until - clock()


def but_for(left: Left, seconds: float) -> Left:
    """The same without its last seconds, which are another's."""
    return lambda: left() - seconds
