"""A new version of a scheme: written or uploaded, looked at for every published package, then used from its day."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final

from flask import Response as Page
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue.imports.refused import write_lines
from marketplace import scheme_decisions, scheme_draft_queries, scheme_drafts
from marketplace.newer_schemes import newer_file
from marketplace.scheme_draft_queries import Draft
from marketplace.subsidy.scheme import MOST_BYTES, scheme_text
from tenants import clock
from tenants.actor import current
from tenants.errors import BadInput, DomainError, Finding, NotFound
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.guard import allow
from web.secretariat import scheme_words
from web.secretariat.blueprint import blueprint
from web.secretariat.scheme_in_use import terms_of_both
from web.words import language, t

SCHEME_ID: Final = re.compile(r"[a-z0-9-]{1,40}")
_AT_LINE: Final = re.compile(r"^scheme\.yaml:(\d+)")
_HEADINGS: Final = (
    "ITツールコード",
    "名前",
    "総額（円）",
    "補助額・変更前（円）",
    "補助額・変更後（円）",
    "自己負担・変更前（円）",
    "自己負担・変更後（円）",
    "対象の変化",
)
_HEADINGS_EN: Final = (
    "Code",
    "Name",
    "Total (yen)",
    "Subsidy before (yen)",
    "Subsidy after (yen)",
    "Own cost before (yen)",
    "Own cost after (yen)",
    "Change",
)
BECAME: Final = {
    "fundable": Text("対象になる", "Becomes fundable"),
    "not_fundable": Text("対象外になる", "No longer fundable"),
    "": Text("", ""),
}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A fault with the line it stands at, as the text was sent."""

    finding: Finding
    line: int
    words: str


@blueprint.get("/schemes/<scheme_id>/edit")
@allow(Permission.EDIT_MASTERS)
def edit_scheme(scheme_id: str) -> str:
    """The newest version's text in the editor; ?new=1 to begin another edition from it, ?draft= to go on with a draft,
    ?shipped=1 to begin from the newer file that came with the software.
    """
    text, version = text_to_edit(known(scheme_id), lists.text_wanted("draft"))
    newer = newer_file(scheme_id) if request.args.get("shipped") == "1" else None
    if newer:
        text = _numbered(newer.text, version + 1)
    if request.args.get("new") == "1":
        text, version = _numbered(text, 1), 0
    return editor(scheme_id, text, version, clock.today().isoformat())


def text_to_edit(scheme_id: str, draft: str) -> tuple[str, int]:
    """The text to begin from, numbered as the next version, and the newest version; of this draft, if there is one."""
    text = scheme_draft_queries.text_of_draft(scheme_id, draft) or scheme_draft_queries.text_of(scheme_id)
    newest = scheme_draft_queries.newest_version(scheme_id)
    version = newest.version if newest else 0
    return _numbered(text, version + 1), version


def _numbered(text: str, version: int) -> str:
    return re.sub(r"(?m)^version: *\d+", f"version: {version}", text, count=1)


def known(scheme_id: str) -> str:
    """An id as schemes have them. Raises NotFound."""
    if not SCHEME_ID.fullmatch(scheme_id):
        raise NotFound(Text("補助制度", "The scheme"))
    return scheme_id


def editor(scheme_id: str, text: str, version: int, day: str, error: DomainError | None = None) -> str:
    """The page on which the text is written, with what is wrong with it."""
    findings = error.findings if error else ()
    lines = text.splitlines()
    excerpts = []
    for each in findings:
        at = _AT_LINE.match(each.field or "")
        number = int(at[1]) if at else 0
        excerpts.append(Excerpt(each, number, lines[number - 1].strip() if 0 < number <= len(lines) else ""))
    return render_template(
        "secretariat/scheme_edit.html",
        scheme_id=scheme_id,
        text=text,
        version=version,
        day=day,
        today=clock.today().isoformat(),
        findings=findings,
        excerpts=sorted(excerpts, key=lambda each: each.line),
        rows=max(12, min(40, len(lines) + 2)),
        drafts=scheme_draft_queries.recent(scheme_id),
    )


