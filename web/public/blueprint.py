"""The public's blueprint; route modules import it and hang their pages on it."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, g

from marketplace import rounds, today
from marketplace.today import Today
from tenants import clock
from tenants.errors import NotFound
from tenants.text import Text

blueprint = Blueprint("public", __name__)

_WEEKDAYS = (
    Text("月", "Mon"),
    Text("火", "Tue"),
    Text("水", "Wed"),
    Text("木", "Thu"),
    Text("金", "Fri"),
    Text("土", "Sat"),
    Text("日", "Sun"),
)


class CallCentreNow(NamedTuple):
    """The call centre as every page says it."""

    telephone: str
    hours: Text
    open_now: bool


@blueprint.before_request
def read_today() -> None:
    """Read before the page, so that an error page never needs the database."""
    g.call_centre = g.today = None
    try:
        g.today = today.today()
    except NotFound:
        return
    centre = g.today.call_centre
    if centre is None:
        return
    g.call_centre = CallCentreNow(centre.telephone, hours(centre), centre.open_at(clock.now()))


def todays() -> Today:
    """What counts today, as it was read for this request; NotFound when something of it was never loaded."""
    return g.today or today.today()


@blueprint.context_processor
def call_centre() -> dict[str, Any]:
    """The call centre at the foot of the page."""
    return {"call_centre": g.get("call_centre")}


def hours(centre: rounds.CallCentre) -> Text:
    """平日 9:30〜17:30（土日・祝日を除く）, from the programme's data."""
    times = f"{centre.opens:%-H:%M}〜{centre.closes:%-H:%M}"
    times_en = f"{centre.opens:%-H:%M}–{centre.closes:%-H:%M}"
    if centre.weekdays == (1, 2, 3, 4, 5):
        days = Text("平日", "Monday to Friday")
    else:
        named = [_WEEKDAYS[day - 1] for day in centre.weekdays]
        days = Text("・".join(day.ja for day in named), ", ".join(day.en for day in named))
    without = Text("（祝日を除く）", " except public holidays") if centre.closed_on_holidays else Text("", "")
    return Text(f"{days.ja} {times}{without.ja}", f"{days.en} {times_en}{without.en}, Japan time")
