"""Taking in a newer file of the rounds where the secretariat has changed dates: round by round, its own dates kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from catalogue import entry_merge, masters
from catalogue.entry_lists import EDITED
from catalogue.entry_merge import Merge
from catalogue.masters import EDITION, MasterDocument
from marketplace import rounds
from marketplace.rounds import KIND, Round, Rounds
from tenants import actor
from tenants.db import use_case
from tenants.errors import BadInput, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

_IN_THE_PAGE: Final = Text(
    "先にその公募回のページで日時を変えてから、もう一度取り込んでください。",
    "Change its dates on the round's own page first, then take the file in.",
)


def merge(file: MasterDocument) -> Merge[Round]:
    """What a newer file would bring. No round is taken out: applications stand in it."""
    began = masters.newest_but(KIND, EDITION, source=EDITED)
    base = _rounds(began) if began else ()
    brought = _rounds(file.content)
    there = {each.id for each in brought}
    return entry_merge.merge(
        base, rounds.all_rounds(), [*brought, *(each for each in base if each.id not in there)]
    )


def _rounds(content: dict[str, Any]) -> Sequence[Round]:
    return Rounds.model_validate(content).rounds


@use_case
def take_in(file: MasterDocument, chosen: Collection[str], *, read_version: int) -> None:
    """Use what a newer file brings; the file itself becomes a version before it, from which the next is told apart.

    chosen: ids of rounds that both have changed, for which the file counts. Raises StaleVersion, and BadInput where
    applications under way would lose time: that is decided on the round's own page.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    known = rounds.version()
    if known != read_version:
        raise StaleVersion(rounds.WHAT, yours=read_version, current=known)
    found = merge(file)
    for step in found.taken(chosen):
        if step.ours and step.theirs:
            _require_no_loss(step.ours, step.theirs)
    rounds.load_rounds(file.content["rounds"], version=known + 1, source=file.source)
    kept = [each.model_dump(mode="json") for each in found.entries(chosen)]
    rounds.load_rounds(kept, version=known + 2, source=EDITED)


def _require_no_loss(ours: Round, theirs: Round) -> None:
    try:
        rounds.require_no_loss(ours, theirs.opens_at, theirs.closes_at)
    except BadInput as error:
        raise BadInput(*(_of(ours, each) for each in error.findings)) from None


def _of(found: Round, finding: Finding) -> Finding:
    said = Text(f"{found.name.ja}：{finding.message.ja}", f"{found.name.en}: {finding.message.en}")
    return Finding(finding.code, said, _IN_THE_PAGE, finding.field)
