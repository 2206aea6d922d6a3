"""Which scheme is in use: what counts now and what was decided, another one proposed, drafts looked after."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import pricing, scheme_draft_queries, scheme_drafts, scheme_in_use
from marketplace.scheme_draft_queries import Draft
from marketplace.subsidy.scheme import Scheme
from tenants import clock
from tenants.actor import current
from tenants.errors import BadInput, DomainError
from tenants.permissions import Permission
from tenants.text import Text, same
from web import lists
from web.guard import allow
from web.public import money
from web.secretariat import scheme_words
from web.secretariat.blueprint import blueprint
from web.words import date_ja, t


@blueprint.get("/schemes")
@allow(Permission.VIEW_SECRETARIAT)
def schemes() -> str:
    """The scheme in use, what was decided for later, and the drafts nobody has decided on."""
    return _page()


def _page(error: DomainError | None = None) -> str:
    decisions = scheme_in_use.decisions()
    return render_template(
        "secretariat/schemes.html",
        decisions=decisions,
        now=next((each for each in decisions if each.state == "now"), None),
        coming=[each for each in decisions if each.state == "coming"],
        states=scheme_in_use.STATES,
        choices=[
            (each.id, Text(f"{each.name.ja}（{each.id}）", f"{each.name.en} ({each.id})"))
            for each in scheme_in_use.choices()
        ],
        chosen=request.form.get("scheme", lists.text_wanted("scheme")),
        version=request.form.get("version", decisions[0].version),
        day=request.form.get("effective_from", clock.today().isoformat()),
        today=clock.today().isoformat(),
        drafts=scheme_draft_queries.undecided(),
        may_edit=current().may(Permission.EDIT_MASTERS),
        findings=error.findings if error else (),
    )


@blueprint.post("/schemes")
@allow(Permission.EDIT_MASTERS)
def propose_scheme() -> Response | tuple[str, int]:
    """Have it reckoned what another scheme would change; nothing counts yet."""
    version = lists.read_version()
    try:
        day = scheme_words.day(request.form.get("effective_from", "").strip()[:20])
        draft_id = scheme_in_use.propose(request.form.get("scheme", "")[:40], day, read_version=version)
    except BadInput as error:
        return _page(error), 422
    return redirect(url_for("secretariat.scheme_draft", draft_id=draft_id))


@blueprint.post("/schemes/drafts/<uuid:draft_id>/delete")
@allow(Permission.EDIT_MASTERS)
def delete_scheme_draft(draft_id: uuid.UUID) -> Response:
    """Take away a draft that was not decided."""
    scheme_drafts.delete(draft_id, read_version=lists.read_version())
    flash(t("変更案を削除しました。", "The draft was deleted."), "success")
    return redirect(url_for("secretariat.schemes"))


def terms_of_both(draft: Draft) -> list[dict[str, Any]]:
    """What an applicant would notice: the terms of the scheme in use on the draft's day and of the one proposed."""
    before = _terms(pricing.scheme_on(draft.effective_from))
    after = _terms(pricing.scheme_on(draft.effective_from, draft.scheme_id))
    return [{"label": label, "before": before[label], "after": after[label]} for label in before]


def _terms(scheme: Scheme) -> dict[Text, Text]:
    cap, floor, last = money.cap_yen(scheme), money.floor_yen(scheme), scheme.effective.until
    until = date_ja(last) if last else t("未定", "not decided")
    none, counts = Text("なし", "none"), scheme.counts == "processes"
    return {
        Text("制度", "Scheme"): scheme.name,
        Text("公募期間", "Open"): same(f"{date_ja(scheme.effective.since)}〜{until}"),
        Text("補助率", "Rate"): same(money.rate(scheme)),
        Text("補助金の上限", "Most subsidy"): none if cap is None else money.short(cap),
        Text("補助金の下限", "Least subsidy"): none if floor is None else money.short(floor),
        Text("数えるもの", "Counts"): Text("業務プロセス", "processes") if counts else Text("機能", "functions"),
        Text("申請する人", "Who files"): scheme_words.FILING[scheme.filing.who],
        Text("申請者にたずねる条件", "Conditions asked"): Text(
            f"{len(scheme.conditions)}件", str(len(scheme.conditions))
        ),
    }
