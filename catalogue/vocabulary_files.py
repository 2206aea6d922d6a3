"""The masters that come with the software, as files beside this module: a start that the secretariat edits."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from catalogue.vocabulary import PARTS, Document, Masters

DATA: Final = Path(__file__).parent / "data"


def _document(folder: Path, part: str) -> Document:
    """``part.yaml`` says what it is; the rows are in it, or in ``part.csv`` beside it (header in row 1)."""
    about: dict[str, Any] = yaml.safe_load((folder / f"{part}.yaml").read_text(encoding="utf-8"))
    table = folder / f"{part}.csv"
    rows: tuple[Mapping[str, Any], ...]
    if table.exists():
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = tuple(csv.DictReader(lines))
        name, first_row = table.name, 2
    else:
        rows, name, first_row = tuple(about["rows"]), f"{part}.yaml", 1
    effective_from = about["effective_from"]
    if not isinstance(effective_from, date):
        raise TypeError(f"{part}.yaml effective_from: a date is expected")
    return Document(
        part=part,
        edition=str(about["edition"]),
        version=int(about["version"]),
        effective_from=effective_from,
        source=str(about["source"]),
        rows=rows,
        note=str(about.get("note", "")),
        name=name,
        first_row=first_row,
    )


def read_documents(folder: Path = DATA) -> tuple[Document, ...]:
    """All parts of the masters in a folder, as they are written."""
    return tuple(_document(folder, part) for part in PARTS)


def read_synonyms(folder: Path = DATA) -> Document:
    """The synonyms that come with the software, as they are written."""
    return _document(folder, "synonyms")


def read_problems(folder: Path = DATA) -> Document:
    """The problems that come with the software, as they are written."""
    return _document(folder, "problems")


@functools.cache
def read_default_masters() -> Masters:
    """The masters that come with the software; raises BadInput when a file does not hold together."""
    return Masters.from_documents(read_documents())
