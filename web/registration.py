"""The registration form's pages, shared by the vendor and by the secretariat that enters what came on paper."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import papers, sections
from marketplace.registration.answers import read
from marketplace.registration.form import DECLARATIONS, Section
from marketplace.registration.queries import RegistrationView, SectionView
from marketplace.registration.sections import StaleSection
from tenants.errors import BadInput, Finding
from tenants.files import FileView
from web import lists
from web.fields import by_field
from web.problems import refused
from web.words import t

BLANK_ROWS: Final = 2
# What keeps a section from being handed in but is no mistake in what was typed.
_OPEN: Final = frozenset({"missing", "not_agreed", "paper_missing", "not_confirmed"})
# What is not told beside a field of the section.
_ELSEWHERE: Final = frozenset({"paper_missing", "not_confirmed"})


@dataclass(frozen=True, slots=True)
class Place:
    """Whose pages these are: the blueprint's name, and what its addresses need besides."""

    name: str
    registration_id: uuid.UUID | None = None

    def address(self, endpoint: str, **values: Any) -> str:
        """The address of one of the place's registration pages."""
        if self.registration_id is not None:
            values["registration_id"] = self.registration_id
        return url_for(f"{self.name}.{endpoint}", **values)


Answer = str | Response | tuple[str, int]


def section_page(place: Place, view: RegistrationView, code: str) -> str:
    """A section's form; ?check=1 also says what is wrong with it."""
    part = view.section(code)
    check = request.args.get("check") == "1" or view.state.code == "returned"
    return _form(place, view, part, part.values, part.version, part.findings if check else ())


def save_section(place: Place, view: RegistrationView, code: str) -> Answer:
    """Save what was typed, finished or not, and go on; a mistake keeps one on the page."""
    part = view.section(code)
    typed = {name: request.form.getlist(name) for name in request.form}
    try:
        findings = sections.save_section(view.id, code, typed, read_version=lists.read_version())
    except StaleSection as error:
        values = read(part.section, typed) if code != DECLARATIONS else {"agreed": typed.get("agreed", [])}
        return _form(place, view, part, values, error.current, (), stale=error), error.status
    except BadInput as error:
        return _form(place, view, part, read(part.section, typed), part.version, error.findings), error.status
    go = request.form.get("go", "next")
    if go == "more":
        return redirect(place.address("registration_section", section=code) + "#table")
    wrong = [finding for finding in findings if finding.code not in _OPEN]
    if wrong:
        flash(t("保存しました。直すところがあります。", "Saved; something needs mending."), "info")
        return redirect(place.address("registration_section", section=code, check=1))
    flash(_saved(part.section, findings), "success")
    following = _following(view, code) if go == "next" else None
    return redirect((following and place.address("registration_section", section=following)) or _after(place, go))


def confirm_section(place: Place, view: RegistrationView, code: str) -> Answer:
    """Nothing of it has changed since last time; what it lacks today is shown in its form."""
    part = view.section(code)
    wrong = sections.confirm_section(view.id, code)
    if wrong:
        flash(
            t("足りないところがあるので、入力してください。", "Something is lacking: please fill it in."), "info"
        )
        return redirect(place.address("registration_section", section=code, check=1))
    title = part.section.title
    flash(t(f"「{title.ja}」は前回と同じと確認しました。", f"“{title.en}” is as last time."), "success")
    return redirect(place.address("registration") + "#form")


def _after(place: Place, go: str) -> str:
    return place.address("registration_papers" if go == "next" else "registration")


def _saved(section: Section, findings: Sequence[Finding]) -> str:
    left = sum(finding.code != "paper_missing" for finding in findings)
    if left:
        return t(
            f"「{section.title.ja}」を保存しました。あと{left}か所は、あとから入力できます。",
            f"“{section.title.en}” is saved; {left} item(s) are still open.",
        )
    return t(f"「{section.title.ja}」を保存しました。", f"“{section.title.en}” is saved.")


def _following(view: RegistrationView, code: str) -> str | None:
    codes = [part.section.code for part in view.sections if part.may_edit]
    later = codes[codes.index(code) + 1 :] if code in codes else []
    return later[0] if later else None


def _form(
    place: Place,
    view: RegistrationView,
    part: SectionView,
    values: Mapping[str, Any],
    version: int,
    findings: Sequence[Finding],
    *,
    stale: StaleSection | None = None,
) -> str:
    shown = [finding for finding in findings if finding.code not in _ELSEWHERE]
    return render_template(
        "registration/section.html",
        place=place,
        view=view,
        part=part,
        values=values,
        version=version,
        findings=shown,
        errors=by_field(tuple(shown)),
        stale=stale,
        blank_rows=BLANK_ROWS,
        declarations=view.form.declarations.items if part.section.code == DECLARATIONS else (),
    )


def papers_page(place: Place, view: RegistrationView, error: BadInput | None = None, kind: str = "") -> str:
    """All papers, those attached and those still wanted."""
    return render_template(
        "registration/papers.html",
        place=place,
        view=view,
        findings=error.findings if error else (),
        kind=kind,
    )


def attach(place: Place, view: RegistrationView, kind: str) -> Answer:
    """Attach the file that was sent."""
    sent = request.files.get("file")
    try:
        file = papers.attach(
            view.id, kind, name=(sent.filename or "") if sent else "", content=sent.read() if sent else b""
        )
    except BadInput as error:
        return refused(papers_page(place, view, error, kind), error)
    flash(t(f"「{file.name}」を添付しました。", f"“{file.name}” is attached."), "success")
    return redirect(place.address("registration_papers"))


def detach(place: Place, view: RegistrationView, paper_id: uuid.UUID) -> Response:
    """Take a paper off."""
    papers.detach(view.id, paper_id)
    flash(t("添付を外しました。", "The paper was taken off."), "success")
    return redirect(place.address("registration_papers"))


def download(file: FileView, content: bytes) -> Response:
    """The file, always to be saved and never shown inside this site."""
    response = make_response(content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
