"""The papers of a registration: attached, taken off, opened by those who may."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from marketplace.registration.data import form
from marketplace.registration.form import Form, Paper
from marketplace.registration.models import RegistrationPaper, RegistrationStep, VendorRegistration
from marketplace.registration.sections import to_edit
from marketplace.registration.steps import WHAT, locked
from tenants import actor, audit, clock, files
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound
from tenants.files import FileView
from tenants.text import Text


@use_case
def attach(registration_id: uuid.UUID, kind: str, *, name: str, content: bytes) -> FileView:
    """Attach a paper. Raises BadInput for a file that is none of PDF, PNG, JPEG, too large, or one too many."""
    row, known, paper = _paper_to_edit(registration_id, kind)
    there = db.session.scalars(
        select(RegistrationPaper.id).where(
            RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None)
        )
    ).all()
    if len(there) >= known.papers_at_most:
        raise BadInput(
            Finding(
                "too_many_files",
                Text(f"添付は{known.papers_at_most}件までです。", f"No more than {known.papers_at_most} files."),
                Text(
                    "不要なものを外すか、1つのPDFにまとめてください。", "Remove some, or merge them into one PDF."
                ),
                "file",
            )
        )
    file = files.keep(row.organisation_id, name=name, content=content)
    db.session.add(
        RegistrationPaper(
            registration_id=row.id, organisation_id=row.organisation_id, kind=paper.code, file_id=file.id
        )
    )
    _note_paper(row, "attached", paper, file.name)
    return file


def _paper_to_edit(registration_id: uuid.UUID, kind: str) -> tuple[VendorRegistration, Form, Paper]:
    row = locked(registration_id)
    known = form(row.form_version)
    paper = next((each for each in known.papers_for(paper=row.paper) if each.code == kind), None)
    if paper is None:
        raise NotFound(Text("書類", "The paper"))
    to_edit(registration_id, paper.section)
    return row, known, paper


def _note_paper(row: VendorRegistration, what: str, paper: Paper, name: str) -> None:
    audit.record(
        f"registration_paper_{what}",
        subject=("registration", row.id),
        organisation_id=row.organisation_id,
        after={"paper": paper.code, "name": name},
    )


@use_case
def detach(registration_id: uuid.UUID, paper_id: uuid.UUID) -> None:
    """Take a paper off. What was handed in once is kept with that copy; all else is forgotten with its bytes."""
    locked(registration_id)
    held = db.session.get(RegistrationPaper, paper_id)
    if held is None or held.registration_id != registration_id or held.removed_at is not None:
        raise NotFound(Text("書類", "The paper"))
    row, _, paper = _paper_to_edit(registration_id, held.kind)
    name = files.views([held.file_id])[held.file_id].name
    copies = db.session.scalars(
        select(RegistrationStep.document).where(
            RegistrationStep.registration_id == row.id, RegistrationStep.document.is_not(None)
        )
    )
    handed_in = {each["file_id"] for document in copies if document for each in document["papers"]}
    if str(held.file_id) in handed_in:
        held.removed_at = clock.now()
    else:
        db.session.delete(held)
        db.session.flush()
        files.forget(held.file_id)
    _note_paper(row, "removed", paper, name)


def attached(row: VendorRegistration) -> list[tuple[RegistrationPaper, FileView]]:
    """Its papers with their files, in the order in which they came."""
    held = db.session.scalars(
        select(RegistrationPaper)
        .where(RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None))
        .order_by(RegistrationPaper.attached_at, RegistrationPaper.id)
    ).all()
    known = files.views([each.file_id for each in held])
    return [(each, known[each.file_id]) for each in held]


def paper_file(registration_id: uuid.UUID, paper_id: uuid.UUID) -> tuple[FileView, bytes]:
    """A paper with its bytes, for its vendor and those who check; NotFound for all others."""
    row = db.session.get(VendorRegistration, registration_id)
    held = db.session.get(RegistrationPaper, paper_id)
    who = actor.current()
    if row is None or (who.audience == "vendor" and row.organisation_id != who.organisation_id):
        raise NotFound(WHAT)
    if held is None or held.registration_id != row.id:
        raise NotFound(Text("書類", "The paper"))
    return files.content_of(held.file_id)
