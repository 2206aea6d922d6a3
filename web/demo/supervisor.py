"""Starts the whole demo with one command, and ends all of it with one Ctrl-C.

The supervisor holds no application itself. It starts PostgreSQL and keeps four processes: identity provider, mail
server, web server (which prepares the data before it serves), job worker. Without the web server or PostgreSQL there is no
demo, and all stops; another that ends is started again, some times a minute. Each is a group of its own, so that a Ctrl-C in the
terminal reaches the supervisor alone and things stop in order; and each ends by itself when the supervisor is killed.
"""

from __future__ import annotations

import errno
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

from tenants import embedded_postgres
from tenants.embedded_postgres import APP_ROLE, OwnServer
from tenants.text import Language, Text
from web.console import postgres_folder
from web.demo import notes
from web.demo.businesses import ACCOUNTS
from web.demo.notes import Notes
from web.demo.people import PEOPLE

_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_PATIENCE_SECONDS: Final = 10
_DATABASE_SECONDS: Final = 60
# Making the data the first time takes a minute, on a slow machine some. A process that ends is noticed at once.
_READY_SECONDS: Final = 900
_STARTS_A_MINUTE: Final = 5  # of processes that ended; more often would hide that something is wrong
_MINUTE: Final = 60


class CannotRun(Exception):
    """The demo cannot run, or no longer; the message says why and what to do."""


class _Stop(Exception):
    """Somebody asked to stop."""


@dataclass
class _Child:
    """again: starts it once more; None for one without which there is no demo. said_before: bytes of its log that are
    those of earlier ones."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    again: Callable[[], _Child] | None = None
    said_before: int = 0

    def signal(self, number: signal.Signals) -> None:
        """To the process and all it started; a group whose leader is gone may still have members."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def go_on(self, told: Mapping[str, str]) -> None:
        """Tell one that waits that what it needs is there. One that has ended by then is found by whoever watches."""
        if self.process.stdin is not None:
            with suppress(BrokenPipeError):
                self.process.stdin.write(json.dumps(told).encode())
                self.process.stdin.close()

    def ended(self) -> Text:
        """How it ended. One that was killed had no time for last words: what its log ends with is of something else."""
        code = self.process.returncode
        if code < 0:
            number = signal.Signals(-code).name
            return Text(f"{self.name} が止められました（{number}）。", f"{self.name} was killed ({number}).")
        written = self.log.read_bytes()[self.said_before :].decode(errors="replace")
        words = "\n".join(written.splitlines()[-15:])
        return Text(
            f"{self.name} が終了しました（終了コード {code}）。\n{words}",
            f"{self.name} has ended (exit code {code}).\n{words}",
        )


