"""The demo's announcements and briefings: made whole, by the services, and only once."""

from __future__ import annotations

import pytest

from marketplace import announcement_queries
from marketplace.briefings import queries
from tenants import audit
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as
from web.demo import briefings, load


@pytest.mark.usefixtures("services")
def test_one_is_over_one_full_one_open():
    load.load_briefings()
    load.load_briefings()
    with act_as(PUBLIC):
        assert [each.standing for each in queries.upcoming()] == ["full", "open"]
        over = queries.past().items
        assert [each.standing for each in over] == ["over"]
        assert announcement_queries.published().total == 3
        assert announcement_queries.newest(1)[0].edition == 2
    with act_as(SYSTEM):
        assert queries.upcoming()[0].waiting > 0
        assert {each.attended for each in queries.every_attendee(over[0].number)} == {True, False}
        assert list(audit.verify()) == []


@pytest.mark.usefixtures("services")
def test_after_an_interruption_it_goes_on(monkeypatch):
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(briefings, "_mark", stop)
        with pytest.raises(KeyboardInterrupt):
            load.load_briefings()
    load.load_briefings()
    with act_as(SYSTEM):
        assert queries.for_desk().total == announcement_queries.published().total == 3
