"""The line to the Meilisearch server: one client per thread, time limits, faults as typed errors, tasks followed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError
from pydantic import SecretStr
from requests import RequestException

from search.port import DocumentsRefused, EngineUnavailable

_REST_SECONDS: Final = 3.0
_FIRST_LOOK, _LONGEST_PAUSE = 0.02, 0.5  # seconds between two looks at a task
_LONGEST_REASON: Final = 500
_DONE: Final = ("succeeded", "failed", "canceled")


class _Clients(threading.local):
    """The client writes each request's headers into itself, so no two threads may share one."""

    reading: Client | None = None
    writing: Client | None = None


class Connection:
    """key: never logged, never shown. read_seconds: how long a search may take; write_seconds: any other request.

    A server that did not answer is not asked again for a few seconds: the pages do not wait for it one by one.
    """

    def __init__(self, url: str, key: SecretStr, *, read_seconds: int, write_seconds: int) -> None:
        self._url = url
        self._key = key
        self._read_seconds = read_seconds
        self._write_seconds = write_seconds
        self._clients = _Clients()
        self._resting: tuple[float, str] | None = None

    def _client(self, seconds: int) -> Client:
        return Client(self._url, self._key.get_secret_value() or None, timeout=seconds)

    @contextmanager
    def reading(self) -> Iterator[Client]:
        """A client for questions; EngineUnavailable at once while the server rests."""
        resting = self._resting
        if resting is not None and time.monotonic() < resting[0]:
            raise EngineUnavailable(resting[1], "the server did not answer a moment ago")
        if self._clients.reading is None:
            self._clients.reading = self._client(self._read_seconds)
        try:
            with _faults("index_outdated"):  # a question that was right for the index we would have made
                yield self._clients.reading
        except EngineUnavailable as error:
            if error.code in ("engine_down", "engine_slow"):
                self._resting = (time.monotonic() + _REST_SECONDS, error.code)
            raise
        self._resting = None

    @contextmanager
    def writing(self, *, documents: bool = False) -> Iterator[Client]:
        """A client for everything else. documents: what the server does not take is DocumentsRefused."""
        if self._clients.writing is None:
            self._clients.writing = self._client(self._write_seconds)
        with _faults(None if documents else "engine_misunderstands"):
            yield self._clients.writing

    def finish(self, task: int, *, seconds: float, documents: bool = False) -> None:
        """Follow a task until it succeeded. documents: it brings some, which may be at fault (DocumentsRefused).

        EngineUnavailable for any other end: failed, lost (canceled, or unknown to a server that was set up anew) or
        not done within so many seconds.
        """
        until = time.monotonic() + seconds
        pause = _FIRST_LOOK
        while True:
            with self.writing() as client:
                found = client.get_task(task)
            if found.status in _DONE:
                return _end(found.status, found.error or {}, documents=documents)
            if time.monotonic() + pause > until:
                raise EngineUnavailable("engine_slow", f"task {task} is still {found.status}")
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _end(status: str, error: dict[str, Any], *, documents: bool) -> None:
    if status == "canceled":
        raise EngineUnavailable("task_lost", "the task was canceled")
    if status == "failed":
        reason = str(error.get("message", ""))[:_LONGEST_REASON]
        if documents and error.get("type") == "invalid_request":
            raise DocumentsRefused(reason)
        raise EngineUnavailable("engine_failed", str(error.get("code", "")) or reason)


@contextmanager
def _faults(misunderstood: str | None) -> Iterator[None]:
    """Whatever the client raises comes out typed. misunderstood: what a 400 means; None: the documents are bad."""
    try:
        yield
    except MeilisearchApiError as error:
        raise _of_answer(error, misunderstood) from error
    except MeilisearchTimeoutError as error:
        raise EngineUnavailable("engine_slow", "the server took too long") from error
    except MeilisearchCommunicationError as error:
        raise EngineUnavailable("engine_down", "the server cannot be reached") from error
    except (RequestException, LookupError, AttributeError, TypeError, ValueError) as error:
        raise EngineUnavailable("engine_broken", "the server's answer makes no sense") from error


def _of_answer(error: MeilisearchApiError, misunderstood: str | None) -> Exception:
    status, code = error.status_code, error.code or ""
    if code == "index_not_found":
        return EngineUnavailable("index_missing", "there is no index")
    if code == "task_not_found":
        return EngineUnavailable("task_lost", "the server does not know the task")
    if status in (401, 403):
        return EngineUnavailable("engine_refuses", "the server does not accept the key")
    if status in (400, 413, 422):
        if misunderstood is None:
            return DocumentsRefused(f"{code or status}: {error.message}"[:_LONGEST_REASON])
        return EngineUnavailable(misunderstood, code or str(status))
    if status in (429, 502, 503, 504):
        return EngineUnavailable("engine_down", f"the server answers {status}")
    return EngineUnavailable("engine_broken", f"the server answers {status}")
