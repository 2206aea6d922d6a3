"""An application as pages show it, alike for the business, its vendor and the secretariat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import render_template, request

from marketplace.applicant_identity import LABELS
from marketplace.applications import halts, queries
from marketplace.applications.document import PREPARED_LABELS
from marketplace.applications.lifecycle import APPLICATION, ENDED, WAY
from marketplace.applications.queries import ApplicationCard, ApplicationView
from marketplace.outlay import outlay
from marketplace.registration import standing
from marketplace.rounds import Round, all_rounds
from tenants import clock
from tenants.text import Text
from web.lists import page_address, page_number
from web.words import date_ja, datetime_ja, language

_NEXT: Final[dict[str, dict[str, Text]]] = {
    "sme": {
        "draft": Text("ベンダーの返事を待っています", "Waiting for the vendor's answer"),
        "accepted": Text("ベンダーが申請内容を準備しています", "The vendor is preparing it"),
        "prepared": Text("申請内容を確認してください", "Please check what will be filed"),
        "confirmed": Text("ベンダーが事務局に提出します", "The vendor will submit it"),
        "submitted": Text("事務局の審査を待っています", "Waiting for the secretariat's examination"),
        "declined": Text("ほかのITツールを選べます", "You can choose another package"),
        "withdrawn": Text("ITツールを選び直せます", "You can choose again"),
    },
    "vendor": {
        "draft": Text("依頼に返事をしてください", "Please answer the request"),
        "accepted": Text("申請内容を準備してください", "Please prepare the application"),
        "prepared": Text("事業者の確認を待っています", "Waiting for the business to confirm"),
        "confirmed": Text("事務局に提出してください", "Please submit it"),
        "submitted": Text("事務局の審査を待っています", "Waiting for the secretariat's examination"),
        "declined": Text("お断りした依頼です", "You declined this request"),
        "withdrawn": Text("事業者が取り下げました", "The business withdrew it"),
    },
}
BUSINESS: Final = Text("事業者", "The business")
_MISSED: Final = Text("提出されないまま締め切られました", "The round closed before it was submitted")
_TURN: Final = {"sme": frozenset({"prepared"}), "vendor": frozenset({"draft", "accepted", "confirmed"})}


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next. mine: the reader has to do it. until: the deadline that still matters."""

    words: Text
    mine: bool
    until: datetime | None
    missed: bool = False


def windows() -> dict[str, Round]:
    """All rounds by id, read once for a page."""
    return {each.id: each for each in all_rounds()}


def next_for(audience: str, card: ApplicationCard, rounds: dict[str, Round]) -> Next:
    """The next step in the words of the business ("sme") or the vendor; for others, what the state means."""
    state = card.state.code
    window = rounds.get(card.round_id)
    words = _NEXT[audience][state] if audience in _NEXT else card.state.meaning
    if state in ENDED or state == "submitted" or window is None:
        return Next(words, mine=False, until=None)
    if clock.now() > window.closes_at:
        return Next(_MISSED, mine=False, until=None, missed=True)
    return Next(words, mine=state in _TURN.get(audience, ()), until=window.closes_at)


def steps_of(view: ApplicationView) -> list[dict[str, object]]:
    """The step bar: each state of the way, when it was reached, and where the application stands."""
    reached: dict[str, datetime] = {}
    for entry in view.history:
        reached[entry.state.code] = entry.taken_at
    return _bar(view.card.state.code, reached)


def short_steps(card: ApplicationCard) -> list[dict[str, object]]:
    """The step bar of a list: without the times."""
    return _bar(card.state.code, {})


def _bar(state: str, reached: dict[str, datetime]) -> list[dict[str, object]]:
    if state in ENDED:
        return [
            {"label": APPLICATION.state("draft").label, "state": "done", "note": _at(reached.get("draft"))},
            {"label": APPLICATION.state(state).label, "state": "current", "note": _at(reached.get(state))},
        ]
    here = WAY.index(state)
    last = len(WAY) - 1
    return [
        {
            "label": APPLICATION.state(code).label,
            "state": "done" if index < here or here == last else "current" if index == here else "todo",
            "note": _at(reached.get(code)) if index <= here else None,
        }
        for index, code in enumerate(WAY)
    ]


