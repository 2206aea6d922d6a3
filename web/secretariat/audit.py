"""The audit trail: filtered, checked, exported. Nothing here changes anything."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from tenants import audit_queries, clock
from tenants.permissions import Permission
from web import audit_pages, lists
from web.guard import allow
from web.secretariat.blueprint import blueprint


@blueprint.get("/audit")
@allow(Permission.VIEW_AUDIT)
def audit_trail() -> tuple[str, int]:
    """What happened, newest first."""
    return _page()


def _page(**more: Any) -> tuple[str, int]:
    wanted = audit_pages.wanted()
    html = render_template(
        "secretariat/audit.html",
        checked_at=clock.now(),
        **audit_pages.shared(
            wanted, audit_queries.names(), audit_queries.events(wanted, page=lists.page_number())
        ),
        **more,
    )
    return html, audit_pages.status()


@blueprint.get("/audit/verify")
@allow(Permission.VIEW_AUDIT)
def verify_audit() -> tuple[str, int]:
    """Walk the chain and say whether it holds."""
    return _page(faults=audit_queries.check())


@blueprint.get("/audit.csv")
@allow(Permission.VIEW_AUDIT)
def export_audit() -> Response:
    """The same events as a file for a spreadsheet."""
    return audit_pages.as_file(audit_queries.export(audit_pages.wanted_for_file()))
