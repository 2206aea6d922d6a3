"""Importing files, alike for vendors (their own rows) and the secretariat (all): upload, look, load.

Between looking and loading the files wait in the database (see catalogue/uploads.py), never in the browser.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Final, cast

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue import uploads
from catalogue.imports import service
from catalogue.imports.examples import GUIDE, example_file
from catalogue.imports.layouts import FILE_NAMES, MAY_BE_MISSING, FileKind
from catalogue.imports.plan import RowResult
from catalogue.imports.refused import Format
from catalogue.imports.service import SourceFile
from catalogue.masters import vocabulary
from catalogue.traits import KINDS
from catalogue.uploads import UploadGone
from tenants.actor import current
from tenants.errors import BadInput, NotFound
from tenants.paging import page_of_sequence
from tenants.permissions import Permission
from tenants.text import Text
from web import lists, problems
from web.guard import allow
from web.words import language

TYPES: Final[dict[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Answer = AnyResponse | tuple[str, int]
ACCEPT: Final = ".csv,.txt,.xlsx,text/csv"
ROWS_PER_PAGE: Final = 100
ACTIONS: Final[dict[str, Text]] = {
    "create": Text("新しく登録", "New"),
    "update": Text("変更", "Changed"),
    "unchanged": Text("変更なし", "Unchanged"),
    "refused": Text("登録できません", "Refused"),
}


def install(blueprint: Blueprint, needs: Permission, looks: Permission, kinds: Sequence[FileKind]) -> None:
    """Add the import pages for these kinds of file to an audience's part of the site. looks: reads what files are like."""

    @blueprint.get("/import")
    @allow(needs)
    def import_page() -> str:
        """Choose files."""
        return _upload_page(kinds)

    @blueprint.post("/import")
    @allow(needs)
    def upload_files() -> AnyResponse | tuple[str, int]:
        """Keep the files for an hour and show what loading them would do."""
        try:
            upload_id = uploads.keep(_sources(kinds))
        except BadInput as error:
            return _upload_page(kinds, error), error.status
        return redirect(url_for(".preview_import", upload_id=upload_id))

    @blueprint.get("/import/<uuid:upload_id>")
    @allow(needs)
    def preview_import(upload_id: uuid.UUID) -> str | Answer:
        """What loading would do, row by row; what it did once that has happened."""
        return _unless_gone(upload_id, lambda: _preview_page(upload_id))

    @blueprint.post("/import/<uuid:upload_id>/load")
    @allow(needs)
    def load_import(upload_id: uuid.UUID) -> str | Answer:
        """Load the good rows. A second tab, or Back and once more, is shown what the first did."""
        return _unless_gone(upload_id, lambda: _load(upload_id))

    @blueprint.get("/import/<uuid:upload_id>/result")
    @allow(needs)
    def import_result(upload_id: uuid.UUID) -> str | Answer:
        """What loading did."""
        return _result_page(upload_id)

    @blueprint.post("/import/<uuid:upload_id>/discard")
    @allow(needs)
    def discard_import(upload_id: uuid.UUID) -> AnyResponse:
        """Throw the upload away."""
        uploads.discard(upload_id)
        return redirect(url_for(".import_page"))

    _install_files(blueprint, needs, looks, kinds)


def _install_files(blueprint: Blueprint, needs: Permission, looks: Permission, kinds: Sequence[FileKind]) -> None:
    """What can be saved: the refused rows, examples; and the guide to the columns."""

    @blueprint.get("/import/<uuid:upload_id>/refused-<kind>.<file_format>")
    @allow(needs)
    def refused_rows(upload_id: uuid.UUID, kind: str, file_format: str) -> Response:
        """The refused rows, to correct and upload again."""
        wanted, written = _kind(kind, kinds), _format(file_format)
        return _file(uploads.refused_of(upload_id, wanted, written, language()), f"refused-{kind}", written)

    @blueprint.get("/import/example-<kind>.<file_format>")
    @allow(looks)
    def example_of(kind: str, file_format: str) -> Response:
        """A file with the headings and one example row."""
        written = _format(file_format)
        return _file(example_file(_kind(kind, kinds), written), f"example-{kind}", written)

    @blueprint.get("/import/guide")
    @allow(looks)
    def import_guide() -> str:
        """What goes into each column."""
        return render_template(
            "imports/guide.html",
            guide={kind: GUIDE[kind] for kind in kinds},
            names=FILE_NAMES,
            masters=vocabulary(),
            trait_kinds=KINDS,
            may_be_missing=MAY_BE_MISSING["packages"],
            may_import=current().may(needs),
        )