def _at(moment: datetime | None) -> str | None:
    return datetime_ja(moment) if moment else None


def estimate_of(frozen: dict[str, Any]) -> dict[str, Any]:
    """The frozen estimate in the reader's language, its lines as the table of lines takes them."""
    words = frozen["english"] if language() == "en" else frozen
    return {**words, "lines": [{**line, "kind": line["kind_label"]} for line in words["lines"]]}


def events_of(view: ApplicationView) -> list[dict[str, object]]:
    """The history for the timeline, newest first."""
    return [
        {"at": entry.taken_at, "title": entry.title, "who": entry.organisation_name, "note": entry.note}
        for entry in reversed(view.history)
    ]


def prepared_pairs(prepared: dict[str, Any]) -> list[tuple[Text, str]]:
    """The vendor's text, item by item, in the order of the form."""
    return [(label, _as_read(str(prepared.get(name, "")))) for name, label in PREPARED_LABELS.items()]


def _as_read(value: str) -> str:
    """A date as people read it; all else as it was written."""
    try:
        return date_ja(date.fromisoformat(value))
    except ValueError:
        return value


def correction_of(view: ApplicationView) -> str | None:
    """What the business asked to be corrected, while the vendor has not answered it."""
    last = view.history[-1]
    return last.note if last.step == "ask_correction" else None


def frame(view: ApplicationView, audience: str) -> dict[str, object]:
    """What the page of one application needs, whoever reads it. audience: as in :func:`next_for`."""
    rounds = windows()
    flag = standing.flags([view.card.id]).get(view.card.id)
    # The secretariat's page says more of it.
    same = audience != "secretariat" and halts.of_same_people(view.card.id)
    possible = [step for step in view.steps if step.target in ENDED or not (flag or same)]
    return {
        "view": view,
        "card": view.card,
        "window": rounds.get(view.card.round_id),
        "next_step": next_for(audience, view.card, rounds),
        "step_list": steps_of(view),
        "estimate": estimate_of(view.estimate),
        "outlay": outlay(view.chosen, view.card, rounds=rounds.values(), at=view.started_at),
        "payer": None if audience == "sme" else BUSINESS,
        "events": events_of(view),
        "correction": correction_of(view),
        "prepared": prepared_pairs(view.prepared) if view.prepared else [],
        "possible": {step.code for step in possible},
        "identity_label": _identity_label(view.figures),
        "flag": flag,
        "own_tool": same,
    }


def _identity_label(figures: dict[str, Any] | None) -> Text | None:
    """What the applicant was registered with; None where nothing was asked, or where the reader may not know."""
    return LABELS[figures["identity"]["kind"]] if figures and "identity" in figures else None


def list_page(template: str, audience: str, **more: object) -> str:
    """The list of applications, by ?state= and ?page=; the secretariat's with what is stopped, alone by ?halted=1."""
    state = request.args.get("state") or None
    office = audience == "secretariat"
    halted = office and request.args.get("halted") == "1"
    found = queries.applications(state=None if halted else state, halted=halted, page=page_number())
    if office:
        stopped = halts.reasons([card.id for card in found.items])
        more |= {"halted": halted, "stopped": stopped, "stopped_total": found.total if halted else halts.count()}
    return render_template(
        template,
        found=found,
        chosen_state=state,
        states=APPLICATION.states,
        rounds=windows(),
        page_address=page_address,
        rows=with_next(audience, found.items),
        **more,
    )


def with_next(audience: str, cards: Iterable[ApplicationCard]) -> list[tuple[ApplicationCard, Next]]:
    """Each application with its next step."""
    rounds = windows()
    return [(card, next_for(audience, card, rounds)) for card in cards]
