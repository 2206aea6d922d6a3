"""Requests and use cases that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from tenants.db import db
from tenants.errors import DomainError


def use_cases_at_once(services: Flask, *calls: Callable[[], object]) -> list[object]:
    """Each call in a thread and a transaction of its own, all let go together; what each gave or raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        with services.app_context():
            gate.wait()
            try:
                return call()
            except DomainError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


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
