"""An .xlsx file opened without trusting it: a few kilobytes may unpack to what keeps a processor busy for minutes.

What costs time is not bytes but elements, and openpyxl may be told to read one part again and again. So each read
is counted as it happens: parts opened, bytes unpacked, and markup, on budgets far above what a real table needs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader

MOST_UNPACKED_BYTES: Final = 100 * 1024 * 1024
MOST_PARTS: Final = 2_000
# Opening signs "<" read: of all parts but the two below; of the texts of cells; of rows and cells.
MOST_FRAME_MARKS: Final = 150_000
MOST_TEXT_MARKS: Final = 1_500_000
MOST_CELL_MARKS: Final = 2_000_000


class TooLarge(Exception):
    """The workbook asks for more work than any table of ours."""


class _Untrustworthy(Exception):
    """It declares entities of its own, which could say anything any number of times."""


class _CountedPart(io.RawIOBase):
    """One part being read."""

    def __init__(self, part: Any, archive: _CountedArchive) -> None:
        self._part = part
        self._archive = archive
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, counted."""
        chunk: bytes = self._part.read(size)
        # In UTF-16 each sign has a zero beside it.
        plain = chunk.replace(b"\0", b"")
        if b"<!DOCTYPE" in self._tail + plain:
            raise _Untrustworthy
        self._tail = (self._tail + plain)[-len(b"<!DOCTYPE") :]
        self._archive.count(len(chunk), plain.count(b"<"))
        return chunk

    def close(self) -> None:
        """Let the part go."""
        self._part.close()
        super().close()


class _CountedArchive(zipfile.ZipFile):
    """The parts of a workbook, on a budget."""

    opened = unpacked = marks = 0
    allowed = MOST_FRAME_MARKS

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """A part, counted from its first byte."""
        self.opened += 1
        if self.opened > MOST_PARTS:
            raise TooLarge
        return _CountedPart(super().open(*args, **kwargs), self)

    def count(self, size: int, marks: int) -> None:
        """Take this much off the budgets; TooLarge when one is spent."""
        self.unpacked += size
        self.marks += marks
        if self.unpacked > MOST_UNPACKED_BYTES or self.marks > self.allowed:
            raise TooLarge

    @contextmanager
    def allowing(self, marks: int) -> Iterator[None]:
        """Another budget of markup for what is read inside."""
        before, self.marks, self.allowed = self.marks, 0, marks
        try:
            yield
        finally:
            self.marks, self.allowed = before, MOST_FRAME_MARKS


class _Reader(ExcelReader):
    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), read_only=True, keep_links=False)
        self.archive = self.counted = _CountedArchive(io.BytesIO(data))

    def read_strings(self) -> None:
        """The texts of cells are kept apart from the cells, and may be many."""
        with self.counted.allowing(MOST_TEXT_MARKS):
            super().read_strings()

    def read_worksheets(self) -> None:
        """Looks for each sheet's size, through all its rows where it does not say."""
        with self.counted.allowing(MOST_CELL_MARKS):
            super().read_worksheets()


def rows_of(data: bytes, *, max_columns: int) -> Iterator[tuple[Any, ...]]:
    """The cells of the first sheet, row by row, blank rows too; at most so many columns.

    Raises TooLarge. A broken workbook makes openpyxl raise anything.
    """
    reader = _Reader(data)
    if len(reader.counted.infolist()) > MOST_PARTS:
        raise TooLarge
    if sum(part.file_size for part in reader.counted.infolist()) > MOST_UNPACKED_BYTES:
        raise TooLarge
    reader.read()
    sheet = reader.wb.worksheets[0]
    # What the file says about its own size may be wrong; the rows themselves are counted.
    sheet.reset_dimensions()
    with reader.counted.allowing(MOST_CELL_MARKS):
        yield from sheet.iter_rows(max_col=max_columns)
