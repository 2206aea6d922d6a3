"""What is sent is bent: files that are not what they say, the last seat pressed twice, ids of others in an API's body.

Beside test_bent_requests.py, which bends the requests themselves.
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import briefings
import grants
import pytest
import registrations
from sqlalchemy import func, select, text
from together import at_once

from catalogue.models import Package
from marketplace.briefings.models import Briefing, BriefingBooking
from marketplace.registration import services as applying
from marketplace.registration.models import RegistrationPaper
from tenants import clock, files
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.file_models import StoredFile

pytestmark = pytest.mark.security

SECRET = "秘密の下書きパック"
ATTACH = "/vendor/registration/papers/tax/attach"


# --- the last seat ---


@pytest.fixture
def one_seat(services, organisation, actor_of) -> int:
    """A briefing with a single seat."""
    office = actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer")
    return briefings.announced(office, briefings.facts(seats=1, most_people=1))


def booked(number: int) -> dict[str, int]:
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(BriefingBooking.state, func.count())
            .where(BriefingBooking.briefing_number == number)
            .group_by(BriefingBooking.state)
        ).all()
        return dict(map(tuple, rows))


def test_of_two_who_press_for_the_last_seat_one_has_it_and_one_waits(one_seat, browser):
    browsers = [browser(briefings.person()) for _ in range(2)]
    wanted = {"name": "名前", "organisation_name": "", "people": "1"}
    forms = [wanted | {"csrf_token": each.csrf_token()} for each in browsers]
    path = f"/briefings/{one_seat}/book"
    got = at_once(
        [lambda b=each, f=form: b.post(path, data=f) for each, form in zip(browsers, forms, strict=True)]
    )
    assert got == [302, 302]
    assert booked(one_seat) == {"booked": 1, "waiting": 1}
    with act_as(SYSTEM):
        row = db.session.get_one(Briefing, one_seat)
        assert (row.taken, row.waiting) == (1, 1)


def test_one_who_presses_twice_at_once_has_one_seat(one_seat, browser):
    visitor = briefings.person()
    browsers = [browser(visitor) for _ in range(2)]
    wanted = {"name": "名前", "organisation_name": "", "people": "1"}
    forms = [wanted | {"csrf_token": each.csrf_token()} for each in browsers]
    got = at_once(
        [
            lambda b=each, f=form: b.post(f"/briefings/{one_seat}/book", data=f)
            for each, form in zip(browsers, forms, strict=True)
        ]
    )
    assert set(got) <= {302, 409, 422}
    assert booked(one_seat) == {"booked": 1}


@pytest.mark.parametrize("people", ["0", "-1", "2", "9" * 30, "1.5", "", "１"])
def test_more_seats_than_one_may_take_are_not_given(one_seat, browser, people):
    answer = browser(briefings.person()).post_form(
        f"/briefings/{one_seat}/book", data={"name": "名前", "organisation_name": "", "people": people}
    )
    assert answer.status_code in (302, 422)
    assert booked(one_seat) == ({"booked": 1} if answer.status_code == 302 else {})
    assert answer.status_code == 422 or people == "１"


# --- files ---


@pytest.fixture
def vendor(app) -> Actor:
    """A vendor whose registration is being written, in an open round."""
    registrations.use_memory()
    now = clock.now()
    registrations.open_round(now - timedelta(days=1), now + timedelta(days=30))
    made = registrations.vendor()
    with act_as(made):
        applying.start()
    return made


def send(browser: Any, content: bytes, name: str, said: str = "application/pdf") -> Any:
    """A file as a browser sends it, with the type that it says."""
    return browser.post_form(
        ATTACH, data={"file": (io.BytesIO(content), name, said)}, content_type="multipart/form-data"
    )


def kept() -> list[tuple[str, str]]:
    """The names and types of all files that were taken."""
    with act_as(SYSTEM):
        rows = db.session.execute(select(StoredFile.name, StoredFile.media_type))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ\x90\0 a program", "paper.pdf", "application/pdf"),
        (b"<html><script>alert(1)</script></html>", "paper.pdf", "application/pdf"),
        (b"<html><script>alert(1)</script></html>", "paper.png", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "paper.svg", "image/svg+xml"),
        (b"PK\x03\x04 an archive", "paper.pdf", "application/pdf"),
        (b"", "paper.pdf", "application/pdf"),
        (b"#!/bin/sh\nrm -rf /\n", "paper.pdf.sh", "application/pdf"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_taken(vendor, browser, content, name, said):
    answer = send(browser(vendor), content, name, said)
    assert answer.status_code == 422
    assert kept() == []


def test_what_a_file_says_of_its_type_is_not_believed(vendor, browser):
    """A true PDF under a web page's name and type is kept, and given back, as what it is, to be saved only."""
    visitor = browser(vendor)
    assert send(visitor, registrations.PDF, "x.html", "text/html").status_code == 302
    [(name, media_type)] = kept()
    assert media_type == "application/pdf"
    assert name.endswith(".pdf")
    with act_as(SYSTEM):
        paper = db.session.scalars(select(RegistrationPaper.id)).one()
    answer = visitor.get(f"/vendor/registration/papers/{paper}")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_that_is_too_large_is_not_taken(vendor, browser):
    visitor = browser(vendor)
    parts = (
        f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{visitor.csrf_token()}\r\n',
        '--b\r\nContent-Disposition: form-data; name="file"; filename="paper.pdf"\r\n\r\n',
    )
    large = registrations.PDF + b"0" * files.MOST_BYTES
    # Written out here: the test client's own way to send files leaves those of this size open.
    answer = visitor.post(
        ATTACH,
        data="".join(parts).encode() + large + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code in (413, 422)
    assert kept() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.pdf",
        "..\\..\\windows\\x.pdf",
        "/etc/cron.d/x.pdf",
        "a\r\nSet-Cookie: stolen=1.pdf",
        "a\0.html.pdf",
        "x" * 5000 + ".pdf",
        "\u202efdp.exe",
        ".pdf",
        "~",
        "名前；\"'<script>.pdf",
    ],
)
def test_a_name_leads_nowhere(vendor, browser, name):
    """It is kept without any folder, and given back as a name and no more."""
    visitor = browser(vendor)
    answer = send(visitor, registrations.PDF, name)
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert kept() == []
        return
    [(said, _)] = kept()
    assert not set(said) & set("/\\\r\n\0\u202e")
    assert 0 < len(said) <= 300
    with act_as(SYSTEM):
        paper = db.session.scalars(select(RegistrationPaper.id)).one()
    given = visitor.get(f"/vendor/registration/papers/{paper}")
    assert given.data == registrations.PDF
    assert "Set-Cookie: stolen" not in str(given.headers)
    assert "<script>." not in visitor.get("/vendor/registration/papers").text


