"""Parts of pages that show nothing but what they are given, drawn once for each thing that is given.

A list shows the same packages under ever new addresses. What a part rests on is its key, whole, so nothing has to be
thrown away when something changes: other words, other amounts or another language are another key.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Final

from flask import Flask, current_app
from markupsafe import Markup

from web import words
from web.public.cards import Card
from web.result_cards import PARTS

# Of 1 to 5 kB each with its key; the parts that nobody asked for the longest are let go.
MOST: Final = 6_000
_SIGNS: Final = "img/icons.svg"


def install(app: Flask) -> None:
    """Give templates ``drawn('frame.foot', centre)``: a macro by its file, its name and all it is given.

    Those of cards are written out in web/result_cards.py. For macros that read nothing else: no session, no form token, no address of the page. Thread-safe; each
    application has its own.
    """
    asset = app.jinja_env.globals["asset"]

    @lru_cache(maxsize=MOST, typed=True)  # a label that is marked up is not the text that looks like it
    def draw(macro: str, _language: str, _signs: str, *given: Hashable) -> Markup:
        drawing = PARTS.get(macro)
        if drawing is None:
            # From the application of the request, for a function that knew it would keep it alive.
            file, _, name = macro.partition(".")
            drawing = getattr(current_app.jinja_env.get_template(f"macros/{file}.html").module, name)
        return Markup(drawing(*given))  # noqa: S704  (what a macro answers is escaped)

    def drawn(macro: str, *given: Hashable) -> Markup:
        return draw(macro, words.language(), asset(_SIGNS), *given)

    def result_cards(cards: Iterable[Card], level: int = 3, *, compare: bool = True) -> Markup:
        """Packages in a list of results. What each is and what it costs are parts of their own."""
        language, signs, articles = words.language(), asset(_SIGNS), []
        for card in cards:
            said = draw("packages.card_words", language, signs, card.words, level)
            cost = draw("packages.card_money", language, signs, card.money, compare)
            articles.append(f'<article class="result">\n    {said}\n    {cost}\n  </article>')
        return Markup("".join(articles))  # noqa: S704  (both are drawn)

    app.jinja_env.globals.update(drawn=drawn, result_cards=result_cards)
    app.extensions["hojo_drawn"] = draw
