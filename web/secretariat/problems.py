"""What troubles shops and what helps: the list, and changing a problem after seeing what sentences are understood as."""

from __future__ import annotations

import re
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import problem_list
from catalogue.masters import vocabulary
from catalogue.problems import COLUMNS, LONGEST_SENTENCE
from catalogue.vocabulary import ALL_INDUSTRIES
from search.analyser import fold
from search.problem_preview import ProblemPreview, preview
from tenants.actor import current
from tenants.errors import BadInput, DomainError, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

PER_PAGE: Final = 50
_BETWEEN: Final = re.compile(r"[\n;；、,，]+")
_SEVERAL: Final = ("words", "examples")
_TICKED: Final = ("functions", "industries")
_LONGEST_CELL: Final = 4_000


@blueprint.get("/problems")
@allow(Permission.VIEW_SECRETARIAT)
def problems() -> str:
    """The list as it counts now, by ?q= and ?page=."""
    known, masters = problem_list.current(), vocabulary()
    words = lists.words()
    wanted = fold(words)
    found = [each for each in known.entries if any(wanted in fold(text) for text in (*each.said(), *each.words))]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(lists.page_number(), pages)
    return render_template(
        "secretariat/problems.html",
        version=known.version,
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        pages=pages,
        per_page=PER_PAGE,
        words=words,
        function_names={row.code: row.name for row in masters.functions},
        industry_names={row.code: row.name for row in masters.industries},
        may_edit=current().may(Permission.EDIT_MASTERS),
        href=lists.page_address,
    )


@blueprint.get("/problems/edit")
@allow(Permission.EDIT_MASTERS)
def edit_problem() -> str:
    """The form for the problem ?code=, or for a new one."""
    known = problem_list.current()
    code = lists.text_wanted("code")
    entry = known.find(code) if code else None
    if code and entry is None:
        known.without(code)  # says that there is none
    return _page(entry.row() if entry else {}, known.version, instead_of=entry.code if entry else "")


def _page(
    cells: dict[str, str],
    version: int,
    *,
    instead_of: str,
    step: str = "edit",
    seen: ProblemPreview | None = None,
    error: DomainError | None = None,
) -> str:
    """step: edit, or what follows once the preview was seen: save or remove."""
    masters = vocabulary()
    return render_template(
        "secretariat/problem_edit.html",
        cells=cells,
        ticked={name: cells.get(name, "").split(";") for name in _TICKED},
        version=version,
        instead_of=instead_of,
        step=step,
        seen=seen,
        functions=[(row.code, row.name) for row in masters.functions],
        industries=[(row.code, row.name) for row in masters.industries if row.code != ALL_INDUSTRIES],
        longest=LONGEST_SENTENCE,
        findings=error.findings if error else (),
    )


def _cells() -> dict[str, str]:
    """The form's fields; words and examples in any of the ways people separate them."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip()[:_LONGEST_CELL] for name in COLUMNS}
    for name in _SEVERAL:
        typed[name] = ";".join(part.strip() for part in _BETWEEN.split(typed[name]) if part.strip())
    for name in _TICKED:
        # Ticked in the form; as one cell where the preview sends it on.
        typed[name] = ";".join(value.replace("\x00", "")[:200] for value in request.form.getlist(name)[:50])
    return typed


def _instead_of() -> str:
    return request.form.get("instead_of", "").replace("\x00", "")[:200]


@blueprint.post("/problems/preview")
@allow(Permission.EDIT_MASTERS)
def preview_problem() -> str | tuple[str, int]:
    """What sentences are understood as now, and would be; nothing is changed yet."""
    version, instead_of = lists.read_version(), _instead_of()
    known = problem_list.current()
    if version != known.version:
        raise StaleVersion(Text("困りごとの一覧", "The list of problems"), yours=version, current=known.version)
    earlier = known.find(instead_of) if instead_of else None
    before = [earlier] if earlier else []
    if "remove" in request.form:
        after = known.without(instead_of)
        seen = preview(known, after, before)
        return _page(earlier.row() if earlier else {}, version, instead_of=instead_of, step="remove", seen=seen)
    cells = _cells()
    try:
        entry = problem_list.read_entry(cells)
        after = known.put(entry, instead_of=instead_of)
    except BadInput as error:
        return _page(cells, version, instead_of=instead_of, error=error), 422
    seen = preview(known, after, [entry, *before])
    return _page(entry.row(), version, instead_of=instead_of, step="save", seen=seen)


@blueprint.post("/problems")
@allow(Permission.EDIT_MASTERS)
def save_problem() -> Response | tuple[str, int]:
    """Use the problem from now on, as a new version of the list."""
    version, cells, instead_of = lists.read_version(), _cells(), _instead_of()
    try:
        entry = problem_list.read_entry(cells)
        problem_list.put(entry, instead_of=instead_of, read_version=version)
    except BadInput as error:
        return _page(cells, version, instead_of=instead_of, error=error), 422
    flash(
        t(
            f"「{entry.sentence}」を使い始めました。次の質問から反映されます。",
            f"“{entry.sentence}” is in use from the next question on.",
        ),
        "success",
    )
    return redirect(url_for("secretariat.problems"))


@blueprint.post("/problems/remove")
@allow(Permission.EDIT_MASTERS)
def remove_problem() -> Response:
    """Take the problem out, as a new version of the list."""
    version, code = lists.read_version(), _instead_of()
    if not code:
        raise BadInput(
            Finding(
                "no_problem",
                Text("どの困りごとを外すか、選ばれていません。", "No problem was chosen."),
                Text("一覧から困りごとを開いてください。", "Open a problem from the list."),
                "instead_of",
            )
        )
    problem_list.remove(code, read_version=version)
    flash(t("困りごとを外しました。", "The problem was taken out."), "success")
    return redirect(url_for("secretariat.problems"))
