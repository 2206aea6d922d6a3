"""Small files that unpack to endless work: refused within seconds, whatever part of a workbook they hide in."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest

from catalogue.imports.readers import read_grid
from marketplace.subsidy.files import parse
from marketplace.subsidy.scheme import Scheme
from tenants.errors import BadInput

pytestmark = pytest.mark.security

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
MANY = 4_000_000
PROCESSOR_SECONDS = 20
"""Of this process alone, so that it says the same beside others; without the limits each of these takes minutes, or
gigabytes."""

BOMBS = {
    "texts": ("xl/sharedStrings.xml", f"<sst {SPACE}>" + "<si><t/></si>" * (MANY // 2) + "</sst>"),
    "styles": ("xl/styles.xml", f"<styleSheet {SPACE}><cellXfs>" + "<xf/>" * MANY + "</cellXfs></styleSheet>"),
    "cells of one row": (
        "xl/worksheets/sheet1.xml",
        f"<worksheet {SPACE}><sheetData><row>" + "<c/>" * MANY + "</row></sheetData></worksheet>",
    ),
    "rows": (
        "xl/worksheets/sheet1.xml",
        f"<worksheet {SPACE}><sheetData>" + "<row/>" * MANY + "</sheetData></worksheet>",
    ),
    "sheets": (
        "xl/workbook.xml",
        f"<workbook {SPACE} {RELATED}><sheets>"
        + '<sheet name="a" sheetId="1" r:id="rId1"/>' * 100_000
        + "</sheets></workbook>",
    ),
    "names": (
        "xl/workbook.xml",
        f'<workbook {SPACE} {RELATED}><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        + '<definedName name="a">1</definedName>' * (MANY // 8)
        + "</definedNames></workbook>",
    ),
}


def workbook_with(part: str, content: bytes) -> bytes:
    source, out = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                kept = old.read(name)
                if name == "[Content_Types].xml" and part == "xl/sharedStrings.xml":
                    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                    override = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
                    kept = kept if b"sharedStrings" in kept else kept.replace(b"</Types>", override.encode())
                new.writestr(name, kept)
        new.writestr(part, content)
    return out.getvalue()


def refused_as(data: bytes) -> str:
    began = time.process_time()
    with pytest.raises(BadInput) as caught:
        read_grid(data, "見本.xlsx")
    assert time.process_time() - began < PROCESSOR_SECONDS
    return caught.value.findings[0].code


@pytest.mark.parametrize(
    ("name", "encoding"), [*((name, "utf-8") for name in BOMBS), ("styles", "utf-16"), ("rows", "utf-16")]
)
def test_a_bomb_is_refused_soon(name, encoding):
    part, content = BOMBS[name]
    assert refused_as(workbook_with(part, content.encode(encoding))) == "file_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_make_a_workbook_unreadable(encoding):
    rows = "<row/>" * 1000
    for declared in (rows.replace("<", "&#60;"), rows, ""):
        outside = '<!ENTITY f SYSTEM "file:///etc/hostname">'
        sheet = (
            f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY e "{declared}">{outside}]>'
            f"<worksheet {SPACE}><sheetData>&e;&f;</sheetData></worksheet>"
        )
        assert refused_as(workbook_with("xl/worksheets/sheet1.xml", sheet.encode(encoding))) == "broken_workbook"


def test_a_row_of_ten_million_commas_makes_no_cells():
    assert refused_as(b"," * (10 * 1024 * 1024)) == "empty_file"
    assert refused_as(b"a" + b"," * (10 * 1024 * 1024 - 2) + b"b") == "too_many_columns"


@pytest.mark.parametrize("says_its_size", [True, False])
def test_the_largest_table_of_ours_is_read(says_its_size):
    book = openpyxl.Workbook(write_only=not says_its_size)
    sheet = book.active if says_its_size else book.create_sheet()
    for row in range(20_001):
        sheet.append([f"{row}の{column}" for column in range(12)])
    out = io.BytesIO()
    book.save(out)
    assert len(read_grid(out.getvalue(), "x.xlsx")) == 20_001


@pytest.mark.parametrize(
    "text",
    [
        "!!pairs [ [a]: b ]",
        "!!omap [ {[a]: 1} ]",
        "a: !!timestamp 'x'",
        "a: !!bool 'maybe'",
        "a: !!python/object/apply:os.getcwd []",
        "a: &a [b]\nc: [*a, *a]",
        "[" * 5000,
        "a: " + "9" * 5000,
        "a: 2017-99-99",
    ],
)
def test_a_scheme_that_yaml_trips_over_is_bad_input(text):
    with pytest.raises(BadInput) as caught:
        parse(Scheme, text, "scheme.yaml")
    assert caught.value.findings[0].code == "bad_file"
