"""The ticks of a filter, each with how many results it would give: a search page has over a hundred.

Written here and not in a macro, which takes ten times as long for the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from flask import Flask
from markupsafe import Markup, escape

from tenants.text import Text
from web import words


class Option(Protocol):
    """One value one may filter by. count: how many results it would give; selected: whether it is ticked."""

    @property
    def value(self) -> str:
        """As the address has it."""

    @property
    def label(self) -> Text:
        """As people read it."""

    @property
    def count(self) -> int:
        """How many results it would give."""

    @property
    def selected(self) -> bool:
        """Whether it is ticked."""


def ticks(name: str, options: Sequence[Option], first: int) -> Markup:
    """One tick for each option. name: of the parameter; first: the number of the first one in its group."""
    unit, parts = words.t("件", ""), []
    for number, option in enumerate(options, first):
        box, label = _tick(name, number, option.value, words.written(option.label))
        there = "" if option.count or option.selected else " facet__option--none"
        checked = " checked" if option.selected else ""
        parts.append(
            f'<div class="facet__option{there}">\n    {box}{checked}>\n    {label}<span class="facet__count">'
            f'{option.count:,}<span class="visually-hidden">{unit}</span></span></label>\n  </div>'
        )
    return Markup("".join(parts))  # noqa: S704  (what others wrote is escaped in _tick)


@lru_cache(maxsize=2_000, typed=True)  # a label that is marked up is not the text that looks like it
def _tick(name: str, number: int, value: str, label: str) -> tuple[str, str]:
    """The box up to where it is checked, and its label up to the count."""
    identity = f"facet-{name}-{number}"
    box = Markup('<input id="{}" type="checkbox" name="{}" value="{}"').format(identity, name, value)
    return str(box), str(Markup('<label for="{}"><span>{}</span>').format(identity, escape(label)))


def install(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.globals["ticks"] = ticks
