"""Asking clamd whether a file is clean, in its own INSTREAM protocol. Whatever is not "OK" is not clean."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final, Protocol

CHUNK: Final = 64 * 1024
LONGEST_ANSWER: Final = 4096


class ScannerUnavailable(Exception):
    """The scanner did not answer, or not in words that say anything about the file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said. said: the name of what it found, its own words."""

    clean: bool
    said: str


class Scanner(Protocol):
    """Whatever can look at a file's bytes."""

    def scan(self, content: bytes) -> Verdict:
        """Look at it; raises ScannerUnavailable when that cannot be done."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at ``host:port`` or at the path of its socket. seconds: how long each answer may take."""

    address: str
    seconds: float = 60.0

    def scan(self, content: bytes) -> Verdict:
        """Send the bytes in chunks and read the verdict; raises ScannerUnavailable, never a guess."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    chunk = content[start : start + CHUNK]
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
                answer = _answer(connection)
        except OSError as error:
            raise ScannerUnavailable(f"clamd at {self.address}: {error}") from error
        return _verdict(answer)

    def _connected(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(self.seconds)
            connection.connect(self.address)
            return connection
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self.seconds)


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        received += part
    return received.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(clean=True, said="OK")
    if said.endswith(" FOUND"):
        return Verdict(clean=False, said=said.removesuffix(" FOUND"))
    raise ScannerUnavailable(f"clamd said: {answer or 'nothing'}")
