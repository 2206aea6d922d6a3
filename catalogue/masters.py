"""Master data as versioned rows: schemes, rounds, core functions, the productivity index, call centre hours.

A version is never changed or removed; the newest in effect on a date counts. So every old snapshot can still be
explained with the data of its day.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Date, Executable, Select, and_, bindparam, case, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from catalogue.models import MasterVersion
from catalogue.vocabulary import LATER_PARTS, PARTS, Document, Masters
from tenants import actor, audit, clock
from tenants.db import db, rows, use_case
from tenants.errors import BadInput, Finding, NotFound
from tenants.permissions import Permission
from tenants.text import Text

EDITION: Final = "2017"


@dataclass(frozen=True, slots=True)
class MasterDocument:
    """One piece of master data as it is in a file: what it is, from when it counts, where it comes from."""

    kind: str
    key: str
    version: int
    effective_from: date
    source: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MasterRow(MasterDocument):
    """A version as it was loaded."""

    content_hash: str
    loaded_at: datetime


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of a version's content in hexadecimal, the same whatever the order of its keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _row(row: MasterVersion) -> MasterRow:
    return MasterRow(
        row.kind,
        row.key,
        row.version,
        row.effective_from,
        row.source,
        row.content,
        row.content_hash,
        row.loaded_at,
    )


@use_case
def load(documents: list[MasterDocument]) -> list[tuple[MasterDocument, bool]]:
    """Take in these documents; each with whether it is new. The same document twice changes nothing.

    Raises BadInput when a version that exists has other content: a change needs a new version number.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    return [(document, _load(document)) for document in documents]


def _load(document: MasterDocument) -> bool:
    digest = content_hash(document.content)
    known = db.session.scalar(
        select(MasterVersion).where(
            MasterVersion.kind == document.kind,
            MasterVersion.key == document.key,
            MasterVersion.version == document.version,
        )
    )
    if known is not None and known.content_hash == digest:
        return False
    if known is not None:
        label = f"{document.kind} {document.key} v{document.version}"
        raise BadInput(
            Finding(
                "version_taken",
                Text(f"{label} は、別の内容ですでに登録されています。", f"{label} exists with other content."),
                Text("版の番号を1つ上げて読み込んでください。", "Raise its version number by one."),
                "version",
            )
        )
    db.session.add(
        MasterVersion(
            kind=document.kind,
            key=document.key,
            version=document.version,
            effective_from=document.effective_from,
            content=document.content,
            content_hash=digest,
            source=document.source,
            loaded_by=actor.current().person_id,
        )
    )
    audit.record(
        "master_loaded",
        subject=(document.kind, document.key),
        organisation_id=actor.current().organisation_id,
        after={"version": document.version, "hash": digest, "source": document.source},
    )
    return True


def newest(kind: str, key: str, *, on: date | None = None) -> MasterRow:
    """The version that counts on a date in Japan (default today); NotFound when nothing was loaded."""
    row = db.session.scalar(
        select(MasterVersion)
        .where(
            MasterVersion.kind == kind,
            MasterVersion.key == key,
            MasterVersion.effective_from <= (on or clock.today()),
        )
        .order_by(MasterVersion.version.desc())
        .limit(1)
    )
    if row is None:
        raise NotFound(Text(f"マスタ（{kind} {key}）", f"Master data {kind} {key}"))
    return _row(row)


def known_at(kind: str, key: str, moment: datetime) -> MasterRow:
    """The version that counted at this moment, whatever was loaded since.

    Of a moment before anything was loaded, the first version. NotFound when nothing was loaded.
    """
    known = and_(
        MasterVersion.loaded_at <= moment,
        MasterVersion.effective_from <= moment.astimezone(clock.JAPAN).date(),
    )
    row = db.session.scalar(
        select(MasterVersion)
        .where(MasterVersion.kind == kind, MasterVersion.key == key)
        .order_by(known.desc(), case((known, -MasterVersion.version), else_=MasterVersion.version))
        .limit(1)
    )
    if row is None:
        raise NotFound(Text(f"マスタ（{kind} {key}）", f"Master data {kind} {key}"))
    return _row(row)


