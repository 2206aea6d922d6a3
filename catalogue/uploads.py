"""Files between two steps of one person's import: uploaded and previewed, then loaded or thrown away.

They are kept in the database for an hour, seen by nobody but the person who uploaded them (row-level security says
the same). Loading takes them away, so of two attempts at once only one can win.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from catalogue.models import UploadedFile
from tenants import actor, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotPermitted
from tenants.text import Text

KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 12
"""Files one person may have waiting at once; the oldest upload goes first."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it was uploaded: what people call it, and its bytes."""

    name: str
    content: bytes


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


def keep(files: Mapping[str, KeptFile]) -> uuid.UUID:
    """Keep these files (by part: vendors, products, packages) for an hour; the upload's id.

    Raises BadInput when there is none. Everybody's expired files go at the same time.
    """
    if not files:
        raise BadInput(
            Finding(
                "no_file",
                Text("ファイルが選ばれていません。", "No file was chosen."),
                Text(
                    "CSVまたはExcelのファイルを1つ以上選んでください。", "Choose at least one CSV or Excel file."
                ),
                "products",
            )
        )
    with act_as(SYSTEM):
        _forget_expired()
    return _keep(uuid.uuid4(), files)


@use_case
def _forget_expired() -> None:
    db.session.execute(delete(UploadedFile).where(UploadedFile.expires_at <= clock.now()))


@use_case
def _keep(upload_id: uuid.UUID, files: Mapping[str, KeptFile]) -> uuid.UUID:
    _make_room(len(files))
    add(upload_id, files)
    return upload_id


def _make_room(wanted: int) -> None:
    """Let the oldest uploads of this person go when too many files would wait."""
    organisation_id, person_id = _owner()
    kept = db.session.execute(
        select(UploadedFile.upload_id, UploadedFile.part)
        .where(UploadedFile.organisation_id == organisation_id, UploadedFile.person_id == person_id)
        .order_by(UploadedFile.expires_at.desc(), UploadedFile.upload_id, UploadedFile.part)
    ).all()
    too_many = {row.upload_id for row in kept[max(0, MOST_KEPT - wanted) :]}
    if too_many:
        db.session.execute(delete(UploadedFile).where(UploadedFile.upload_id.in_(too_many)))


def add(upload_id: uuid.UUID, files: Mapping[str, KeptFile]) -> None:
    """Keep more files under this upload, in the running transaction: what was refused, and the result."""
    organisation_id, person_id = _owner()
    for part, file in files.items():
        db.session.add(
            UploadedFile(
                upload_id=upload_id,
                part=part,
                organisation_id=organisation_id,
                person_id=person_id,
                name=file.name[:200],
                content=file.content,
                expires_at=clock.now() + KEPT_FOR,
            )
        )


def read(upload_id: uuid.UUID) -> dict[str, KeptFile]:
    """This person's files of this upload, by part; UploadGone when there are none (any more)."""
    organisation_id, person_id = _owner()
    rows = db.session.execute(
        select(UploadedFile.part, UploadedFile.name, UploadedFile.content).where(
            UploadedFile.upload_id == upload_id,
            UploadedFile.organisation_id == organisation_id,
            UploadedFile.person_id == person_id,
            UploadedFile.expires_at > clock.now(),
        )
    ).all()
    if not rows:
        raise UploadGone
    return {part: KeptFile(name, content) for part, name, content in rows}


def take(upload_id: uuid.UUID) -> dict[str, KeptFile]:
    """The files, taken away in the running transaction; UploadGone for whoever comes second."""
    organisation_id, person_id = _owner()
    rows = db.session.execute(
        delete(UploadedFile)
        .where(
            UploadedFile.upload_id == upload_id,
            UploadedFile.organisation_id == organisation_id,
            UploadedFile.person_id == person_id,
            UploadedFile.expires_at > clock.now(),
        )
        .returning(UploadedFile.part, UploadedFile.name, UploadedFile.content)
    ).all()
    if not rows:
        raise UploadGone
    return {part: KeptFile(name, content) for part, name, content in rows}


@use_case
def discard(upload_id: uuid.UUID) -> None:
    """Throw an upload away; one that is gone already is no error."""
    organisation_id, person_id = _owner()
    db.session.execute(
        delete(UploadedFile).where(
            UploadedFile.upload_id == upload_id,
            UploadedFile.organisation_id == organisation_id,
            UploadedFile.person_id == person_id,
        )
    )
