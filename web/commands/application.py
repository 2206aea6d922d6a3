"""`hojo application`: grant applications."""

from __future__ import annotations

import click

from marketplace.applications.lifecycle import APPLICATION
from marketplace.applications.queries import ApplicationCard, applications
from web import console
from web.commands.output import as_json_option, as_system, page_option, write_page


@click.group()
def commands() -> None:
    """Grant applications (交付申請)."""


@commands.command("list")
@click.option(
    "--state", type=click.Choice([state.code for state in APPLICATION.states]), help="Only in this state."
)
@page_option
@as_json_option
def list_applications(*, state: str | None, page: int, as_json: bool) -> None:
    """List applications, newest change first (一覧にする)."""
    with as_system():
        found = applications(state=state, page=page)
    write_page(found, _card, _row, as_json=as_json)


def _row(each: ApplicationCard) -> tuple[object, ...]:
    return (
        each.number,
        each.state.label.in_language(console.language()),
        each.package_code,
        each.sme_name,
        each.vendor_name,
        f"{each.subsidy_yen:,}",
    )


def _card(each: ApplicationCard) -> dict[str, object]:
    return {
        "number": each.number,
        "state": each.state.code,
        "package": each.package_code,
        "package_name": each.package_name,
        "sme": each.sme_name,
        "vendor": each.vendor_name,
        "round": each.round_id,
        "total_yen": each.total_yen,
        "subsidy_yen": each.subsidy_yen,
        "own_cost_yen": each.own_cost_yen,
        "updated_at": each.updated_at.isoformat(),
    }
