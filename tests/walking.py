"""Walking a site by its forms, as browsers send them: which endpoint wrote which events."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from pages import PageClient
from sqlalchemy import func, select

from tenants.actor import SYSTEM
from tenants.audit import AuditEvent
from tenants.db import act_as, db

# What is sent by POST and changes nothing that lasts: a preview, an upload that is kept for an hour, a question.
NOTHING_LASTING = {
    "secretariat.preview_publication",
    "secretariat.preview_problem",
    "secretariat.preview_synonym",
    "secretariat.upload_files",
    "secretariat.discard_import",
    "vendor.upload_files",
    "vendor.discard_import",
    "organisation.hold_invitation",
    "sign_in.leave",
    "inbox.open_notice",
    "inbox.read",
    "inbox.read_all",
    "sign_in.go_again",
    "sign_in.link_identity",
    "api.estimates",
    "api.prices",
    "api.eligibility",
    "api.find",
    "api.needs",
}
# Mail programs do not follow what leads on from a POST (RFC 8058).
ANSWERS_AT_ONCE = {"public.stop_mail"}


class Forms(HTMLParser):
    """The forms of a page with what a browser would send for each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._textarea = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.found.append((facts.get("action", ""), {}))
        elif not self.found:
            return
        elif tag == "input" and "name" in facts:
            ticked = facts.get("type") not in ("checkbox", "radio") or "checked" in facts
            if ticked and facts.get("type") != "file":
                self._add(facts["name"], facts.get("value", ""))
        elif tag == "textarea":
            self._textarea = facts.get("name", "")
            self._add(self._textarea, "")
        elif tag == "select":
            self._select = facts.get("name", "")
        elif tag == "option" and self._select and "selected" in facts:
            self._add(self._select, facts.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            values = self.found[-1][1][self._textarea]
            values[-1] += data

    def _add(self, name: str, value: str) -> None:
        self.found[-1][1].setdefault(name, []).append(value)


def filled(browser: PageClient, page: str, action: str, **changes: object) -> tuple[str, dict[str, object]]:
    """The form of a page whose action ends so, with some fields filled in differently."""
    html = browser.get(page).text
    for address, fields in Forms(html).found:
        if address.partition("?")[0].endswith(action):
            return address or page, {**fields, **changes}
    raise AssertionError(f"no form {action} on {page}: {[address for address, _ in Forms(html).found]}")


class Walk:
    """Sends forms, and notes which endpoint wrote which events."""

    def __init__(self, site) -> None:
        self.site = site
        self.seen: dict[str, set[str]] = {}
        self.typed: set[str] = set()

    def events(self, after: int = 0) -> list[str]:
        with act_as(SYSTEM):
            later = select(AuditEvent.name).where(AuditEvent.number > after)
            return list(db.session.scalars(later.order_by(AuditEvent.number)))

    def last(self) -> int:
        with act_as(SYSTEM):
            return db.session.scalar(select(func.max(AuditEvent.number))) or 0

    def post(self, browser: PageClient, path: str, form: dict[str, object], **kwargs: object):
        self.typed |= {each for each in form.values() if isinstance(each, str)}
        before = self.last()
        answer = browser.post_form(path, form, **kwargs)
        adapter = self.site.url_map.bind("localhost")
        endpoint, _ = adapter.match(path.partition("?")[0], method="POST")
        written = set(self.events(before))
        changes = answer.status_code == 302 or endpoint in NOTHING_LASTING | ANSWERS_AT_ONCE
        assert changes, f"{endpoint}: {answer.status_code} {re.findall('error[^<]*<[^<]*<[^<]*', answer.text)[:5]}"
        assert bool(written) == (endpoint not in NOTHING_LASTING), f"{endpoint} wrote {written}"
        self.seen.setdefault(endpoint, set()).update(written)
        return answer

    def send(self, browser: PageClient, page: str, action: str, **changes: object):
        return self.post(browser, *filled(browser, page, action, **changes))
