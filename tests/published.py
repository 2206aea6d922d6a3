"""Packages that really went the listing's way, for tests of what is made from publications."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from catalogue import listings
from catalogue.masters import vocabulary
from catalogue.models import Package, Product
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from web.demo import load
from web.demo.generator import generate


def publish(packages: int = 6, vendors: int = 2) -> dict[str, uuid.UUID]:
    """So many generated packages, published: code -> listing id."""
    with act_as(SYSTEM):
        rows = load._drafts(list(generate(vocabulary(), packages=packages, vendors=vendors)))
        own = [row for row in rows if isinstance(row, Package)]
        load._publish([row for row in rows if isinstance(row, Product)], own)
        return {row.code: row.id for row in own}


def publish_again(listing_id: uuid.UUID, name: str) -> None:
    """Its next version, under this name."""

    @use_case
    def edit() -> None:
        row = db.session.get_one(Package, listing_id)
        row.name, row.state = name, "submitted"

    with act_as(SYSTEM):
        edit()
        listings.approve("package", [listing_id])
        listings.publish("package", [listing_id])


def withdraw(listing_id: uuid.UUID) -> None:
    """Off the public site."""
    with act_as(SYSTEM):
        version = db.session.get_one(Package, listing_id).version
        listings.withdraw("package", listing_id, reason="販売を終えたため", read_version=version)


def elsewhere(app: Flask, do: Callable[[], object]) -> None:
    """Do it in another thread with a session of its own, as another process would; its error is raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                do()
            except BaseException as error:  # noqa: BLE001
                errors.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@contextmanager
def for_a_file(
    application: Flask, empty_database: Callable[[], None], *, packages: int, vendors: int
) -> Iterator[Flask]:
    """The application with one catalogue for all tests of a file, which change nothing of it."""
    with application.app_context():
        publish(packages=packages, vendors=vendors)
        db.session.remove()
    yield application
    with application.app_context():
        db.engine.dispose()
    empty_database()
