"""A stand-in for the HTTP protocol of Meilisearch, NOT for its search: it finds nothing by itself.

It keeps documents, settings, indexes and tasks as a server does (202 first, done later, in order) and can be told to
misbehave. So it proves what is sent and what happens on failures. What Meilisearch finds, and in which order, only a
real server proves: the contract suite runs against one when MEILISEARCH_URL is set.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-key-that-nobody-may-see"
_ANY_ID = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    key: str | None
    body: Any


@dataclass
class Index:
    """One index of the stand-in."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    changes: int = 0


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, kind: str = "invalid_request") -> None:
        super().__init__(code)
        self.status = status
        self.answer = {"message": f"about {code}", "code": code, "type": kind, "link": "https://example.test"}


class Server:
    """The state, and how it misbehaves.

    looks: how often a task is seen unfinished. bad: ids of documents that a task fails on. largest: bytes of a
    body, more is 413. broken: called with each request; it may raise Refusal, or return bytes to answer with
    instead. full: tasks fail for want of disk. lost: tasks are forgotten. stuck: no task is ever done. answer: what
    a federated search answers.
    """

    def __init__(self) -> None:
        self.indexes: dict[str, Index] = {}
        self.tasks: list[dict[str, Any]] = []
        self.work: list[Callable[[], None]] = []
        self.looked: dict[int, int] = {}
        self.calls: list[Call] = []
        self.looks = 1
        self.bad: set[str] = set()
        self.largest = 10_000_000
        self.full = self.lost = self.stuck = False
        self.broken: Callable[[Call], bytes | None] = lambda _: None
        self.answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: {"hits": [], "estimatedTotalHits": 0}
        self.url = ""
        self._lock = threading.RLock()
        self._done = 0

    # --- tasks ---

    def enqueue(self, index: str | None, kind: str, work: Callable[[], None]) -> dict[str, Any]:
        task = {
            "uid": len(self.tasks),
            "indexUid": index,
            "type": kind,
            "status": "enqueued",
            "enqueuedAt": "2026-01-01T00:00:00.123456789Z",
            "error": None,
        }
        self.tasks.append(task)
        self.work.append(work)
        return {"taskUid": task["uid"], **{k: task[k] for k in ("indexUid", "type", "status", "enqueuedAt")}}

    def task(self, uid: int) -> dict[str, Any]:
        if self.lost or uid >= len(self.tasks):
            raise Refusal(404, "task_not_found")
        self.looked[uid] = self.looked.get(uid, 0) + 1
        if self.looked[uid] > self.looks and not self.stuck:
            while self._done <= uid:
                self._do(self._done)
                self._done += 1
        return self.tasks[uid]

    def _do(self, uid: int) -> None:
        task = self.tasks[uid]
        try:
            self._enough_disk()
            self.work[uid]()
            task["status"] = "succeeded"
        except Refusal as refusal:
            task |= {"status": "failed", "error": refusal.answer}

    def _enough_disk(self) -> None:
        if self.full:
            raise Refusal(500, "no_space_left_on_device", "system")

    def finish_everything(self) -> None:
        """As if time had passed."""
        with self._lock:
            while self._done < len(self.tasks):
                self._do(self._done)
                self._done += 1

    # --- requests ---

    def handle(self, call: Call, length: int) -> tuple[int, Any]:
        with self._lock:
            self.calls.append(call)
            instead = self.broken(call)
            if instead is not None:
                return 200, instead
            if call.key != f"Bearer {KEY}":
                raise Refusal(403, "invalid_api_key", "auth")
            if length > self.largest:
                raise Refusal(413, "payload_too_large")
            path = call.path.split("?")[0].strip("/").split("/")
            return self._route(call.method, path, call.body)

    def _route(self, method: str, path: list[str], body: Any) -> tuple[int, Any]:
        match (method, path):
            case ("GET", ["tasks", uid]):
                return 200, self.task(int(uid))
            case ("POST", ["indexes"]):
                return 202, self.enqueue(body["uid"], "indexCreation", lambda: self._create(body["uid"]))
            case ("POST", ["swap-indexes"]):
                return 202, self.enqueue(None, "indexSwap", lambda: self._swap(*body[0]["indexes"]))
            case ("POST", ["multi-search"]):
                if "federation" not in body or body["federation"] is None:
                    return 200, {"results": [{"estimatedTotalHits": 1} for _ in body["queries"]]}
                self._index(body["queries"][0]["indexUid"])
                return 200, self.answer(body)
            case ("GET", ["stats"]):
                return 200, {"databaseSize": 4096, "indexes": {}}
            case (_, ["indexes", uid, *rest]):
                return self._of_index(method, uid, rest, body)
        raise AssertionError(f"{method} {path}")

    def _of_index(self, method: str, uid: str, rest: list[str], body: Any) -> tuple[int, Any]:
        match (method, rest):
            case ("GET", []):
                index = self._index(uid)
                return 200, {"uid": uid, "createdAt": "2026", "updatedAt": f"{id(index)}-{index.changes}"}
            case ("DELETE", []):
                return 202, self.enqueue(uid, "indexDeletion", lambda: self._drop(uid))
            case ("PATCH", ["settings"]):
                return 202, self.enqueue(uid, "settingsUpdate", lambda: self._set(uid, body))
            case ("GET", ["settings"]):
                return 200, self._index(uid).settings
            case ("GET", ["stats"]):
                found = self._index(uid)
                return 200, {
                    "numberOfDocuments": len(found.documents),
                    "isIndexing": False,
                    "fieldDistribution": {},
                }
            case ("POST" | "PUT", ["documents"]):
                put = self._add if method == "POST" else self._update
                return 202, self.enqueue(uid, "documentAdditionOrUpdate", lambda: put(uid, body))
            case ("POST", ["documents", "delete"]):
                return 202, self.enqueue(uid, "documentDeletion", lambda: self._take_out(uid, body["filter"]))
            case ("POST", ["documents", "fetch"]):
                return 200, self._fetch(uid, body)
        raise AssertionError(f"{method} {uid} {rest}")

    def _index(self, uid: str) -> Index:
        if uid not in self.indexes:
            raise Refusal(404, "index_not_found")
        return self.indexes[uid]

    def _create(self, uid: str) -> None:
        if uid in self.indexes:
            raise Refusal(409, "index_already_exists")
        self.indexes[uid] = Index()

    def _drop(self, uid: str) -> None:
        self._index(uid)
        del self.indexes[uid]

    def _swap(self, one: str, other: str) -> None:
        self._index(one), self._index(other)
        self.indexes[one], self.indexes[other] = self.indexes[other], self.indexes[one]

    def _set(self, uid: str, body: dict[str, Any]) -> None:
        self._index(uid).settings |= body

    def _add(self, uid: str, body: list[dict[str, Any]]) -> None:
        index = self.indexes.setdefault(uid, Index())
        if any(each["id"] in self.bad for each in body):
            raise Refusal(400, "invalid_document_id")
        index.documents |= {each["id"]: each for each in body}
        index.changes += 1

    def _update(self, uid: str, body: list[dict[str, Any]]) -> None:
        """Fields that are not given stay, and what is not there is made of those that are."""
        there = self.indexes.setdefault(uid, Index()).documents
        self._add(uid, [there.get(each["id"], {}) | each for each in body])

    def _take_out(self, uid: str, condition: str) -> None:
        index = self._index(uid)
        for identity in _ANY_ID.findall(condition):
            index.documents.pop(identity, None)
        index.changes += 1

    def _fetch(self, uid: str, body: dict[str, Any]) -> dict[str, Any]:
        found = list(self._index(uid).documents.values())
        if body.get("filter"):
            wanted = set(_ANY_ID.findall(body["filter"]))
            found = [each for each in found if each["id"] in wanted]
        fields = body["fields"]
        part = found[body["offset"] : body["offset"] + body["limit"]]
        results = [{k: v for k, v in each.items() if fields == ["*"] or k in fields} for each in part]
        return {"results": results, "offset": body["offset"], "limit": body["limit"], "total": len(found)}


@contextmanager
def serving() -> Iterator[Server]:
    """The stand-in on a free port of this machine."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            key = self.headers.get("Authorization")
            call = Call(self.command, self.path, key, json.loads(raw) if raw not in (b"", b"null") else None)
            try:
                status, answer = server.handle(call, length)
            except Refusal as refusal:
                status, answer = refusal.status, refusal.answer
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # who asked has stopped waiting

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{httpd.server_port}"
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def slowly(seconds: float) -> Callable[[Call], None]:
    """Every answer takes so long."""
    return lambda _: time.sleep(seconds)


def always(status: int, code: str = "internal", kind: str = "internal") -> Callable[[Call], None]:
    """Every answer is this error."""

    def refuse(_: Call) -> None:
        raise Refusal(status, code, kind)

    return refuse
