"""The second search engine: a Meilisearch server, for sites that run several machines."""

from search.meilisearch.engine import MeilisearchEngine

__all__ = ["MeilisearchEngine"]
