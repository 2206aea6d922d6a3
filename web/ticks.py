"""The filters' rows, each with how many results it would give: a search page has over a hundred ticks and dozens of bars.

Written here and not in macros, which take ten times as long for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from flask import Flask
from markupsafe import Markup, escape

from tenants.text import Text
from web import words


class Counted(Protocol):
    """What leads to results. count: how many it would give; selected: whether it is set already."""

    @property
    def label(self) -> Text:
        """As people read it."""

    @property
    def count(self) -> int:
        """How many results it would give."""

    @property
    def selected(self) -> bool:
        """Whether it is set already."""


class Option(Counted, Protocol):
    """One value one may filter by."""

    @property
    def value(self) -> str:
        """As the address has it."""


class Bar(Counted, Protocol):
    """One band of a histogram."""

    @property
    def share(self) -> int:
        """In percent of the tallest."""

    @property
    def href(self) -> str:
        """The search with this band as its range."""


class Group(NamedTuple):
    """One filter with its options. shown: how many of them are always seen."""

    name: str
    label: Text
    options: Sequence[Option]
    is_open: bool
    shown: int


def facet_group(group: Group, above: str | Markup = "") -> Markup:
    """One filter with a tick for each option; above: what stands over them."""
    name, label, options, is_open, shown = group
    said = escape(words.say(label))
    more = ""
    if len(options) > shown:
        rest = options[shown:]
        opened = " open" if any(option.selected for option in rest) else ""
        summary = words.t(f"ほか{len(rest)}件を表示", f"Show {len(rest)} more")
        more = (
            f'        <details class="facet__more"{opened}>\n          <summary>{summary}</summary>\n'
            f"{ticks(name, rest, shown + 1)}        </details>\n"
        )
    return Markup(  # noqa: S704  (what others wrote is escaped above and in _tick)
        f'<details class="facet"{" open" if is_open else ""}>\n    <summary>{said}</summary>\n    <fieldset>\n'
        f'      <legend class="visually-hidden">{said}</legend>\n      {escape(above)}\n'
        f"{ticks(name, options[:shown], 1)}{more}    </fieldset>\n  </details>"
    )


def ticks(name: str, options: Iterable[Option], first: int) -> Markup:
    """One tick for each option. name: of the parameter; first: the number of the first one in its group."""
    unit, language, parts = words.t("件", ""), words.language(), []
    for number, option in enumerate(options, first):
        box, label = _tick(name, number, option.value, option.label.in_language(language), language)
        there = "" if option.count or option.selected else " facet__option--none"
        checked = " checked" if option.selected else ""
        parts.append(
            f'<div class="facet__option{there}">\n    {box}{checked}>\n    {label}<span class="facet__count">'
            f'{option.count:,}<span class="visually-hidden">{unit}</span></span></label>\n  </div>'
        )
    return Markup("".join(parts))  # noqa: S704  (what others wrote is escaped in _tick)


@lru_cache(maxsize=2_000, typed=True)  # a label that is marked up is not the text that looks like it
def _tick(name: str, number: int, value: str, label: str, _language: str) -> tuple[str, str]:
    """The box up to where it is checked, and its label up to the count. _language: of the page."""
    identity = f"facet-{name}-{number}"
    # The fifteen vendors of a search are other ones each time, and Markup.format takes ten times as long.
    box = f'<input id="{identity}" type="checkbox" name="{name}" value="{escape(value)}"'
    return box, f'<label for="{identity}"><span>{escape(words.written(label))}</span>'


def bars(listed: Iterable[Bar]) -> Markup:
    """The rows of a histogram, each a link to its band where that has anything; without script to what it finds."""
    parts = []
    for bar in listed:
        label, row, link = escape(words.say(bar.label)), "", ""
        if bar.selected:
            row, link = ' class="histogram__selected"', ' aria-current="true"'
        if bar.count or bar.selected:
            label = f'<a href="{escape(bar.href)}#found"{link}>{label}</a>'  # type: ignore[assignment]
        parts.append(
            f'          <tr{row}>\n            <th scope="row">{label}</th>\n'
            '            <td class="histogram__bar" aria-hidden="true"><svg viewBox="0 0 100 10"'
            f' preserveAspectRatio="none" focusable="false"><rect width="{bar.share}" height="10"></rect></svg></td>\n'
            f'            <td class="number">{bar.count:,}</td>\n          </tr>\n'
        )
    return Markup("".join(parts))  # noqa: S704  (label and address are escaped)


def install(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.globals.update(facet_group=facet_group, bars=bars)
