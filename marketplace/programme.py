"""The programme as files: what a secretariat loads before the first day. Loading it twice changes nothing."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from catalogue import entry_lists, masters, problems, synonyms
from catalogue.masters import EDITION, MasterDocument
from catalogue.vocabulary import Document, Masters
from catalogue.vocabulary_files import read_documents, read_problems, read_synonyms
from marketplace import scheme_draft_queries
from marketplace.registration.scoring import rules_of
from marketplace.rounds import CallCentre, Rounds
from marketplace.scheme_in_use import SchemeInUse
from marketplace.subsidy.scheme import SHIPPED, Scheme, load_scheme, shipped_schemes

HERE: Final = Path(__file__).parent
_IN_USE: Final = HERE / "programmes" / EDITION / "scheme_in_use.yaml"
_HEAD: Final = ("version", "effective_from", "source")


def _plain(value: object) -> str:
    """Dates as text, as JSON keeps them."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    plain: dict[str, Any] = json.loads(json.dumps(content, default=_plain))
    return plain


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


_LISTS: Final = (synonyms.KIND, problems.KIND)


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
    rounds = _dated("rounds", folder / "rounds.yaml")
    Rounds.model_validate(rounds.content)
    call_centre = _dated("call_centre", folder / "call_centre.yaml")
    CallCentre.model_validate(call_centre.content)
    in_use = _dated("scheme_in_use", _IN_USE)
    review = _dated("vendor_review", folder / "vendor_review.yaml")
    rules_of(review.content)
    words = read_synonyms()
    synonyms.parse(words.rows, name=words.name, first_row=words.first_row)
    troubles = read_problems()
    listed = problems.parse(troubles.rows, name=troubles.name, first_row=troubles.first_row)
    parts = read_documents()
    problems.check(listed, Masters.from_documents(parts))
    catalogue = [_words(document) for document in (*parts, words, troubles)]
    SchemeInUse.model_validate(in_use.content)
    return [*catalogue, *_schemes(), in_use, rounds, call_centre, review]


def shipped_scheme(scheme_id: str | None = None) -> Scheme:
    """A scheme as it comes with the software, by default the one it starts with; NotFound names those there are."""
    return shipped_schemes().get(scheme_id or str(_read(_IN_USE)["scheme"]))


def load_programme() -> list[tuple[MasterDocument, bool]]:
    """Take in what is new of the shipped master data; each document with whether it was new.

    A scheme that the secretariat has rewritten is its own from then on, and so is a list that it has changed: files no
    longer touch it.
    """
    own, lists = scheme_draft_queries.rewritten(), entry_lists.edited(_LISTS)
    return masters.load(
        [each for each in documents() if each.kind not in lists and (each.kind != "scheme" or each.key not in own)]
    )


def newer_lists() -> list[MasterDocument]:
    """Shipped lists that are not loaded, since the secretariat has changed its own, and that no version here ever was."""
    lists = entry_lists.edited(_LISTS)
    return [
        each
        for each in documents()
        if each.kind in lists
        and all(row.content["rows"] != each.content["rows"] for row in masters.history(each.kind, each.key))
    ]
