"""What words are also searched as: the list, and changing an entry after seeing what it does to the results."""

from __future__ import annotations

import re
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import synonym_list
from catalogue.synonym_list import SynonymList
from catalogue.synonyms import DIRECTIONS, KINDS, LONGEST, Synonym
from search.analyser import fold
from search.port import EngineUnavailable
from search.synonym_preview import WordPreview, preview
from tenants.actor import current
from tenants.errors import BadInput, DomainError, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

PER_PAGE: Final = 50
_BETWEEN_TEXTS: Final = re.compile(r"[\n;；、,，]+")
_CELLS: Final = ("word", "texts", "direction", "kind", "source")


@blueprint.get("/synonyms")
@allow(Permission.VIEW_SECRETARIAT)
def synonyms() -> str:
    """The list as it counts now, by ?q= and ?page=."""
    known = synonym_list.current()
    words = lists.words()
    wanted = fold(words)
    found = [
        each for each in known.entries if wanted in fold(each.term) or any(wanted in fold(x) for x in each.texts)
    ]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(lists.page_number(), pages)
    return render_template(
        "secretariat/synonyms.html",
        version=known.version,
        rows=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        page=page,
        pages=pages,
        per_page=PER_PAGE,
        words=words,
        directions=DIRECTIONS,
        kinds=KINDS,
        may_edit=current().may(Permission.EDIT_MASTERS),
        href=lists.page_address,
    )


@blueprint.get("/synonyms/edit")
@allow(Permission.EDIT_MASTERS)
def edit_synonym() -> str:
    """The form for the entry ?word=, or for a new one."""
    known = synonym_list.current()
    word = lists.text_wanted("word")
    entry = known.find(word) if word else None
    if word and entry is None:
        known.without(word)  # says that there is none
    cells = entry.row() if entry else {"direction": "one_way", "kind": "word"}
    return _page(cells, known.version, instead_of=entry.term if entry else "")


def _page(
    cells: dict[str, str],
    version: int,
    *,
    instead_of: str,
    step: str = "edit",
    previews: list[WordPreview] | None = None,
    error: DomainError | None = None,
) -> str:
    """step: edit, or what follows once the preview was seen: save or remove. previews: None when there can be none."""
    return render_template(
        "secretariat/synonym_edit.html",
        cells=cells,
        version=version,
        instead_of=instead_of,
        step=step,
        previews=previews,
        directions=list(DIRECTIONS.items()),
        kinds=list(KINDS.items()),
        longest=LONGEST,
        findings=error.findings if error else (),
    )


def _cells() -> dict[str, str]:
    """The form's fields; several texts in any of the ways people separate them."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip()[:2_000] for name in _CELLS}
    typed["texts"] = ";".join(part.strip() for part in _BETWEEN_TEXTS.split(typed["texts"]) if part.strip())
    return typed


def _instead_of() -> str:
    return request.form.get("instead_of", "").replace("\x00", "")[:200]


@blueprint.post("/synonyms/preview")
@allow(Permission.EDIT_MASTERS)
def preview_synonym() -> str | tuple[str, int]:
    """What the words concerned find now, and would find; nothing is changed yet."""
    version, instead_of = lists.read_version(), _instead_of()
    known = synonym_list.current()
    if version != known.version:
        raise StaleVersion(Text("検索の言い換え", "The list of synonyms"), yours=version, current=known.version)
    earlier = known.find(instead_of)
    before = [earlier] if earlier else []
    if "remove" in request.form:
        after = known.without(instead_of)
        cells = earlier.row() if earlier else {}
        found = _previews(known, after, before)
        return _page(cells, version, instead_of=instead_of, step="remove", previews=found)
    cells = _cells()
    try:
        entry = synonym_list.read_entry(cells)
        after = known.put(entry, instead_of=instead_of)
    except BadInput as error:
        return _page(cells, version, instead_of=instead_of, error=error), 422
    found = _previews(known, after, [entry, *before])
    return _page(entry.row(), version, instead_of=instead_of, step="save", previews=found)


def _previews(before: SynonymList, after: SynonymList, concerned: list[Synonym]) -> list[WordPreview] | None:
    try:
        return preview(before, after, concerned)
    except EngineUnavailable:
        return None


@blueprint.post("/synonyms")
@allow(Permission.EDIT_MASTERS)
def save_synonym() -> Response | tuple[str, int]:
    """Use the entry from now on, as a new version of the list."""
    version, cells, instead_of = lists.read_version(), _cells(), _instead_of()
    try:
        entry = synonym_list.read_entry(cells)
        synonym_list.put(entry, instead_of=instead_of, read_version=version)
    except BadInput as error:
        return _page(cells, version, instead_of=instead_of, error=error), 422
    flash(
        t(
            f"「{entry.term}」の言い換えを使い始めました。次の検索から反映されます。",
            f"“{entry.term}” is in use from the next search on.",
        ),
        "success",
    )
    return redirect(url_for("secretariat.synonyms"))


@blueprint.post("/synonyms/remove")
@allow(Permission.EDIT_MASTERS)
def remove_synonym() -> Response:
    """Take the entry out, as a new version of the list."""
    version, word = lists.read_version(), _instead_of()
    if not word:
        raise BadInput(
            Finding(
                "no_word",
                Text("どの言葉を外すか、選ばれていません。", "No word was chosen."),
                Text("一覧から言葉を開いてください。", "Open a word from the list."),
                "instead_of",
            )
        )
    synonym_list.remove(word, read_version=version)
    flash(t(f"「{word}」の言い換えを外しました。", f"“{word}” was taken out."), "success")
    return redirect(url_for("secretariat.synonyms"))
