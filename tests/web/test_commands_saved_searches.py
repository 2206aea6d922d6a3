"""`hojo search saved`: numbers first, telling only when asked to, and a code when something was left for later."""

from __future__ import annotations

import json
from datetime import timedelta

import saved

from tenants import clock


def test_counts_then_tells_then_has_nothing_left(hojo, index, organisation, actor_of):
    person = actor_of(organisation("sme"), "sme_owner")
    saved.save(person, clock.now() - timedelta(days=3), q="予約")
    shop = saved.Shop(organisation("vendor"))
    shop.publish("PK-1", clock.now() - timedelta(days=2), index=False)
    late = hojo("search", "saved")
    assert (late.exit_code, "index_late" in late.stdout) == (1, True)
    shop.publish("PK-1", clock.now() - timedelta(days=2))
    for arguments, people in (((), 1), ((), 1), (("--run",), 1), (("--run",), 0)):
        told = hojo("search", "saved", "--json", *arguments)
        assert told.exit_code == 0
        assert json.loads(told.stdout)["people"] == people
    assert len(saved.postings()) == 1
