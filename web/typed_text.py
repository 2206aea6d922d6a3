"""What somebody typed into a form that could not be taken, given back on the page that says so.

Nothing of it is stored here: it goes back to the browser it came from, and only when a page of this site sent it.
Why: docs/decisions/typed-text.md.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from tenants.sign_in import SignedIn
from tenants.text import Text
from web.fact_words import MORE_FACTS
from web.plain_request import as_text

# Never given back, whatever a form calls them: form tokens, passwords, keys, and the code of an invitation.
_SECRET: Final = re.compile(
    r"csrf|token|passw|secret|credential|signature|api_?key|(^|_)(pin|otp)$", re.IGNORECASE
)
# The page's own fields: the form's token, and which files were left behind at the first try.
CHOOSE: Final = "files_to_choose_again"
_OURS: Final = frozenset({"csrf_token", CHOOSE})
_SECRET_AT: Final = frozenset({"organisation.hold_invitation"})
# A hidden value or a tick is one word of ASCII; what people write for people has another character or a blank in it.
_WRITTEN: Final = re.compile(r"[^!-~]")
_ON_A_PHONE: Final = 20  # characters of a line
_MAIN_FIELDS: Final = {
    "body": Text("本文", "Text"),
    "message": Text("メッセージ", "Message"),
    "name": Text("名前", "Name"),
    "note": Text("メモ・備考", "Note"),
    "reason": Text("理由", "Reason"),
    "subject": Text("件名", "Subject"),
    "text": Text("内容", "Text"),
    "words": Text("言葉", "Words"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A text that somebody wrote, with its field's name in words (or as the form has it)."""

    label: Text
    value: str

    @property
    def rows(self) -> int:
        """The height of a box that shows most of it."""
        return min(max(sum(1 + len(line) // _ON_A_PHONE for line in self.value.split("\n")), 2), 12)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent: the texts in it, every field to send it once more, and which files have to be chosen again.

    fields is empty when a secret was among them: without it the form would not be what was sent.
    """

    texts: tuple[Written, ...]
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


def given_back() -> Typed | None:
    """What this request's form held, for the page that says why it was not taken.

    None when nothing was sent, when it could not be read, and when another site's page sent it: what our pages show
    as typed here must never be another's words.
    """
    if request.method != "POST" or not _sent_by_this_site():
        return None
    try:
        sent = [(name, as_text(value)) for name, value in request.form.items(multi=True) if name not in _OURS]
        files = _files()
    except HTTPException:  # too large, or not to be read
        return None
    plain = [] if request.endpoint in _SECRET_AT else [pair for pair in sent if not _SECRET.search(pair[0])]
    texts = tuple(Written(_label(name), value) for name, value in plain if _WRITTEN.search(value.strip()))
    return Typed(texts, tuple(plain) if plain == sent else (), tuple(files)) if texts or sent else None


def _files() -> list[tuple[str, str]]:
    """Field and name of each file that was sent, or that the page before this one said has to be chosen again."""
    sent = [(name, as_text(each.filename)) for name, each in request.files.items(multi=True) if each.filename]
    return sent + [
        (name, file) for name, _, file in (each.partition("/") for each in request.form.getlist(CHOOSE))
    ]


def writer() -> str:
    """Whose drafts this tab may hold (js/drafts.js): a mark of person and organisation; empty for nobody.

    It tells nobody who they are, and cannot be guessed for another.
    """
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        return ""
    here = signed_in.workplace.organisation_id if signed_in.workplace else ""
    said = f"drafts of {signed_in.actor.person_id} {here}".encode()
    return hmac.new(str(current_app.secret_key).encode(), said, hashlib.sha256).hexdigest()[:16]


def _sent_by_this_site() -> bool:
    """What browsers say of where a form was: Sec-Fetch-Site where they send it, else Origin. Neither: not known."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return (origin.scheme, origin.netloc) == (request.scheme, request.host)


def _label(name: str) -> Text:
    known = _MAIN_FIELDS.get(name) or MORE_FACTS.get(name)
    return known or Text(f"入力欄「{name}」", f"Field “{name}”")
