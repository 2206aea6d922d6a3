"""Requests that start together."""

from __future__ import annotations

import threading
from typing import Any


def at_once(calls: list[Any]) -> list[int]:
    """The statuses of requests that start together."""
    gate, got = threading.Barrier(len(calls)), [0] * len(calls)

    def run(place: int) -> None:
        gate.wait()
        got[place] = calls[place]().status_code

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return got
