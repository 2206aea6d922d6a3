"""Rounds (公募回): when what may be sent. Data, versioned; the moment of arrival counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, Self

from pydantic import model_validator
from sqlalchemy import func, select

from catalogue import masters
from catalogue.entry_lists import EDITED
from catalogue.masters import EDITION
from marketplace.applications.lifecycle import SUBMITTABLE_LATER
from marketplace.file_parts import Part, Words
from marketplace.models import GrantApplication
from tenants import actor, clock
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound, OutsideWindow, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

WHAT: Final = Text("公募回", "The rounds")
CONFIRM_LOSS: Final = "applications_lose_time"

LANES: Final[dict[str, Text]] = {
    "vendor_registration": Text("IT導入支援事業者", "Vendors"),
    "tool_registration": Text("ITツール（ソフトウエア・サービス等）", "IT tools"),
    "grant_application": Text("交付申請", "Grant applications"),
    "completion_report": Text("実績報告", "Completion reports"),
    "payout": Text("確定・払い出し", "Confirmation and payout"),
    "publicity": Text("周知（問い合わせ・広報）", "Call centre and publicity"),
}


class Round(Part):
    """One window. Open from opens_at (included) until closes_at (the deadline's second included)."""

    id: str
    kind: str
    name: Words
    opens_at: datetime
    closes_at: datetime
    unconfirmed: bool = False

    def __hash__(self) -> int:
        """Of what tells rounds apart: they are part of many keys."""
        return hash((self.id, self.closes_at))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.kind not in LANES:
            raise ValueError(f"kind must be one of {', '.join(LANES)}")
        if self.opens_at.tzinfo is None or self.closes_at.tzinfo is None:
            raise ValueError("opens_at and closes_at need a time zone, like 2017-06-30T17:00+09:00")
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must be before closes_at")
        return self

    @property
    def label(self) -> Text:
        """The round's name."""
        return Text(self.name.ja, self.name.en)

    @property
    def handle(self) -> str:
        """What it is found by among the rounds: its id."""
        return self.id

    def row(self) -> dict[str, str]:
        """What it says, column by column."""
        return {
            "name": self.name.ja,
            "name_en": self.name.en,
            "kind": LANES[self.kind].ja,
            "opens_at": _japan(self.opens_at),
            "closes_at": _japan(self.closes_at),
            "unconfirmed": "○" if self.unconfirmed else "",
        }

    def is_open(self, moment: datetime) -> bool:
        """Whether what arrives at this moment is in time."""
        return self.opens_at <= moment and moment.replace(microsecond=0) <= self.closes_at


class Rounds(Part):
    """All rounds of an edition, one version."""

    rounds: tuple[Round, ...]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [round_.id for round_ in self.rounds]
        if len(ids) != len(set(ids)):
            raise ValueError("a round's id is used twice")
        return self


class CallCentre(Part):
    """When somebody answers, in Japan time. weekdays: 1 Monday to 7 Sunday."""

    telephone: str
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    closed_on_holidays: bool
    holidays: tuple[str, ...] = ()

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody answers at this moment."""
        local = moment.astimezone(clock.JAPAN)
        if local.isoweekday() not in self.weekdays:
            return False
        if self.closed_on_holidays and local.date().isoformat() in self.holidays:
            return False
        return self.opens <= local.time() < self.closes


KIND: Final = "rounds"
CALL_CENTRE: Final = "call_centre"
_parsed: dict[str, tuple[Round, ...]] = {}
_centres: dict[str, CallCentre] = {}


def all_rounds() -> tuple[Round, ...]:
    """Every round, by lane and then by date."""
    return of_hash(masters.newest_hash(KIND, EDITION))


def of_hash(newest: str | None) -> tuple[Round, ...]:
    """The same for whoever knows the hash of what counts today: parsed once for each content."""
    if newest is None or newest not in _parsed:
        row = masters.newest(KIND, EDITION)
        lanes = list(LANES)
        found = Rounds.model_validate(row.content).rounds
        newest = row.content_hash
        _parsed[newest] = tuple(sorted(found, key=lambda each: (lanes.index(each.kind), each.opens_at)))
    return _parsed[newest]


def version() -> int:
    """The version of the rounds that counts now."""
    return masters.newest("rounds", EDITION).version


def one(round_id: str) -> Round:
    """The round with this id; NotFound when there is none."""
    found = next((each for each in all_rounds() if each.id == round_id), None)
    if found is None:
        raise NotFound(Text("公募回", "The round"))
    return found


def call_centre(newest: str | None) -> CallCentre:
    """The call centre's hours, by the hash of what counts today: parsed once for each content. NotFound without."""
    if newest is None or newest not in _centres:
        row = masters.newest(CALL_CENTRE, EDITION)
        newest = row.content_hash
        _centres[newest] = CallCentre.model_validate(row.content)
    return _centres[newest]


def open_round(kind: str) -> Round | None:
    """The round of this kind that is open at the moment of arrival; None when none is."""
    moment = clock.now()
    return next((each for each in all_rounds() if each.kind == kind and each.is_open(moment)), None)


def next_round(kind: str) -> Round | None:
    """The next round of this kind that has not opened yet."""
    moment = clock.now()
    return next((each for each in all_rounds() if each.kind == kind and each.opens_at > moment), None)


def worth_knowing(rounds: Sequence[Round], moment: datetime) -> list[Round]:
    """Of these, whoever comes outside a window wants: the one that closed last, then those that are not over."""
    over = [each for each in rounds if each.opens_at <= moment and not each.is_open(moment)]
    latest = max(over, key=lambda each: each.closes_at, default=None)
    return [each for each in rounds if each is latest or each not in over]


def dates_outside(kind: str) -> list[Round]:
    """The rounds of this kind to name while none is open: the last that closed, and those to come."""
    return worth_knowing([each for each in all_rounds() if each.kind == kind], clock.now())


def _japan(moment: datetime) -> str:
    return f"{moment.astimezone(clock.JAPAN):%Y年%-m月%-d日 %H:%M}"


def require_open(kind: str, *, round_id: str | None = None) -> Round:
    """The open round of this kind (or this very one, if still open); OutsideWindow with the dates otherwise."""
    moment = clock.now()
    rounds = [each for each in all_rounds() if each.kind == kind and round_id in (None, each.id)]
    for each in rounds:
        if each.is_open(moment):
            return each
    rounds = worth_knowing(rounds, moment)
    windows_ja = "、".join(f"{each.name.ja} {_japan(each.opens_at)}〜{_japan(each.closes_at)}" for each in rounds)
    windows_en = "; ".join(
        f"{each.name.en} {each.opens_at.astimezone(clock.JAPAN):%Y-%m-%d %H:%M} to "
        f"{each.closes_at.astimezone(clock.JAPAN):%Y-%m-%d %H:%M} (Japan time)"
        for each in rounds
    )
    lane = LANES[kind]
    raise OutsideWindow(
        Finding(
            "outside_window",
            Text(
                f"いまは{lane.ja}の受付期間ではありません。受付期間：{windows_ja or '未定'}",
                f"{lane.en} are not open now. Windows: {windows_en or 'not announced'}",
            ),
            Text(
                "次の受付が始まってから、もう一度お手続きください。日程は「スケジュール」でお知らせします。",
                "Please come back when the next window opens; dates are on the schedule page.",
            ),
        )
    )


@use_case
def change_window(
    round_id: str, *, opens_at: datetime, closes_at: datetime, read_version: int, confirmed: bool = False
) -> None:
    """Give a round other dates, as a new version of the edition's rounds.

    read_version: the version the editor saw; StaleVersion when another was saved since. confirmed: the editor has
    seen how many applications lose time to be submitted.
    Raises BadInput for dates out of order and for a loss nobody confirmed, NotFound for an unknown round.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    row = masters.newest("rounds", EDITION)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    if opens_at >= closes_at:
        raise BadInput(
            Finding(
                "dates_out_of_order",
                Text("締切が開始より前になっています。", "The end is not after the start."),
                Text("締切を開始より後の日時にしてください。", "Choose an end after the start."),
                "closes_at",
            )
        )
    rounds = [dict(each) for each in row.content["rounds"]]
    target = next((each for each in rounds if each["id"] == round_id), None)
    if target is None:
        raise NotFound(Text("公募回", "The round"))
    if not confirmed:
        require_no_loss(Round.model_validate(target), opens_at, closes_at)
    target["opens_at"] = opens_at.astimezone(UTC).isoformat()
    target["closes_at"] = closes_at.astimezone(UTC).isoformat()
    target["unconfirmed"] = False
    load_rounds(rounds, version=row.version + 1, source=EDITED)


def require_no_loss(before: Round, opens_at: datetime, closes_at: datetime) -> None:
    """Raise BadInput when applications under way could be submitted no longer, or not until when they could."""
    moment = clock.now()
    after = before.model_copy(update={"opens_at": opens_at, "closes_at": closes_at})
    shut = before.is_open(moment) and not after.is_open(moment)
    if before.kind != "grant_application" or not (shut or moment <= before.closes_at > closes_at):
        return
    number = db.session.scalar(
        select(func.count())
        .select_from(GrantApplication)
        .where(GrantApplication.round_id == before.id, GrantApplication.state.in_(SUBMITTABLE_LATER))
    )
    if not number:
        return
    if shut:
        message = Text(
            f"この期間にすると、手続き中の{number}件の申請を提出できなくなります。",
            f"With these dates {number} application(s) under way could no longer be submitted.",
        )
    else:
        message = Text(
            f"締切が早まり、手続き中の{number}件の申請を提出できる期間が短くなります。",
            f"With the earlier end {number} application(s) under way would have less time to be submitted.",
        )
    raise BadInput(
        Finding(
            CONFIRM_LOSS,
            message,
            Text(
                "日時を確かめ、よければ確認欄にチェックを入れて、もう一度保存してください。",
                "Check the dates; if they are right, tick the confirmation and save again.",
            ),
            "confirmed",
        )
    )


def load_rounds(rounds: list[dict[str, Any]], *, version: int, source: str) -> None:
    """Take in a new version of the edition's rounds, checked."""
    Rounds.model_validate({"rounds": rounds})
    masters.load([masters.MasterDocument("rounds", EDITION, version, clock.today(), source, {"rounds": rounds})])
