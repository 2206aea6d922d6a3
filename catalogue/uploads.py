"""Files between two steps of one person's import: uploaded and previewed, then loaded or thrown away.

They are kept in the database for an hour, seen by nobody but the person who uploaded them (row-level security says
the same). Loading takes them away, so of two attempts at once only one can win.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Row, delete, select

from catalogue.imports import service
from catalogue.imports.layouts import FileKind
from catalogue.imports.refused import Format
from catalogue.imports.service import KINDS, ImportReport, SourceFile
from catalogue.models import UploadedFile
from tenants import actor, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.errors import DomainError, Finding, NotPermitted
from tenants.text import Language, Text

KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 12
"""Files one person may have waiting at once; the oldest upload goes first."""
NAME_LIMIT: Final = 200
FORMATS: Final[tuple[Format, ...]] = ("csv", "xlsx")
RESULT: Final = "result"


class UploadGone(DomainError):
    """The upload was loaded already, has expired, or belongs to somebody else: the answer is the same for all."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            Finding(
                "upload_gone",
                Text(
                    "このファイルはすでに取り込まれたか、アップロードから1時間がたって削除されました。",
                    "This upload was loaded already, or was deleted an hour after it was made.",
                ),
                Text(
                    "一覧で取り込み結果を確認し、必要ならもう一度アップロードしてください。"
                    "同じファイルを2回取り込んでも、内容は変わりません。",
                    "Check the lists; upload it again if needed. Loading a file twice changes nothing.",
                ),
            )
        )


def _owner() -> tuple[uuid.UUID, uuid.UUID]:
    who = actor.current()
    if who.person_id is None:
        raise NotPermitted
    return who.own_organisation, who.person_id


def keep(files: Mapping[FileKind, SourceFile]) -> uuid.UUID:
    """Keep these files for an hour; the upload's id.

    Raises BadInput when there is none, or when one cannot be read at all: then nothing is kept. Everybody's expired
    files go at the same time.
    """
    service.preview(files)
    with act_as(SYSTEM):
        _forget_expired()
    return _keep(uuid.uuid4(), files)


@use_case
def _forget_expired() -> None:
    db.session.execute(delete(UploadedFile).where(UploadedFile.expires_at <= clock.now()))


@use_case
def _keep(upload_id: uuid.UUID, files: Mapping[FileKind, SourceFile]) -> uuid.UUID:
    _make_room(len(files))
    _add(upload_id, {str(kind): file for kind, file in files.items()})
    return upload_id


def _make_room(wanted: int) -> None:
    """Let the oldest uploads of this person go when too many files would wait."""
    kept = db.session.execute(
        select(UploadedFile.upload_id)
        .where(*_own())
        .order_by(UploadedFile.expires_at.desc(), UploadedFile.upload_id, UploadedFile.part)
    ).all()
    too_many = {row.upload_id for row in kept[max(0, MOST_KEPT - wanted) :]}
    if too_many:
        db.session.execute(delete(UploadedFile).where(*_own(), UploadedFile.upload_id.in_(too_many)))


def _own() -> list[ColumnElement[bool]]:
    organisation_id, person_id = _owner()
    return [UploadedFile.organisation_id == organisation_id, UploadedFile.person_id == person_id]


def _add(upload_id: uuid.UUID, files: Mapping[str, SourceFile]) -> None:
    organisation_id, person_id = _owner()
    for part, file in files.items():
        db.session.add(
            UploadedFile(
                upload_id=upload_id,
                part=part,
                organisation_id=organisation_id,
                person_id=person_id,
                name=file.name[:NAME_LIMIT],
                content=file.content,
                expires_at=clock.now() + KEPT_FOR,
            )
        )


def _waiting(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[FileKind, SourceFile]:
    if not rows:
        raise UploadGone
    return {cast("FileKind", part): SourceFile(name, content) for part, name, content in rows}


def read(upload_id: uuid.UUID) -> dict[FileKind, SourceFile]:
    """This person's files of this upload; UploadGone when they do not wait (any more)."""
    query = select(UploadedFile.part, UploadedFile.name, UploadedFile.content)
    return _waiting(db.session.execute(query.where(*_own(), *_of(upload_id), UploadedFile.part.in_(KINDS))).all())


def _of(upload_id: uuid.UUID) -> list[ColumnElement[bool]]:
    return [UploadedFile.upload_id == upload_id, UploadedFile.expires_at > clock.now()]


@use_case
def load(upload_id: uuid.UUID) -> ImportReport:
    """Load this upload's good rows; its files go, what was refused of them and the numbers stay for an hour.

    Raises UploadGone for whoever comes second: the files are taken away in the same transaction.
    """
    taken = db.session.execute(
        delete(UploadedFile)
        .where(*_own(), *_of(upload_id), UploadedFile.part.in_(KINDS))
        .returning(UploadedFile.part, UploadedFile.name, UploadedFile.content)
    ).all()
    report = service.apply(_waiting(taken))
    left: dict[str, SourceFile] = {}
    for kind in report.tables:
        for file_format in FORMATS:
            content = report.refused_file(kind, file_format)
            if content is not None:
                left[f"refused_{kind}.{file_format}"] = SourceFile(f"refused_{kind}.{file_format}", content)
    numbers = {kind: report.counts(kind) for kind in report.tables}
    _add(upload_id, {**left, RESULT: SourceFile(RESULT, json.dumps(numbers).encode())})
    return report


def result_of(upload_id: uuid.UUID) -> dict[FileKind, dict[str, int]]:
    """What a loaded upload did, by kind: {create, update, unchanged, refused}; UploadGone after an hour."""
    numbers: dict[FileKind, dict[str, int]] = json.loads(_part(upload_id, RESULT))
    return numbers


def refused_of(upload_id: uuid.UUID, kind: FileKind, file_format: Format, language: Language = "ja") -> bytes:
    """The refused rows of a file that waits, or was loaded within the hour; UploadGone when there are none."""
    try:
        waiting = read(upload_id)
    except UploadGone:
        return _part(upload_id, f"refused_{kind}.{file_format}")
    content = service.preview(waiting).refused_file(kind, file_format, language)
    if content is None:
        raise UploadGone
    return content


def _part(upload_id: uuid.UUID, part: str) -> bytes:
    found = db.session.scalar(
        select(UploadedFile.content).where(*_own(), *_of(upload_id), UploadedFile.part == part)
    )
    if found is None:
        raise UploadGone
    return found


@use_case
def discard(upload_id: uuid.UUID) -> None:
    """Throw an upload away; one that is gone already is no error."""
    db.session.execute(delete(UploadedFile).where(*_own(), UploadedFile.upload_id == upload_id))
