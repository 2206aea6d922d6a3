"""A published catalogue for all tests of a file that ask the guided search, and a browser that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import published
import pytest
from flask import Flask
from pages import PageClient

from marketplace.needs.service import advise


@pytest.fixture(scope="module")
def market(application: Flask, empty_database: Callable[[], None]) -> Iterator[Flask]:
    with published.for_a_file(application, empty_database, packages=24, vendors=6) as filled:
        yield filled


@pytest.fixture
def shop(market: Flask) -> PageClient:
    """A browser without a session."""
    return market.test_client()  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def reckoning(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Change how many seconds may be spent on the best sets: a minute, so that on a busy machine too they are proven."""

    def take(seconds: float) -> None:
        for where in ("web.public.needs", "web.api.routes", "web.commands.needs"):
            monkeypatch.setattr(f"{where}.advise", lambda needs: advise(needs, seconds=seconds))

    take(60)
    return take
