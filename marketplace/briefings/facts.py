"""What the secretariat says of a briefing, checked. Pure: no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tenants.errors import BadInput, Finding
from tenants.hidden import HIDDEN
from tenants.text import Text, same

AUDIENCES: Final[Mapping[str, Text]] = {
    "vendors": Text("ITベンダー（IT導入支援事業者）向け", "For vendors"),
    "businesses": Text("中小企業・小規模事業者向け", "For small businesses"),
    "everybody": Text("どなたでも", "For everybody"),
}
MOST_SEATS: Final = 10_000
MOST_PEOPLE: Final = 20
LONGEST_TITLE: Final = 120
LONGEST_DESCRIPTION: Final = 10_000
LONGEST_PLACE: Final = 200
LONGEST_LINK: Final = 1000
# What nobody sees but what turns the words around it.
_LINK: Final = re.compile(r"https://[^\s<>\"']{3,}")


@dataclass(frozen=True, slots=True)
class BriefingFacts:
    """A briefing as the secretariat writes it.

    audience: one of AUDIENCES. place: the hall with its address, empty for online only. link: how to join online,
    for those with a seat only; empty when there is none. most_people: per booking.
    """

    title: Text
    description: Text
    audience: str
    starts_at: datetime
    ends_at: datetime
    booking_closes_at: datetime
    place: str
    online: bool
    link: str
    seats: int
    most_people: int

    def check(self) -> None:
        """Raise BadInput with everything that is wrong."""
        found = [*self._words(), *self._when(), *self._where(), *self._numbers()]
        if found:
            raise BadInput(*found)

    def _words(self) -> Iterator[Finding]:
        for field, what, words, longest in (
            ("title", Text("名称", "The title"), self.title, LONGEST_TITLE),
            ("description", Text("内容", "The description"), self.description, LONGEST_DESCRIPTION),
        ):
            for language, written in (("ja", words.ja), ("en", words.en)):
                yield from plain(f"{field}_{language}", what, written, longest)
        if self.audience not in AUDIENCES:
            yield Finding(
                "unknown_audience",
                Text("対象を選んでください。", "Please choose for whom it is."),
                Text("一覧から1つ選んでください。", "Choose one of the list."),
                "audience",
            )

    def _when(self) -> Iterator[Finding]:
        if self.starts_at >= self.ends_at:
            yield Finding(
                "dates_out_of_order",
                Text("終了が開始より前になっています。", "The end is not after the start."),
                Text("終了を開始より後の日時にしてください。", "Choose an end after the start."),
                "ends_at",
            )
        if self.booking_closes_at > self.starts_at:
            yield Finding(
                "closes_after_start",
                Text("予約の締切が開始より後になっています。", "Booking closes after the start."),
                Text("締切を開始までの日時にしてください。", "Choose a deadline before the start."),
                "booking_closes_at",
            )

    def _where(self) -> Iterator[Finding]:
        if not self.online and not self.place.strip():
            yield Finding(
                "nowhere",
                Text("会場を入力してください。", "The place is missing."),
                Text(
                    "オンラインだけで開くときは、「オンラインで参加できる」を選んでください。", "Or tick online."
                ),
                "place",
            )
        elif self.place:
            yield from plain("place", Text("会場", "The place"), self.place, LONGEST_PLACE)
        if self.online and not (len(self.link) <= LONGEST_LINK and _LINK.fullmatch(self.link)):
            yield Finding(
                "bad_link",
                Text("参加用リンクを読み取れません。", "The link to join cannot be read."),
                Text(
                    "https:// で始まるアドレスを入力してください。", "Give an address that begins with https://."
                ),
                "link",
            )

    def _numbers(self) -> Iterator[Finding]:
        if not 1 <= self.seats <= MOST_SEATS:
            yield _range("seats", Text("定員", "The number of seats"), MOST_SEATS)
        most = min(MOST_PEOPLE, self.seats) if self.seats >= 1 else MOST_PEOPLE
        if not 1 <= self.most_people <= most:
            yield _range("most_people", Text("1回の予約の人数", "People per booking"), most)


def plain(field: str, what: Text, written: str, longest: int) -> Iterator[Finding]:
    """What is wrong with one text that people read: missing, too long, hidden characters."""
    if not written.strip():
        yield Finding(
            "missing",
            Text(f"{what.ja}を入力してください。", f"{what.en} is missing."),
            Text("この欄は必ず必要です。", "This is needed."),
            field,
        )
    elif len(written) > longest:
        yield Finding(
            "too_long",
            Text(f"{what.ja}が長すぎます（{len(written):,}文字）。", f"{what.en} is too long."),
            Text(f"{longest:,}文字以内にしてください。", f"At most {longest:,} characters."),
            field,
        )
    elif HIDDEN.search(written):
        yield Finding(
            "control_character",
            Text("目に見えない制御文字が入っています。", "There is an invisible control character."),
            Text("文字を入力し直してください。", "Please type the text anew."),
            field,
        )


def _range(field: str, what: Text, most: int) -> Finding:
    return Finding(
        "out_of_range",
        Text(f"{what.ja}は1〜{most:,}で入力してください。", f"{what.en} must be 1 to {most:,}."),
        Text("数字を確かめてください。", "Please check the number."),
        field,
    )


def whereabouts(place: str, *, online: bool) -> Text:
    """Where it is, in one line."""
    if not place:
        return Text("オンライン", "Online")
    if online:
        return Text(f"{place}（オンラインでも参加できます）", f"{place} (or online)")
    return same(place)
