"""Seats at briefings."""

from typing import Final

from tenants.notices.template import NoticeTemplate
from tenants.text import Text

_BRIEFING: Final = Text("説明会の詳細を見る", "See the briefing")

BRIEFINGS: Final = (
    NoticeTemplate(
        "briefing_booked",
        "briefings",
        Text("説明会「{briefing}」を予約しました", "You have a seat: {briefing}"),
        Text("{starts_at}から、{place}です。", "{starts_at}, {place}."),
        Text(
            "都合が悪くなったときは、お早めに画面からキャンセルしてください。",
            "If you cannot come, please cancel on the page as soon as you can.",
        ),
        _BRIEFING,
    ),
    NoticeTemplate(
        "briefing_waiting",
        "briefings",
        Text("説明会「{briefing}」のキャンセル待ちに入りました", "You are on the waiting list: {briefing}"),
        Text(
            "{starts_at}からの説明会は満席のため、{position}番目でお待ちいただいています。",
            "The briefing on {starts_at} is full; you are number {position} on the waiting list.",
        ),
        Text(
            "席が空きましたら自動で予約に変わり、お知らせします。",
            "If a seat becomes free it is yours, and we will tell you.",
        ),
        _BRIEFING,
    ),
    NoticeTemplate(
        "briefing_moved_up",
        "briefings",
        Text("説明会「{briefing}」の席が取れました", "A seat became free: {briefing}"),
        Text(
            "キャンセル待ちから予約に変わりました。{starts_at}から、{place}です。",
            "You moved up from the waiting list. {starts_at}, {place}.",
        ),
        Text(
            "都合が悪くなったときは、次の方のためにお早めにキャンセルしてください。",
            "If you cannot come, please cancel soon: others are waiting.",
        ),
        _BRIEFING,
    ),
    NoticeTemplate(
        "briefing_changed",
        "briefings",
        Text("説明会「{briefing}」の内容が変わりました", "Changed: {briefing}"),
        Text(
            "変わったところ：{changes}。{starts_at}から、{place}です。",
            "What changed: {changes}. It is on {starts_at}, {place}.",
        ),
        Text(
            "参加できなくなったときは、画面からキャンセルしてください。",
            "If you can no longer come, please cancel on the page.",
        ),
        _BRIEFING,
    ),
    NoticeTemplate(
        "briefing_cancelled",
        "briefings",
        Text("説明会「{briefing}」は中止になりました", "The briefing is called off: {briefing}"),
        Text(
            "{starts_at}に予定していた説明会は、中止になりました。理由：{reason}",
            "The briefing planned for {starts_at} is called off. Reason: {reason}",
        ),
        Text("ほかの日程をご覧ください。", "Please look for another date."),
        Text("説明会の日程を見る", "See other dates"),
    ),
    NoticeTemplate(
        "briefing_reminder",
        "briefings",
        Text("まもなく説明会「{briefing}」です", "Coming up: {briefing}"),
        Text("{starts_at}から、{place}です。", "{starts_at}, {place}."),
        Text(
            "参加できないときは、画面からキャンセルしてください。",
            "If you cannot come, please cancel on the page.",
        ),
        _BRIEFING,
    ),
)