def newest_hash(kind: str, key: str) -> str | None:
    """The hash of the content that counts today, without the content: for whoever has parsed it before."""
    return db.session.scalar(_HASH, {"kind": kind, "key": key, "day": clock.today()})


def newest_head(kind: str, key: str) -> Head | None:
    """Which version counts today, without its content; None when nothing was loaded."""
    row = db.session.execute(_NEWEST_HEAD, {"kind": kind, "key": key, "day": clock.today()}).first()
    return Head(*row) if row else None


def newest_hash_named(kind: str, by: tuple[str, str, str]) -> str | None:
    """The same, of the key that another piece of master data names today, in one statement.

    by: its kind, its key, and the field that names.
    """
    return db.session.scalar(_hash_named(*by), {"kind": kind, "day": clock.today()})


# Every page asks these, and SQLAlchemy takes longer to write such a statement down than the database to answer it.
_COUNTS_TODAY: Final = MasterVersion.effective_from <= bindparam("day", type_=Date)
_NEWEST_HASH: Final = (
    select(MasterVersion.content_hash)
    .where(MasterVersion.kind == bindparam("kind"), _COUNTS_TODAY)
    .order_by(MasterVersion.version.desc())
    .limit(1)
)
_HASH: Final = _NEWEST_HASH.where(MasterVersion.key == bindparam("key"))
_HEAD: Final = (MasterVersion.kind, MasterVersion.id, MasterVersion.version, MasterVersion.content_hash)
_NEWEST_HEAD: Final = _HASH.with_only_columns(*_HEAD)


