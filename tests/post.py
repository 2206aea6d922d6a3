"""A real mail server on loopback that answers as a test tells it, and keeps what it takes."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tenants.notices.message import PostOffice


@dataclass
class Server:
    """recipient, data: what it answers instead of taking a mail, for an address; None takes it."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    recipient: Callable[[str], str | None] = lambda _: None
    data: Callable[[str], str | None] = lambda _: None

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's own names)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self.recipient(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        refusal = self.data(envelope.rcpt_tos[0])
        if refusal:
            return refusal
        letter = message_from_bytes(envelope.content, policy=default)  # type: ignore[arg-type]
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.envelopes.append(envelope)
        self.secured.append(bool(session.ssl))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address."""
        return [
            letter
            for letter, envelope in zip(self.letters, self.envelopes, strict=True)
            if envelope.rcpt_tos == [address]
        ]


@contextmanager
def serving(server: Server | None = None, *, port: int = 0, **options: Any) -> Iterator[Server]:
    """The server, listening on a free port of this machine; options as aiosmtpd's SMTP has them."""
    made = server or Server()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail server")
    thread.start()
    # From the loop's own thread: a browser of the same run may have a loop running in ours.
    listening = asyncio.run_coroutine_threadsafe(_listen(loop, made, port, options), loop).result(10)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(
    loop: asyncio.AbstractEventLoop, server: Server, port: int, options: dict[str, Any]
) -> asyncio.Server:
    return await loop.create_server(lambda: SMTP(server, loop=loop, **options), "127.0.0.1", port)


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def office(server: Server | None = None, **more: Any) -> PostOffice:
    """A post office that hands mails to this server; without one, to nobody."""
    usual = PostOffice(
        "https://hojo.example.jp", "no-reply@hojo.example.jp", "bounces@hojo.example.jp", timeout=10
    )
    at = {"host": "127.0.0.1", "port": server.port, "security": "none"} if server else {}
    return replace(usual, **{**at, **more})


def context(certificate: Any, key: Any) -> ssl.SSLContext:
    """What a server shows of itself."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made
