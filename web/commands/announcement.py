"""`hojo announcement`: what the secretariat tells everybody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from marketplace import announcement_queries, announcements
from marketplace.announcement_queries import CATEGORIES, AnnouncementView
from tenants import clock
from tenants.text import Text
from web import console
from web.commands.output import as_json_option, as_system, page_option, say, write_page

_text_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_number = click.argument("number", type=click.IntRange(1))


@click.group()
def commands() -> None:
    """Announcements (お知らせ)."""


@commands.command("list")
@click.option("--drafts", is_flag=True, help="Drafts and scheduled ones too. 下書き・予約も")
@page_option
@as_json_option
def list_announcements(*, drafts: bool, page: int, as_json: bool) -> None:
    """List announcements, the newest first (一覧にする)."""
    with as_system():
        listed = announcement_queries.for_desk if drafts else announcement_queries.published
        found = listed(number=page)
    write_page(found, _card, _row, as_json=as_json)


def _row(each: AnnouncementView) -> tuple[object, ...]:
    language = console.language()
    return (
        each.number,
        each.published_at.astimezone(clock.JAPAN).isoformat(timespec="minutes") if each.published_at else None,
        each.state,
        each.category_label.in_language(language),
        each.title.in_language(language),
    )


def _card(each: AnnouncementView) -> dict[str, object]:
    return {
        "number": each.number,
        "state": each.state,
        "category": each.category,
        "title": each.title.as_json(),
        "published_at": each.published_at.isoformat() if each.published_at else None,
        "edition": each.edition,
        "version": each.version,
    }


@commands.command()
@click.option("--title", required=True, help="In Japanese. 題名")
@click.option("--title-en", default="", help="In English; else the Japanese stands for both.")
@click.option("--body", "body", type=_text_file, required=True, help="A text file in UTF-8. 本文のファイル")
@click.option("--body-en", type=_text_file, help="The same in English.")
@click.option("--category", type=click.Choice(tuple(CATEGORIES)), required=True, help="分類")
@click.option("--at", "at", help="When, in Japan: 2026-12-01T09:00; now unless told. 公開する日時")
def publish(*, title: str, title_en: str, body: Path, body_en: Path | None, category: str, at: str | None) -> None:
    """Publish an announcement now, or at a time to come; prints its number (公開する)."""
    words = body.read_text(encoding="utf-8")
    english = body_en.read_text(encoding="utf-8") if body_en else words
    with as_system():
        number = announcements.publish(
            Text(title, title_en or title), Text(words, english), category=category, published_at=_moment(at)
        )
    click.echo(number)


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise click.BadParameter(written, param_hint="--at") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.JAPAN)


@commands.command("take-back")
@_number
def take_back(*, number: int) -> None:
    """Make a scheduled announcement a draft again (公開の予約を取り消す)."""
    with as_system():
        version = announcement_queries.one_for_desk(number).version
        announcements.take_back(number, read_version=version)
    click.echo(say("下書きに戻しました。", "a draft again"))
