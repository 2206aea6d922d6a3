"""Which columns each kind of file has, and how a grid becomes rows whose cells have names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from catalogue.effects import NAMES
from catalogue.imports.readers import GridRow, read_grid
from catalogue.traits import KINDS
from catalogue.vocabulary import folded
from tenants.errors import BadInput, Finding
from tenants.hidden import HIDDEN
from tenants.text import Text

FileKind = Literal["vendors", "products", "packages"]

NUMBER: Final = "法人番号"
VENDOR: Final = "事業者名"
ADDRESS: Final = "所在地"
PRODUCT_CODE: Final = "製品コード"
PRODUCT_NAME: Final = "製品名"
PRODUCT_KANA: Final = "製品名（カナ）"
FUNCTIONS: Final = "コア機能"
COST_KIND: Final = "費目"
BILLING: Final = "課金単位"
STANDARD_PRICE: Final = "標準販売価格（税抜）"
MINIMUM_PRICE: Final = "最小販売価格（税抜）"
DESCRIPTION: Final = "説明"
PACKAGE_CODE: Final = "ITツールコード"
PACKAGE_NAME: Final = "ITツール名"
ITEMS: Final = "構成製品×数量"
INDUSTRIES: Final = "対象業種"
MONTHS: Final = "クラウド計上月数"
TRAITS: Final[Mapping[str, str]] = {kind: name.ja for kind, name in KINDS.items()}
"""The columns of what a package is like, by kind: 提供形態 and so on."""

EFFECT: Final[Mapping[str, str]] = {name: label.ja for name, label in NAMES.items()}
"""The columns of what a package does to the work: hours, productivity, people, grounds."""

WHAT_IS_WRONG: Final = "エラー内容"
HOW_TO_MEND: Final = "直し方"

COLUMNS: Final[Mapping[FileKind, tuple[str, ...]]] = {
    "vendors": (NUMBER, VENDOR, ADDRESS),
    "products": (
        NUMBER,
        VENDOR,
        PRODUCT_CODE,
        PRODUCT_NAME,
        PRODUCT_KANA,
        FUNCTIONS,
        COST_KIND,
        BILLING,
        STANDARD_PRICE,
        MINIMUM_PRICE,
        DESCRIPTION,
    ),
    "packages": (NUMBER, VENDOR, PACKAGE_CODE, PACKAGE_NAME, ITEMS, INDUSTRIES, MONTHS, DESCRIPTION),
}
MAY_BE_MISSING: Final[Mapping[FileKind, tuple[str, ...]]] = {"packages": (*TRAITS.values(), *EFFECT.values())}
"""Columns that a file may have beside those; where one is left out, what is registered stays as it is."""
CODE_COLUMNS: Final[Mapping[FileKind, str]] = {
    "vendors": NUMBER,
    "products": PRODUCT_CODE,
    "packages": PACKAGE_CODE,
}
"""What identifies a row; for products and packages together with the corporate number."""
FILE_NAMES: Final[Mapping[FileKind, Text]] = {
    "vendors": Text("IT導入支援事業者", "Vendors"),
    "products": Text("製品", "Products"),
    "packages": Text("ITツール", "Packages"),
}
_OTHER_SPELLINGS: Final[Mapping[str, str]] = {
    "標準販売価格": STANDARD_PRICE,
    "最小販売価格": MINIMUM_PRICE,
    "最低販売価格": MINIMUM_PRICE,
    "最低販売価格（税抜）": MINIMUM_PRICE,
    "製品名カナ": PRODUCT_KANA,
    "構成製品x数量": ITEMS,
    "構成製品*数量": ITEMS,
}
MOST_SHOWN: Final = 40
"""Characters of an unknown heading that are repeated to the reader."""
_IGNORED: Final = frozenset(folded(name) for name in (WHAT_IS_WRONG, HOW_TO_MEND))


def every_column(kind: FileKind) -> tuple[str, ...]:
    """All columns that a file of this kind may have."""
    return (*COLUMNS[kind], *MAY_BE_MISSING.get(kind, ()))


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its spreadsheet number, text by column, and what is wrong with it as a row of a table."""

    number: int
    cells: Mapping[str, str]
    findings: tuple[Finding, ...]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(frozen=True, slots=True)
class Table:
    """A file of one kind, read."""

    kind: FileKind
    filename: str
    rows: tuple[TableRow, ...]


def read_table(kind: FileKind, data: bytes, filename: str) -> Table:
    """Read a file of this kind.

    Raises BadInput when it cannot be read or its headings are not those of the kind, each named: missing, written
    twice, unknown, or empty above a column that holds something.
    """
    heading, *body = read_grid(data, filename)
    columns = _columns(kind, heading, body, filename)
    return Table(kind, filename, tuple(_rows(columns, body)))


