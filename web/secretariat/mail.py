"""The mails that go out, as the secretariat sees them: what failed, why, and trying again."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tenants.actor import current
from tenants.notices import mails
from tenants.permissions import Permission
from tenants.text import Text
from web import lists, post_office
from web.guard import allow
from web.secretariat.blueprint import blueprint


@blueprint.get("/mail")
@allow(Permission.VIEW_SECRETARIAT)
def mail() -> str:
    """The envelopes, the newest first, by ?state= and ?page=."""
    wanted = request.args.get("state")
    state = wanted if wanted in mails.STATES else None
    return render_template(
        "secretariat/mail.html",
        page=mails.mails(state=state, page=lists.page_number()),
        overview=mails.overview(),
        states=mails.STATES,
        chosen_state=state,
        may_retry=current().may(Permission.USE_SUPPORT_VIEW),
        has_server=bool(post_office.of_app(current_app).host),
        href=lists.page_address,
    )


@blueprint.post("/mail/retry")
@allow(Permission.USE_SUPPORT_VIEW)
def retry_mails() -> Response:
    """All failed mails go back into the queue."""
    return _tried_again(mails.try_again())


@blueprint.post("/mail/<uuid:mail_id>/retry")
@allow(Permission.USE_SUPPORT_VIEW)
def retry_mail(mail_id: uuid.UUID) -> Response:
    """One failed mail goes back into the queue."""
    return _tried_again(mails.try_again(mail_id))


def _tried_again(count: int) -> Response:
    flash(Text(f"{count}通を送り直します。", f"{count} will be sent again."), "success")
    return redirect(url_for("secretariat.mail", state="failed"))