def _unless_gone(upload_id: uuid.UUID, answer: Callable[[], str | Answer]) -> str | Answer:
    """The answer; when the upload does not wait any more its result, and without one the way to a new upload."""
    try:
        return answer()
    except UploadGone as gone:
        try:
            uploads.result_of(upload_id)
        except UploadGone:
            return _gone(gone)
        return redirect(url_for(".import_result", upload_id=upload_id))


def _load(upload_id: uuid.UUID) -> AnyResponse:
    uploads.load(upload_id)
    return redirect(url_for(".import_result", upload_id=upload_id))


def _result_page(upload_id: uuid.UUID) -> str | Answer:
    try:
        numbers = uploads.result_of(upload_id)
    except UploadGone as gone:
        return _gone(gone)
    return render_template(
        "imports/result.html", numbers=numbers, total=_sum(numbers), upload_id=upload_id, names=FILE_NAMES
    )


def _gone(gone: UploadGone) -> Answer:
    return problems.page(gone.status, gone.findings, current_href=url_for(".import_page"))


def _upload_page(kinds: Sequence[FileKind], error: BadInput | None = None) -> str:
    return render_template(
        "imports/upload.html",
        kinds=kinds,
        names=FILE_NAMES,
        accept=ACCEPT,
        findings=error.findings if error else (),
    )


def _sources(kinds: Sequence[FileKind]) -> dict[FileKind, SourceFile]:
    found: dict[FileKind, SourceFile] = {}
    for kind in kinds:
        file = request.files.get(kind)
        if file is not None and file.filename:
            found[kind] = SourceFile(file.filename, file.read())
    return found


def _preview_page(upload_id: uuid.UUID) -> str:
    report = service.preview(uploads.read(upload_id))
    shown = request.args.get("show", "")
    kind = request.args.get("kind", "")
    rows = tuple(row for row in report.results if _is_shown(row, shown, kind))
    return render_template(
        "imports/preview.html",
        upload_id=upload_id,
        report=report,
        total=report.counts(),
        counts={name: report.counts(name) for name in report.tables},
        page=page_of_sequence(rows, number=lists.page_number(), per_page=ROWS_PER_PAGE),
        shown=shown,
        kind=kind,
        names=FILE_NAMES,
        actions=ACTIONS,
        href=lists.page_address,
        address_with=lists.address_with,
        hours=int(uploads.KEPT_FOR.total_seconds() // 3600),
    )


def _is_shown(row: RowResult, shown: str, kind: str) -> bool:
    return (not kind or row.kind == kind) and (not shown or (row.action or "refused") == shown)


def _sum(numbers: dict[FileKind, dict[str, int]]) -> dict[str, int]:
    return {action: sum(counts[action] for counts in numbers.values()) for action in ACTIONS}


def _kind(written: str, kinds: Sequence[FileKind]) -> FileKind:
    if written not in kinds:
        raise NotFound(Text("ファイル", "The file"))
    return cast("FileKind", written)


def _format(written: str) -> Format:
    if written not in TYPES:
        raise NotFound(Text("ファイル", "The file"))
    return cast("Format", written)


def _file(content: bytes, name: str, file_format: str) -> Response:
    response = Response(content, content_type=TYPES[file_format])
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{file_format}"
    return response
