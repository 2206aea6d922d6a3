"""How a vendor stands, and the secretariat's power over it: suspend, revoke, reinstate."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.registration import standing
from tenants.actor import current
from tenants.errors import BadInput, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text
from web import lists
from web.fields import by_field
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t

DO: Final[dict[str, Callable[..., object]]] = {
    "suspend": standing.suspend,
    "revoke": standing.revoke,
    "reinstate": standing.reinstate,
}


@blueprint.get("/vendors/<uuid:vendor_id>/standing")
@allow(Permission.VIEW_SECRETARIAT)
def vendor_standing(vendor_id: uuid.UUID) -> str:
    """How this vendor stands and stood."""
    return _page(vendor_id)


def _page(vendor_id: uuid.UUID, error: BadInput | StaleVersion | None = None) -> str:
    findings = error.findings if error else ()
    return render_template(
        "secretariat/vendor_standing.html",
        view=standing.overview(vendor_id),
        may_change=current().may(Permission.SUSPEND_VENDORS),
        step=(request.view_args or {}).get("step", ""),
        stale=isinstance(error, StaleVersion),
        typed=request.form,
        findings=findings,
        errors=by_field(findings),
    )


@blueprint.post("/vendors/<uuid:vendor_id>/standing/<step>")
@allow(Permission.SUSPEND_VENDORS)
def change_standing(vendor_id: uuid.UUID, step: str) -> Response | tuple[str, int]:
    """Suspend, revoke or reinstate this vendor, with the reason it will read.

    Who decided on what another administrator has changed meanwhile sees both, and the reason they typed.
    """
    if step not in DO:
        raise NotFound(Text("ページ", "The page"))
    standing.overview(vendor_id)
    try:
        DO[step](vendor_id, reason=request.form.get("reason", ""), read_version=lists.read_version())
    except (BadInput, StaleVersion) as error:
        return _page(vendor_id, error), error.status
    flash(
        t("登録の状態を変更し、関係者に知らせました。", "The standing is changed and all concerned are told."),
        "success",
    )
    return redirect(url_for("secretariat.vendor_standing", vendor_id=vendor_id))
