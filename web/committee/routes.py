"""The committee's pages, all of them."""

from web.committee import relations, reviews
from web.committee.blueprint import blueprint

__all__ = ["blueprint", "relations", "reviews"]
