"""What a vendor does with its registration: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from marketplace.registration import steps
from marketplace.registration.data import form
from marketplace.registration.form import (
    DECLARATIONS,
    MOST_TYPED,
    Form,
    Paper,
    Section,
    Typed,
    findings,
    read,
    tidy,
    written,
)
from marketplace.registration.lifecycle import EDITABLE, OPEN
from marketplace.registration.models import RegistrationPaper, RegistrationStep, VendorRegistration
from marketplace.registration.steps import WHAT, locked, may, reasoned, remember, require_in_time, take
from tenants import actor, audit, clock, files, identities, notices, organisations
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, NotPermitted, StaleVersion
from tenants.files import FileView
from tenants.models import Organisation
from tenants.permissions import Permission
from tenants.text import Text
from tenants.workflow import Step

OWN_PAGE: Final = "/vendor/registration"


class StaleSection(StaleVersion):
    """Somebody else saved this section since it was read. theirs, ours: what each wrote, by field."""

    def __init__(self, section: Section, *, yours: int, current: int, theirs: Any, ours: Any) -> None:
        super().__init__(Text(f"「{section.title.ja}」", section.title.en), yours=yours, current=current)
        self.changes = [
            (field.label.text, written(field, theirs.get(field.code)), written(field, ours.get(field.code)))
            for field in section.fields
            if theirs.get(field.code) != ours.get(field.code)
        ]


def found(*, name: str, corporate_number: str, prefecture: str, address: str) -> uuid.UUID:
    """A signed-in person founds a vendor that applies, and becomes its owner; its id.

    Raises OutsideWindow while no round is open, EntryAccount, BadInput when a vendor with this number is there.
    """
    steps.require_window()
    identities.require_may_apply()
    return organisations.found_vendor(
        actor.current(), name=name, corporate_number=corporate_number, prefecture=prefecture, address=address
    )


@use_case
def start() -> uuid.UUID:
    """The vendor begins its registration; the one under way when there is one (a second press finds the first's).

    Raises OutsideWindow while no round is open, IllegalStep for a vendor that is registered already.
    """
    who = actor.current()
    who.require(Permission.EDIT_REGISTRATION)
    identities.require_may_apply()
    vendor = _vendor(who.own_organisation)
    known = _under_way(vendor.id)
    if known is not None:
        return known
    window = steps.require_window()
    if vendor.standing not in ("applicant", "expired", "revoked"):
        raise IllegalStep(_registered_already())
    row = begin(vendor, round_id=window.id)
    return row.id


def _registered_already() -> Finding:
    return Finding(
        "registered_already",
        Text("すでに登録の審査が終わっています。", "Your registration was decided already."),
        Text("更新の時期になりましたら、お知らせします。", "We tell you when it is time to renew it."),
    )


def _vendor(organisation_id: uuid.UUID) -> Organisation:
    """The vendor, locked: who else begins a registration for it waits here."""
    vendor = db.session.get(Organisation, organisation_id, with_for_update=True, populate_existing=True)
    if vendor is None or vendor.kind != "vendor":
        raise NotFound(Text("IT導入支援事業者", "The vendor"))
    return vendor


def _under_way(vendor_id: uuid.UUID) -> uuid.UUID | None:
    return db.session.scalar(
        select(VendorRegistration.id).where(
            VendorRegistration.organisation_id == vendor_id, VendorRegistration.state.in_(OPEN)
        )
    )


def begin(
    vendor: Organisation,
    *,
    round_id: str,
    fiscal_year: int | None = None,
    renews: VendorRegistration | None = None,
    paper_received_on: date | None = None,
) -> VendorRegistration:
    """A new draft for this vendor; a renewal begins with what was said the year before. Part of a use case."""
    content = dict(renews.content) if renews else {"company": {"name_kana": vendor.name_kana}}
    content.pop(DECLARATIONS, None)
    row = VendorRegistration(
        organisation_id=vendor.id,
        round_id=round_id,
        fiscal_year=fiscal_year or steps.fiscal_year_of(clock.today()),
        renews_id=renews.id if renews else None,
        paper=paper_received_on is not None,
        paper_received_on=paper_received_on,
        form_version=form().version,
        state="draft",
        content=content,
    )
    db.session.add(row)
    db.session.flush()
    remember(row, "start", before="", after={"round": round_id})
    return row


def editable(row: VendorRegistration, section: str) -> bool:
    """Whether this section may be written in now: all of a draft, of a returned one those with a reason."""
    return row.state == "draft" or (row.state == "returned" and section in (row.returned or {}))


def to_edit(registration_id: uuid.UUID, section: str) -> tuple[VendorRegistration, Form, Section]:
    """The registration, locked, with the section that is to be written in.

    Raises NotFound, NotPermitted, IllegalStep when the section is closed, OutsideWindow after the deadline.
    """
    row = locked(registration_id)
    who = actor.current()
    who.require(Permission.CHECK_REGISTRATIONS if row.paper else Permission.EDIT_REGISTRATION)
    if row.paper == (who.audience == "vendor"):
        raise NotPermitted
    known = form(row.form_version)
    page = known.section(section)
    if page is None:
        raise NotFound(Text("ページ", "The page"))
    if row.state not in EDITABLE or not editable(row, section):
        raise IllegalStep(
            Finding(
                "section_closed",
                Text(f"「{page.title.ja}」は、いまは変更できません。", f"“{page.title.en}” is closed now."),
                Text(
                    "差し戻された項目だけを直せます。最新の状態を確認してください。",
                    "Only the sections that were returned may be changed; look at the current state.",
                ),
            )
        )
    if row.state == "returned":
        require_in_time(row)
    return row, known, page


@use_case
def save_section(registration_id: uuid.UUID, section: str, typed: Typed, *, read_version: int) -> list[Finding]:
    """Save what was typed into a section, finished or not; what still keeps it from being handed in.

    read_version: the section's version that was read. Raises StaleSection with both texts when another was saved
    since, BadInput when a field holds more than anybody types; then nothing is saved.
    """
    row, known, page = to_edit(registration_id, section)
    _require_reasonable(typed)
    values = _agreed(known, typed) if section == DECLARATIONS else read(page, typed)
    before = row.content.get(section, {})
    current = int(row.section_versions.get(section, 0))
    if current != read_version and before != values:
        raise StaleSection(page, yours=read_version, current=current, theirs=before, ours=values)
    if before != values:
        row.content = {**row.content, section: values}
        row.section_versions = {**row.section_versions, section: current + 1}
        if section == DECLARATIONS:
            row.declarations = _declarations(row, known, values["agreed"])
        audit.record(
            "registration_section_saved",
            subject=("registration", row.id),
            organisation_id=row.organisation_id,
            after={"section": section, "version": current + 1},
        )
    return missing(known, page, row.content)


def _require_reasonable(typed: Typed) -> None:
    long = [name for name, values in typed.items() if any(len(value) > MOST_TYPED for value in values)]
    if long:
        raise BadInput(
            Finding(
                "too_long",
                Text(
                    f"{MOST_TYPED:,}文字を超える項目があります。",
                    f"A field has more than {MOST_TYPED:,} characters.",
                ),
                Text("短くまとめてから保存してください。", "Shorten it, then save."),
                long[0],
            )
        )


def _agreed(known: Form, typed: Typed) -> dict[str, Any]:
    given = {tidy(value) for value in typed.get("agreed", ())}
    return {"agreed": [item.code for item in known.declarations.items if item.code in given]}


def _declarations(row: VendorRegistration, known: Form, agreed: Sequence[str]) -> list[dict[str, Any]]:
    """The texts agreed to, each as it was shown; what was agreed to before keeps its moment and its person."""
    before = {(each["code"], each["text_version"]): each for each in row.declarations}
    return [
        before.get((item.code, item.text_version))
        or {
            "code": item.code,
            "text_version": item.text_version,
            "title": item.title.ja,
            "text": item.text.ja,
            "text_en": item.text.en,
            "agreed_at": clock.now().isoformat(),
            "person_id": str(actor.current().person_id or ""),
        }
        for item in known.declarations.items
        if item.code in agreed
    ]


def missing(known: Form, page: Section, content: Mapping[str, Any]) -> list[Finding]:
    """What still keeps a section from being handed in; papers are counted apart."""
    values = content.get(page.code, {})
    if page.code != DECLARATIONS:
        return findings(page, values)
    return [
        Finding(
            "not_agreed",
            Text(f"「{item.title.ja}」に同意されていません。", f"“{item.title.en}” is not agreed to."),
            Text("読んで、同意できるときはチェックを入れてください。", "Read it and tick it if you agree."),
            "agreed",
        )
        for item in known.declarations.items
        if item.code not in values.get("agreed", ())
    ]


@use_case
def attach(registration_id: uuid.UUID, kind: str, *, name: str, content: bytes) -> FileView:
    """Attach a paper. Raises BadInput for a file that is none of PDF, PNG, JPEG, too large, or one too many."""
    row, known, paper = _paper_to_edit(registration_id, kind)
    attached = db.session.scalars(
        select(RegistrationPaper.id).where(
            RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None)
        )
    ).all()
    if len(attached) >= known.papers_at_most:
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


def _papers(row: VendorRegistration) -> list[tuple[RegistrationPaper, FileView]]:
    held = db.session.scalars(
        select(RegistrationPaper)
        .where(RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None))
        .order_by(RegistrationPaper.attached_at, RegistrationPaper.id)
    ).all()
    known = files.views([each.file_id for each in held])
    return [(each, known[each.file_id]) for each in held]


def incomplete(
    known: Form, content: Mapping[str, Any], papers: Sequence[tuple[str, str]], *, paper: bool
) -> list[tuple[Section, list[Finding]]]:
    """All that still keeps a registration from being handed in, by section. papers: (kind, state of the file)."""
    usable = {kind for kind, state in papers if state != "infected"}
    found = []
    for page in known.pages:
        wrong = [] if paper and page.code == DECLARATIONS else missing(known, page, content)
        wrong += [
            Finding(
                "paper_missing",
                Text(f"書類「{each.name.ja}」が添付されていません。", f"The paper is missing: {each.name.en}."),
                Text("PDFか画像で添付してください。", "Attach it as PDF or picture."),
                f"paper-{each.code}",
            )
            for each in known.papers_of(page.code, paper=paper)
            if each.required and each.code not in usable
        ]
        if wrong:
            found.append((page, wrong))
    return found


@use_case
def submit(registration_id: uuid.UUID, *, read_version: int) -> None:
    """The vendor hands its registration in; a frozen copy is kept. A second press finds it done.

    Raises BadInput with all that is missing, OutsideWindow outside the round or after the deadline for
    corrections, StaleVersion when it changed since it was read.
    """
    row = locked(registration_id)
    if _handed_in_just_now(row, read_version):
        return
    locked(registration_id, read_version)
    step = may("submit", row)
    if row.paper:
        raise NotPermitted
    if row.state == "draft":
        row.round_id = steps.require_window().id
        if row.renews_id is None:
            row.fiscal_year = steps.fiscal_year_of(clock.today())
    hand_in(row, step)


def _handed_in_just_now(row: VendorRegistration, read_version: int) -> bool:
    """Whether this very person's submission of this very version is the last thing that happened to it."""
    if row.state != "submitted" or row.version != read_version + 1:
        return False
    last = db.session.scalar(
        select(RegistrationStep.person_id)
        .where(RegistrationStep.registration_id == row.id)
        .order_by(RegistrationStep.id.desc())
        .limit(1)
    )
    return last == actor.current().person_id


def hand_in(row: VendorRegistration, step: Step) -> None:
    """Freeze what is handed in and tell those concerned. Part of a use case; BadInput while anything is missing."""
    known = form(row.form_version)
    papers = _papers(row)
    wrong = incomplete(known, row.content, [(each.kind, file.state) for each, file in papers], paper=row.paper)
    if wrong:
        raise BadInput(*(finding for _, found in wrong for finding in found))
    vendor = db.session.get_one(Organisation, row.organisation_id)
    row.submitted_at = clock.now()
    row.submitted_copy = _copy(row, vendor, papers)
    row.returned = row.corrections_due_at = None
    take(row, step, document=row.submitted_copy)
    notices.notify_organisation(
        row.organisation_id,
        "registration_received",
        link=OWN_PAGE,
        permission=Permission.VIEW_REGISTRATION,
        number=row.number,
        fiscal_year=row.fiscal_year,
    )
    notices.notify_secretariat(
        "registration_to_check",
        link=f"/secretariat/registrations/{row.id}",
        permission=Permission.CHECK_REGISTRATIONS,
        number=row.number,
        vendor=vendor.name,
    )


def _copy(
    row: VendorRegistration, vendor: Organisation, papers: Sequence[tuple[RegistrationPaper, FileView]]
) -> dict[str, Any]:
    return {
        "registration": row.number,
        "form_version": row.form_version,
        "round": row.round_id,
        "fiscal_year": row.fiscal_year,
        "received_on": row.paper_received_on.isoformat() if row.paper_received_on else None,
        "vendor": {
            "name": vendor.name,
            "corporate_number": vendor.corporate_number,
            "prefecture": vendor.prefecture,
            "address": vendor.address,
        },
        "content": row.content,
        "declarations": row.declarations,
        "papers": [
            {
                "paper_id": str(held.id),
                "file_id": str(file.id),
                "kind": held.kind,
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for held, file in papers
        ],
    }


@use_case
def withdraw(registration_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor takes its registration back."""
    row = locked(registration_id, read_version)
    step = may("withdraw", row)
    if row.paper:
        raise NotPermitted
    row.returned = row.corrections_due_at = None
    take(row, step, note=reasoned(reason))


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
