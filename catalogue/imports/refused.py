"""The refused rows as a file to correct and load again: as they were, with what is wrong and how to mend it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from catalogue.imports.layouts import CODE_COLUMNS, HOW_TO_MEND, WHAT_IS_WRONG, Table, every_column
from catalogue.imports.plan import DUPLICATE_CODE, RowResult
from catalogue.imports.readers import FORMULA_SIGNS
from tenants.errors import Finding
from tenants.text import Language, Text

Format = Literal["csv", "xlsx"]
_PLAIN_NUMBER: Final = re.compile(r"-[0-9][0-9,]*(\.[0-9]+)?")
_NOT_IN_A_WORKBOOK: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LEFT_EMPTY: Final = Text(
    "もとの行を上書きしないよう、この欄は空にしてあります。",
    "The cell was left empty so that the other row is not overwritten.",
)


def write_refused(
    table: Table, results: Iterable[RowResult], file_format: Format, language: Language = "ja"
) -> bytes:
    """A file's refused rows: the original columns, then what is wrong and how to mend it.

    A code that another row of the file holds is left out: sent back as it is, without its twin, the row would
    overwrite what the twin registered. CSV in UTF-8 with its mark (Excel opens it), or .xlsx. No cell can act as a
    formula when it is opened.
    """
    names = [column for column in every_column(table.kind) if all(column in row.cells for row in table.rows)]
    refused = {row.row: row.findings for row in results if row.kind == table.kind and not row.accepted}
    lines: list[Sequence[str]] = [(*names, WHAT_IS_WRONG, HOW_TO_MEND)]
    for row in table.rows:
        if row.number in refused:
            findings = refused[row.number]
            wrong = _joined(_placed(found, language) for found in findings)
            mend = _joined(_remedy(found, language) for found in findings)
            taken = any(found.code == DUPLICATE_CODE for found in findings)
            left_out = CODE_COLUMNS[table.kind] if taken else None
            lines.append((*("" if column == left_out else row[column] for column in names), wrong, mend))
    return write_lines(lines, file_format)


def write_lines(lines: Iterable[Sequence[str]], file_format: Format) -> bytes:
    """These lines as a file that Excel opens: CSV in UTF-8 with its mark, or .xlsx; no cell can act as a formula."""
    return _as_csv(lines) if file_format == "csv" else _as_workbook(lines)


def _placed(found: Finding, language: Language) -> str:
    message = found.message.in_language(language)
    return f"【{found.field}】{message}" if found.field else message


def _remedy(found: Finding, language: Language) -> str:
    remedy = found.remedy.in_language(language)
    if found.code != DUPLICATE_CODE:
        return remedy
    return remedy + ("" if language == "ja" else " ") + _LEFT_EMPTY.in_language(language)


def _joined(sentences: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(sentences))


def inert(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe goes before a sign that makes one.

    A plain negative number stays as it is. Reading takes the apostrophe away again.
    """
    acts = text[:1] in FORMULA_SIGNS or text[:1] in ("-", "－", "\t", "\r")
    return f"'{text}" if acts and not _PLAIN_NUMBER.fullmatch(text) else text


def _as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([inert(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _as_workbook(lines: Iterable[Sequence[str]]) -> bytes:
    import openpyxl  # noqa: PLC0415  (long to read in, for a file now and then)

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append([_NOT_IN_A_WORKBOOK.sub("", inert(cell)) for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
