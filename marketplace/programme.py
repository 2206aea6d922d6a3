"""The programme as files: what a secretariat loads before the first day. Loading it twice changes nothing."""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path
from typing import Any, Final

from catalogue import entry_lists, masters, problems, synonyms
from catalogue.masters import EDITION, MasterDocument
from catalogue.vocabulary import Document, Masters
from catalogue.vocabulary_files import read_documents, read_problems, read_synonyms
from marketplace import rounds, scheme_draft_queries
from marketplace.pricing import IN_USE
from marketplace.registration.scoring import rules_of
from marketplace.scheme_in_use import SchemeInUse
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, Scheme, load_scheme, shipped_schemes

HERE: Final = Path(__file__).parent
_IN_USE_FILE: Final = HERE / "programmes" / EDITION / "scheme_in_use.yaml"
_HEAD: Final = ("version", "effective_from", "source")


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = plain(path.read_text(encoding="utf-8"))
    return content


def _words(document: Document) -> MasterDocument:
    return MasterDocument(
        document.part,
        document.edition,
        document.version,
        document.effective_from,
        document.source,
        document.content(),
    )


def _dated(kind: str, path: Path) -> MasterDocument:
    content = _read(path)
    return MasterDocument(
        kind,
        EDITION,
        content["version"],
        date.fromisoformat(content["effective_from"]),
        content["source"],
        {key: value for key, value in content.items() if key not in _HEAD},
    )


# What the secretariat edits entry by entry -> the part of its content that holds the entries.
LISTS: Final = {synonyms.KIND: "rows", problems.KIND: "rows", rounds.KIND: "rounds"}


def _schemes() -> list[MasterDocument]:
    """Every shipped scheme, checked by its schema; it counts from the day its edition began."""
    found = []
    for path in sorted(SHIPPED.glob("*.yaml")):
        scheme = load_scheme(path)
        found.append(
            MasterDocument(
                "scheme",
                scheme.id,
                scheme.version,
                scheme.effective.since,
                "、".join(source.title.ja for source in scheme.sources),
                _read(path),
            )
        )
    return found


def documents() -> list[MasterDocument]:
    """All master data that comes with the software, checked; raises BadInput or ValidationError naming the file."""
    folder = HERE / "programmes" / EDITION
    call_centre = _dated("call_centre", folder / "call_centre.yaml")
    rounds.CallCentre.model_validate(call_centre.content)
    in_use = _dated("scheme_in_use", _IN_USE_FILE)
    review = _dated("vendor_review", folder / "vendor_review.yaml")
    rules_of(review.content)
    lists = {kind: shipped_list(kind) for kind in LISTS}
    parts = read_documents()
    problems.check(problems.parse(lists[problems.KIND].content["rows"]), Masters.from_documents(parts))
    SchemeInUse.model_validate(in_use.content)
    return [*map(_words, parts), *lists.values(), *_schemes(), in_use, call_centre, review]


@functools.cache
def shipped_list(kind: str) -> MasterDocument:
    """The file of one of LISTS as it comes with the software, checked by itself; raises as :func:`documents`.

    Read once: while a process runs, the software's files stay as they are.
    """
    if kind == rounds.KIND:
        windows = _dated(kind, HERE / "programmes" / EDITION / "rounds.yaml")
        rounds.Rounds.model_validate(windows.content)
        return windows
    read, parse = (read_synonyms, synonyms.parse) if kind == synonyms.KIND else (read_problems, problems.parse)
    found = read()
    parse(found.rows, name=found.name, first_row=found.first_row)
    return _words(found)


def shipped_scheme(scheme_id: str | None = None) -> Scheme:
    """A scheme as it comes with the software, by default the one it starts with; NotFound names those there are."""
    return shipped_schemes().get(scheme_id or str(_read(_IN_USE_FILE)["scheme"]))


def load_programme() -> list[tuple[MasterDocument, bool]]:
    """Take in what is new of the shipped master data; each document with whether it was new.

    A scheme that the secretariat has rewritten is its own from then on, and so is what else it has changed: files no
    longer touch it. Of a list a newer file can be taken in (:func:`newer_list`).
    """
    own, changed = scheme_draft_queries.rewritten(), entry_lists.edited((*LISTS, IN_USE))
    return masters.load(
        [
            each
            for each in documents()
            if each.kind not in changed and (each.kind != "scheme" or each.key not in own)
        ]
    )


def newer_list(kind: str) -> MasterDocument | None:
    """The shipped file of one of LISTS that is not loaded, since the secretariat has changed its own, when no version
    here ever said the same; None otherwise.
    """
    if kind not in entry_lists.edited((kind,)):
        return None
    found = shipped_list(kind)
    return None if masters.ever_said(found, LISTS[kind]) else found


def newer_lists() -> list[MasterDocument]:
    """Those of all lists."""
    return [found for kind in LISTS if (found := newer_list(kind))]
