"""How values are written for people: language, yen, dates in Japan time."""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Final

from flask import Flask, request
from markupsafe import Markup

from tenants import clock
from tenants.organisations import place
from tenants.text import Language, Text
from web import language_cookie
from web.plain_text import paragraphs

_ITSELF: Final = {
    "system": Text("システム（自動）", "System"),
    "sign-in": Text("ログインの受付（自動）", "Sign-in"),
    # Whom a reader does not know by name: people of other organisations act for their office.
    "secretariat": Text("事務局", "The secretariat"),
    "committee": Text("審査委員会", "The review committee"),
    "vendor": Text("IT導入支援事業者", "The IT vendor"),
    "sme": Text("申請する事業者", "The applicant"),
    "sign_in": Text("ログインした人", "Somebody who signed in"),
    "forgotten": Text("名前を消した人", "Somebody whose name was erased"),
}
_CATEGORIES: Final = {
    "front": Text("フロント", "Front"),
    "middle": Text("ミドル", "Middle"),
    "back_office": Text("バックオフィス", "Back office"),
}
_WEEKDAYS: Final = "月火水木金土日"
_JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def choose_language() -> Language:
    """The reader's language: ?lang= of this request, else the cookie, else Japanese."""
    wanted = request.args.get("lang") or request.cookies.get(language_cookie.NAME)
    return "en" if wanted == "en" else "ja"


_language: ContextVar[Language] = ContextVar("language", default="ja")


def speak(chosen: Language) -> None:
    """From here to the end of this request's context, words are in this language."""
    _language.set(chosen)


def language() -> Language:
    """The language of this request; Japanese outside of one."""
    return _language.get()


def say(value: Text | str | None) -> str:
    """A Text in the reader's language; a plain string stays as it is."""
    if isinstance(value, Text):
        return value.in_language(language())
    return value or ""


def written(value: Text | str | None) -> str:
    """What somebody wrote, such as a name or a description; Japanese on an English page is marked as Japanese.

    For text between tags only: in an attribute or a <title> it is :func:`say`.
    """
    words = say(value)
    if language() == "ja" or isinstance(words, Markup) or not _JAPANESE.search(words):
        return words
    return Markup('<span lang="ja">{}</span>').format(words)


def prose(value: Text | str | None) -> Markup:
    """Plain text of several paragraphs that somebody wrote, with its addresses as links; marked as :func:`written`."""
    words = say(value)
    if language() == "ja" or not _JAPANESE.search(words):
        return paragraphs(words)
    return Markup('<div lang="ja">{}</div>').format(paragraphs(words))


def who(actor_name: str) -> str:
    """Who did it: a person's name, or the part of the site that acts by itself."""
    return say(_ITSELF[actor_name]) if actor_name in _ITSELF else written(actor_name)


def t(ja: str, en: str) -> str:
    """The Japanese or the English wording."""
    return en if language() == "en" else ja


def counted(number: int, one: str) -> str:
    """English for how many: ``counted(1, "day")`` -> 1 day, ``counted(1200, "day")`` -> 1,200 days."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def yen(amount: int | None) -> str:
    """1234567 -> 1,234,567円 (English: ¥1,234,567); a dash for nothing known."""
    if amount is None:
        return "—"
    return t(f"{amount:,}円", f"¥{amount:,}")


def amount(value: int | None, size: str = "m") -> Markup:
    """Yen in tabular figures as pages draw them; size s | m | l | xl, xl for own cost alone. A page has hundreds."""
    if value is None:
        figure = "—"
    elif language() == "en":
        figure = f"¥{value:,}"
    else:
        figure = f'{value:,}<span class="amount__unit">円</span>'
    return Markup(f'<span class="amount amount--{size}">{figure}</span>')  # noqa: S704  (a number, and a size of ours)


def function_tag(category: str, name: Text | str) -> Markup:
    """A function as pages draw it: its category's colour and word, then its name. A list has dozens."""
    return _function_tag(category, say(_CATEGORIES[category]), say(name))


@lru_cache(maxsize=500)
def _function_tag(category: str, short: str, name: str) -> Markup:
    return Markup(
        '<span class="function function--{}"><span class="function__category">{}</span>'
        '<span class="function__name">{}</span></span>'
    ).format(category, short, name)


def percent(rate: Fraction) -> str:
    """1/10 -> 10%; a rate that is no whole percent stays a fraction."""
    share = rate * 100
    return f"{share.numerator}%" if share.denominator == 1 else str(rate)


def date_ja(value: date | datetime | None) -> str:
    """2026年11月22日（日）, in Japan time."""
    if value is None:
        return "—"
    day = value.astimezone(clock.JAPAN).date() if isinstance(value, datetime) else value
    return t(
        f"{day.year}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）",
        f"{day.day} {day:%B %Y} ({day:%a})",
    )


def datetime_ja(value: datetime | None) -> str:
    """2026年11月22日（日）17:00, in Japan time."""
    if value is None:
        return "—"
    return f"{date_ja(value)} {value.astimezone(clock.JAPAN):%H:%M}"


def days_left(until: datetime) -> int:
    """Whole days from today to the deadline's date in Japan; negative once past."""
    return (until.astimezone(clock.JAPAN).date() - clock.today()).days


def install(app: Flask) -> None:
    """Make the words known to the templates."""
    app.jinja_env.globals.update(
        t=t,
        counted=counted,
        yen=yen,
        amount=amount,
        function_tag=function_tag,
        percent=percent,
        date_ja=date_ja,
        datetime_ja=datetime_ja,
        days_left=days_left,
    )
    app.jinja_env.filters.update(
        say=say, written=written, prose=prose, who=who, place=lambda name: say(place(name or ""))
    )