def _columns(kind: FileKind, heading: GridRow, body: Sequence[GridRow], filename: str) -> list[str | None]:
    """For each place the column it holds; None for one to ignore."""
    known = {folded(name): name for name in every_column(kind)} | {
        folded(word): name for word, name in _OTHER_SPELLINGS.items() if name in COLUMNS[kind]
    }
    columns: list[str | None] = []
    findings: list[Finding] = []
    strange: list[str] = []
    for place, cell in enumerate(heading.cells):
        column = known.get(folded(cell.text))
        if column is None:
            if not cell.text:
                findings.extend(_unnamed(place, body, filename))
            elif folded(cell.text) not in _IGNORED:
                strange.append(cell.text)
        elif column in columns:
            findings.append(
                _heading_finding(
                    "duplicate_column",
                    column,
                    Text(f"見出し「{column}」が2つあります。", f"The heading {column!r} stands twice."),
                    Text("どちらか一方の列を消してください。", "Remove one of the two columns."),
                    filename,
                )
            )
        columns.append(column)
    missing = [column for column in COLUMNS[kind] if column not in columns]
    if missing and (other := _kind_of(heading)):
        raise BadInput(_other_kind(kind, other, filename))
    if missing or strange:
        findings.append(_wrong_columns(kind, missing, strange, filename))
    if findings:
        raise BadInput(*findings)
    return columns


def _kind_of(heading: GridRow) -> FileKind | None:
    """The kind of file that has all of its columns in this heading."""
    written = {folded(cell.text) for cell in heading.cells}
    spelled = written | {folded(name) for word, name in _OTHER_SPELLINGS.items() if folded(word) in written}
    return next((kind for kind, names in COLUMNS.items() if {folded(name) for name in names} <= spelled), None)


def _other_kind(kind: FileKind, other: FileKind, filename: str) -> Finding:
    wanted, found = FILE_NAMES[kind], FILE_NAMES[other]
    return Finding(
        "other_kind",
        Text(
            f"ファイル「{filename}」は「{found.ja}」のファイルですが、「{wanted.ja}」の欄で選ばれています。",
            f"File {filename!r} is a file of {found.en.lower()}, but was chosen for {wanted.en.lower()}.",
        ),
        Text(f"「{found.ja}」の欄で選び直してください。", f"Choose it as the file of {found.en.lower()}."),
    )


def _wrong_columns(kind: FileKind, missing: Sequence[str], strange: Sequence[str], filename: str) -> Finding:
    """One sentence for all: a heading of its own for each would bury what to do."""
    said_ja, said_en = [], []
    if missing:
        said_ja.append(f"足りない列があります：{'、'.join(missing)}。")
        said_en.append(f"missing: {', '.join(missing)}.")
    if strange:
        shown = [name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…" for name in strange]
        said_ja.append(f"使われていない列があります：{'、'.join(shown)}。")
        said_en.append(f"not known: {', '.join(shown)}.")
    return _heading_finding(
        "wrong_columns", "", Text("".join(said_ja), " ".join(said_en)), _expected(kind), filename
    )


def _unnamed(place: int, body: Sequence[GridRow], filename: str) -> Iterator[Finding]:
    if any(len(row.cells) > place and row.cells[place].text for row in body):
        yield _heading_finding(
            "unnamed_column",
            "",
            Text(
                f"{place + 1}列目に見出しがないのに、内容があります。",
                f"Column {place + 1} has contents but no heading.",
            ),
            Text("見出しを付けるか、その列を消してください。", "Give it a heading, or remove the column."),
            filename,
        )


def _expected(kind: FileKind) -> Text:
    names = "、".join(COLUMNS[kind])
    return Text(
        f"1行目の見出しを、次のとおりにしてください：{names}（{FILE_NAMES[kind].ja}のファイル）。",
        f"The headings in row 1 must be: {names} (file of {FILE_NAMES[kind].en.lower()}).",
    )


def _heading_finding(code: str, column: str, message: Text, remedy: Text, filename: str) -> Finding:
    said = Text(f"ファイル「{filename}」の1行目：{message.ja}", f"File {filename!r}, row 1: {message.en}")
    return Finding(code, said, remedy, column or None)


def _rows(columns: Sequence[str | None], body: Sequence[GridRow]) -> Iterator[TableRow]:
    for row in body:
        cells = {column: "" for column in columns if column}
        findings = []
        for column, cell in zip(columns, row.cells, strict=False):
            if column is None:
                continue
            cells[column] = cell.text
            if cell.formula:
                findings.append(_formula(column))
            elif HIDDEN.search(cell.text):
                findings.append(_control_character(column))
        if len(row.cells) > len(columns):
            findings.append(_extra_cells(len(row.cells), len(columns)))
        yield TableRow(row.number, cells, tuple(findings))


def _formula(column: str) -> Finding:
    return Finding(
        "formula",
        Text(
            "セルが数式か、数式として動く文字（= + @ など）で始まっています。",
            "The cell holds a formula, or begins with a sign that makes one (= + @).",
        ),
        Text(
            "数式ではなく値を入力してください。Excelでは「値の貼り付け」で値にできます。",
            "Enter the value instead; in Excel, “paste values” does it.",
        ),
        column,
    )


def _control_character(column: str) -> Finding:
    return Finding(
        "control_character",
        Text("目に見えない制御文字が入っています。", "There is an invisible control character."),
        Text("セルの内容を入力し直してください。", "Type the contents of the cell again."),
        column,
    )


def _extra_cells(found: int, expected: int) -> Finding:
    return Finding(
        "extra_cells",
        Text(
            f"見出しは{expected}列ですが、この行は{found}列あります。",
            f"The row has {found} cells under {expected} headings.",
        ),
        Text(
            'コンマを含む内容（例：118,800）を引用符（"）で囲むか、余分なセルを消してください。',
            "Put contents with a comma, such as 118,800, in quotation marks, or remove the extra cells.",
        ),
    )
