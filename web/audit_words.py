"""What an event changed, for people: each fact by its name, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from catalogue.lifecycle import LISTING
from marketplace.applications.lifecycle import APPLICATION
from marketplace.enquiries.lifecycle import ENQUIRY
from marketplace.quotes.lifecycle import QUOTE
from marketplace.registration.data import form
from marketplace.registration.lifecycle import REGISTRATION
from tenants import clock
from tenants.audit import FORGOTTEN
from tenants.audit_pseudonyms import REASONS
from tenants.audit_queries import Event
from tenants.permissions import ROLE_NAMES
from tenants.text import Text, same
from web.audit_names import Names
from web.event_words import FACTS
from web.fact_words import CODES, FOR_MACHINES, MORE_FACTS

NOTHING: Final = same("—")
FLOWS: Final = {"application": APPLICATION, "registration": REGISTRATION, "enquiry": ENQUIRY, "quote": QUOTE}
ERASED: Final = Text("（消去済み）", "(erased)")
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of an event. before, after: None where the event does not tell that side."""

    name: Text
    before: Text | None
    after: Text | None


def changes_in(event: Event, names: Names | None = None) -> list[Change]:
    """What changed, fact by fact, in the order in which the event tells it; long values are shortened.

    names: the words of codes that are data (web.audit_names). What only machines read is left to the export.
    """
    before, after = event.before or {}, event.after or {}
    # A fact may tell codes of two lists: a language is one of a notice's or of a package's.
    known = {name: {**(names or {}).get(name, {}), **CODES.get(name, {})} for name in {**CODES, **(names or {})}}
    return [
        Change(
            _label(event, name),
            _value(event, name, before[name], known) if name in before else None,
            _value(event, name, after[name], known) if name in after else None,
        )
        for name in {**before, **after}
        if name not in FOR_MACHINES
    ]


def _label(event: Event, name: str) -> Text:
    # An imported row's number is its vendor's.
    if name == "number" and event.subject_kind in ("product", "package", "organisation"):
        return MORE_FACTS["corporate_number"]
    return _fact(name)


def _fact(name: str) -> Text:
    return FACTS.get(name) or MORE_FACTS.get(name) or same(name)


def _value(event: Event, name: str, value: Any, known: Names) -> Text:
    if value is None:
        return ERASED if name in ("name", "email", "representative") else NOTHING
    if isinstance(value, str):
        return _coded(event, name, value, known) or same(_short(value))
    if name == "roles" and isinstance(value, list):
        return _joined([ROLE_NAMES.get(role, same(str(role))) for role in value], "・")
    if name == "sections" and isinstance(value, list):
        return _joined([_section(str(code)) for code in value])
    if name in known and isinstance(value, list):
        return _joined([known[name].get(str(code), same(str(code))) for code in value])
    if isinstance(value, bool):
        return Text("はい", "yes") if value else Text("いいえ", "no")
    if isinstance(value, int) and name.endswith("_yen"):
        return same(f"{value:,}")
    said = _plain(value, known)
    return Text(_short(said.ja), _short(said.en))


def _coded(event: Event, name: str, value: str, known: Names) -> Text | None:
    """A value that is a code or a moment, in words."""
    if name == "state":
        flow = FLOWS.get(event.subject_kind, LISTING)
        return next((state.label for state in flow.states if state.code == value), None)
    if name == "reason" and event.name == FORGOTTEN:
        return REASONS.get(value)
    if name == "section":
        return _section(value)
    if name.endswith("_at") or name in ("deadline", "suppressed_since"):
        return _moment(value)
    if name == "organisation_id":
        return _place(event, value)
    if name == "scheme":
        return _scheme(value, known)
    if name == "rules_version":
        return Text(f"第{value.rpartition(' ')[2]}版", f"version {value.rpartition(' ')[2]}")
    return known.get(name, {}).get(value)


def _place(event: Event, organisation_id: str) -> Text:
    """Of a switch the event is told to the organisation one came to; which one left it is not this page's to tell."""
    arrived = (event.after or {}).get("organisation_id") == organisation_id
    return same(event.organisation) if arrived and event.organisation else Text("ほかの組織", "another one")


def _scheme(written: str, known: Names) -> Text | None:
    """A scheme by its id, with the version that was meant where it is told: 2017 v3."""
    scheme, _, version = written.partition(" v")
    name = known.get("scheme", {}).get(scheme)
    if name is None or not version:
        return name
    return Text(f"{name.ja}（第{version}版）", f"{name.en} (version {version})")


def _section(code: str) -> Text:
    known = form().section(code)
    return known.title.text if known else same(code)


def _moment(written: str) -> Text | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if found.tzinfo is None:
        return Text(f"{found:%Y年%-m月%-d日}", f"{found:%-d %B %Y}")
    local = found.astimezone(clock.JAPAN)
    return Text(f"{local:%Y年%-m月%-d日 %H:%M}", f"{local:%-d %B %Y, %H:%M} (Japan time)")


def _joined(words: list[Text], mark: str = "、") -> Text:
    return Text(mark.join(each.ja for each in words), ", ".join(each.en for each in words))


def _plain(value: Any, known: Names, of: str = "") -> Text:
    """A value made of others, each named in words. of: the fact it stands for."""
    if isinstance(value, list):
        return _joined([_plain(each, known, of) for each in value])
    if isinstance(value, dict) and set(value) == {"ja", "en"}:
        return Text(str(value["ja"]), str(value["en"]))
    if isinstance(value, dict):
        named = [(_fact(name), _plain(part, known, name)) for name, part in value.items()]
        return _joined([Text(f"{name.ja}：{part.ja}", f"{name.en}: {part.en}") for name, part in named])
    said = "" if value is None else str(value)
    return known.get(of, {}).get(said) or same(said)


def _short(text: str) -> str:
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…") or "—"
