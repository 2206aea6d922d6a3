"""What words are also searched as: the list, and changing an entry after seeing what it does to the results."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, url_for
from werkzeug.wrappers import Response

from catalogue import synonym_list
from catalogue.synonym_list import SynonymList
from catalogue.synonyms import DIRECTIONS, KIND, KINDS, LONGEST, Synonym
from search.analyser import fold
from search.port import EngineUnavailable
from search.synonym_preview import WordPreview, preview
from tenants.actor import current
from tenants.errors import DomainError, Finding
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.secretariat.entry_pages import Answer, EntryPages, Second, page_of_entries
from web.secretariat.newer_entries import MOST_WORDS, NewerPages


@blueprint.get("/synonyms")
@allow(Permission.VIEW_SECRETARIAT)
def synonyms() -> str:
    """The list as it counts now, by ?q= and ?page=."""
    known = synonym_list.current()
    words = lists.words()
    wanted = fold(words)
    found = [each for each in known.entries if any(wanted in fold(text) for text in (each.term, *each.texts))]
    return render_template(
        "secretariat/synonyms.html",
        version=known.version,
        page=page_of_entries(found),
        words=words,
        directions=DIRECTIONS,
        kinds=KINDS,
        may_edit=current().may(Permission.EDIT_MASTERS),
        newer_href=url_for("secretariat.newer_synonyms") if _NEWER.there() else None,
        href=lists.page_address,
    )


def _look(before: SynonymList, after: SynonymList, concerned: list[Synonym]) -> list[WordPreview] | None:
    """None when the search does not answer, so that there can be no preview."""
    try:
        return preview(before, after, concerned)
    except EngineUnavailable:
        return None


def _draw(
    cells: dict[str, str],
    version: int,
    *,
    instead_of: str,
    step: str = "edit",
    seen: Any = None,
    error: DomainError | None = None,
    second: Second | None = None,
) -> str:
    return render_template(
        "secretariat/synonym_edit.html",
        cells=cells,
        version=version,
        instead_of=instead_of,
        step=step,
        seen=seen,
        directions=list(DIRECTIONS.items()),
        kinds=list(KINDS.items()),
        longest=LONGEST,
        findings=error.findings if error else (),
        second=second,
    )


def _look_at_newer(after: tuple[Synonym, ...], concerned: list[Synonym]) -> list[WordPreview] | None:
    """The words whose results would be others; None when the search does not answer."""
    try:
        seen = preview(synonym_list.current(), SynonymList(0, "", after), concerned, most=MOST_WORDS)
    except EngineUnavailable:
        return None
    return [each for each in seen if (each.now_total, each.now) != (each.then_total, each.then)]


_WHAT: Final = Text("検索の言い換え", "The list of synonyms")
_COLUMNS: Final = {
    "word": Text("お店の人の言葉", "The word people type"),
    "texts": Text("この言葉としてもさがす", "Also searched as"),
    "direction": Text("向き", "Direction"),
    "kind": Text("種類", "Kind"),
    "source": Text("出典・理由", "Source or reason"),
}
_NEWER: Final = NewerPages(
    kind=KIND,
    source=synonym_list,
    what=_WHAT,
    version=lambda: synonym_list.current().version,
    columns=_COLUMNS,
    title=lambda entry: entry.term,
    look=_look_at_newer,
    endpoint="secretariat.newer_synonyms",
    back="secretariat.synonyms",
    names=lambda: {"direction": DIRECTIONS, "kind": KINDS},
)
_PAGES: Final = EntryPages(
    source=synonym_list,
    what=_WHAT,
    nothing_chosen=Finding(
        "no_word",
        Text("どの言葉を外すか、選ばれていません。", "No word was chosen."),
        Text("一覧から言葉を開いてください。", "Open a word from the list."),
        "instead_of",
    ),
    columns=_COLUMNS,
    several=("texts",),
    ticked=(),
    look=_look,
    draw=_draw,
    endpoint="secretariat.synonyms",
    names=lambda: {"direction": DIRECTIONS, "kind": KINDS},
)


@blueprint.get("/synonyms/edit")
@allow(Permission.EDIT_MASTERS)
def edit_synonym() -> str:
    """The form for the entry ?word=, or for a new one."""
    return _PAGES.edit(lists.text_wanted("word"), {"direction": "one_way", "kind": "word"})


@blueprint.post("/synonyms/preview")
@allow(Permission.EDIT_MASTERS)
def preview_synonym() -> Answer:
    """What the words concerned find now, and would find; nothing is changed yet."""
    return _PAGES.preview()


@blueprint.post("/synonyms")
@allow(Permission.EDIT_MASTERS, fresh=True)
def save_synonym() -> Response | tuple[str, int]:
    """Use the entry from now on, as a new version of the list."""
    return _PAGES.save(
        lambda entry: Text(
            f"「{entry.term}」の言い換えを使い始めました。次の検索から反映されます。",
            f"“{entry.term}” is in use from the next search on.",
        )
    )


@blueprint.post("/synonyms/remove")
@allow(Permission.EDIT_MASTERS, fresh=True)
def remove_synonym() -> Response | tuple[str, int]:
    """Take the entry out, as a new version of the list."""
    return _PAGES.remove(lambda word: Text(f"「{word}」の言い換えを外しました。", f"“{word}” was taken out."))


@blueprint.get("/synonyms/newer")
@allow(Permission.EDIT_MASTERS)
def newer_synonyms() -> str | tuple[str, int]:
    """What the newer file that came with the software would bring to the list."""
    return _NEWER.show()


@blueprint.post("/synonyms/newer")
@allow(Permission.EDIT_MASTERS, fresh=True)
def take_in_synonyms() -> Response | tuple[str, int]:
    """Use it, the changes made here kept, as a new version of the list."""
    return _NEWER.take_in()
