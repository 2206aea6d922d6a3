"""What troubles shops and what helps: the list, and changing a problem after seeing what sentences are understood as."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, url_for
from werkzeug.wrappers import Response

from catalogue import problem_list
from catalogue.masters import vocabulary
from catalogue.problem_list import ProblemList
from catalogue.problems import KIND, LONGEST_SENTENCE, Problem
from catalogue.vocabulary import ALL_INDUSTRIES
from search.analyser import fold
from search.problem_preview import SentencePreview, preview
from tenants.actor import current
from tenants.errors import DomainError, Finding
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.secretariat.entry_pages import Answer, EntryPages, Names, Second, page_of_entries
from web.secretariat.newer_entries import SHOWN, NewerPages

_TICKED: Final = ("functions", "industries")


@blueprint.get("/problems")
@allow(Permission.VIEW_SECRETARIAT)
def problems() -> str:
    """The list as it counts now, by ?q= and ?page=."""
    known, masters = problem_list.current(), vocabulary()
    words = lists.words()
    wanted = fold(words)
    found = [each for each in known.entries if any(wanted in fold(text) for text in (*each.said(), *each.words))]
    return render_template(
        "secretariat/problems.html",
        version=known.version,
        page=page_of_entries(found),
        words=words,
        function_names={row.code: row.name for row in masters.functions},
        industry_names={row.code: row.name for row in masters.industries},
        may_edit=current().may(Permission.EDIT_MASTERS),
        newer_href=url_for("secretariat.newer_problems") if _NEWER.there() else None,
        href=lists.page_address,
    )


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
        second=second,
    )


def _look_at_newer(after: tuple[Problem, ...], concerned: list[Problem]) -> list[SentencePreview]:
    """The sentences that would be understood otherwise."""
    seen = preview(problem_list.current(), ProblemList(0, "", after), concerned)
    return [each for each in (*seen.own, *seen.elsewhere) if each.changes][:SHOWN]


_WHAT: Final = Text("困りごとの一覧", "The list of problems")
_COLUMNS: Final = {
    "code": Text("コード", "Code"),
    "sentence": Text("困りごと", "The problem"),
    "functions": Text("役立つ機能", "Functions that solve it together"),
    "words": Text("手がかりの言葉", "Words that point to it"),
    "examples": Text("ほかの言い方", "Other ways of saying it"),
    "industries": Text("よくある業種", "Typical industries"),
    "source": Text("出典・理由", "Source or reason"),
}


def _names() -> Names:
    masters = vocabulary()
    return {
        "functions": {row.code: row.name for row in masters.functions},
        "industries": {row.code: row.name for row in masters.industries},
    }


_NEWER: Final = NewerPages(
    kind=KIND,
    source=problem_list,
    what=_WHAT,
    version=lambda: problem_list.current().version,
    columns=_COLUMNS,
    title=lambda entry: entry.sentence,
    look=_look_at_newer,
    endpoint="secretariat.newer_problems",
    back="secretariat.problems",
    names=_names,
)
_PAGES: Final = EntryPages(
    source=problem_list,
    what=_WHAT,
    nothing_chosen=Finding(
        "no_problem",
        Text("どの困りごとを外すか、選ばれていません。", "No problem was chosen."),
        Text("一覧から困りごとを開いてください。", "Open a problem from the list."),
        "instead_of",
    ),
    columns=_COLUMNS,
    several=("words", "examples"),
    ticked=_TICKED,
    look=preview,
    draw=_draw,
    endpoint="secretariat.problems",
    names=_names,
)


@blueprint.get("/problems/edit")
@allow(Permission.EDIT_MASTERS)
def edit_problem() -> str:
    """The form for the problem ?code=, or for a new one."""
    return _PAGES.edit(lists.text_wanted("code"), {})


@blueprint.post("/problems/preview")
@allow(Permission.EDIT_MASTERS)
def preview_problem() -> Answer:
    """What sentences are understood as now, and would be; nothing is changed yet."""
    return _PAGES.preview()


@blueprint.post("/problems")
@allow(Permission.EDIT_MASTERS, fresh=True)
def save_problem() -> Response | tuple[str, int]:
    """Use the problem from now on, as a new version of the list."""
    return _PAGES.save(
        lambda entry: Text(
            f"「{entry.sentence}」を使い始めました。次の質問から反映されます。",
            f"“{entry.sentence}” is in use from the next question on.",
        )
    )


@blueprint.post("/problems/remove")
@allow(Permission.EDIT_MASTERS, fresh=True)
def remove_problem() -> Response | tuple[str, int]:
    """Take the problem out, as a new version of the list."""
    return _PAGES.remove(lambda _code: Text("困りごとを外しました。", "The problem was taken out."))


@blueprint.get("/problems/newer")
@allow(Permission.EDIT_MASTERS)
def newer_problems() -> str | tuple[str, int]:
    """What the newer file that came with the software would bring to the list."""
    return _NEWER.show()


@blueprint.post("/problems/newer")
@allow(Permission.EDIT_MASTERS, fresh=True)
def take_in_problems() -> Response | tuple[str, int]:
    """Use it, the changes made here kept, as a new version of the list."""
    return _NEWER.take_in()
