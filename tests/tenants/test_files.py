"""Files: judged by content, named harmlessly, in quarantine until a clamd, spoken to in its own protocol, has looked."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registrations import PDF, PNG, use_memory, vendor
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants import files
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound
from tenants.file_models import StoredFile
from tenants.files import FileNotOpen, media_type_of, shown_name
from tenants.scanning import Clamd, ScannerUnavailable

# The test file that every scanner knows, put together here so that no scanner finds it in this source.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _FakeClamd(socketserver.StreamRequestHandler):
    """The INSTREAM part of clamd's protocol, as its manual tells it."""

    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        assert command == b"zINSTREAM\0"
        content = b""
        while True:
            (size,) = struct.unpack("!I", self.rfile.read(4))
            if not size:
                break
            content += self.rfile.read(size)
            if len(content) > server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        server.seen.append(content)
        if server.says is not None:
            self.wfile.write(server.says)
        elif EICAR in content:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    most = 25 * 1024 * 1024
    says: bytes | None = None
    seen: list[bytes]


@contextmanager
def clamd(says: bytes | None = None, most: int | None = None) -> Iterator[tuple[Clamd, _Server]]:
    """A scanner that listens on this machine."""
    with _Server(("127.0.0.1", 0), _FakeClamd) as server:
        server.seen, server.says, server.most = [], says, most or _Server.most
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Clamd(f"127.0.0.1:{server.server_address[1]}", seconds=5), server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _filing():
    before = files._Chosen.filing
    yield
    files._Chosen.filing = before


@pytest.fixture
def owner_of(services) -> Actor:
    return vendor()


def keep(actor: Actor, content: bytes = PDF, name: str = "登記.pdf") -> files.FileView:
    with act_as(actor):
        return files.keep(actor.own_organisation, name=name, content=content)


def state_of(file_id: uuid.UUID) -> str:
    with act_as(SYSTEM):
        return files.views([file_id])[file_id].state


def scan() -> None:
    with act_as(SYSTEM):
        files.scan_waiting()


