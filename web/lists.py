"""What list pages share: which page, which filter, which rows were chosen; addresses that keep the rest."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import request, url_for

from catalogue import listing_queries
from catalogue.listing_queries import KINDS
from catalogue.listings import Kind
from search.name_order import vendor_key
from tenants.errors import BadInput, Finding, NotFound
from tenants.text import Text

MOST_DIGITS: Final = 7
# As url_for writes queries.
_PLAIN_IN_A_QUERY: Final = "!$'()*,/:;?@"


def page_number() -> int:
    """?page=, from 1; anything else counts as 1, what is beyond the end is the last page."""
    written = request.args.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS else 1


def words() -> str:
    """?q=, what was typed into the list's search box."""
    return text_wanted("q")


def text_wanted(name: str) -> str:
    """A word in the address's query, without what no database text can hold."""
    return request.args.get(name, "").replace("\x00", "")[:200]


def kind_wanted() -> Kind | None:
    """?only=, one of the two kinds; None for both."""
    written = request.args.get("only")
    return written if written in KINDS else None


def id_wanted(name: str) -> uuid.UUID | None:
    """An id in the address's query; None when it is missing or no id."""
    return _uuid(request.args.get(name, ""))


def _uuid(written: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(written)
    except ValueError:
        return None


def kind_of(written: str) -> Kind:
    """The kind named in a path; NotFound for anything else."""
    if written not in KINDS:
        raise NotFound(Text("ページ", "The page"))
    return written


def address_with(**changes: Any) -> str:
    """This page's address with these parts of its query changed; None takes one out, any change goes to page 1."""
    query: dict[str, Any] = {key: request.args.getlist(key) for key in request.args if key != "lang"}
    query |= {"page": None} | changes
    return address_of(str(request.endpoint), query, **(request.view_args or {}))


def address_of(endpoint: str, query: Mapping[str, Any], **path: Any) -> str:
    """A page's address with this query: each value one or a list of them, None for none.

    For queries that were asked with: url_for takes whatever is named _anchor or endpoint as meant for itself.
    """
    given = {name: value for name, value in query.items() if value is not None}
    written = urlencode(given, doseq=True, safe=_PLAIN_IN_A_QUERY)
    return url_for(endpoint, **path) + (f"?{written}" if written else "")


def page_address(number: int) -> str:
    """This list's address at another page."""
    return address_with(page=number)


def chosen() -> dict[Kind, dict[uuid.UUID, int]]:
    """The rows that were ticked: each ``chosen`` is one or more ``kind:id:version``, joined by commas."""
    found: dict[Kind, dict[uuid.UUID, int]] = {}
    for field in request.form.getlist("chosen"):
        for key in filter(None, field.split(",")):
            kind, listing_id, version = _key(key)
            found.setdefault(kind, {})[listing_id] = version
    return found


def _key(written: str) -> tuple[Kind, uuid.UUID, int]:
    kind, _, rest = written.partition(":")
    written_id, _, version = rest.partition(":")
    listing_id = _uuid(written_id)
    if kind not in KINDS or listing_id is None or not _is_version(version):
        raise broken_form()
    return kind, listing_id, int(version)


def _is_version(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS


def read_version() -> int:
    """The version the person saw, from the form."""
    written = request.form.get("version", "")
    if not _is_version(written):
        raise broken_form()
    return int(written)


def broken_form() -> BadInput:
    """The form did not come from our page as it was drawn."""
    return BadInput(
        Finding(
            "broken_form",
            Text("送られた内容を読み取れませんでした。", "The form could not be read."),
            Text("画面を開き直して、もう一度操作してください。", "Reload the page and try again."),
        )
    )


def vendors_with(state: str) -> list[tuple[uuid.UUID, str]]:
    """Vendors that have listings in this state, in the order of their names: the choices of a filter."""
    return sorted(listing_queries.vendors_with(state), key=lambda each: vendor_key(each[1]))
