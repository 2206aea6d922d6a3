"""`hojo registration`: vendor registrations."""

from __future__ import annotations

import click

from marketplace.registration.lifecycle import REGISTRATION
from marketplace.registration.queries import RegistrationCard, registrations
from tenants import clock
from web import console
from web.commands.output import as_json_option, as_system, page_option, say, write_page


@click.group()
def commands() -> None:
    """Vendor registrations (IT導入支援事業者登録)."""


@commands.command("list")
@click.option(
    "--state", type=click.Choice([state.code for state in REGISTRATION.states]), help="Only in this state."
)
@page_option
@as_json_option
def list_registrations(*, state: str | None, page: int, as_json: bool) -> None:
    """List registrations, those that wait longest first (一覧にする)."""
    with as_system():
        found = registrations(state=state, page=page)
    write_page(found, _card, _row, as_json=as_json)


def _days(each: RegistrationCard) -> int:
    return (clock.now() - each.waiting_since).days


def _row(each: RegistrationCard) -> tuple[object, ...]:
    return (
        each.number,
        each.state.label.in_language(console.language()),
        each.vendor_number or "",
        each.vendor_name,
        each.round_id,
        say(f"{_days(each)}日", f"{_days(each)} days"),
    )


def _card(each: RegistrationCard) -> dict[str, object]:
    return {
        "id": str(each.id),
        "number": each.number,
        "state": each.state.code,
        "vendor": each.vendor_name,
        "vendor_number": each.vendor_number,
        "round": each.round_id,
        "fiscal_year": each.fiscal_year,
        "on_paper": each.paper,
        "submitted_at": each.submitted_at.isoformat() if each.submitted_at else None,
        "waiting_days": _days(each),
    }
