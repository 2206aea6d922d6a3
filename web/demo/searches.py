"""The ramen shop's saved searches, one of which has found something new since."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from werkzeug.datastructures import MultiDict

from search import sync
from search.parameters import SearchQuery
from search.saved import services, telling
from search.saved.words import Links
from tenants import clock
from tenants.db import act_as
from web.demo.actors import actor_for
from web.demo.once import is_made, note_made
from web.demo.people import RAMEN_SHOP

_MADE: Final = "demo_searches_made"
_SEARCHES: Final = (
    ("席の予約", {"q": "予約", "industry": "restaurants"}),
    ("3万円までのレジ", {"q": "レジ", "own_cost_max": "30000"}),
)


def make_searches(links: Links) -> None:
    """Saved three days ago, before the catalogue was published, and told today; nothing when they were made."""
    if is_made(_MADE):
        return
    with act_as(actor_for(RAMEN_SHOP)), clock.at(clock.now() - timedelta(days=3)):
        for name, conditions in _SEARCHES:
            services.save(SearchQuery.from_args(MultiDict(conditions)), name)
    # What still waits for the index is told later; here nothing runs beside that would bring it in.
    sync.synchronise()
    telling.run(links)
    note_made(_MADE, "searches")