@dataclass
class Supervisor:
    """One run of the demo."""

    data: Path
    host: str
    port: int
    language: Language
    _asked: int = 0
    _children: list[_Child] = field(default_factory=list)
    _started_again: list[float] = field(default_factory=list)

    def run(self) -> int:
        """Start everything, wait, stop everything. Returns the exit code; raises CannotRun."""
        for number in _STOP_SIGNALS:
            # Also where the shell had us ignore SIGINT, as it does for what runs in the background.
            signal.signal(number, self._ask)
        self.data.mkdir(parents=True, exist_ok=True)
        with self._alone():
            _require_free(self.host, self.port)
            database: OwnServer | None = None
            try:
                demo = self._notes()
                web = self._start_without_data(demo)
                database = self._start_database()
                self._start(demo, web, database)
                self._watch(database)
            except _Stop:
                self._say(Text("止めています…", "Stopping…"))
            finally:
                self._stop_children()
                if database is not None:
                    database.stop(patience=_PATIENCE_SECONDS)
        self._say(Text("止まりました。データは残っています。", "Stopped. The data is kept."))
        return 0

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _pause(self, seconds: float = 0.1) -> None:
        if self._asked:
            raise _Stop
        time.sleep(seconds)

    def _say(self, text: Text | str) -> None:
        """Straight to the terminal, which may be gone by now."""
        line = text if isinstance(text, str) else text.in_language(self.language)
        with suppress(OSError):
            os.write(1, f"{line}\n".encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One demo on one data folder. The lock goes with the process, however it ends."""
        with (self.data / "demo.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = notes.read(self.data)
                where = f"\n  {other.site}" if other else ""
                raise CannotRun(
                    Text(
                        f"このデータフォルダ（{self.data}）ではデモがすでに動いています。{where}\n"
                        "そちらを Ctrl-C で止めるか、HOJO_DATA と PORT で別の場所を指定してください。",
                        f"A demo already runs on this data folder ({self.data}).{where}\n"
                        "Stop it with Ctrl-C, or choose others: make demo HOJO_DATA=… PORT=…",
                    ).in_language(self.language)
                ) from None
            yield

    def _start_database(self) -> OwnServer:
        """A server of our own. One that a command has started for itself goes when the command ends: wait for that."""
        folder = postgres_folder(self.data)
        give_up = time.monotonic() + _DATABASE_SECONDS
        while embedded_postgres.find(folder) is not None:
            if time.monotonic() > give_up:
                raise CannotRun(
                    Text(
                        "別の hojo コマンドがデータベースを使っています。終わってからもう一度お試しください。",
                        "Another hojo command is using the database. Try again when it has finished.",
                    ).in_language(self.language)
                )
            self._pause()
        self._say(Text("PostgreSQL を起動します…", "Starting PostgreSQL…"))
        server = embedded_postgres.start(folder)
        embedded_postgres.create_database(server)
        return server

    def _notes(self) -> Notes:
        identity_port = _free_port_after(self.port)
        demo = notes.begin(self.data, self.host, self.port, identity_port, _free_port_after(identity_port))
        demo.write()
        return demo

    def _start_without_data(self, demo: Notes) -> _Child:
        """What needs no data. Nor does the web server for reading its modules in, which is most of a later start."""
        web = self._launch("web", ["demo", "web"], demo, {}, waits=True)
        self._launch("identity", ["demo", "identity-provider"], demo, {})
        return web

    def _start(self, demo: Notes, web: _Child, database: OwnServer) -> None:
        self._say(Text("データを用意します…", "Preparing the data…"))
        address = database.url(APP_ROLE)
        web.go_on({"database_url": address, "database_owner_url": database.url()})
        self._wait_until_ready()
        # Last: a page can be opened without them, and what starts at once takes twice as long. The worker alone sends
        # mails, and is longer on its way than the mail server.
        self._launch("mailbox", ["demo", "mailbox"], demo, {})
        self._launch("worker", ["worker"], demo, {"DATABASE_URL": address})
        self._say(summary(demo, self.language))

    def _launch(
        self,
        name: str,
        arguments: Sequence[str],
        demo: Notes,
        environment: Mapping[str, str],
        *,
        waits: bool = False,
        first: bool = True,
    ) -> _Child:
        """Start a process, which is started again when it ends.

        waits: it is told over its standard input when to go on, and what it says until then goes to the terminal; when
        it ends, so does the demo. first: of this run of the demo; the log then begins anew.
        """
        log = self.data / "logs" / f"{name}.log"
        log.parent.mkdir(exist_ok=True)
        said_before = 0 if first else log.stat().st_size
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "HOJO_TRUSTED_PROXIES")
        }
        with embedded_postgres.private_log(log) if first else log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603
                [*_ending_with_us(), sys.executable, "-m", "web.cli", *arguments],
                stdin=subprocess.PIPE if waits else subprocess.DEVNULL,
                stdout=None if waits else output,
                stderr=output,
                env={**inherited, **demo.environment(), **environment, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        again = None if waits else partial(self._launch, name, arguments, demo, environment, first=False)
        child = _Child(name, process, log, again, said_before)
        self._children.append(child)
        return child

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + _READY_SECONDS
        while not _answers(self.host, self.port):
            self._require_alive()
            if time.monotonic() > give_up:
                raise CannotRun(
                    Text(
                        f"Web サーバーが応答しません。{self.data / 'logs'} をご覧ください。",
                        f"The web server does not answer. See {self.data / 'logs'}.",
                    ).in_language(self.language)
                )
            self._pause()

    def _watch(self, database: OwnServer) -> None:
        while True:
            self._require_alive()
            if database.process.poll() is not None:
                log = self.data / "postgres.log"
                raise CannotRun(
                    Text(
                        f"PostgreSQL が終了しました。{log} をご覧ください。", f"PostgreSQL has ended. See {log}."
                    ).in_language(self.language)
                )
            self._pause(0.2)

    def _require_alive(self) -> None:
        """Start again what has ended; raises CannotRun when that is the web server, or it happens all the time."""
        for child in [each for each in self._children if each.process.poll() is not None]:
            now = time.monotonic()
            self._started_again = [at for at in self._started_again if now - at < _MINUTE]
            if child.again is None or len(self._started_again) == _STARTS_A_MINUTE:
                raise CannotRun(child.ended().in_language(self.language))
            self._started_again.append(now)
            self._say(child.ended())
            self._say(Text(f"{child.name} をもう一度起動します。", f"Starting {child.name} again."))
            child.signal(signal.SIGKILL)  # whatever it had started itself
            self._children.remove(child)
            child.again()

    def _stop_children(self) -> None:
        """Ask all at once; whoever has not gone after a while, or when asked to stop again, is killed."""
        asked_before = self._asked
        for child in self._children:
            child.signal(signal.SIGTERM)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while any(child.process.poll() is None for child in self._children):
            if time.monotonic() > give_up or self._asked > max(asked_before, 1):
                break
            time.sleep(0.05)
        for child in reversed(self._children):
            child.signal(signal.SIGKILL)
            child.process.wait()


def summary(demo: Notes, language: Language) -> str:
    """The address, and who one may sign in as. Where the terminal does not ask for English, in both languages:
    few set a locale before they try something.
    """
    heading = _said(Text(f"ご利用いただけます: {demo.site}", f"Ready: {demo.site}"), language, "  ") + _said(
        Text(
            "ログインでは次の人物を選べます（パスワードはありません）:",
            "At sign-in, choose one of these people (no passwords; English is at the top of every page):",
        ),
        language,
        "  ",
    )
    lines = [
        f"    {person.name}（{person.organisation.name}）{_said(person.description, language, '      ')}"
        for person in PEOPLE
    ]
    lines.append(
        _said(
            Text("GビズID（デモ）では次のアカウント:", "At gBizID (demo), one of these accounts:"), language, "  "
        )
    )
    lines += [
        f"    {each.name}（{each.business}）{_said(each.description, language, '      ')}" for each in ACCOUNTS
    ]
    ending = _said(Text(f"データ: {demo.data}", f"Data: {demo.data}"), language, "  ")
    ending += _said(Text("止めるには Ctrl-C", "Ctrl-C stops it."), language, "  ")
    return "\n".join([heading, *lines, ending])


def _said(words: Text, language: Language, indent: str) -> str:
    """On lines of their own: in English, or in Japanese with the English below unless it is the same."""
    texts = (words.en,) if language == "en" else dict.fromkeys((words.ja, words.en))
    return "".join(f"\n{indent}{text}" for text in texts)


def _ending_with_us() -> list[str]:
    """What goes before a command so that the kernel ends it when this process is gone, even killed.

    KILL, not TERM: the database is gone at the same moment, and a process that tidies up would wait for it.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def _require_free(host: str, port: int) -> None:
    try:
        with _listener() as probe:
            probe.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotRun(
                f"Port {port} is in use (ポート {port} は使われています). Choose another: make demo PORT={port + 10}"
            ) from None
        raise CannotRun(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another: make demo PORT=8080"
        ) from None


def _free_port_after(port: int) -> int:
    """The next free port; the identity provider needs one and does not mind which."""
    for candidate in range(port + 1, min(port + 100, 65_535)):
        with suppress(OSError), _listener() as probe:
            probe.bind(("127.0.0.1", candidate))
            return candidate
    with _listener() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def _listener() -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
