"""`hojo organisation`: organisations and who belongs to them."""

from __future__ import annotations

import uuid
from typing import Any

import click

from tenants import members, support_view
from web import console
from web.commands.output import as_json_option, as_system, write_json, write_page, write_table


@click.group()
def commands() -> None:
    """Organisations and their people (組織とメンバー)."""


@commands.command("list")
@click.option("--words", default="", help="Only those whose name holds these words, or that have this number.")
@click.option("--page", type=click.IntRange(1, 100_000), default=1, show_default=True, help="Fifty to a page.")
@as_json_option
def list_organisations(*, words: str, page: int, as_json: bool) -> None:
    """List organisations by name, with the id that other commands take (一覧にする)."""
    with as_system():
        found = support_view.organisations(words=words, page=page)
    write_page(found, _item, lambda each: (each.id, each.kind, each.corporate_number, each.name), as_json=as_json)


def _item(each: support_view.Found) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "kind": each.kind,
        "name": each.name,
        "corporate_number": each.corporate_number,
        "prefecture": each.prefecture,
    }


@commands.command("members")
@click.argument("organisation_id", type=click.UUID)
@as_json_option
def list_members(*, organisation_id: uuid.UUID, as_json: bool) -> None:
    """List who belongs to an organisation and what they may do (メンバーを一覧にする).

    Names and addresses are personal data.
    """
    with as_system():
        found = members.members(members.team(organisation_id))
    if as_json:
        write_json([_member(each) for each in found])
        return
    write_table(
        [(members.role_names(each.roles).in_language(console.language()), each.name, each.email) for each in found]
    )


def _member(each: members.Member) -> dict[str, Any]:
    return {
        "person": str(each.person_id),
        "name": each.name,
        "email": each.email,
        "roles": list(each.roles),
        "since": each.since.isoformat(),
    }