@blueprint.post("/schemes/<scheme_id>/preview")
@allow(Permission.EDIT_MASTERS)
def preview_scheme(scheme_id: str) -> Response | tuple[str, int]:
    """Check the text, and have what it would change reckoned; nothing counts yet."""
    version = lists.read_version()
    text, day = request.form.get("text", ""), request.form.get("effective_from", "").strip()[:20]
    try:
        text = _sent(text)
        draft_id = scheme_drafts.propose(text, scheme_words.day(day), read_version=version)
    except BadInput as error:
        return editor(known(scheme_id), text, version, day, error), 422
    return redirect(url_for("secretariat.scheme_draft", draft_id=draft_id))


def _sent(typed: str) -> str:
    """The uploaded file when there is one, else the editor's text; line ends as files have them. Raises BadInput."""
    upload = request.files.get("file")
    data = upload.read(MOST_BYTES) if upload and upload.filename else b""
    written = scheme_text(data) if data else typed
    return written.replace("\r\n", "\n").replace("\x00", "")


@blueprint.get("/schemes/<scheme_id>/file")
@allow(Permission.VIEW_SECRETARIAT)
def scheme_file(scheme_id: str) -> Page:
    """The newest version as a file."""
    text = scheme_draft_queries.text_of(known(scheme_id))
    response = Page(text, mimetype="application/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={scheme_id}.yaml"
    return response


@blueprint.get("/schemes/drafts/<uuid:draft_id>")
@allow(Permission.VIEW_SECRETARIAT)
def scheme_draft(draft_id: uuid.UUID) -> str:
    """What the draft would change, by ?page=."""
    return _draft_page(draft_id)


def _draft_page(draft_id: uuid.UUID, error: DomainError | None = None) -> str:
    draft = scheme_draft_queries.one(draft_id)
    return render_template(
        "secretariat/scheme_draft.html",
        draft=draft,
        page=scheme_draft_queries.page_of_differences(draft_id, lists.page_number()),
        became=BECAME,
        values=_values(draft),
        href=lists.page_address,
        findings=error.findings if error else (),
        may_edit=current().may(Permission.EDIT_MASTERS),
        may_announce=current().may(Permission.PUBLISH_ANNOUNCEMENTS),
    )


def _values(draft: Draft) -> list[dict[str, Any]]:
    if draft.choice:
        return [] if draft.state == "used" else terms_of_both(draft)
    return scheme_words.changed_rows(draft.values)


@blueprint.get("/schemes/drafts/<uuid:draft_id>/differences.csv")
@allow(Permission.VIEW_SECRETARIAT)
def scheme_differences(draft_id: uuid.UUID) -> Page:
    """Every package that would change, as a file that Excel opens."""
    draft = scheme_draft_queries.one(draft_id)
    lines = [_HEADINGS_EN if language() == "en" else _HEADINGS]
    lines += [
        (
            each.code,
            each.name,
            str(each.total_yen),
            str(each.subsidy_before),
            str(each.subsidy_after),
            str(each.own_before),
            str(each.own_after),
            BECAME[each.became].in_language(language()),
        )
        for each in scheme_draft_queries.differences(draft_id)
    ]
    response = Page(write_lines(lines, "csv"), mimetype="text/csv; charset=utf-8")
    name = f"scheme-{draft.scheme_id}-v{draft.scheme_version}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


@blueprint.post("/schemes/drafts/<uuid:draft_id>/use")
@allow(Permission.EDIT_MASTERS, fresh=True)
def use_scheme_draft(draft_id: uuid.UUID) -> Response | tuple[str, int]:
    """Have the version count from its day on."""
    version = lists.read_version()
    try:
        draft = scheme_decisions.decide(draft_id, read_version=version)
    except BadInput as error:
        return _draft_page(draft_id, error), 422
    flash(_decided(draft), "success")
    return redirect(url_for("secretariat.scheme_draft", draft_id=draft_id))


def _decided(draft: Draft) -> str:
    day = f"{draft.effective_from:%Y年%-m月%-d日}"
    if draft.choice:
        return t(
            f"{day}から「{draft.name.ja}」を使います。お知らせで伝えることをおすすめします。",
            f"{draft.name.en} is in use from {draft.effective_from} on. We suggest to announce it.",
        )
    return t(
        f"第{draft.scheme_version}版に決めました。{day}から有効です。お知らせで伝えることをおすすめします。",
        f"Version {draft.scheme_version} counts from {draft.effective_from} on. We suggest to announce it.",
    )
