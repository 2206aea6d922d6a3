"""What a demo leaves on the disk is not for the machine's other users."""

from __future__ import annotations

import os
import stat

import pytest

from tenants.embedded_postgres import private_log, throwaway_server

pytestmark = pytest.mark.security


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_a_log_is_its_owner_s_alone_also_where_an_open_one_lay(tmp_path, umask):
    old = tmp_path / "old.log"
    old.write_text("before")
    old.chmod(0o644)
    before = os.umask(umask)
    try:
        for log in (old, tmp_path / "new.log"):
            with private_log(log) as output:
                output.write(b"now")
            assert mode_of(log) == 0o600
            assert log.read_bytes() == b"now"
    finally:
        os.umask(before)


def test_the_database_s_files_and_log_are_closed_to_others(tmp_path):
    with throwaway_server(tmp_path):
        assert mode_of(tmp_path / "postgres") == 0o700
        assert mode_of(tmp_path / "postgres.log") == 0o600
