"""A test client that looks at every page it gets as a strict reader would."""

from __future__ import annotations

import re
import uuid
from html import unescape
from html.parser import HTMLParser
from typing import Any

import html5lib
from flask import Flask, g
from flask import session as inner
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tenants import sign_in
from tenants.actor import Actor
from tenants.db import act_as, db
from tenants.models import ExternalIdentity
from web.edge import SESSION_TOKEN


class Page(HTMLParser):
    """What a page declares: headings, ids, labels, forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def check(html: str) -> Page:
    """Fail on malformed HTML, a missing title or language, several h1, doubled ids, unlabelled fields, inline code."""
    html5lib.HTMLParser(strict=True).parse(html)
    page = Page(html)
    title = re.search(r"<title>(.+?)</title>", html, re.DOTALL)
    assert title, "the page has no title"
    assert title.group(1).strip(), "the page's title is empty"
    assert page.all("html")[0].get("lang") in ("ja", "en")
    assert len(page.all("h1")) == 1, f"{len(page.all('h1'))} h1 on the page"
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids)), f"ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    _labels(page, set(ids))
    for tag, attrs in page.tags:
        assert "style" not in attrs, f"inline style on <{tag}>"
        assert not [name for name in attrs if name.startswith("on")], f"inline handler on <{tag}>"
    for script in page.all("script"):
        assert script.get("src"), "inline script"
    for form in page.all("form"):
        assert form.get("action", "") is not None
    return page


def _labels(page: Page, ids: set[str | None]) -> None:
    labelled = {attrs.get("for") for attrs in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for attrs in page.all(tag):
            if attrs.get("type") in ("hidden", "submit", "button"):
                continue
            named = attrs.get("id") in labelled or attrs.get("aria-label") or attrs.get("aria-labelledby") in ids
            assert named, f"no label for {attrs}"


def links(html: str, beginning: str) -> list[str]:
    """Where the page leads to, of what begins so."""
    return [link for link in map(unescape, re.findall(r'href="([^"]+)"', html)) if link.startswith(beginning)]


class PageClient(FlaskClient):
    """Checks every HTML page; ``post_form`` carries the CSRF token as a browser would."""

    application: Flask

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data.lstrip()[:15].lower() == b"<!doctype html>":
            check(response.text)
        return response

    def act_as(self, actor: Actor) -> PageClient:
        """Sign this browser in as a person made by ``actor_of``."""
        subject = uuid.uuid4().hex
        with act_as(Actor("system")):
            db.session.add(ExternalIdentity(provider="test", subject=subject, person_id=actor.person_id))
            db.session.commit()
        token = sign_in.sign_in("test", subject, name=actor.name, email="hanako@example.jp")
        if actor.organisation_id is not None:
            token = sign_in.switch_organisation(token, actor.organisation_id)
        with self.session_transaction() as session:
            session[SESSION_TOKEN] = token
        return self

    def csrf_token(self) -> str:
        """A token for this browser's session."""
        with self.application.test_request_context():
            g.pop("csrf_token", None)  # the test's own application context outlives its requests
            token = generate_csrf()
            raw = inner["csrf_token"]
        with self.session_transaction() as session:
            session["csrf_token"] = raw
        return token

    def post_form(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with its CSRF token."""
        return self.post(path, data={**(data or {}), "csrf_token": self.csrf_token()}, **kwargs)
