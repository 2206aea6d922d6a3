"""保存した検索: the searches a person keeps, and whether they are told of new matches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from catalogue.masters import vocabulary
from search.facet_values import facet_values
from search.parameters import BadQuery, SearchQuery
from search.queries import find
from search.saved import conditions, services, telling
from search.saved.services import MOST, NAME_LIMIT, Saved
from tenants.errors import BadInput
from tenants.notices import preferences
from tenants.permissions import Permission
from tenants.text import Text, same
from web.fields import by_field
from web.guard import Open, allow
from web.lists import address_of, broken_form, read_version
from web.public.search import for_people
from web.public.search_address import address, chips
from web.sme.blueprint import blueprint
from web.words import language, t

# In the browser's cookie: the search somebody wanted to keep before their business was registered.
SEARCH_WISH: Final = "search_wish"
_LONGEST_WISH: Final = 1000
_CATEGORY: Final = "saved_searches"
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One saved search with its conditions in words and the address that runs it."""

    saved: Saved
    words: Sequence[tuple[Text, Text | str]]
    href: str | None


@blueprint.get("/searches")
@allow(Permission.SAVE_SEARCHES)
def saved_searches() -> str:
    """All that one keeps, each with what was found and told last."""
    return _page()


def _page(error: BadInput | None = None, search_id: uuid.UUID | None = None) -> str:
    mine = preferences.mine()
    return render_template(
        "sme/saved_searches.html",
        rows=[_row(each) for each in services.mine()],
        most=MOST,
        name_limit=NAME_LIMIT,
        declined=not next(each.by_mail for each in mine.choices if each.category.code == _CATEGORY),
        broken_since=mine.broken_since,
        findings=error.findings if error else (),
        wrong=search_id,
        typed=request.form.get("name", ""),
    )


def _row(saved: Saved) -> Row:
    if saved.query is None:
        return Row(saved, (), None)
    return Row(saved, _words(saved.query), None if saved.faults else address(saved.query))


def _words(query: SearchQuery) -> list[tuple[Text, Text | str]]:
    """What is asked for: the words typed, then every filter as the search page names it."""
    typed = [(Text("言葉", "Words"), query.q)] if query.q else []
    labels = facet_values({}, query, vocabulary())
    return [*typed, *((chip.group, chip.label) for chip in chips(query, labels))]


@blueprint.get("/searches/save")
@allow(Open.SIGNED_IN)
def save_search_page() -> Answer:
    """A name for the search in the address. Without a business yet, the wish is kept until there is one.

    What no search has leads back to the search page, which says what is wrong in it and has the lists to choose from.
    """
    try:
        query = _asked()
    except BadQuery:
        return redirect(address_of("public.packages", request.args.to_dict(flat=False)))
    if g.signed_in.workplace is None:
        wish = urlencode(conditions.plain(query).to_args())  # with its order, which is none of the conditions
        if len(wish) <= _LONGEST_WISH:
            session[SEARCH_WISH] = wish
        return redirect(url_for("sme.register"))
    return _save_page(query)


def _asked() -> SearchQuery:
    """The search in the address. Raises BadQuery, in the words of the search page."""
    try:
        query = SearchQuery.from_args(request.args)
        query.check(vocabulary())
    except BadQuery as error:
        raise for_people(error) from None
    return query


def _save_page(query: SearchQuery, error: BadInput | None = None) -> str:
    page = find(replace(query, page=1, per_page=1))
    words = _words(query)
    findings = error.findings if error else ()
    return render_template(
        "sme/save_search.html",
        query=query,
        words=words,
        page=page,
        loose=bool(page.items) and not telling.tells(page.stage),
        back=address(query),
        there=services.known(query),
        full=services.full(),
        most=MOST,
        name_limit=NAME_LIMIT,
        findings=findings,
        errors=by_field(findings),
        name=request.form.get("name", suggested_name(words)),
        by_mail="by_mail" in request.form or request.method == "GET",
    )


def suggested_name(words: Sequence[tuple[Text, Text | str]]) -> str:
    """From the words and filters, as many as fit."""
    spoken = [same(label) if isinstance(label, str) else label for _, label in words]
    name = "・".join(each.in_language(language()) for each in spoken)
    if not name:
        return t("すべてのITツール", "All packages")
    return name if len(name) <= NAME_LIMIT else f"{name[: NAME_LIMIT - 1]}…"


@blueprint.post("/searches/save")
@allow(Permission.SAVE_SEARCHES)
def save_search() -> Answer:
    """Keep it under this name."""
    query = _asked()
    try:
        _, new = services.save(query, request.form.get("name", ""), by_mail="by_mail" in request.form)
    except BadInput as error:
        if error.status != BadInput.status:
            raise
        return _save_page(query, error), error.status
    session.pop(SEARCH_WISH, None)
    if new:
        flash(t("検索を保存しました。", "The search is saved."), "success")
    else:
        flash(t("この検索は、すでに保存してあります。", "This search is saved already."), "info")
    return redirect(url_for("sme.saved_searches"))


@blueprint.post("/searches/<uuid:search_id>/name")
@allow(Permission.SAVE_SEARCHES)
def rename_search(search_id: uuid.UUID) -> Answer:
    """Another name."""
    try:
        services.rename(search_id, request.form.get("name", ""), read_version=read_version())
    except BadInput as error:
        return _page(error, search_id), error.status
    flash(t("名前を変えました。", "The name is changed."), "success")
    return redirect(url_for("sme.saved_searches"))


@blueprint.post("/searches/<uuid:search_id>/mail")
@allow(Permission.SAVE_SEARCHES)
def switch_search(search_id: uuid.UUID) -> Response:
    """Told of new matches, or not."""
    wanted = request.form.get("by_mail")
    if wanted not in ("on", "off"):
        raise broken_form()
    services.switch(search_id, by_mail=wanted == "on", read_version=read_version())
    if wanted == "on":
        flash(
            t(
                "これから公開されるITツールをお知らせします。",
                "You will be told of what is published from now on.",
            ),
            "success",
        )
    else:
        flash(t("お知らせを止めました。", "You will not be told any more."), "success")
    return redirect(url_for("sme.saved_searches"))


@blueprint.post("/searches/<uuid:search_id>/remove")
@allow(Permission.SAVE_SEARCHES)
def remove_search(search_id: uuid.UUID) -> Response:
    """Take it away."""
    services.remove(search_id, read_version=read_version())
    flash(t("保存した検索を削除しました。", "The saved search is deleted."), "success")
    return redirect(url_for("sme.saved_searches"))
