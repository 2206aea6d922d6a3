"""What is told: written with its cause, for whom it is meant, in words that are all there."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tenants import notices
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db, use_case
from tenants.notices.facts import in_words, keep
from tenants.notices.models import Posting
from tenants.notices.templates import CATEGORIES, TEMPLATES
from tenants.permissions import Permission
from tenants.text import Text


def postings() -> list[Posting]:
    with act_as(SYSTEM):
        found = list(db.session.scalars(select(Posting).order_by(Posting.created_at)))
        db.session.expunge_all()
        return found


def jobs_waiting() -> int:
    with act_as(SYSTEM):
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notices.deliver'"
        return db.session.scalar(text(query)) or 0


@use_case
def tell(organisation_id: uuid.UUID, **more: object) -> None:
    facts = {"listing": "会計くん", "reason": "価格を確かめてください"}
    notices.notify_organisation(organisation_id, "listing_returned", link="/vendor/packages", **facts | more)


def test_a_notice_is_written_with_its_cause(organisation, actor_of):
    vendor = organisation("vendor")
    with act_as(actor_of(organisation("secretariat"), "secretariat_reviewer")):
        tell(vendor, permission=Permission.EDIT_LISTINGS)
    (posting,) = postings()
    assert posting.organisation_id == vendor
    assert posting.permission == "edit_listings"
    assert posting.facts["listing"] == {"ja": "会計くん", "en": "会計くん"}
    assert jobs_waiting() == 1


def test_a_cause_that_fails_tells_nobody(organisation):
    @use_case
    def fail() -> None:
        tell(vendor)
        raise LookupError

    vendor = organisation("vendor")
    with act_as(SYSTEM), pytest.raises(LookupError):
        fail()
    assert postings() == []
    assert jobs_waiting() == 0


@pytest.mark.parametrize("kind", ["vendor", "sme", "committee", "secretariat"])
def test_every_audience_may_tell_and_only_the_worker_reads(organisation, actor_of, kind):
    role = {"committee": "committee_member", "secretariat": "secretariat_reviewer"}.get(kind, f"{kind}_owner")
    me = actor_of(organisation(kind), role)
    with act_as(me):
        tell(me.own_organisation)
        assert db.session.scalar(select(func.count()).select_from(Posting)) == 0
    assert [posting.written_by for posting in postings()] == [me.person_id]


def test_the_public_tells_nobody_anything(services):
    """Not even of a briefing: bookings are the system's to make, and to tell of."""

    @use_case
    def book() -> None:
        notices.notify_address(
            "hanako@example.jp",
            "briefing_booked",
            link="/briefings/1",
            briefing="公募説明会",
            starts_at=datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
            place="オンライン",
        )

    with act_as(PUBLIC):
        for told in (book, lambda: tell(uuid.uuid4())):
            with pytest.raises(ProgrammingError, match="row-level security"):
                told()
            db.session.rollback()
    assert postings() == []


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "",
        "/a\nb",
        "/a b",
        "javascript:alert(1)",
    ],
)
def test_a_notice_leads_nowhere_but_to_a_page_of_this_site(organisation, link):
    @use_case
    def lead() -> None:
        notices.notify_secretariat("registration_to_check", link=link, number=1, vendor="会社")

    with act_as(SYSTEM), pytest.raises(IntegrityError, match="ck_notice_posting_link"):
        lead()


def test_missing_and_unknown_facts_are_told_to_the_programmer(services):
    with act_as(SYSTEM), pytest.raises(ValueError, match="needs exactly"):
        notices.notify_secretariat("registration_to_check", link="/", number=1)
    with act_as(SYSTEM), pytest.raises(KeyError):
        notices.notify_secretariat("no_such_notice", link="/")


# --- the words ---


@pytest.mark.parametrize("code", TEMPLATES)
def test_a_template_says_the_same_facts_in_both_languages(code):
    template = TEMPLATES[code]
    assert template.code == code
    assert template.category in CATEGORIES
    for text_ in (template.subject, template.body, template.todo, template.action):
        assert text_.ja.strip()
        assert text_.en.strip()
        if template.facts:
            filled = {name: f"<{name}>" for name in template.facts}
            named = {name for name in template.facts if f"<{name}>" in text_.ja.format(**filled)}
            assert named == {name for name in template.facts if f"<{name}>" in text_.en.format(**filled)}


def test_facts_are_kept_as_people_read_them():
    assert in_words(date(2026, 11, 24)) == Text("2026年11月24日（火）", "24 November 2026 (Tue)")
    evening = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    assert in_words(evening).ja == "2026年11月25日（水）00:30"
    assert in_words(None) == in_words("") == Text("—", "—")
    assert in_words(12) == Text("12", "12")


def test_facts_stay_on_one_line_and_end():
    kept = keep({"reason": "一行目\r\nBcc: x@evil.example\x00\u202e", "long": "あ" * 3000})
    assert kept["reason"]["ja"] == "一行目 Bcc: x@evil.example"
    assert len(kept["long"]["ja"]) == 501


def test_braces_in_a_fact_are_no_places():
    from tenants.notices.facts import fill  # noqa: PLC0415

    kept = keep({"name": "{other} {0} %s"})
    assert fill(Text("{name}様", "Dear {name}"), kept).ja == "{other} {0} %s様"
