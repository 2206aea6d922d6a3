"""The search engine that needs no server: an index of our own in a folder, one writer, any number of reading processes."""

from search.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
