"""The engine of this process, chosen once when the application is made."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from search.embedded import EmbeddedEngine
from search.port import EngineUnavailable, SearchEngine


class _Chosen:
    engine: SearchEngine | None = None


def use(engine: SearchEngine) -> None:
    """This process searches with this engine from now on."""
    _Chosen.engine = engine


def use_folder(folder: Path) -> None:
    """This process searches with the embedded engine over this folder."""
    use(EmbeddedEngine(folder))


def use_server(url: str, key: SecretStr, *, index: str) -> None:
    """This process searches with the Meilisearch server at this address, in the index of this name."""
    # Its client is much to read in, for the few sites that have such a server.
    from search.meilisearch import MeilisearchEngine  # noqa: PLC0415

    use(MeilisearchEngine(url, key, index=index))


def engine() -> SearchEngine:
    """The chosen engine; RuntimeError when none was chosen."""
    if _Chosen.engine is None:
        raise RuntimeError("no search engine was chosen: call search.engines.use first")
    return _Chosen.engine


def version() -> str:
    """Changes whenever the index does; what is wrong with it while it cannot be searched."""
    try:
        return engine().version()
    except EngineUnavailable as error:
        return error.code


def state() -> str:
    """ok, or what is wrong, for those who run it."""
    try:
        engine().stats()
    except EngineUnavailable as error:
        return error.code
    return "ok"