def test_another_organisation_s_file_is_neither_read_nor_taken_off(vendor, browser):
    assert send(browser(vendor), registrations.PDF, "秘密.pdf").status_code == 302
    stranger = registrations.vendor("ほかの会社", "1000012050008")
    with act_as(stranger):
        applying.start()
    with act_as(SYSTEM):
        paper, file = db.session.execute(select(RegistrationPaper.id, RegistrationPaper.file_id)).one()
    other = browser(stranger)
    for named in (paper, file):
        assert other.get(f"/vendor/registration/papers/{named}").status_code == 404
        assert other.post_form(f"/vendor/registration/papers/{named}/remove").status_code == 404
        # Nor does naming it beside a file, or in a file's place, bring it into one's own papers.
        data = {"file": str(named), "file_id": str(named), "paper_id": str(named)}
        assert other.post_form(ATTACH, data=data).status_code == 422
    with act_as(SYSTEM):
        assert db.session.execute(select(RegistrationPaper.id, RegistrationPaper.removed_at)).all() == [
            (paper, None)
        ]


# --- what an API's body names ---


@pytest.fixture
def world(services, organisation, actor_of) -> grants.World:
    """A published package, an application for it, and a draft beside it."""
    return grants.build(organisation, actor_of, now=True)


def rows(owner: Any) -> dict[str, str]:
    """A word for all rows of each table: what changed is another word."""
    told = {}
    with owner.connect() as connection:
        for name in connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all():
            said = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
            told[name] = connection.scalar(text(said)) or ""
    return told


def test_an_api_s_body_reaches_nothing_of_anybody(world, owner, browser):
    """Every operation that takes a body, every text in it: an id or code of a draft, an application, an organisation."""
    with act_as(world.sme):
        publication = grants.services.live_package(grants.CODE)
        application = grants.services.start(grants.CODE, publication_id=publication.id)
    with act_as(SYSTEM):
        hidden = Package(
            organisation_id=world.vendor_id, code="DRAFT-1", name=SECRET, industries=["all"], cloud_months=0
        )
        hidden.state = "draft"
        db.session.add(hidden)
        db.session.commit()
        theirs = ["DRAFT-1", str(hidden.id)]
    theirs += [str(application), str(world.vendor_id), str(world.sme.organisation_id), str(publication.id)]
    applicant = {"kind": "company", "jsic": "M76", "employees": 4}
    line = {"kind": "software", "amount_yen": 300_000}
    bodies: dict[str, tuple[dict[str, Any], ...]] = {
        "estimates": ({"package": grants.CODE}, {"lines": [line], "functions": ["F1", "B1"]}),
        "prices": ({"kind": "software", "subsidy_yen": 200_000, "functions": ["F1", "B1"]},),
        "needs": ({"functions": ["F1"]},),
        "find": ({"problems": ["payroll"]}, {"text": "予約の電話が多い"}),
        "eligibility": ({"applicant": applicant},),
    }
    anybody = browser()
    before = rows(owner)
    for operation, given in bodies.items():
        path = f"/api/v1/{operation}"
        for body in given:
            for name in ("package", "scheme", "kind", "industry", "organisation_id", "id", "applicant"):
                for foreign in theirs:
                    answer = anybody.post(path, json=body | {name: foreign})
                    assert answer.status_code in (400, 404, 422), (operation, name, answer.status_code)
                    assert SECRET not in answer.text
            for name in ("functions", "have", "problems"):
                answer = anybody.post(path, json=body | {name: theirs})
                assert answer.status_code in (400, 404, 422), (operation, name, answer.status_code)
    for foreign in theirs:
        assert anybody.post("/api/v1/estimates", json={"package": foreign}).status_code in (404, 422)
        assert anybody.get(f"/api/v1/packages/{foreign}").status_code == 404
    assert rows(owner) == before
