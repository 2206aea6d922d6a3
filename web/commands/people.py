"""`hojo people`: what is held of a person, and erasing it."""

from __future__ import annotations

import uuid
from typing import Final

import click

from marketplace import forgetting
from tenants import audit_pseudonyms
from web import console
from web.commands.output import as_json_option, as_system, say, write_json, write_table

_REASONS: Final = tuple(audit_pseudonyms.REASONS)
_person = click.argument("person_id", type=click.UUID)


@click.group()
def commands() -> None:
    """People and their personal data (人と個人情報)."""


@commands.command()
@click.argument("words")
@as_json_option
def find(*, words: str, as_json: bool) -> None:
    """Find people by a part of their name or their whole address of mail (人をさがす).

    At most twenty are listed, with the id that other commands take. Names and addresses are personal data.
    """
    with as_system():
        found = audit_pseudonyms.people(words)
    if as_json:
        write_json(
            [
                {
                    "person": str(each.id),
                    "name": each.name,
                    "email": each.email,
                    "organisations": list(each.organisations),
                }
                for each in found.items
            ]
        )
        return
    write_table([(each.id, each.name, each.email, "、".join(each.organisations)) for each in found.items])
    click.echo(say(f"全{found.total}件", f"{found.total} in all"), err=True)


@commands.command()
@_person
@as_json_option
def show(*, person_id: uuid.UUID, as_json: bool) -> None:
    """Show how much is held of a person: what `forget` would erase (持っている情報の件数)."""
    with as_system():
        held = audit_pseudonyms.held(person_id)
    if as_json:
        write_json(
            {
                "person": str(held.person.id),
                "organisations": list(held.person.organisations),
                "counts": dict(held.counts),
                "kept_reviews": held.reviews,
            }
        )
        return
    language = console.language()
    write_table(
        [(words.in_language(language), held.counts[kind]) for kind, words in audit_pseudonyms.KINDS.items()]
    )


@commands.command()
@_person
@click.option("--reason", type=click.Choice(_REASONS), required=True, help="Why; kept in the trail. 理由")
@click.option("--reference", default="", help="The number of the letter that asked: no names. 受付番号")
@click.confirmation_option(prompt="Erase this person's data for good? 元に戻せません。消去しますか")
def forget(*, person_id: uuid.UUID, reason: str, reference: str) -> None:
    """Erase a person's data for good, with an event that says so (個人情報の消去).

    They must not belong to any organisation. `hojo audit verify` holds before and after.
    """
    with as_system():
        gone = forgetting.forget(person_id, reason=reason, reference=reference)
    click.echo(
        say(
            f"個人情報を消去しました（監査記録の横の値 {gone}件）。",
            f"erased; {gone} value(s) beside the trail are gone",
        )
    )
