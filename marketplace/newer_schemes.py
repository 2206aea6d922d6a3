"""Shipped files of schemes that the secretariat has rewritten: they are not loaded, and it is told when one is newer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalogue import masters
from marketplace import scheme_draft_queries
from marketplace.master_overview import changed_values
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED


@dataclass(frozen=True, slots=True)
class NewerFile:
    """A file that came with the software after the secretariat had begun to write the scheme itself.

    text: the file. values: (where, as it counts here, as the file has it).
    """

    scheme_id: str
    text: str
    values: tuple[tuple[str, str, str], ...]


def newer_file(scheme_id: str) -> NewerFile | None:
    """The shipped file, when no version here ever said what it says; None for a scheme that files are loaded of."""
    return _newer(scheme_id) if scheme_id in scheme_draft_queries.rewritten() else None


def newer_files() -> list[NewerFile]:
    """Those of all schemes, by id."""
    return [found for scheme_id in sorted(scheme_draft_queries.rewritten()) if (found := _newer(scheme_id))]


def _newer(scheme_id: str) -> NewerFile | None:
    path = SHIPPED / f"{scheme_id}.yaml"
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    content, versions = plain(text), masters.history("scheme", scheme_id)
    if any(_said(row.content) == _said(content) for row in versions):
        return None
    return NewerFile(scheme_id, text, changed_values(versions[0].content, content))


def _said(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "version"}
