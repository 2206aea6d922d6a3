"""Files that organisations hand in: judged by content, kept in an object store, in quarantine until scanned.

Their rows say whose they are and in which state; the bytes lie in the store under a name of ours, never under that
of the uploader. A file is opened only when it is clean, or when nobody scans here and the settings allow that.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from obstore.store import ObjectStore
from sqlalchemy import func, select

from tenants import actor, audit, clock, jobs
from tenants.daily import keep_within
from tenants.db import db, use_case
from tenants.errors import BadInput, DomainError, Finding, NotFound
from tenants.file_models import StoredFile
from tenants.one_form import in_one_form
from tenants.scanning import Scanner, ScannerUnavailable
from tenants.text import Text

SCAN: Final = "files.scan"
DISCARD: Final = "files.discard"
MOST_BYTES: Final = 10 * 1024 * 1024
FILES_A_DAY: Final = 200
MOST_STORED_BYTES: Final = 1024 * 1024 * 1024
NAME_LIMIT: Final = 120
AT_ONCE: Final = 500
WHAT: Final = Text("ファイル", "The file")
_FILES: Final = Text("ファイルの添付", "files")

_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
_ENDINGS: Final = {media_type: ending for _, media_type, ending in _SIGNATURES}
_UNUSABLE: Final = re.compile('[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]')
# Whose it is, and a name that nobody can guess.
_KEY: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)

STATES: Final[dict[str, Text]] = {
    "waiting": Text("ウイルス検査を待っています", "Waiting for the virus scan"),
    "clean": Text("ウイルス検査済み", "Scanned, clean"),
    "infected": Text("ウイルスが見つかったため破棄しました", "Discarded: a virus was found"),
    "unscanned": Text("ウイルス検査をしていません", "Not scanned for viruses"),
}


class FileNotOpen(DomainError):
    """The file is there, but nobody may open it in its state."""

    status = 409

    def __init__(self, state: str) -> None:
        label = STATES[state]
        super().__init__(
            Finding(
                "file_not_open",
                Text(f"このファイルはまだ開けません（{label.ja}）。", f"This file cannot be opened: {label.en}."),
                Text(
                    "検査が終わってから、もう一度お試しください。続くときは、ファイルを添付し直してください。",
                    "Try again once it has been scanned; if it stays so, attach the file again.",
                ),
            )
        )


class StoreFull(BadInput):
    """The organisation has handed in as much as is kept for one."""

    status = 413

    def __init__(self) -> None:
        most = MOST_STORED_BYTES // 1024**2
        super().__init__(
            Finding(
                "store_full",
                Text(
                    f"お預かりできるファイルは、組織ごとに合計{most:,}MBまでです。このファイルは預かっていません。",
                    f"At most {most:,} MB of files are kept for each organisation. This one was not taken.",
                ),
                Text(
                    "画質を下げるか白黒にして小さくするか、まだ提出していない書類の添付を外してから、もう一度お試しください。"
                    "それでも足りないときは、事務局にお問い合わせください。",
                    "Make it smaller (lower resolution, black and white), or take off papers that were not handed in"
                    " yet, and try again. If that is not enough, ask the secretariat.",
                ),
                "file",
            )
        )


@dataclass(frozen=True, slots=True)
class Filing:
    """Where files lie and who looks at them. scanner: None when there is none; open_unscanned: whether files that
    nobody scanned may be opened all the same.
    """

    store: ObjectStore
    scanner: Scanner | None = None
    open_unscanned: bool = False


class _Chosen:
    filing: Filing | None = None


def use(filing: Filing) -> None:
    """This process keeps files like this from now on."""
    _Chosen.filing = filing


def filing() -> Filing:
    """How this process keeps files; RuntimeError when nobody said."""
    if _Chosen.filing is None:
        raise RuntimeError("no place for files was chosen: call tenants.files.use first")
    return _Chosen.filing


@dataclass(frozen=True, slots=True)
class FileView:
    """What pages show of a file. size in bytes."""

    id: uuid.UUID
    name: str
    media_type: str
    size: int
    sha256: str
    state: str
    uploaded_at: datetime

    @property
    def label(self) -> Text:
        """Its state in words."""
        return STATES[self.state]

    @property
    def may_be_opened(self) -> bool:
        """Whether its bytes are given out now."""
        return self.state == "clean" or (self.state == "unscanned" and filing().open_unscanned)


def media_type_of(content: bytes) -> str | None:
    """What the bytes are, by their signature: PDF, PNG or JPEG; None for everything else."""
    return next((found for start, found, _ in _SIGNATURES if content.startswith(start)), None)


def shown_name(written: str, media_type: str) -> str:
    """The uploader's name of a file as it may be shown and offered again: no path, no marks, the right ending."""
    last = re.split(r"[/\\]", in_one_form(written, "NFC"))[-1]
    stem = _UNUSABLE.sub("", last).strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem).strip(" .")
    return f"{stem[:NAME_LIMIT] or 'file'}.{_ENDINGS[media_type]}"


def _refused(code: str, message: Text, remedy: Text) -> BadInput:
    return BadInput(Finding(code, message, remedy, "file"))


