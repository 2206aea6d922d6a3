"""A briefing as a calendar file (RFC 5545, .ics). Pure."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from marketplace.briefings.queries import BriefingView
from tenants import clock
from tenants.text import Language, Text


def calendar_file(
    briefing: BriefingView, *, site: str, address: str, link: str | None = None, language: Language = "ja"
) -> bytes:
    """One event in Japan time: METHOD:PUBLISH, or CANCEL once the briefing is called off.

    site: the host name, part of the UID, which never changes. SEQUENCE rises with each change, so that a calendar
    that took the file before takes the newer one. address: the briefing's page. link: how to join online, for
    those with a seat only.
    """
    off = briefing.state == "cancelled"
    calendar = Calendar()
    calendar.add("prodid", "-//Hojo//Briefings//JA")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    event = Event()
    event.add("uid", f"briefing-{briefing.number}@{site}")
    event.add("sequence", briefing.sequence)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    # The file's content follows from the briefing alone: asked for twice, it is the same.
    event.add("dtstamp", briefing.updated_at)
    event.add("dtstart", _japan(briefing.starts_at))
    event.add("dtend", _japan(briefing.ends_at))
    event.add("summary", _titled(briefing).in_language(language))
    event.add("location", briefing.where.in_language(language))
    event.add("url", address)
    words = [briefing.description.in_language(language)]
    if link:
        words.append(Text(f"参加用リンク：{link}", f"Link to join: {link}").in_language(language))
    event.add("description", "\n\n".join(words))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _titled(briefing: BriefingView) -> Text:
    if briefing.state == "cancelled":
        return Text(f"【中止】{briefing.title.ja}", f"[Called off] {briefing.title.en}")
    return briefing.title


def _japan(moment: datetime) -> datetime:
    return moment.astimezone(clock.JAPAN)
