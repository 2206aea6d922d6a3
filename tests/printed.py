"""What a PDF says, for tests: its words as somebody selects and searches them, and whether it can be read aloud."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from pypdf import PageObject, PdfReader


@dataclass(frozen=True)
class Printed:
    """words: all pages' text without white space. lang: the language it names. tagged: whether it has a structure.
    accessible: whether it promises PDF/UA-1.
    """

    words: str
    pages: int
    title: str
    lang: str
    tagged: bool
    accessible: bool


def read(pdf: bytes) -> Printed:
    """The PDF as a reader's program takes it."""
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    root = reader.trailer["/Root"]
    return Printed(
        words=_words(*reader.pages),
        pages=len(reader.pages),
        title=str(reader.metadata.title if reader.metadata else ""),
        lang=str(root.get("/Lang", "")),
        tagged="/StructTreeRoot" in root and bool(root["/MarkInfo"]["/Marked"]),
        accessible=b"pdfuaid:part>1<" in root["/Metadata"].get_data(),
    )


def first_page(pdf: bytes) -> str:
    """The words of its first page, for tests that read many."""
    return _words(PdfReader(io.BytesIO(pdf)).pages[0])


def _words(*pages: PageObject) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
