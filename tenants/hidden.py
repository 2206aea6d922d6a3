"""Characters that nobody sees and that make a text read, or count, otherwise than it looks. Pure."""

from __future__ import annotations

import re
from typing import Final

# Controls but tab and line breaks (the database takes no NUL, a workbook none of them); marks that turn the direction
# of writing; spaces without width, fillers and tags that look like nothing. The joiner in 👨‍👩‍👧 is none of them.
HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# What chooses between pictures of one character, or joins two into one.
_CHOOSES: Final = re.compile("[\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BREAKS: Final = re.compile(r"[\t\n\r\u2028\u2029]+")


def on_one_line(written: str) -> str:
    """A name or an address as it is kept: what is seen of it, on one line, without blanks around it."""
    return _BREAKS.sub(" ", HIDDEN.sub("", written)).strip()


def in_lines(written: str) -> str:
    """A text of any length as it is kept: what is seen of it, without blanks around it."""
    return HIDDEN.sub("", written.replace("\r\n", "\n").replace("\r", "\n")).strip()


def as_seen(written: str) -> str:
    """For comparing only: without anything that cannot be told by looking."""
    return _CHOOSES.sub("", HIDDEN.sub("", written))
