"""Who the people of an organisation are, or its number, changes: what hangs on that on the floors above hears of it.

Whoever belongs to two organisations, or one number in both, makes the two the same people (tenants.across_kinds).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

_around: Final[list[Callable[[uuid.UUID], AbstractContextManager[None]]]] = []


def on_change(around: Callable[[uuid.UUID], AbstractContextManager[None]]) -> None:
    """Have this entered before each change of an organisation and left after it, in the change's own transaction."""
    _around.append(around)


@contextmanager
def changing(organisation_id: uuid.UUID) -> Iterator[None]:
    """Inside, somebody comes into this organisation or leaves it, or its numbers are written. Part of a use case."""
    with ExitStack() as stack:
        for each in _around:
            stack.enter_context(each(organisation_id))
        yield
