"""Requests and use cases that start together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from flask import Flask

from tenants.actor import Actor
from tenants.db import act_as, db
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


def people_at_once(services: Flask, people: Sequence[Actor], work: Callable[[], object]) -> list[object]:
    """Each person does the same at the same moment; what came of it, errors by their name."""

    def by(person: Actor) -> object:
        with act_as(person):
            return work()

    outcomes = use_cases_at_once(services, *(partial(by, person) for person in people))
    return [type(each).__name__ if isinstance(each, DomainError) else each for each in outcomes]


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
