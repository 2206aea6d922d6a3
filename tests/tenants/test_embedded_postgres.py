"""The embedded PostgreSQL: starts, is shared, ends with its process, and never leaves a half-made folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time

import psutil
import psycopg
import pytest

from tenants import embedded_postgres
from tenants.embedded_postgres import CannotStart, create_database, find, serving, start


def ask(server, question, database="postgres"):
    with psycopg.connect(server.url(database=database)) as connection:
        return connection.execute(question).fetchone()[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("a folder with spaces, 日本語") / "postgres"


def test_first_start_makes_the_folder_and_later_starts_keep_the_data(folder):
    assert find(folder) is None
    first = start(folder)
    try:
        create_database(first)
        create_database(first)
        with psycopg.connect(first.url()) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('残る')")
    finally:
        first.stop()
    assert find(folder) is None
    second = start(folder)
    try:
        assert ask(second, "SELECT word FROM kept", "hojo") == "残る"
        assert find(folder).url() == second.url()
    finally:
        second.stop()


def test_data_is_safe_by_default_and_sorted_by_code_point(folder):
    with serving(folder) as server:
        assert ask(server, "SHOW fsync") == "on"
        assert ask(server, "SHOW server_encoding") == "UTF8"
        assert ask(server, "SELECT 'a' > 'B'")


def test_nobody_else_on_the_machine_gets_in(folder):
    with serving(folder) as server:
        assert ask(server, "SHOW listen_addresses") == ""
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) & 0o077 == 0


def test_no_folder_above_is_opened_to_others(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = {parent: parent.stat().st_mode for parent in [private, *private.parents]}
    with serving(private / "postgres") as server:
        assert ask(server, "SELECT 1") == 1
    assert {parent: parent.stat().st_mode for parent in before} == before


def test_an_interrupted_first_start_is_begun_again(tmp_path):
    left = tmp_path / "postgres.unfinished"
    left.mkdir()
    (left / "PG_VERSION").write_text("18")
    with serving(tmp_path / "postgres") as server:
        assert ask(server, "SELECT 1") == 1
    assert not left.exists()


def test_a_long_path_gets_a_private_socket_folder_elsewhere(tmp_path):
    deep = tmp_path / ("x" * 100)
    with serving(deep / "postgres") as server:
        assert server.socket_folder != server.folder
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        assert ask(server, "SELECT 1") == 1
        assert find(deep / "postgres").url() == server.url()
    assert not server.socket_folder.exists()


def test_another_version_is_refused_with_what_to_do(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match="pg_dump"):
        start(folder)


def test_what_the_server_said_is_told_when_it_does_not_start(folder):
    with pytest.raises(CannotStart, match="no_such_setting"):
        start(folder, settings=["no_such_setting=1"])
    assert find(folder) is None


def test_a_throwaway_server_does_not_wait_for_the_disk(tmp_path):
    with embedded_postgres.throwaway_server(tmp_path) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone()[0] == "off"
        assert connection.info.dbname == "hojo"


HOLD = """
    import sys, time
    from pathlib import Path
    from tenants.embedded_postgres import serving
    with serving(Path(sys.argv[1])) as server:
        print("ready", flush=True)
        time.sleep(float(sys.argv[2]))
"""


def hold(folder, seconds):
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(folder), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "ready\n"
    return holder


def test_commands_share_one_server_and_the_first_waits_for_the_last(folder):
    with hold(folder, 1) as first, serving(folder) as second:
        assert not isinstance(second, embedded_postgres.OwnServer)
        time.sleep(1.5)
        assert ask(second, "SELECT 1") == 1
        assert first.poll() is None
    assert first.wait(20) == 0
    assert find(folder) is None


def test_the_server_ends_when_its_process_is_killed(folder):
    with hold(folder, 60) as holder:
        servers = psutil.Process(holder.pid).children(recursive=True)
        assert servers
        os.kill(holder.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(servers, timeout=20)
    assert alive == []
    with serving(folder) as server:
        assert ask(server, "SELECT 1") == 1
