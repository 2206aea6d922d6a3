"""What a PDF says, for tests: its words as somebody selects and searches them, and whether it can be read aloud."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from pypdf import PdfReader


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
    words = "".join(page.extract_text() for page in reader.pages)
    return Printed(
        words=re.sub(r"\s", "", words),
        pages=len(reader.pages),
        title=str(reader.metadata.title if reader.metadata else ""),
        lang=str(root.get("/Lang", "")),
        tagged="/StructTreeRoot" in root and bool(root["/MarkInfo"]["/Marked"]),
        accessible=b"pdfuaid:part>1<" in root["/Metadata"].get_data(),
    )
