"""What is read of a query's words instead of being searched: amounts as limits, a wish for a cheap tool as an order. Pure.

Why: docs/decisions/budget-in-words.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from search import budgets, wishes
from search.budgets import Budget
from search.parameters import SearchQuery
from search.wishes import Wish
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; None where the words say nothing of it."""

    budget: Budget | None = None
    wish: Wish | None = None

    def told(self, query: SearchQuery) -> Text:
        """What it was read as, empty where nothing was. query: as it was asked in the end."""
        said = [budgets.told(self.budget)] if self.budget else []
        said += [wishes.told(self.wish, query)] if self.wish else []
        return Text("".join(each.ja for each in said), " ".join(each.en for each in said))


def read(query: SearchQuery) -> tuple[SearchQuery, Reading]:
    """A query as it is meant, and what was read of its words."""
    limited, budget = budgets.with_budget(query)
    asked, wish = wishes.with_wish(limited)
    return asked, Reading(budget, wish)
