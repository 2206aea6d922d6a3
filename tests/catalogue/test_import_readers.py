"""Whatever the bytes are: a grid, or BadInput that says where and what to do."""

import io
import zipfile
from contextlib import suppress
from datetime import datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.imports import readers, workbooks
from catalogue.imports.layouts import COLUMNS, read_table
from catalogue.imports.readers import read_grid
from tenants.errors import BadInput

# A spreadsheet's times know no zone.
HALF_PAST_NINE = datetime(2017, 1, 27, 9, 30)  # noqa: DTZ001
VENDORS = ",".join(COLUMNS["vendors"])


def workbook(rows, change=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(call, *arguments):
    with pytest.raises(BadInput) as caught:
        call(*arguments)
    for found in caught.value.findings:
        assert found.message.ja
        assert found.message.en
        assert found.remedy.ja
        assert found.remedy.en
    return list(caught.value.findings)


def texts(grid):
    return [(row.number, [cell.text for cell in row.cells]) for row in grid]


def test_blank_lines_count_and_trailing_ones_are_ignored():
    grid = read_grid(b"a,b\r\n\r\n,\r\n1, 2 \r\n\r\n,,\r\n", "x.csv")
    assert texts(grid) == [(1, ["a", "b"]), (4, ["1", "2"])]


def test_a_line_break_inside_a_cell_is_no_row():
    assert texts(read_grid(b'a,b\n"1\n2",3\n4,5\n', "x.csv")) == [
        (1, ["a", "b"]),
        (2, ["1\n2", "3"]),
        (3, ["4", "5"]),
    ]


def test_a_workbook_keeps_its_row_numbers_and_whole_numbers():
    def change(sheet):
        sheet["A5"] = 118_800.0
        sheet["B5"] = 0.5
        sheet["C5"] = True

    data = workbook(
        [
            ["a", "b", "c"],
            [7999900000101, HALF_PAST_NINE.replace(hour=0, minute=0), time(9, 30)],
            [HALF_PAST_NINE],
        ],
        change,
    )
    assert texts(read_grid(data, "x.xlsx")) == [
        (1, ["a", "b", "c"]),
        (2, ["7999900000101", "2017-01-27", "09:30:00"]),
        (3, ["2017-01-27T09:30:00"]),
        (5, ["118800", "0.5", "True"]),
    ]


@pytest.mark.parametrize(
    ("cell", "text", "formula"),
    [
        ("=1+1", "=1+1", True),
        ("＝1+1", "＝1+1", True),
        ("+81", "+81", True),
        ("@SUM(A1)", "@SUM(A1)", True),
        ("\tx", "x", True),
        ("  =1", "=1", True),
        ("'=1", "=1", True),
        ("-500", "-500", False),
        ("'-list", "-list", False),
        ("'quoted'", "'quoted'", False),
        ("A=1", "A=1", False),
        ("", "", False),
    ],
)
def test_what_could_act_as_a_formula(cell, text, formula):
    (row,) = read_grid(f'x,"{cell}"\n'.encode(), "x.csv")
    found = row.cells[1] if len(row.cells) > 1 else readers.Cell("")
    assert (found.text, found.formula) == (text, formula)


def test_formulas_and_errors_of_a_workbook_are_seen():
    (row,) = read_grid(workbook([["a", "=1+1", "#REF!"]]), "x.xlsx")
    assert [cell.formula for cell in row.cells] == [False, True, True]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"\r\n , \r\n", "empty_file"),
        (workbook([]), "empty_file"),
        (b"\xff\xfea", "wrong_encoding"),
        (b"a,b\n1,2\n\x81", "wrong_encoding"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "wrong_encoding"),
        ("a,b".encode("utf-16-le"), "wrong_encoding"),
        (b"a,b\n1,\x00\n", "wrong_encoding"),
        (b'a,b\n1,"2\n', "broken_csv"),
        (b'a,b\n1,"2"3\n', "broken_csv"),
        (b'a\n"' + b"x" * 200_000 + b'"\n', "broken_csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"PK\x03\x04nothing", "broken_workbook"),
        (b"x" * (readers.MOST_BYTES + 1), "file_too_large"),
        (b"a\n" + b"x" * (readers.MOST_CHARACTERS + 1), "cell_too_long"),
        (b"," * readers.MOST_COLUMNS + b"x", "too_many_columns"),
        (workbook([[*[""] * readers.MOST_COLUMNS, "x"]]), "too_many_columns"),
        (b"a\n" * (readers.MOST_ROWS + 2), "too_many_rows"),
        (b"a" + b"\n" * (readers.LAST_ROW + 2), "too_many_rows"),
        (workbook([["a"]], lambda sheet: sheet.cell(readers.MOST_ROWS + 2, 1, "x")), "too_many_rows"),
    ],
)
def test_what_is_no_table_is_refused_with_file_and_remedy(data, code):
    (found,) = refused(read_grid, data, "見本.csv")
    assert found.code == code
    assert "見本.csv" in found.message.ja


def test_a_wrong_encoding_names_the_line():
    (found,) = refused(read_grid, "あ,い\nう,え\n".encode() + b"\x81\n", "x.csv")
    assert "3行目" in found.message.ja


