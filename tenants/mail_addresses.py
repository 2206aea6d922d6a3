"""Mail addresses as they are written into mails and compared."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 254
# One local part, one host. Nothing that ends a header or starts a second address; quoted local parts are not used.
_ADDRESS: Final = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]{1,64}@[^\s\x00-\x20\x7f<>()\[\],;:\\\"@]+")
_NAME_LENGTH: Final = 60


def usable(address: str) -> bool:
    """Whether a mail can be addressed to it at all."""
    if len(address) > _LONGEST or not _ADDRESS.fullmatch(address) or not address.isprintable():
        return False
    try:
        on_the_wire(address)
    except UnicodeError:
        return False
    return True


def on_the_wire(address: str) -> str:
    """The address with its host in ASCII; UnicodeError when the host is none."""
    local, _, host = address.rpartition("@")
    return f"{local}@{host.encode('idna').decode()}"


def same_as(address: str) -> str:
    """What two spellings of one address have in common."""
    return address.strip().lower()


def display(name: str) -> str:
    """A person's name as it may stand before an address: one line, not endless."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line[:_NAME_LENGTH]
