"""The demo's mail server: takes every mail, sends none on, keeps them as files in the data folder."""

from __future__ import annotations

import asyncio
import re
import secrets
import signal
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

FOLDER: Final = "mails"
_NAME: Final = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_MOST: Final = 500
_LARGEST: Final = 1024 * 1024


class _Keeper:
    """What the server does with a mail: one file, written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        unfinished = self.folder / f"{name}.unfinished"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / f"{name}.eml")
        for old in sorted(self.folder.glob("*.eml"))[:-_MOST]:
            old.unlink(missing_ok=True)
        return "250 kept"


async def _serve(folder: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.set)
    keeper = _Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", data_size_limit=_LARGEST, loop=loop), "127.0.0.1", port
    )
    async with server:
        await end.wait()


def serve(data: Path, port: int) -> None:
    """Take mails on this port of this machine until told to stop."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(_serve(folder, port))


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it may be shown: words only, never markup, never an attachment."""

    name: str
    at: datetime
    to: str
    subject: str
    sender: str
    body: str
    headers: tuple[tuple[str, str], ...]


def letters(data: Path, most: int = 100) -> list[Letter]:
    """The newest mails first."""
    files = sorted((data / FOLDER).glob("*.eml"), reverse=True)[:most]
    return [found for path in files if (found := letter(data, path.stem))]


def letter(data: Path, name: str) -> Letter | None:
    """One mail by the name of its file; None when there is none."""
    if not _NAME.fullmatch(name):
        return None
    try:
        raw = (data / FOLDER / f"{name}.eml").read_bytes()
    except OSError:
        return None
    mail = message_from_bytes(raw[:_LARGEST], policy=default)
    at = datetime.strptime(name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Letter(
        name,
        at,
        _line(mail, "To"),
        _line(mail, "Subject"),
        _line(mail, "From"),
        _body(mail),
        tuple((header, _line(mail, header)) for header in mail.keys()),  # noqa: SIM118  (a header may come twice)
    )


def _line(mail: EmailMessage, header: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in str(mail.get(header, ""))).split())


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    if part is None:
        return ""
    try:
        words = str(part.get_content())
    except (LookupError, UnicodeError, ValueError):
        return ""
    return "".join(c for c in words if c.isprintable() or c == "\n")