def test_as_many_rows_as_allowed():
    assert len(read_grid(b"a\n" * (readers.MOST_ROWS + 1), "x.csv")) == readers.MOST_ROWS + 1


def bomb(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in parts:
            archive.writestr(name, b"\0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        bomb([("xl/worksheets/sheet1.xml", workbooks.MOST_UNPACKED_BYTES + 1)]),
        bomb((f"{n}.xml", 0) for n in range(workbooks.MOST_PARTS + 1)),
    ],
)
def test_what_unpacks_to_too_much_is_not_unpacked(data):
    (found,) = refused(read_grid, data, "x.xlsx")
    assert found.code == "file_too_large"


def test_a_zip_that_is_no_workbook():
    (found,) = refused(read_grid, bomb([("a.txt", 3)]), "x.xlsx")
    assert found.code == "broken_workbook"


def test_rows_wrapped_in_entities_do_not_grow():
    """A workbook whose XML would multiply itself is refused, not unfolded."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "xxxxxxxxxx">{levels}]><worksheet>&e11;</worksheet>'
    source = io.BytesIO(workbook([["a"]]))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, sheet if part == "xl/worksheets/sheet1.xml" else old.read(part))
    (found,) = refused(read_grid, out.getvalue(), "x.xlsx")
    assert found.code == "broken_workbook"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_raise_anything_else(data):
    try:
        grid = read_grid(data, "x.csv")
    except BadInput:
        return
    assert all(row.cells for row in grid)


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_damaged_workbook_never_raises_anything_else(place, noise):
    data = bytearray(workbook([["法人番号", "事業者名", "所在地"], [1, "x", "y"]]))
    data[place : place + len(noise)] = noise
    with suppress(BadInput):
        read_table("vendors", bytes(data), "x.xlsx")


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=5), max_size=6))
def test_random_tables_never_raise_anything_else(rows):
    text = VENDORS + "\n" + "\n".join(",".join(row) for row in rows)
    try:
        table = read_table("vendors", text.encode("utf-8", "surrogatepass"), "x.csv")
    except BadInput:
        return
    assert all(set(row.cells) == set(COLUMNS["vendors"]) for row in table.rows)


def test_headings_are_known_in_any_width_and_order():
    table = read_table(
        "vendors", "所 在 地,ﾎｳｼﾞﾝ\n".replace("ﾎｳｼﾞﾝ", "法人番号 , 事業者名,エラー内容,直し方").encode(), "x.csv"
    )
    assert table.rows == ()
    head = ",".join(COLUMNS["products"]).replace("（税抜）", "(税抜)").replace("（カナ）", "(ｶﾅ)")
    assert read_table("products", f"{head}\n".encode(), "x.csv").kind == "products"
    head = (
        ",".join(COLUMNS["packages"]).replace("構成製品×数量", "構成製品＊数量").replace("ITツール", "ＩＴツール")
    )
    assert read_table("packages", f"{head}\n".encode(), "x.csv").kind == "packages"


def test_every_fault_of_the_headings_is_named_at_once():
    found = refused(read_table, "vendors", "法人番号,法人番号,,住所\n1,2,3,4\n".encode(), "v.csv")
    assert [(f.code, f.field) for f in found] == [
        ("duplicate_column", "法人番号"),
        ("unnamed_column", None),
        ("wrong_columns", None),
    ]
    assert "足りない列があります：事業者名、所在地。" in found[2].message.ja
    assert "使われていない列があります：住所。" in found[2].message.ja
    assert "v.csv" in found[0].message.ja
    assert "法人番号、事業者名、所在地" in found[2].remedy.ja


def test_a_file_in_the_wrong_field_is_recognised():
    products = ",".join(COLUMNS["products"]).replace("（税抜）", "")
    (found,) = refused(read_table, "packages", f"{products}\n".encode(), "p.csv")
    assert found.code == "other_kind"
    assert "「製品」のファイルですが、「ITツール」の欄" in found.message.ja
    assert found.remedy.ja == "「製品」の欄で選び直してください。"


def test_an_empty_heading_above_nothing_is_ignored():
    table = read_table("vendors", "法人番号,,事業者名,所在地\n1,,a,b\n".encode(), "x.csv")
    assert table.rows[0]["事業者名"] == "a"


def test_a_row_may_be_shorter_but_not_longer_than_the_headings():
    table = read_table("vendors", f"{VENDORS}\n1\n1,2,3,4\n".encode(), "x.csv")
    assert dict(table.rows[0].cells) == {"法人番号": "1", "事業者名": "", "所在地": ""}
    assert [found.code for found in table.rows[1].findings] == ["extra_cells"]


def test_formulas_and_control_characters_belong_to_their_row():
    table = read_table("vendors", f"{VENDORS},直し方\n=1,a\x07b,c,=1\n".encode(), "x.csv")
    assert [(f.code, f.field) for f in table.rows[0].findings] == [
        ("formula", "法人番号"),
        ("control_character", "事業者名"),
    ]


@pytest.mark.parametrize(("value", "text"), [(118_800.0, "118800"), (0.1, "0.1"), (1e300, "1e+300")])
def test_a_number_reads_as_typed_whoever_wrote_the_workbook(value, text):
    """Other programs write whole numbers with a decimal point into the file."""
    assert readers._said(value) == text
