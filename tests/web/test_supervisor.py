"""The demo, started for real on an empty data folder: it comes up, is usable beside, and leaves no process."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from web.demo.people import PEOPLE
from web.settings import PROJECT

FIRST_START_SECONDS = 180
STOP_SECONDS = 25
FOREIGN = ("HOJO_", "DATABASE_", "PORT", "LC_", "LANG")

# One data folder for all of them, so that only the first start has to load the catalogue.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data, port, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "HOJO_DATA": str(data), "PORT": str(port), "LANG": "en_US.UTF-8", **more}


def hojo(data, port, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=PROJECT,
        env=environment(data, port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Demo:
    """A running supervisor, and every process that came of it."""

    def __init__(self, data: Path, *before: str, **how: object) -> None:
        self.data = data
        self.port = free_port()
        self.output = data / "supervisor.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "web.cli", "demo", "run"],
                cwd=PROJECT,
                env=environment(data, self.port),
                **{
                    "stdin": subprocess.DEVNULL,
                    "stdout": output,
                    "stderr": subprocess.STDOUT,
                    "start_new_session": True,
                    **how,
                },
            )
        self.told = "stdout" not in how
        self.family = {psutil.Process(self.process.pid)}

    def wait_until_ready(self):
        give_up = time.monotonic() + FIRST_START_SECONDS
        while not self.get("/readyz"):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < give_up, self.said()
            time.sleep(0.2)
        while self.told and "Ctrl-C" not in self.said():
            assert time.monotonic() < give_up, self.said()
            time.sleep(0.1)
        return self

    def get(self, path, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else ""
        except OSError:
            return ""
        finally:
            connection.close()

    def said(self):
        return self.output.read_text(errors="replace")

    def remember_family(self):
        self.family |= set(psutil.Process(self.process.pid).children(recursive=True))

    def require_gone(self, *, postgres_killed=False):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        _, alive = psutil.wait_procs(list(self.family), timeout=STOP_SECONDS)
        assert alive == [], self.said()
        named = str(self.data)
        left = [
            process
            for process in psutil.process_iter(["cmdline"])
            if named in " ".join(process.info["cmdline"] or [])
        ]
        assert left == []
        assert postgres_killed or not (self.data / "postgres" / "postmaster.pid").exists()

    def end(self):
        """Whatever the test did not end."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.remember_family()
        for process in self.family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(10)


@pytest.fixture
def demo(data):
    running = []

    def start(*before, **how):
        running.append(Demo(data, *before, **how))
        running[-1].wait_until_ready()
        running[-1].remember_family()
        return running[-1]

    yield start
    for one in running:
        one.end()


def test_it_comes_up_is_usable_beside_and_stops_on_ctrl_c(demo, data):
    running = demo()
    said = running.said()
    assert f"http://127.0.0.1:{running.port}" in said
    for person in PEOPLE:
        assert person.name in said

    identity = json.loads((data / "demo.json").read_text())["identity_port"]
    assert f"http://127.0.0.1:{identity}/oauth2/authorize" in running.get(
        "/.well-known/openid-configuration", identity
    )

    status = hojo(data, running.port, "db", "status")
    assert status.returncode == 0, status.stderr
    assert f"http://127.0.0.1:{running.port}" in hojo(data, running.port, "demo", "accounts").stdout
    assert "hojo_app@" in hojo(data, running.port, "db", "url").stdout

    second = hojo(data, free_port(), "demo", "run")
    assert second.returncode == 1
    assert f"already runs on this data folder ({data})" in second.stderr
    assert f"http://127.0.0.1:{running.port}" in second.stderr

    other = hojo(data.with_name("other"), running.port, "demo", "run")
    assert other.returncode == 1
    assert f"Port {running.port} is in use" in other.stderr
    assert f"PORT={running.port + 10}" in other.stderr

    assert running.get("/healthz"), "the others have disturbed it"
    os.kill(running.process.pid, signal.SIGINT)
    running.require_gone()
    assert running.process.returncode == 0
    assert "Stopped" in running.said()


def test_terminated_it_stops_and_a_command_then_starts_the_database_for_itself(demo, data):
    running = demo()
    running.process.terminate()
    running.require_gone()
    assert running.process.returncode == 0
    status = hojo(data, free_port(), "db", "status")
    assert status.returncode == 0, status.stderr
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_started_in_the_background_with_ctrl_c_ignored_it_stops_all_the_same(demo):
    running = demo("sh", "-c", 'trap "" INT; exec "$@"', "sh")
    os.kill(running.process.pid, signal.SIGINT)
    running.require_gone()


def test_stopped_before_it_is_up_it_leaves_nothing(data):
    running = Demo(data)
    try:
        give_up = time.monotonic() + 30
        while "PostgreSQL" not in running.said() and time.monotonic() < give_up:
            time.sleep(0.05)
        running.remember_family()
        running.process.send_signal(signal.SIGINT)
        running.require_gone()
    finally:
        running.end()


def test_its_terminal_vanishes(demo):
    ours, theirs = pty.openpty()
    try:
        running = demo("setsid", "--ctty", stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=False)
    finally:
        os.close(theirs)
        os.close(ours)
    running.require_gone()


def test_killed_outright_its_processes_end_too(demo):
    running = demo()
    running.process.kill()
    running.require_gone()


def of(running, name):
    """The newest of its processes with this name."""
    running.remember_family()
    found = [
        one
        for one in psutil.Process(running.process.pid).children()
        if one.status() != psutil.STATUS_ZOMBIE and name in one.cmdline()
    ]
    return max(found, key=lambda one: one.create_time(), default=None)


def another(running, name, victim):
    """The process that has taken the place of this one."""
    give_up = time.monotonic() + 30
    while (now := of(running, name)) is None or now == victim:
        assert time.monotonic() < give_up, running.said()
        time.sleep(0.05)
    return now


@pytest.mark.parametrize("name", ["web", "postgres"])
def test_without_the_web_server_or_the_database_all_stops_and_it_is_said(demo, name):
    running = demo()
    if name == "web":
        of(running, "web").kill()
    else:
        psutil.Process(int((running.data / "postgres" / "postmaster.pid").read_text().split()[0])).kill()
    running.require_gone(postgres_killed=name == "postgres")
    assert running.process.returncode == 1
    assert {"web": "web was killed (SIGKILL)", "postgres": "PostgreSQL has ended"}[name] in running.said()
    assert "Traceback" not in running.said()


def test_another_process_that_dies_is_started_again_and_gives_up_only_when_it_dies_all_the_time(demo):
    running = demo()
    for name in ("mailbox", "identity-provider", "worker"):
        another(running, name, killed(running, name))
    assert running.process.poll() is None
    assert running.get("/healthz"), "the site went on"
    said = running.said()
    assert "worker was killed (SIGKILL)" in said
    assert "Starting worker again" in said
    for _ in range(2):
        another(running, "worker", killed(running, "worker"))
    killed(running, "worker")
    running.require_gone()
    assert running.process.returncode == 1


def killed(running, name):
    victim = of(running, name)
    victim.kill()
    return victim
