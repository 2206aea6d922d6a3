"""A registration's sections: saved as one goes, each by itself; and what still keeps them from being handed in."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from marketplace.registration.answers import findings, read, tidy, written
from marketplace.registration.data import form
from marketplace.registration.form import DECLARATIONS, MOST_TYPED, Form, Section, Typed
from marketplace.registration.lifecycle import EDITABLE
from marketplace.registration.models import VendorRegistration
from marketplace.registration.steps import locked, require_in_time
from tenants import actor, audit, clock
from tenants.db import use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, NotPermitted, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text


class StaleSection(StaleVersion):
    """Somebody else saved this section since it was read. theirs, ours: what each wrote, by field."""

    def __init__(self, section: Section, *, yours: int, current: int, theirs: Any, ours: Any) -> None:
        super().__init__(Text(f"「{section.title.ja}」", section.title.en), yours=yours, current=current)
        self.changes = [
            (field.label.text, written(field, theirs.get(field.code)), written(field, ours.get(field.code)))
            for field in section.fields
            if theirs.get(field.code) != ours.get(field.code)
        ]


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
    if before != values or section in unconfirmed(row):
        row.content = {**row.content, section: values}
        if section == DECLARATIONS:
            row.declarations = _declarations(row, known, values["agreed"])
        _written(row, section, "registration_section_saved")
    return missing(known, page, row.content)


@use_case
def confirm_section(registration_id: uuid.UUID, section: str) -> list[Finding]:
    """In a renewal: nothing of this section has changed since last time; what still keeps it from being handed in.

    A section that lacks something today is not confirmed by this: it is to be filled in. Pressing again changes
    nothing. Raises as to_edit, IllegalStep where nothing is renewed.
    """
    row, known, page = to_edit(registration_id, section)
    if row.renews_id is None or section == DECLARATIONS:
        raise IllegalStep(
            Finding(
                "nothing_to_confirm",
                Text("確認だけで済む項目ではありません。", "This section cannot just be confirmed."),
                Text("項目を開いて入力してください。", "Open it and fill it in."),
            )
        )
    wrong = missing(known, page, row.content)
    if not wrong and section in unconfirmed(row):
        _written(row, section, "registration_section_confirmed")
    return wrong


def unconfirmed(row: VendorRegistration) -> frozenset[str]:
    """The sections of a renewal that nobody has gone through yet; none where nothing is renewed."""
    if row.renews_id is None:
        return frozenset()
    return frozenset(
        page.code for page in form(row.form_version).sections if page.code not in row.section_versions
    )


def _written(row: VendorRegistration, section: str, event: str) -> None:
    version = int(row.section_versions.get(section, 0)) + 1
    row.section_versions = {**row.section_versions, section: version}
    audit.record(
        event,
        subject=("registration", row.id),
        organisation_id=row.organisation_id,
        after={"section": section, "version": version},
    )


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
            f"agreed-{item.code}",
        )
        for item in known.declarations.items
        if item.code not in values.get("agreed", ())
    ]


def incomplete(
    known: Form,
    content: Mapping[str, Any],
    papers: Sequence[tuple[str, str]],
    *,
    paper: bool,
    unconfirmed: Collection[str] = (),
) -> list[tuple[Section, list[Finding]]]:
    """All that still keeps a registration from being handed in, by section.

    papers: (kind, state of the file). unconfirmed: sections of a renewal that nobody has gone through yet.
    """
    usable = {kind for kind, state in papers if state != "infected"}
    found = []
    for page in known.pages:
        wrong = [] if paper and page.code == DECLARATIONS else missing(known, page, content)
        if page.code in unconfirmed:
            wrong.append(_not_confirmed(page))
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


def _not_confirmed(page: Section) -> Finding:
    return Finding(
        "not_confirmed",
        Text(
            f"「{page.title.ja}」が前回から変わっていないか、確認されていません。",
            f"“{page.title.en}” was not gone through since last time.",
        ),
        Text(
            "変わっていなければ「変わりません」を押し、変わったところは直してください。",
            "Press “Nothing changed”, or correct what changed.",
        ),
    )
