"""An enquiry's messages, alike for the business and the vendor."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from marketplace.enquiries import queries, services
from marketplace.enquiries.repeats import AlreadySent, Upload
from marketplace.enquiries.services import BODY_LIMIT, MOST_FILES, RELEASABLE
from marketplace.quotes.queries import quotes
from tenants import actor
from tenants.errors import BadInput
from web.fields import by_field
from web.lists import read_version
from web.problems import refused
from web.registration import download
from web.words import language, t

Answer = str | Response | tuple[str, int]


def uploads() -> list[Upload]:
    """The files that were sent; fields left empty are none."""
    return [Upload(sent.filename or "", sent.read()) for sent in request.files.getlist("file") if sent.filename]


def page(template: str, enquiry_id: uuid.UUID, error: BadInput | None = None) -> str:
    """One enquiry. Whoever opens it has read it, but for somebody who only looks in."""
    view = queries.enquiry(enquiry_id)
    if view.card.unread and actor.current().support is None:
        services.mark_read(enquiry_id)
    findings = error.findings if error else ()
    return render_template(
        template,
        view=view,
        card=view.card,
        quotes=quotes(enquiry_id=enquiry_id).items,
        labels=RELEASABLE,
        findings=findings,
        errors=by_field(findings),
        typed=request.form.get("body", ""),
        limit=BODY_LIMIT,
        most_files=MOST_FILES,
    )


def write(template: str, enquiry_id: uuid.UUID, there: str) -> Answer:
    """Send what was typed; it stays in the form when something is wrong."""
    try:
        services.write(enquiry_id, request.form.get("body", ""), uploads=uploads())
    except BadInput as error:
        return refused(page(template, enquiry_id, error), error)
    except AlreadySent as error:
        return sent_before(error, there)
    flash(t("送りました。", "Sent."), "success")
    return redirect(there)


def sent_before(error: AlreadySent, there: str) -> Response:
    """To what was sent the first time."""
    flash(error.findings[0].message.in_language(language()), "info")
    return redirect(there)


def close(enquiry_id: uuid.UUID, there: str) -> Response:
    """End the exchange."""
    services.close(enquiry_id, read_version=read_version())
    flash(t("やりとりを終えました。", "The exchange is closed."), "success")
    return redirect(there)


def file(enquiry_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """An attachment, to be saved."""
    return download(*queries.attachment(enquiry_id, file_id))
