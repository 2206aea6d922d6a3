"""Plain text that people wrote, as HTML: paragraphs, line breaks, addresses as links. Nothing else of it is markup."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

# An address ends before what closes a sentence around it, in either language.
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_CLOSING: Final = ".,;:!?'\")]}"


def paragraphs(text: str) -> Markup:
    """The text's paragraphs; an empty line parts them."""
    parts = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if part.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(_lines(part.strip("\n"))) for part in parts)


def _lines(part: str) -> Markup:
    return Markup("<br>").join(_linked(line) for line in part.split("\n"))


def _linked(line: str) -> Markup:
    found, end = Markup(""), 0
    for match in _ADDRESS.finditer(line):
        address = _trimmed(match.group())
        found += escape(line[end : match.start()])
        found += Markup('<a href="{0}" rel="nofollow noopener">{0}</a>').format(address)
        end = match.start() + len(address)
    return found + escape(line[end:])


def _trimmed(address: str) -> str:
    """Without the marks that belong to the sentence; a bracket that the address itself opened stays."""
    while address[-1] in _CLOSING and not (address[-1] == ")" and address.count("(") >= address.count(")")):
        address = address[:-1]
    return address