def judged(content: bytes) -> str:
    """The media type of what was handed in. Raises BadInput for an empty, too large or unknown file."""
    if not content:
        raise _refused(
            "file_missing",
            Text("ファイルが選ばれていないか、中身が空です。", "No file was chosen, or it is empty."),
            Text("添付するファイルを選んでください。", "Choose the file to attach."),
        )
    if len(content) > MOST_BYTES:
        raise _refused(
            "file_too_large",
            Text("ファイルが大きすぎます。", "The file is too large."),
            Text(
                f"1ファイル{MOST_BYTES // 1024**2}MBまでです。画質を下げるか、分けて添付してください。",
                f"Up to {MOST_BYTES // 1024**2} MB each: lower the resolution or split it.",
            ),
        )
    media_type = media_type_of(content)
    if media_type is None:
        raise _refused(
            "file_type",
            Text("この形式のファイルは添付できません。", "Files of this type cannot be attached."),
            Text(
                "PDF、PNG、JPEGのどれかにしてください（名前ではなく中身で確かめています）。",
                "Use PDF, PNG or JPEG; the content is what counts, not the name.",
            ),
        )
    return media_type


@use_case
def keep(organisation_id: uuid.UUID, *, name: str, content: bytes) -> FileView:
    """Keep a file for an organisation. Raises BadInput when its content is not one that is taken, TooManyToday and
    StoreFull beyond FILES_A_DAY and MOST_STORED_BYTES of the organisation.

    The bytes are stored first: if the transaction fails, they are left behind under a name no row knows.
    """
    media_type = judged(content)
    _require_room(organisation_id, len(content))
    scanned = filing().scanner is not None
    row = StoredFile(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        name=shown_name(name, media_type),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=f"{organisation_id}/{uuid.uuid4()}",
        state="waiting" if scanned else "unscanned",
        uploaded_by=actor.current().person_id,
    )
    filing().store.put(row.key, content)
    try:
        db.session.add(row)
        db.session.flush()
    except BaseException:
        _remove(row.key)
        raise
    if scanned:
        jobs.enqueue(SCAN, lock=SCAN)
    return _view(row)


def _require_room(organisation_id: uuid.UUID, size: int) -> None:
    """Counted in the rows that stay; whoever else of the organisation hands in a file now waits for this one."""
    theirs = StoredFile.organisation_id == organisation_id
    keep_within(FILES_A_DAY, _FILES, StoredFile.uploaded_at, theirs, organisation_id=organisation_id)
    kept = db.session.scalar(select(func.sum(StoredFile.size)).where(theirs, StoredFile.state != "infected"))
    if (kept or 0) + size > MOST_STORED_BYTES:
        raise StoreFull


def _view(row: StoredFile) -> FileView:
    return FileView(row.id, row.name, row.media_type, row.size, row.sha256, row.state, row.uploaded_at)


def views(file_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, FileView]:
    """These files by id, those the actor may see."""
    rows = db.session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))
    return {row.id: _view(row) for row in rows}


def content_of(file_id: uuid.UUID) -> tuple[FileView, bytes]:
    """A file with its bytes. NotFound for another's, FileNotOpen while it is in quarantine or was discarded.

    What was changed in the store since it was handed in is not given out either.
    """
    row = db.session.get(StoredFile, file_id)
    if row is None:
        raise NotFound(WHAT)
    view = _view(row)
    if not view.may_be_opened:
        raise FileNotOpen(row.state)
    content = _bytes(row)
    if content is None:
        raise NotFound(WHAT)
    return view, content


def _bytes(row: StoredFile) -> bytes | None:
    """The bytes as they were handed in; None when they are gone or are others."""
    try:
        content = bytes(filing().store.get(row.key).bytes())
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == row.sha256 else None


@use_case
def forget(file_id: uuid.UUID) -> None:
    """Remove a file that was never handed in; its bytes go once this has been committed."""
    row = db.session.get(StoredFile, file_id)
    if row is None:
        raise NotFound(WHAT)
    db.session.delete(row)
    jobs.enqueue(DISCARD, key=row.key)


def discard(key: str) -> None:
    """The bytes of a file that is forgotten leave the store; done twice it does no harm.

    ValueError for a name that no file of ours is kept under.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("no file of ours is kept under such a name")
    if db.session.scalar(select(StoredFile.id).where(StoredFile.key == key)) is None:
        _remove(key)


def _remove(key: str) -> None:
    with suppress(FileNotFoundError):
        filing().store.delete(key)


def scan_waiting() -> int:
    """Ask the scanner about every file nobody has looked at; how many got an answer. For the worker.

    Raises ScannerUnavailable when one got none: it stays in quarantine and is asked about again.
    """
    scanner = filing().scanner
    if scanner is None:
        return 0
    waiting = db.session.scalars(
        select(StoredFile.id)
        .where(StoredFile.state.in_(("waiting", "unscanned")))
        .order_by(StoredFile.uploaded_at, StoredFile.id)
        .limit(AT_ONCE)
    ).all()
    silent: ScannerUnavailable | None = None
    for file_id in waiting:
        try:
            _scan(file_id, scanner)
        except ScannerUnavailable as error:  # one file it cannot read must not keep the others waiting
            silent = error
    if silent:
        raise silent
    return len(waiting)


@use_case
def _scan(file_id: uuid.UUID, scanner: Scanner) -> None:
    row = db.session.get(StoredFile, file_id, with_for_update=True, populate_existing=True)
    if row is None or row.state not in ("waiting", "unscanned"):
        return
    content = _bytes(row)
    if content is None:
        row.state, row.scanner_said = "infected", "the bytes are not those that were handed in"
    else:
        verdict = scanner.scan(content)
        row.state, row.scanner_said = ("clean" if verdict.clean else "infected"), verdict.said[:200]
    row.scanned_at = clock.now()
    if row.state == "infected":
        _remove(row.key)
        audit.record(
            "file_found_infected",
            subject=("file", row.id),
            organisation_id=row.organisation_id,
            after={"name": row.name, "reason": row.scanner_said},
        )
