"""What a job is given, read as its task says that it takes it.

Whoever may ask for a job may write anything beside its name: what a task does not take never reaches it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final, get_type_hints

# All that tasks take is an id, or a name that one of ours was kept under.
_READ: Final[Mapping[object, Callable[[str], object]]] = {uuid.UUID: uuid.UUID, str: str}


class WrongArguments(Exception):
    """A job was given other arguments than its task takes; which ones is not said, for they may be anybody's words."""

    def __init__(self, task: Callable[..., None], takes: Mapping[str, object]) -> None:
        super().__init__(f"{task.__name__} takes ({', '.join(takes)}), and was given something else")


def arguments(task: Callable[..., None], given: Mapping[str, object]) -> dict[str, Any]:
    """The arguments for a task out of a job's payload; a task says by its annotations what it takes, all of it needed.

    Raises WrongArguments for one too many or too few, or one of another kind.
    """
    takes = {name: kind for name, kind in get_type_hints(task).items() if name != "return"}
    if set(given) != set(takes):
        raise WrongArguments(task, takes)
    try:
        return {name: _READ[kind](_text(given[name])) for name, kind in takes.items()}
    except (TypeError, ValueError):
        raise WrongArguments(task, takes) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