@cache
def _hash_named(kind: str, key: str, field: str) -> Select[str]:
    row = aliased(MasterVersion)
    named = (
        select(row.content[field].astext)
        .where(row.kind == kind, row.key == key, row.effective_from <= bindparam("day", type_=Date))
        .order_by(row.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _NEWEST_HASH.where(MasterVersion.key == named)


def exact(kind: str, key: str, version: int) -> MasterRow | None:
    """One version, whether it counts today or not; None when there is none."""
    row = db.session.scalar(
        select(MasterVersion).where(
            MasterVersion.kind == kind, MasterVersion.key == key, MasterVersion.version == version
        )
    )
    return _row(row) if row else None


def newest_of_kind(kind: str, *, on: date | None = None) -> list[MasterRow]:
    """For each key of a kind the version that counts on a date, by key."""
    rows = db.session.scalars(
        select(MasterVersion)
        .ext(distinct_on(MasterVersion.key))
        .where(MasterVersion.kind == kind, MasterVersion.effective_from <= (on or clock.today()))
        .order_by(MasterVersion.key, MasterVersion.version.desc())
    )
    return [_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Head:
    """Which version of a kind counts, without its content."""

    kind: str
    id: uuid.UUID
    version: int
    content_hash: str


Heads = Mapping[str, Head]


@cache
def _heads(kinds: tuple[str, ...]) -> Select[str, uuid.UUID, int, str]:
    return (
        select(*_HEAD)
        .ext(distinct_on(MasterVersion.kind))
        .where(MasterVersion.kind.in_(kinds), MasterVersion.key == EDITION, _COUNTS_TODAY)
        .order_by(MasterVersion.kind, MasterVersion.version.desc())
    )


@cache
def _heads_with_named(by: tuple[str, str, str], beside: tuple[str, ...]) -> Executable:
    """One statement for what a public page rests on: the words, what is beside them, and what another names."""
    named = _hash_named(*by).with_only_columns(*_HEAD).subquery()
    return union_all(select(_heads((*PARTS, *beside)).subquery()), select(named))


def heads_with_named(kind: str, by: tuple[str, str, str], beside: tuple[str, ...], *, on: date) -> Heads:
    """The heads of the catalogue's words, of other kinds of this edition, and of the key of ``kind`` that another piece
    of master data names (its kind, its key, and the field that names), as they count on a day, by kind; in one statement.
    """
    found = rows(_heads_with_named(by, beside), {"kind": kind, "day": on})
    return {row.kind: Head(*row) for row in found}


def vocabulary(*, on: date | None = None) -> Masters:
    """The words of the catalogue as they count on a date in Japan (default today).

    Parsed once for each set of versions: a page pays one small statement. NotFound when a part was never loaded.
    """
    rows = db.session.execute(_heads(PARTS), {"day": on or clock.today()})
    return words_of({row.kind: Head(*row) for row in rows})


_vocabularies: dict[tuple[str, ...], Masters] = {}


def words_of(heads: Heads) -> Masters:
    """The same for whoever has the heads. NotFound when a part was never loaded."""
    if not set(PARTS) - LATER_PARTS <= heads.keys():
        raise NotFound(Text("マスタ（コア機能・業種・費目・指数）", "The catalogue's master data"))
    parts = [heads[part] for part in PARTS if part in heads]
    key = tuple(head.content_hash for head in parts)
    if key not in _vocabularies:
        rows = db.session.scalars(select(MasterVersion).where(MasterVersion.id.in_([head.id for head in parts])))
        _vocabularies[key] = Masters.from_documents(_document(row) for row in rows)
    return _vocabularies[key]


# What of master data stands in other rows by its code, which stays there when the master is changed.
_CODED: Final = ("core_functions", "industries", "cost_kinds", "traits", "scheme")


def names_ever() -> dict[str, dict[str, Text]]:
    """The name of every code that any version ever had, the newest name of each: by kind of master, traits by their
    own kind, schemes by their id.
    """
    rows = db.session.execute(
        select(MasterVersion.kind, MasterVersion.key, MasterVersion.content["rows"], MasterVersion.content["name"])
        .where(MasterVersion.kind.in_(_CODED))
        .order_by(MasterVersion.version)
    )
    found: dict[str, dict[str, Text]] = {}
    for kind, key, coded, name in rows:
        if kind == "scheme":
            found.setdefault(kind, {})[key] = Text.of(name)
        for each in coded or ():
            own = found.setdefault(each["kind"] if kind == "traits" else kind, {})
            own[each["code"]] = Text(each["name_ja"], each["name_en"])
    return found


def _document(row: MasterVersion) -> Document:
    return Document(
        part=row.kind,
        edition=row.key,
        version=row.version,
        effective_from=row.effective_from,
        source=row.source,
        rows=tuple(row.content["rows"]),
        note=row.content["note"],
        name=f"{row.kind} v{row.version}",
    )


def history(kind: str, key: str) -> list[MasterRow]:
    """All versions, newest first."""
    rows = db.session.scalars(
        select(MasterVersion)
        .where(MasterVersion.kind == kind, MasterVersion.key == key)
        .order_by(MasterVersion.version.desc())
    )
    return [_row(row) for row in rows]


def newest_but(kind: str, key: str, *, source: str) -> dict[str, Any] | None:
    """The content of the newest version that does not come from this source; None when there is none."""
    found = select(MasterVersion.content).where(
        MasterVersion.kind == kind, MasterVersion.key == key, MasterVersion.source != source
    )
    return db.session.scalar(found.order_by(MasterVersion.version.desc()).limit(1))


def ever_said(document: MasterDocument, part: str) -> bool:
    """Whether any version has this part of its content as the document has it."""
    found = select(MasterVersion.id).where(
        MasterVersion.kind == document.kind,
        MasterVersion.key == document.key,
        MasterVersion.content[part] == document.content[part],
    )
    return db.session.scalar(found.limit(1)) is not None


def in_force() -> list[MasterRow]:
    """Of every piece of master data the version that counts today, by kind and key."""
    rows = db.session.scalars(
        select(MasterVersion)
        .ext(distinct_on(MasterVersion.kind, MasterVersion.key))
        .where(MasterVersion.effective_from <= clock.today())
        .order_by(MasterVersion.kind, MasterVersion.key, MasterVersion.version.desc())
    )
    return [_row(row) for row in rows]