# --- content and name ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"<html>", None),
        (b"GIF89a", None),
        (b"PK\x03\x04", None),
        (b" %PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_content_says_what_a_file_is(content, expected):
    assert media_type_of(content) == expected


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Windows\\登記.PDF", "登記.pdf"),
        ("..", "file.pdf"),
        ("", "file.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("program.exe", "program.pdf"),
        ("." * 300 + "x" * 300, "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(written, shown):
    assert shown_name(written, "application/pdf") == shown


@given(st.text(max_size=300))
def test_no_name_leads_anywhere(written):
    name = shown_name(written, "image/png")
    assert name.endswith(".png")
    assert not set(name) & set('/\\\r\n\0"<>')
    assert 4 < len(name) <= 124


# --- what nobody scans ---


def test_without_a_scanner_a_file_says_so_and_the_setting_decides(owner_of):
    use_memory(open_unscanned=True)
    file = keep(owner_of)
    assert file.state == "unscanned"
    with act_as(owner_of):
        assert files.content_of(file.id)[1] == PDF
    files.use(files.Filing(files.filing().store, None, open_unscanned=False))
    with act_as(owner_of), pytest.raises(FileNotOpen) as refused:
        files.content_of(file.id)
    assert refused.value.status == 409


def test_in_the_store_the_uploader_s_name_is_nowhere(owner_of):
    store = use_memory()
    keep(owner_of, name="../../秘密.pdf")
    (listed,) = [entry for page in store.list() for entry in page]
    assert listed["path"].split("/")[0] == str(owner_of.organisation_id)
    uuid.UUID(listed["path"].split("/")[1])


def test_what_was_changed_in_the_store_is_not_given_out(owner_of):
    store = use_memory()
    file = keep(owner_of)
    with act_as(SYSTEM):
        store.put(db.session.get_one(StoredFile, file.id).key, PDF + b"more")
    with act_as(owner_of), pytest.raises(NotFound):
        files.content_of(file.id)


def test_a_refused_file_leaves_nothing_behind(owner_of):
    store = use_memory()
    with pytest.raises(BadInput):
        keep(owner_of, b"MZ")
    assert [entry for page in store.list() for entry in page] == []


# --- quarantine ---


def test_a_file_waits_until_it_was_found_clean(owner_of):
    with clamd() as (scanner, server):
        use_memory(scanner)
        content = PDF + b"0" * 200_000
        file = keep(owner_of, content)
        assert file.state == "waiting"
        with act_as(owner_of), pytest.raises(FileNotOpen):
            files.content_of(file.id)
        scan()
        assert state_of(file.id) == "clean"
        assert server.seen == [content]
    with act_as(owner_of):
        assert files.content_of(file.id)[1] == content


def test_what_the_scanner_finds_is_gone_and_cannot_be_opened(owner_of):
    with clamd() as (scanner, _):
        store = use_memory(scanner)
        file = keep(owner_of, PDF + EICAR)
        scan()
    assert state_of(file.id) == "infected"
    assert [entry for page in store.list() for entry in page] == []
    with act_as(owner_of), pytest.raises(FileNotOpen):
        files.content_of(file.id)


@pytest.mark.parametrize(
    "says", [b"", b"stream: \0", b"stream: Internal error. ERROR\0", b"OK?\0", b"stream: OK ERROR\0"]
)
def test_whatever_is_not_ok_is_not_clean(owner_of, says):
    with clamd(says) as (scanner, _):
        use_memory(scanner)
        file = keep(owner_of)
        with pytest.raises(ScannerUnavailable):
            scan()
    assert state_of(file.id) == "waiting"


def test_a_scanner_that_is_away_opens_nothing_and_is_asked_again(owner_of):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    use_memory(Clamd(f"127.0.0.1:{port}", seconds=1))
    file = keep(owner_of)
    with pytest.raises(ScannerUnavailable):
        scan()
    assert state_of(file.id) == "waiting"
    with act_as(owner_of), pytest.raises(FileNotOpen):
        files.content_of(file.id)
    with clamd() as (scanner, _):
        files.use(files.Filing(files.filing().store, scanner))
        scan()
    assert state_of(file.id) == "clean"


def test_one_file_the_scanner_cannot_read_does_not_keep_the_others_waiting(owner_of):
    with clamd(most=100_000) as (scanner, _):
        use_memory(scanner)
        large = keep(owner_of, PDF + b"0" * 200_000)
        small = keep(owner_of)
        with pytest.raises(ScannerUnavailable):
            scan()
    assert (state_of(large.id), state_of(small.id)) == ("waiting", "clean")


def test_once_a_scanner_is_set_up_it_looks_at_the_old_files_too(owner_of):
    use_memory()
    file = keep(owner_of)
    with clamd() as (scanner, _):
        files.use(files.Filing(files.filing().store, scanner))
        scan()
    assert state_of(file.id) == "clean"


# --- whose it is ---


def test_another_organisation_s_file_does_not_exist(owner_of):
    use_memory()
    file = keep(owner_of)
    with act_as(vendor("ほか株式会社", "7999900000101")):
        assert files.views([file.id]) == {}
        with pytest.raises(NotFound):
            files.content_of(file.id)
        with pytest.raises(NotFound):
            files.forget(file.id)


@pytest.mark.parametrize(
    "change", ["state = 'clean'", "sha256 = repeat('0', 64)", "organisation_id = organisation_id"]
)
def test_past_the_services_nobody_says_of_their_file_that_it_is_clean(owner_of, change):
    with clamd() as (scanner, _):
        use_memory(scanner)
        file = keep(owner_of)
        with act_as(owner_of), pytest.raises(DBAPIError):
            db.session.execute(text(f"UPDATE stored_file SET {change} WHERE id = :id"), {"id": file.id})
        db.session.rollback()


def test_forgetting_takes_the_bytes_once_it_is_certain(owner_of):
    store = use_memory()
    file = keep(owner_of)
    with act_as(SYSTEM):
        key = db.session.get_one(StoredFile, file.id).key
        files.discard(key)
        assert len([entry for page in store.list() for entry in page]) == 1
    with act_as(owner_of):
        files.forget(file.id)
    with act_as(SYSTEM):
        files.discard(key)
        files.discard(key)
    assert [entry for page in store.list() for entry in page] == []
