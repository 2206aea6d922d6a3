"""The programme: its schedule, its rules in plain words, who answers, how this site treats its readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from flask import render_template, request

from catalogue.masters import vocabulary
from marketplace import pricing, rounds
from marketplace.rounds import Round
from tenants import clock
from tenants.errors import NotFound
from tenants.text import Text
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import money
from web.public.blueprint import blueprint, todays
from web.public.home import application_window
from web.public.prices import prices

_STATES: Final = {
    "open": Text("受付中", "Open now"),
    "scheduled": Text("これから", "To come"),
    "closed": Text("終了", "Over"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A round as the schedule shows it. state: open, scheduled or closed at the reader's moment."""

    round: Round
    state: str
    state_label: Text


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of the schedule. current: the window people ask about: open now, else the next one."""

    code: str
    label: Text
    windows: tuple[Window, ...]

    @property
    def is_open(self) -> bool:
        """Whether something can be sent now."""
        return any(window.state == "open" for window in self.windows)


def _window(round_: Round, moment: datetime) -> Window:
    state = "scheduled" if round_.opens_at > moment else "closed"
    if round_.is_open(moment):
        state = "open"
    return Window(round_, state, _STATES[state])


def lanes() -> list[Lane]:
    """Every lane with its windows, in the outline's order."""
    moment = clock.now()
    windows = [_window(each, moment) for each in rounds.all_rounds()]
    return [
        Lane(code, label, tuple(window for window in windows if window.round.kind == code))
        for code, label in rounds.LANES.items()
    ]


@blueprint.get("/schedule")
@allow(Open.EVERYBODY)
@kept
def schedule() -> str:
    """When what may be sent, lane by lane."""
    now_open, upcoming = application_window(todays())
    return render_template(
        "public/schedule.html", lanes=lanes(), now_open=now_open, upcoming=upcoming, today=clock.today()
    )


@blueprint.get("/guidelines")
@allow(Open.EVERYBODY)
@kept
def guidelines() -> str | tuple[str, int]:
    """How the subsidy works, from the scheme's own data; ?subsidy= and ?price= ask for prices."""
    scheme = pricing.scheme()
    asked = prices(scheme, request.args)
    page = render_template("public/guidelines.html", money=money.terms(scheme), prices=asked)
    return (page, 422) if asked.findings else page


@blueprint.get("/faq")
@allow(Open.EVERYBODY)
@kept
def faq() -> str:
    """What shop owners ask, with figures from the scheme's data."""
    return render_template("public/faq.html", money=money.terms(pricing.scheme()))


@blueprint.get("/contact")
@allow(Open.EVERYBODY)
def contact() -> str:
    """Who answers, and when."""
    centre = todays().call_centre
    if centre is None:
        raise NotFound(Text("コールセンターの受付時間", "The call centre's hours"))
    coming = (day for day in map(date.fromisoformat, centre.holidays) if day >= clock.today())
    return render_template("public/contact.html", centre=centre, closed=list(islice(coming, 3)))


@blueprint.get("/glossary")
@allow(Open.EVERYBODY)
@kept
def glossary() -> str:
    """The words of the programme, and the functions in the words people use."""
    return render_template("public/glossary.html", categories=money.categories(vocabulary()))


@blueprint.get("/accessibility")
@allow(Open.EVERYBODY)
def accessibility() -> str:
    """What this site does for everybody to be able to use it."""
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
@allow(Open.EVERYBODY)
def privacy() -> str:
    """What is kept of a reader, and what is not."""
    return render_template("public/privacy.html")
