"""`hojo vendor`: how vendors stand with the programme."""

from __future__ import annotations

import uuid

import click

from marketplace.registration import renewal, standing
from tenants.organisations import vendor_by_number
from web import console
from web.commands.output import as_json_option, as_system, say, write_json, write_table

_number = click.argument("number")
_reason = click.option("--reason", required=True, help="Why; the vendor reads it. 理由（事業者に伝わる）")


@click.group()
def commands() -> None:
    """Vendors of the programme (IT導入支援事業者)."""


@commands.command()
@_number
@as_json_option
def show(*, number: str, as_json: bool) -> None:
    """Show how the vendor with this corporate NUMBER stands and stood (登録の状態)."""
    with as_system():
        view = standing.overview(vendor_by_number(number).id)
    if as_json:
        write_json(
            {
                "name": view.name,
                "number": view.number,
                "standing": view.standing,
                "registered_on": view.registered_on.isoformat() if view.registered_on else None,
                "live_listings": view.live_listings,
                "open_applications": view.open_applications,
                "cases": [
                    {
                        "kind": case.kind,
                        "reason": case.reason.ja,
                        "began_at": case.began_at.isoformat(),
                        "ended_at": case.ended_at.isoformat() if case.ended_at else None,
                    }
                    for case in view.cases
                ],
            }
        )
        return
    write_table(
        [
            (
                view.name,
                view.label.in_language(console.language()),
                f"{view.live_listings:,}",
                f"{view.open_applications:,}",
            )
        ]
    )


@commands.command()
@_number
@_reason
def suspend(*, number: str, reason: str) -> None:
    """Suspend the vendor with this corporate NUMBER: its listings leave the public site (登録の停止)."""
    with as_system():
        vendor = standing.overview(_id(number))
        case = standing.suspend(vendor.id, reason=reason, read_version=vendor.version)
    click.echo(
        say(
            f"停止しました。公開を止めたもの {case.listings}件、止めた申請 {case.applications}件",
            f"suspended; {case.listings} listing(s) taken down, {case.applications} application(s) stopped",
        )
    )


@commands.command()
@_number
@_reason
def reinstate(*, number: str, reason: str) -> None:
    """End the suspension of the vendor with this corporate NUMBER and undo what it did (停止の解除)."""
    with as_system():
        vendor = standing.overview(_id(number))
        standing.reinstate(vendor.id, reason=reason, read_version=vendor.version)
    click.echo(say("停止を解除しました。", "reinstated"))


@commands.command()
def renewals() -> None:
    """Remind vendors to renew and let expire those that did not, as the worker does (更新の知らせと期限切れ)."""
    reminded, expired = renewal.run()
    click.echo(say(f"知らせ {reminded}件、期限切れ {expired}件", f"reminded {reminded}, expired {expired}"))


def _id(number: str) -> uuid.UUID:
    return vendor_by_number(number).id
