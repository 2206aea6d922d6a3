"""What is put back is what was made."""

from __future__ import annotations

import shutil

import made_once
from worked_input import load_and_publish

from catalogue import publications
from search import engines, sync
from tenants import clock
from tenants.actor import SYSTEM
from tenants.audit import verify
from tenants.db import act_as, db


def all_there(index):
    with made_once._owner() as owner:
        made = made_once.copied(owner, index)
    return {table: sorted(lines.splitlines()) for table, lines in made.rows.items()}, made.index


def test_what_is_put_back_is_what_was_made(services, index, empty_database, monkeypatch):
    monkeypatch.setattr(made_once, "_made", {})
    folder = index._folder.root
    made_once.begin_with(load_and_publish)
    made = all_there(folder)
    db.session.remove()
    empty_database()
    shutil.rmtree(folder)
    assert "publication" in made[0]
    assert "publication" not in all_there(folder)[0]
    made_once.begin_with(load_and_publish)
    assert all_there(folder) == made
    with act_as(SYSTEM):
        assert list(verify()) == []
        assert list(sync.verify()) == []
        assert dict(index.iter_versions()).keys() == {each.code for each in publications.every_live_package()}


def test_where_something_is_there_already_nothing_is_put_beside_it(index, organisation, monkeypatch):
    made = []

    def begin():
        made_once.begin_with(lambda: made.append("anew"))

    with monkeypatch.context() as without:
        without.setattr(engines._Chosen, "engine", None)
        begin()
    with clock.at(clock.now()):
        begin()
    organisation("vendor")
    begin()
    monkeypatch.setattr(made_once, "_GROUND", "SELECT 0, ''")
    index.ensure_schema()
    begin()
    assert made == ["anew"] * 4
