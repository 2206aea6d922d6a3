"""Requests as the site's pages read them: nothing in an address that no page could show."""

from __future__ import annotations

import re
from typing import Final

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

# Control characters but tab and line breaks, and what Unicode says is no character: HTML has no place for them, not
# even in a field that shows what was typed.
_NO_CHARACTER: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


# Programs are told what is wrong with an address; where signing in leads to is judged as it was written.
_AS_WRITTEN: Final = ("/api/", "/sign-in")


def as_text(value: str) -> str:
    """The value with a blank for whatever no page could show."""
    return _NO_CHARACTER.sub(" ", value)


class PlainRequest(Request):
    """A request whose query is text to the pages: what is no character reads as a blank."""

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:  # type: ignore[override]  # the same, made once
        """The query's parameters."""
        given = super().args
        if self.path.startswith(_AS_WRITTEN):
            return given
        return type(given)((name, as_text(value)) for name, value in given.items(multi=True))
