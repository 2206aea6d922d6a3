"""The front page: what help there is, until when, and where to begin."""

from __future__ import annotations

from typing import Final

from flask import render_template

from catalogue.public_lists import newest_packages
from catalogue.publications import count_live
from marketplace import announcement_queries
from marketplace.applicants import readers_profile
from marketplace.rounds import Round
from marketplace.today import Today
from tenants.text import Text
from web.guard import Open, allow
from web.kept_pages import kept
from web.public import cards, money
from web.public.blueprint import blueprint, todays

EXAMPLES: Final = (
    ("会計", Text("会計", "Accounts")),
    ("レジ", Text("レジ", "Cash register")),
    ("勤怠", Text("勤怠", "Working hours")),
    ("予約 飲食店", Text("予約 飲食店", "Bookings, restaurant")),
    ("在庫", Text("在庫", "Stock")),
    ("請求書", Text("請求書", "Invoices")),
    ("給与", Text("給与", "Payroll")),
)
PROBLEMS: Final = ("電話の予約で手が離せない", "月末の給与計算が大変", "在庫が合わない", "請求書を手で書いている")


@blueprint.get("/")
@allow(Open.EVERYBODY)
@kept
def home() -> str:
    """Can I get help with my problem, and when does the window close?"""
    now, facts = todays(), readers_profile()
    now_open, upcoming = application_window(now)
    return render_template(
        "public/home.html",
        examples=EXAMPLES,
        problems=PROBLEMS,
        now_open=now_open,
        upcoming=upcoming,
        money=money.terms(now.scheme),
        newest=[cards.from_publication(each, now, facts) for each in newest_packages(3)],
        announcements=announcement_queries.newest(3),
        packages=count_live("package"),
        categories=money.categories(now.words),
    )


def application_window(now: Today) -> tuple[Round | None, Round | None]:
    """The round for grant applications that is open now, and the next one."""
    mine = [each for each in now.rounds if each.kind == "grant_application"]
    now_open = next((each for each in mine if each.is_open(now.at)), None)
    return now_open, next((each for each in mine if each.opens_at > now.at), None)
