"""Catalogues of benchmark size: exactly so many, as good as those that were published one by one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from catalogue import publications
from catalogue.models import LivePublication, Package, Publication
from search import queries, sync
from search.parameters import SearchQuery
from tenants import audit
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput
from web.demo import bulk


@pytest.mark.parametrize("packages", [1, 39, 41, 250])
def test_exactly_as_many_as_asked_for(services, index, packages):
    told: list[int] = []
    assert bulk.generate_bulk(packages, seed=7, progress=told.append) == packages
    assert told[-1] == packages
    assert told == sorted(told)
    with act_as(SYSTEM):
        assert publications.count_live("package") == packages
        assert db.session.scalar(select(func.count()).select_from(Package)) == packages
        assert list(audit.verify()) == []
    assert bulk.build_index() == packages
    assert sync.verify() == []
    with act_as(PUBLIC):
        assert queries.find(SearchQuery()).total == packages


def test_what_it_writes_is_what_publishing_would_have_written(services, index):
    bulk.generate_bulk(30, seed=7, progress=lambda _: None)
    with act_as(SYSTEM):
        for row in db.session.scalars(select(Publication)):
            assert row.content["vendor"]["number"] == row.vendor_number
            assert row.content["code"] == row.code
            assert len(row.content_hash) == 64
        live = db.session.scalars(select(LivePublication)).all()
        assert {each.publication_id for each in live} == set(db.session.scalars(select(Publication.id)))


def test_the_same_seed_gives_the_same_catalogue(services, index, owner):
    from conftest import _empty  # noqa: PLC0415

    def contents() -> list[object]:
        with act_as(SYSTEM):
            return [each.content for each in publications.every_live_package()]

    bulk.generate_bulk(50, seed=3, progress=lambda _: None)
    first = contents()
    db.session.remove()
    _empty(owner)
    bulk.generate_bulk(50, seed=3, progress=lambda _: None)
    assert contents() == first


def test_it_does_not_touch_a_catalogue_that_is_there(services, index):
    bulk.generate_bulk(5, seed=7, progress=lambda _: None)
    with pytest.raises(BadInput) as caught:
        bulk.generate_bulk(5, seed=7, progress=lambda _: None)
    assert caught.value.code == "catalogue_not_empty"
    with act_as(SYSTEM):
        assert publications.count_live("package") == 5
