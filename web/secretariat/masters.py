"""Master data: what counts, since when, from which source; and the windows of the rounds."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue import masters as catalogue_masters
from marketplace import master_overview, newer_rounds, programme, rounds
from marketplace.newer_schemes import newer_file, newer_files
from tenants import clock
from tenants.actor import current
from tenants.errors import BadInput, DomainError, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web import form_values, lists
from web.guard import allow
from web.secretariat import scheme_words
from web.secretariat.blueprint import blueprint
from web.secretariat.newer_entries import NewerPages, nothing_to_look_at
from web.words import say, t

KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
_NEWER: Final = NewerPages(
    kind=rounds.KIND,
    source=newer_rounds,
    what=rounds.WHAT,
    version=rounds.version,
    columns={
        "name": Text("名前", "Name"),
        "kind": Text("区分", "Lane"),
        "opens_at": Text("開始（日本時間）", "Opens (Japan)"),
        "closes_at": Text("締切（日本時間）", "Closes (Japan)"),
        "unconfirmed": Text("未確認", "Not confirmed"),
    },
    title=lambda entry: say(entry.label),
    look=nothing_to_look_at,
    endpoint="secretariat.newer_rounds",
    back="secretariat.rounds",
)


@blueprint.get("/masters")
@allow(Permission.VIEW_SECRETARIAT)
def masters() -> str:
    """All master data that counts today, with its version, date and source."""
    return render_template(
        "secretariat/masters.html",
        entries=master_overview.entries(),
        may_load=current().may(Permission.EDIT_MASTERS),
    )


@blueprint.post("/masters/load")
@allow(Permission.EDIT_MASTERS, fresh=True)
def load_programme() -> Response:
    """Take in the programme's files as they come with the software: what is new of them, and only that."""
    new = [document for document, is_new in programme.load_programme() if is_new]
    if new:
        names = "、".join(f"{document.kind} {document.key} v{document.version}" for document in new)
        flash(
            t(f"新しい版を{len(new)}件読み込みました：{names}", f"{len(new)} new versions loaded: {names}"),
            "success",
        )
    else:
        flash(
            t("すべて読み込み済みです。変更はありません。", "Everything was loaded already; nothing changed."),
            "info",
        )
    left = newer_files()
    if left:
        ids = "、".join(each.scheme_id for each in left)
        flash(
            t(
                f"事務局が書き換えた制度のため、新しいファイルを読み込まなかったものがあります：{ids}。制度のページで違いを確かめられます。",
                f"Not loaded, since the secretariat has rewritten them: {ids}. Their pages show what differs.",
            ),
            "warning",
        )
    own = [master_overview.KINDS[each.kind] for each in programme.newer_lists()]
    if own:
        ja, en = "、".join(each.ja for each in own), ", ".join(each.en for each in own)
        flash(
            t(
                f"事務局が編集した一覧のため、新しいファイルを読み込まなかったものがあります：{ja}。それぞれのページで、変更を残したまま取り込めます。",
                f"Not loaded, since the secretariat has changed its own: {en}. Their pages take them in and keep your changes.",
            ),
            "warning",
        )
    return redirect(url_for("secretariat.masters"))


@blueprint.get("/masters/<kind>/<key>")
@allow(Permission.VIEW_SECRETARIAT)
def master(kind: str, key: str) -> str:
    """One piece of master data: what it says, and its versions."""
    if kind not in master_overview.KINDS or not KEY.fullmatch(key):
        raise NotFound(Text("マスタ", "The master data"))
    newer = newer_file(key) if kind == "scheme" else None
    return render_template(
        "secretariat/master.html",
        overview=master_overview.overview(kind, key),
        history=catalogue_masters.history(kind, key),
        newer=newer,
        differences=scheme_words.changed_rows(newer.values) if newer else (),
        may_edit=current().may(Permission.EDIT_MASTERS),
    )


@blueprint.get("/rounds", endpoint="rounds")
@allow(Permission.VIEW_SECRETARIAT)
def rounds_list() -> str:
    """Every round with its window."""
    return render_template(
        "secretariat/rounds.html",
        rounds=rounds.all_rounds(),
        lanes=rounds.LANES,
        now=clock.now(),
        may_edit=current().may(Permission.EDIT_MASTERS),
        newer_href=url_for("secretariat.newer_rounds") if _NEWER.there() else None,
    )


@blueprint.get("/rounds/newer", endpoint="newer_rounds")
@allow(Permission.EDIT_MASTERS)
def newer_rounds_page() -> str | tuple[str, int]:
    """What the newer file that came with the software would bring to the rounds."""
    return _NEWER.show()


@blueprint.post("/rounds/newer")
@allow(Permission.EDIT_MASTERS, fresh=True)
def take_in_rounds() -> Response | tuple[str, int]:
    """Use it, the dates decided here kept, as a new version of the rounds."""
    return _NEWER.take_in()


@blueprint.get("/rounds/<round_id>")
@allow(Permission.VIEW_SECRETARIAT)
def edit_round(round_id: str) -> str:
    """A round's window: the form for it, or its facts for whoever may only read."""
    return _round_page(round_id)


def _round_page(round_id: str, error: DomainError | None = None) -> str:
    """error: why what was typed was not saved; where another was first, it can be sent again from here."""
    found, stale = rounds.one(round_id), isinstance(error, StaleVersion)
    return render_template(
        "secretariat/round_edit.html",
        round=found,
        lanes=rounds.LANES,
        may_edit=current().may(Permission.EDIT_MASTERS),
        version=rounds.version() if stale else request.form.get("version", rounds.version()),
        opens_at=request.form.get("opens_at", _local(found.opens_at)),
        closes_at=request.form.get("closes_at", _local(found.closes_at)),
        findings=error.findings if error else (),
        to_confirm=error is not None and error.code == rounds.CONFIRM_LOSS,
    )


def _local(moment: datetime) -> str:
    """As <input type=datetime-local> writes it, in Japan time."""
    return f"{moment.astimezone(clock.JAPAN):%Y-%m-%dT%H:%M:%S}"


@blueprint.post("/rounds/<round_id>")
@allow(Permission.EDIT_MASTERS, fresh=True)
def change_round(round_id: str) -> Response | tuple[str, int]:
    """Save other dates as a new version of the rounds."""
    try:
        rounds.change_window(
            round_id,
            opens_at=form_values.moment("opens_at"),
            closes_at=form_values.moment("closes_at"),
            read_version=lists.read_version(),
            confirmed=request.form.get("confirmed") == "1",
        )
    except (BadInput, StaleVersion) as error:
        return _round_page(round_id, error), error.status
    flash(
        t("期間を変更しました。公開サイトの日程にも反映されます。", "Saved; the public schedule shows it too."),
        "success",
    )
    return redirect(url_for("secretariat.rounds"))
