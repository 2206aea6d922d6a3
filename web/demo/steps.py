"""What a demo needs before its pages can be opened, in order.

Each step looks at what is there already, so that a second start takes seconds and keeps what people did.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import click
from flask import current_app

from migrations.run import allow_any_time, upgrade
from tenants.db import db
from tenants.text import Language, Text
from web import stop_links
from web.app import create_app
from web.demo import load
from web.demo.searches import make_searches
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class Step:
    """One step. run is called inside the application's context and does nothing when there is nothing to do."""

    name: Text
    run: Callable[[Settings], None]


BEFORE_TOOLS: Final = (
    Step(Text("制度と募集回", "Programme and rounds"), lambda _: load.load_programme_and_windows()),
    Step(Text("デモの人と組織", "People and organisations"), lambda _: load.load_everybody()),
)
STEPS: Final = (
    *BEFORE_TOOLS,
    Step(Text("ITツールの見本", "A catalogue of tools"), lambda _: load.load_tools()),
    Step(Text("交付申請の見本", "Grant applications"), lambda _: load.load_applications()),
    Step(Text("登録申請の見本", "Vendor registrations"), lambda _: load.load_registrations()),
    Step(Text("お知らせと説明会の見本", "Announcements and briefings"), lambda _: load.load_briefings()),
    Step(Text("検索の索引", "Search index"), lambda _: load.build_index()),
    Step(Text("保存した検索の見本", "Saved searches"), lambda _: make_searches(stop_links.of_app(current_app))),
)


def prepare(settings: Settings, language: Language) -> None:
    """Bring the database to the newest schema, then take each step, saying what is done."""
    _timed(Text("データベースの表", "Database tables"), partial(_schema, settings.database_owner_url), language)
    app = create_app(settings)
    with app.app_context():
        for step in STEPS:
            take(step, settings, language)
        db.session.remove()
        db.engine.dispose()


def prepare_apart(settings: Settings, language: Language) -> None:
    """Prepare in a child of this process, which has read its modules in and can fork once more afterwards.

    Two processes that each read them in take twice as long. Exits with the child's code when it failed.
    """
    child = os.fork()
    if not child:
        code = 1
        try:
            prepare(settings, language)
            code = 0
        except Exception:  # noqa: BLE001  the child ends here, whatever it was
            traceback.print_exc()
        finally:
            os._exit(code)  # not as the parent would end
    _, ended = os.waitpid(child, 0)
    if ended:
        click.echo(
            Text("データを用意できませんでした。", "The data could not be prepared.").in_language(language),
            err=True,
        )
        sys.exit(1)


def _schema(owner_url: str) -> None:
    upgrade(owner_url)
    allow_any_time(owner_url)


def take(step: Step, settings: Settings, language: Language) -> None:
    """One step, inside the application's context, saying what is done."""
    _timed(step.name, partial(step.run, settings), language)


def _timed(name: Text, action: Callable[[], None], language: Language) -> None:
    began = time.monotonic()
    action()
    click.echo(f"  {name.in_language(language)} ({time.monotonic() - began:.1f} s)")
