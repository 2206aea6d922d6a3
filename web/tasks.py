"""The background jobs by name: what `tenants.jobs.enqueue` asks for, the worker finds here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

TASKS: Final[Mapping[str, Callable[..., None]]] = {}
