"""Announcements: unseen until their time, corrected in the open, never gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace import announcement_queries, announcements
from marketplace.announcement_models import Announcement
from tenants import audit, clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted, StaleVersion
from tenants.text import Text, same

TITLE = Text("説明会を開きます", "Briefings are held")
BODY = Text("一つめの段落。\n\n二つめの段落。", "First.\n\nSecond.")


@pytest.fixture
def publisher(services, organisation, actor_of):
    return actor_of(organisation("secretariat"), "secretariat_publisher")


def read(number: int) -> announcement_queries.AnnouncementView:
    with act_as(PUBLIC):
        return announcement_queries.one(number)


def test_a_published_announcement_is_read_by_everybody(publisher):
    with act_as(publisher):
        number = announcements.publish(TITLE, BODY, category="briefing", subject=("briefing", "1"))
    found = read(number)
    assert (found.title, found.body, found.category, found.edition, found.state) == (
        TITLE,
        BODY,
        "briefing",
        1,
        "published",
    )
    with act_as(PUBLIC):
        assert [each.number for each in announcement_queries.newest(3)] == [number]
        assert announcement_queries.newest(3, category="adoption") == []


def test_a_draft_is_hidden_by_the_database_too(publisher):
    with act_as(publisher):
        number = announcements.draft(TITLE, BODY, category="general")
        assert announcement_queries.one_for_desk(number).state == "draft"
    with pytest.raises(NotFound):
        read(number)
    with act_as(PUBLIC):
        assert db.session.get(Announcement, number) is None


def test_a_scheduled_one_appears_at_its_time_and_not_before(publisher):
    at = clock.now() + timedelta(hours=2)
    with act_as(publisher):
        number = announcements.publish(TITLE, BODY, category="general", published_at=at)
        assert announcement_queries.one_for_desk(number).state == "scheduled"
    with clock.at(at - timedelta(microseconds=1)), act_as(PUBLIC):
        assert announcement_queries.newest(3) == []
        assert announcement_queries.published().total == 0
        with pytest.raises(NotFound):
            announcement_queries.one(number)
    with clock.at(at), act_as(PUBLIC):
        assert announcement_queries.one(number).title == TITLE
        assert announcement_queries.published().total == 1


def test_a_scheduled_one_can_be_changed_and_taken_back_a_published_one_cannot(publisher):
    at = clock.now() + timedelta(hours=2)
    with act_as(publisher):
        number = announcements.draft(TITLE, BODY, category="general")
        announcements.publish_draft(number, read_version=1, published_at=at)
        announcements.change(number, same("改題"), BODY, category="general", read_version=2)
        announcements.take_back(number, read_version=3)
        assert announcement_queries.one_for_desk(number).published_at is None
        announcements.publish_draft(number, read_version=4)
        for step in (
            lambda: announcements.change(number, TITLE, BODY, category="general", read_version=5),
            lambda: announcements.take_back(number, read_version=5),
            lambda: announcements.publish_draft(number, read_version=5),
        ):
            with pytest.raises(IllegalStep):
                step()
    assert read(number).title.ja == "改題"


def test_a_correction_is_a_new_edition_and_the_former_stays(publisher):
    with act_as(publisher):
        number = announcements.publish(TITLE, BODY, category="general")
        first_at = announcement_queries.one_for_desk(number).published_at
        announcements.correct(
            number,
            same("二版"),
            BODY,
            category="briefing",
            correction=same("日付を直しました。"),
            read_version=1 + 1,
        )
        announcements.correct(
            number, same("三版"), BODY, category="briefing", correction=same("場所を直しました。"), read_version=3
        )
    now = read(number)
    assert (now.edition, now.title.ja, now.correction.ja) == (3, "三版", "場所を直しました。")
    assert now.published_at == first_at
    with act_as(PUBLIC):
        former = announcement_queries.former_editions(number)
        assert [(each.edition, each.title.ja) for each in former] == [(2, "二版"), (1, TITLE.ja)]
        assert former[0].since_at == former[1].until_at
        assert former[1].since_at == first_at
        assert announcement_queries.former_edition(number, 1).category == "general"
        with pytest.raises(NotFound):
            announcement_queries.former_edition(number, 3)


def test_what_is_not_published_is_not_corrected(publisher):
    with act_as(publisher):
        number = announcements.draft(TITLE, BODY, category="general")
        with pytest.raises(IllegalStep):
            announcements.correct(
                number, TITLE, BODY, category="general", correction=same("直しました。"), read_version=1
            )


def test_nothing_published_can_be_taken_away(publisher, owner):
    with act_as(publisher):
        number = announcements.publish(TITLE, BODY, category="general")
        announcements.correct(
            number, TITLE, BODY, category="general", correction=same("直しました。"), read_version=2
        )
    for statement in (
        "DELETE FROM announcement",
        "DELETE FROM former_announcement",
        "UPDATE former_announcement SET edition = 9",
    ):
        with act_as(SYSTEM), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement))
    with owner.connect() as connection, pytest.raises(ProgrammingError, match="append-only"):
        connection.execute(text("DELETE FROM former_announcement"))


@pytest.mark.parametrize("role", ["secretariat_reviewer", "secretariat_auditor", "secretariat_payments"])
def test_only_publishers_publish(services, organisation, actor_of, role):
    with act_as(actor_of(organisation("secretariat"), role)), pytest.raises(NotPermitted):
        announcements.publish(TITLE, BODY, category="general")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": Text(" ", "x")}, "title_ja"),
        ({"title": Text("あ" * 121, "x")}, "title_ja"),
        ({"body": Text("本文", "\n ")}, "body_en"),
        ({"body": Text("本\u202e文", "x")}, "body_ja"),
        ({"body": Text("本\x00文", "x")}, "body_ja"),
        ({"category": "nonsense"}, "category"),
        ({"published_at": "past"}, "published_at"),
    ],
)
def test_what_cannot_be_published_says_where(publisher, changes, field):
    values = {"title": TITLE, "body": BODY, "category": "general", "published_at": None} | changes
    if values["published_at"]:
        values["published_at"] = clock.now() - timedelta(seconds=1)
    with act_as(publisher):
        with pytest.raises(BadInput) as refused:
            announcements.publish(
                values["title"], values["body"], category=values["category"], published_at=values["published_at"]
            )
        assert [finding.field for finding in refused.value.findings] == [field]
        assert announcement_queries.for_desk().total == 0


def test_of_two_corrections_at_once_one_is_told(publisher, services):
    with act_as(publisher):
        number = announcements.publish(TITLE, BODY, category="general")

    def correct(words: str) -> str:
        with services.app_context(), act_as(publisher):
            try:
                announcements.correct(
                    number, same(words), BODY, category="general", correction=same("直し"), read_version=2
                )
            except StaleVersion:
                return "stale"
            return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(correct, "甲乙丙丁")) == ["done", "stale", "stale", "stale"]
    assert read(number).edition == 2


def test_publishing_joins_the_use_case_around_it(publisher):
    @use_case
    def decide() -> None:
        announcements.publish(TITLE, BODY, category="adoption")
        raise RuntimeError("the rest failed")

    with act_as(publisher), pytest.raises(RuntimeError):
        decide()
    with act_as(SYSTEM):
        assert announcement_queries.for_desk().total == 0
        assert list(audit.verify()) == []
