"""From what a letter says to its PDF: tagged, in Japanese, the same bytes for the same words.

What is said is handed to Typst as JSON in `sys.inputs`. A string read from JSON is shown letter by letter; nothing in
it is a command, so people's words need no escaping. Letters may use no file, package or font but our own.
"""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst
from cachetools import LRUCache

from tenants.text import Language

HERE: Final = Path(__file__).resolve().parent
LETTERS: Final = HERE / "letters"
# Where set-up copies them to; and where they lie in a checkout whose set-up is older than that.
FONT_FOLDERS: Final = (
    HERE / "fonts",
    HERE.parent.parent / "node_modules" / "@embedpdf" / "fonts-jp" / "fonts",
)
# How every PDF promises to be readable for people who cannot see it: ISO 14289-1.
ACCESSIBLE: Final = "ua-1"
# What Typst says of a text with a character that the font has no picture of, or that stands for nothing: for such a
# text the promise cannot be kept.
_UNREADABLE: Final = "PDF/UA-1 error: the text"
_MOST_BYTES: Final = 32 * 1024 * 1024


class NoFonts(RuntimeError):
    """The fonts are not there; the message says how to get them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one letter says.

    kind: the name of its layout in letters/. content: what the layout reads, as canonical JSON. written_at: the
    moment it says it was made; part of the letter, so that the same letter is the same file.
    """

    kind: str
    content: str
    written_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 over all that the bytes depend on: the words, the layout, the fonts' and Typst's version."""
        parts = (self.kind, self.content, self.written_at.isoformat(), _layouts(), typst.__version__)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def pdf(self) -> bytes:
        """The PDF: set once and kept while there is room for it. Raises NoFonts on a site that was not set up."""
        key = self.digest
        with _lock:  # also one letter at a time: the rest of the machine stays with those who read pages
            if key not in _kept:
                _kept[key] = _set(self)
            return _kept[key]


_lock = threading.Lock()
_kept: LRUCache[str, bytes] = LRUCache(_MOST_BYTES, getsizeof=len)


def letter(
    kind: str,
    *,
    title: str,
    author: str,
    written_at: datetime,
    content: Mapping[str, Any],
    language: Language = "ja",
) -> Letter:
    """A letter of this kind.

    title, author: what the file says of itself. content: strings, whole numbers, truth values, lists and mappings.
    language: in which most of it is written, for those who hear it read.
    """
    whole = {"title": title, "author": author, "language": language, "content": content}
    return Letter(kind, json.dumps(whole, ensure_ascii=False, sort_keys=True), written_at)


def _set(what: Letter) -> bytes:
    try:
        return _compiled(what, [ACCESSIBLE])
    except typst.TypstError as error:
        if _UNREADABLE not in str(error):
            raise
        # Somebody wrote an emoji, say: the letter is tagged all the same, it only does not call itself accessible.
        return _compiled(what, [])


def _compiled(what: Letter, standards: list[Any]) -> bytes:
    return typst.compile(
        str(LETTERS / f"{what.kind}.typ"),
        root=str(LETTERS),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"letter": what.content},
        timestamp=int(what.written_at.timestamp()),
        pdf_standards=standards,
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """Our fonts, read once."""
    folders = [str(folder) for folder in FONT_FOLDERS if folder.is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    if not {400, 700} <= {font.weight for font in fonts.fonts()}:
        raise NoFonts("The fonts for PDF are missing: run python3 web/setup/environment.py base")
    return fonts


@functools.cache
def _layouts() -> str:
    """All layouts' text, in one hash: they use one another."""
    files = sorted(LETTERS.glob("*.typ"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
