"""A mail server, and people whom mails go to."""

from __future__ import annotations

import uuid

import post
import pytest

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Person


@pytest.fixture
def server():
    with post.serving() as made:
        yield made


@pytest.fixture
def somebody(organisation, actor_of):
    """Make a vendor's person with a name and an address of their own."""

    def make(address: str, *, name: str = "山田 花子", role: str = "vendor_owner", place: uuid.UUID | None = None):
        actor = actor_of(place or organisation("vendor"), role)
        with act_as(SYSTEM):
            person = db.session.get_one(Person, actor.person_id)
            person.name, person.email = name, address
            db.session.commit()
        return actor

    return make
