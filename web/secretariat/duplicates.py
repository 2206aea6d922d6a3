"""Businesses that may be registered twice: finding them, and settling a pair."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import duplicate_accounts
from tenants import across_kinds, actor, duplicate_verdicts, duplicates
from tenants.errors import BadInput, DomainError, Finding, IllegalStep
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.fields import by_field
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

DIFFERENT, SAME = "different", "same"


@blueprint.get("/duplicates")
@allow(Permission.VIEW_SECRETARIAT)
def suspected_duplicates() -> str:
    """By ?by=: records of one kind with one name at one address or one number; both kinds; what is settled."""
    number, by = lists.page_number(), request.args.get("by", "")
    if by == "across":
        template, page = "duplicates_across", across_kinds.pairs(page=number)
    elif by == "settled":
        template, page = "duplicates_settled", duplicate_verdicts.settled_pairs(page=number)
    else:
        by = "number" if by == "number" else "name_and_address"
        template, page = "duplicates", duplicates.suspicions(by, page=number)
    return render_template(
        f"secretariat/{template}.html",
        by=by,
        page=page,
        href=lists.page_address,
        address_with=lists.address_with,
    )


@blueprint.get("/duplicates/<uuid:one>/<uuid:other>")
@allow(Permission.VIEW_SECRETARIAT)
def duplicate_pair(one: uuid.UUID, other: uuid.UUID) -> str:
    """Two records beside each other, and what can be done about them."""
    return _pair_page(one, other)


def _pair_page(one: uuid.UUID, other: uuid.UUID, error: DomainError | None = None) -> str:
    findings = error.findings if error else ()
    known = duplicate_verdicts.pair(one, other)
    return render_template(
        "secretariat/duplicate_pair.html",
        pair=known,
        by=across_kinds.between(one, other),
        people=across_kinds.in_both(one, other),
        matters={each.id: duplicate_accounts.open_matters(each.id) for each in (known.older, known.newer)},
        may_settle=actor.current().may(Permission.SETTLE_DUPLICATES),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/duplicates/<uuid:one>/<uuid:other>")
@allow(Permission.SETTLE_DUPLICATES)
def settle_duplicate(one: uuid.UUID, other: uuid.UUID) -> Response | tuple[str, int]:
    """Two businesses; or one: the account that is not kept is closed."""
    reason, verdict = request.form.get("reason", ""), request.form.get("verdict", "")
    try:
        if verdict == DIFFERENT:
            duplicate_verdicts.tell_apart(one, other, reason=reason)
            flash(t("別の事業者として記録しました。", "Noted as two businesses."), "success")
        elif verdict == SAME:
            duplicate_accounts.find_same(one, other, reason=reason)
            flash(t("同じ事業者として記録しました。", "Noted as one business."), "success")
        else:
            kept = _kept(verdict, one, other)
            asked = duplicate_accounts.merge(other if kept == one else one, kept, reason=reason)
            flash(
                t(
                    f"片方の登録を閉じ、{asked}人に残した登録への招待を送りました。",
                    f"One account is closed; {asked} people were invited to the other.",
                ),
                "success",
            )
    except (BadInput, IllegalStep) as error:
        return _pair_page(one, other, error), error.status
    return redirect(_list_of(one, other))


@blueprint.post("/duplicates/<uuid:one>/<uuid:other>/reopen")
@allow(Permission.SETTLE_DUPLICATES)
def reopen_duplicate(one: uuid.UUID, other: uuid.UUID) -> Response | tuple[str, int]:
    """Take the result back: the pair is open again."""
    try:
        duplicate_accounts.reopen(one, other, reason=request.form.get("reason", ""))
    except (BadInput, IllegalStep) as error:
        return _pair_page(one, other, error), error.status
    flash(
        t(
            "結果を取り消しました。この組は、確認していないものに戻りました。",
            "Taken back: the pair is open again.",
        ),
        "success",
    )
    return redirect(url_for("secretariat.duplicate_pair", one=one, other=other))


def _list_of(one: uuid.UUID, other: uuid.UUID) -> str:
    """The list from which this pair was reached."""
    across = duplicate_verdicts.pair(one, other).across
    return url_for("secretariat.suspected_duplicates", by="across" if across else None)


def _kept(verdict: str, one: uuid.UUID, other: uuid.UUID) -> uuid.UUID:
    chosen = {f"keep-{each}": each for each in (one, other)}.get(verdict)
    if chosen is None:
        raise BadInput(
            Finding(
                "verdict_missing",
                Text("確認の結果が選ばれていません。", "No result is chosen."),
                Text("あてはまるものを選んでください。", "Choose what applies."),
                "verdict",
            )
        )
    return chosen
