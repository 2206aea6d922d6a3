"""Where files lie and who scans them is a setting; without a scanner production opens nothing."""

from __future__ import annotations

import pytest
from obstore.store import LocalStore, MemoryStore
from pydantic import ValidationError

from tenants import files
from tenants.scanning import Clamd
from web import file_store
from web.settings import Settings


@pytest.fixture(autouse=True)
def _as_before():
    before = files._Chosen.filing
    yield
    files._Chosen.filing = before


def filing(**values: object) -> files.Filing:
    file_store.install(Settings(**values))  # type: ignore[arg-type]
    return files.filing()


def test_unset_they_lie_in_the_data_folder_unscanned_and_in_production_closed(tmp_path):
    made = filing(data=tmp_path)
    assert isinstance(made.store, LocalStore)
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
    assert (made.scanner, made.open_unscanned) == (None, False)


def test_in_the_demo_unscanned_files_may_be_opened_unless_forbidden(tmp_path):
    assert filing(data=tmp_path, environment="demo").open_unscanned
    assert not filing(data=tmp_path, environment="demo", open_unscanned=False).open_unscanned
    assert filing(data=tmp_path, environment="production", open_unscanned=True).open_unscanned


def test_another_store_and_a_scanner_are_a_setting_each(tmp_path):
    made = filing(data=tmp_path, files_url="memory:///", clamd="127.0.0.1:3310")
    assert isinstance(made.store, MemoryStore)
    assert made.scanner == Clamd("127.0.0.1:3310")
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize("address", ["3310", "scanner", "scanner:port", "run/clamd.sock"])
def test_an_address_that_is_none_is_refused_at_the_start(tmp_path, address):
    with pytest.raises(ValidationError):
        Settings(data=tmp_path, clamd=address)
