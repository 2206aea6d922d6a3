"""A file as it was uploaded becomes a grid of numbered rows. Whatever the bytes are, only BadInput is raised.

CSV in UTF-8 (with or without its mark), UTF-16 with its mark and Excel's CP932; .xlsx. Row numbers are the
spreadsheet's: the header is row 1, blank lines count.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, NoReturn

from tenants.errors import BadInput, Finding
from tenants.text import Text

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 40
MOST_CHARACTERS: Final = 5_000
# A spreadsheet may hold a blank line far below its end; nobody leaves this many between rows.
LAST_ROW: Final = 100_000

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
# Full-width signs too: a Japanese spreadsheet takes them for the half-width ones.
FORMULA_SIGNS: Final = frozenset("=+@＝＋＠")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, outer spaces gone. formula: it is, or could act as, a formula."""

    text: str
    formula: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row that holds something, with the number a spreadsheet shows for it."""

    number: int
    cells: tuple[Cell, ...]


def read_grid(data: bytes, filename: str) -> list[GridRow]:
    """All rows of a file that hold something, the header first.

    filename: for messages; what the file is shows in its bytes. Raises BadInput naming file, place and remedy:
    too large, not a table, wrong encoding, broken, empty, too many rows, columns or characters.
    """
    if len(data) > MOST_BYTES:
        _refuse(
            filename,
            "file_too_large",
            f"大きさが{MOST_BYTES // 1024 // 1024}MBを超えています",
            f"it is larger than {MOST_BYTES // 1024 // 1024} MB",
            "ファイルをいくつかに分けてください。",
            "Split it into several files.",
        )
    if data.startswith(_OLD_EXCEL):
        _refuse(
            filename,
            "old_excel",
            "古い形式（.xls）か、パスワードの付いたExcelファイルです",
            "it is an old .xls file or has a password",
            "パスワードを外し、「Excelブック（.xlsx）」または「CSV」で保存し直してください。",
            "Remove the password and save it as .xlsx or CSV.",
        )
    is_workbook = data.startswith(_ZIP)
    rows = _of_workbook(data, filename) if is_workbook else _of_text(_decoded(data, filename), filename)
    grid = list(_limited(rows, filename))
    if not grid:
        _refuse(
            filename,
            "empty_file",
            "何も書かれていません",
            "it is empty",
            "1行目に見出し、2行目から内容を書いてください。",
            "Put the headings in row 1 and the contents below.",
        )
    return grid


def _refuse(filename: str, code: str, ja: str, en: str, remedy_ja: str, remedy_en: str) -> NoReturn:
    raise BadInput(
        Finding(
            code,
            Text(f"ファイル「{filename}」：{ja}。", f"File {filename!r}: {en}."),
            Text(remedy_ja, remedy_en),
            filename,
        )
    )


def _decoded(data: bytes, filename: str) -> str:
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    furthest = 0
    for encoding in (marked,) if marked else ("utf-8", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
        else:
            break
    else:
        _wrong_encoding(filename, data.count(b"\n", 0, furthest) + 1)
    if "\0" in text:
        _wrong_encoding(filename, text.count("\n", 0, text.index("\0")) + 1)
    return text


def _wrong_encoding(filename: str, line: int) -> NoReturn:
    _refuse(
        filename,
        "wrong_encoding",
        f"{line}行目のあたりで文字を読み取れません（CSVでもExcelブックでもないか、文字コードが違います）",
        f"line {line} or so cannot be read as text (no CSV or workbook, or another encoding)",
        "Excelで開き、「CSV UTF-8（コンマ区切り）」または「Excelブック（.xlsx）」で保存し直してください。",
        "Open it in Excel and save it as “CSV UTF-8” or .xlsx.",
    )


def _of_text(text: str, filename: str) -> Iterator[tuple[int, list[Cell]]]:
    heading = text.partition("\n")[0]
    delimiter = "\t" if "\t" in heading and "," not in heading else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(lines, None)
        except csv.Error as error:
            _broken_row(filename, number, str(error))
        if row is None:
            return
        yield number, _text_cells(row)


def _broken_row(filename: str, number: int, reason: str) -> NoReturn:
    _refuse(
        filename,
        "broken_csv",
        f'{number}行目の引用符（"）か区切りが正しくありません',
        f"row {number} has misplaced quotation marks or separators ({reason})",
        "引用符の閉じ忘れがないか確かめるか、Excelで保存し直してください。",
        "Look for a quotation mark that is not closed, or save it again from Excel.",
    )


def _text_cells(row: list[str]) -> list[Cell]:
    """A row's cells up to the last that says something; one too many when it is too wide, and no more.

    A row may be ten million commas: each of them made a cell would fill the memory.
    """
    width = len(row)
    while width and not row[width - 1].strip():
        width -= 1
    shown = row[:width] if width <= MOST_COLUMNS else [*row[:MOST_COLUMNS], row[width - 1]]
    return [_text_cell(value) for value in shown]


def _text_cell(raw: str) -> Cell:
    text = raw.strip()
    # A leading apostrophe is how a spreadsheet (and our own refused-rows file) marks text that is no formula.
    if len(text) > 1 and text[0] == "'" and (text[1] in FORMULA_SIGNS or text[1] in "-－"):
        text = text[1:].strip()
    starts_odd = bool(text) and raw[0] in "\t\r" and raw[0] != text[0]
    return Cell(text, formula=text[:1] in FORMULA_SIGNS or starts_odd)


def _of_workbook(data: bytes, filename: str) -> Iterator[tuple[int, list[Cell]]]:
    # With openpyxl, which is long to read in, for a vendor's file now and then.
    from catalogue.imports import workbooks  # noqa: PLC0415

    try:
        for number, row in enumerate(workbooks.rows_of(data, max_columns=MOST_COLUMNS + 1), 1):
            # Openpyxl fills up rows that are short or missing: those cells need no look.
            width = max((place for place, cell in enumerate(row, 1) if cell.value is not None), default=0)
            yield number, [_workbook_cell(cell) for cell in row[:width]]
    except workbooks.TooLarge:
        _refuse(
            filename,
            "file_too_large",
            "展開すると大きすぎます",
            "it unpacks to too much",
            "表だけを新しいブックに写すか、CSVで保存してください。",
            "Copy the table alone into a new workbook, or save it as CSV.",
        )
    except Exception:  # noqa: BLE001  a broken workbook makes openpyxl stumble in any way
        _broken_workbook(filename)


def _broken_workbook(filename: str) -> NoReturn:
    _refuse(
        filename,
        "broken_workbook",
        "Excelブックとして読み取れません",
        "it cannot be read as an Excel workbook",
        "Excelで開けるか確かめ、「Excelブック（.xlsx）」または「CSV」で保存し直してください。",
        "See whether Excel opens it, and save it again as .xlsx or CSV.",
    )


def _workbook_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type in ("f", "e"):
        return Cell(str(value), formula=True)
    return _text_cell(value) if isinstance(value, str) else Cell(_said(value))


def _said(value: object) -> str:
    """A number or date as a person would have typed it: 118800.0 is 118800."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _limited(rows: Iterable[tuple[int, Sequence[Cell]]], filename: str) -> Iterator[GridRow]:
    for number, cells in rows:
        width = max((place for place, cell in enumerate(cells, 1) if cell.text), default=0)
        if number > (MOST_ROWS + 1 if width else LAST_ROW):
            _refuse(
                filename,
                "too_many_rows",
                f"{MOST_ROWS:,}行を超えています",
                f"it has more than {MOST_ROWS:,} rows",
                "ファイルをいくつかに分けてください。",
                "Split it into several files.",
            )
        if width > MOST_COLUMNS:
            _refuse(
                filename,
                "too_many_columns",
                f"{number}行目に{MOST_COLUMNS}を超える列があります",
                f"row {number} has more than {MOST_COLUMNS} columns",
                "表の右にある余分な内容を消してください。",
                "Remove what stands to the right of the table.",
            )
        if any(len(cell.text) > MOST_CHARACTERS for cell in cells):
            _refuse(
                filename,
                "cell_too_long",
                f"{number}行目に{MOST_CHARACTERS:,}文字を超えるセルがあります",
                f"row {number} has a cell of more than {MOST_CHARACTERS:,} characters",
                '内容を短くしてください。引用符（"）の閉じ忘れがないかも確かめてください。',
                "Shorten it, and look for a quotation mark that is not closed.",
            )
        if width:
            yield GridRow(number, tuple(cells[:width]))
