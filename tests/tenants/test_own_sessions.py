"""One's own sessions: listed, ended; and proving once more who one is."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tenants import clock, sessions, sign_in
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound, NotPermitted
from tenants.models import SignInSession
from tenants.sign_in import Browser

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _stand_still():
    with clock.at(START):
        yield


def enter(subject: str = "s1", device: str = "Chrome / Windows", moment: datetime = START, **more: object) -> str:
    with clock.at(moment):
        return sign_in.sign_in(
            "demo",
            subject,
            name="山田 花子",
            email="h@example.jp",
            browser=Browser(device, "203.0.113.x"),
            **more,
        )


def who_is(token: str) -> Actor:
    found = sign_in.resolve(token)
    assert found is not None
    return found.actor


def events() -> list[str]:
    with act_as(SYSTEM):
        return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))


def test_one_sees_one_s_own_browsers_last_used_first(services):
    enter("other")
    enter(device="Safari / iPhone", moment=START - timedelta(minutes=20))
    enter(moment=START - timedelta(minutes=61))
    token = enter()
    listed = sessions.own_sessions(who_is(token), token)
    assert [(each.device, each.current) for each in listed.items] == [
        ("Chrome / Windows", True),
        ("Safari / iPhone", False),
    ]
    assert listed.items[0].network == "203.0.113.x"
    assert listed.items[0].provider == "demo"
    assert listed.items[0].organisation is None


def test_one_of_them_is_ended_at_once(services):
    lost, token = enter(), enter()
    me = who_is(token)
    other = next(each for each in sessions.own_sessions(me, token).items if not each.current)
    sessions.end(me, other.id)
    assert sign_in.resolve(lost) is None
    assert sign_in.resolve(token) is not None
    assert sessions.own_sessions(me, token).total == 1
    assert events()[-1] == "session_ended"
    with pytest.raises(NotFound):
        sessions.end(me, other.id)


def test_all_others_are_ended_and_nobody_else_s(services):
    stranger, one, two, token = enter("other"), enter(), enter(), enter()
    me = who_is(token)
    assert sessions.end_others(me, token) == 2
    assert sign_in.resolve(one) is None
    assert sign_in.resolve(two) is None
    assert sign_in.resolve(stranger) is not None
    assert sign_in.resolve(token) is not None
    assert sessions.end_others(me, token) == 0
    assert events().count("other_sessions_ended") == 1


def test_another_person_s_session_does_not_exist_for_me(services):
    theirs, token = enter("other"), enter()
    found = sessions.own_sessions(who_is(theirs), theirs).items[0]
    for session_id in (found.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            sessions.end(who_is(token), session_id)
    assert sign_in.resolve(theirs) is not None


def test_nobody_in_particular_has_no_sessions(services):
    with pytest.raises(NotPermitted):
        sessions.own_sessions(PUBLIC, "x")


# --- fresh ---


def test_a_sign_in_is_fresh_for_ten_minutes(services):
    token = enter()
    for minutes, fresh in ((0, True), (9.9, True), (10, False), (59, False)):
        with clock.at(START + timedelta(minutes=minutes)):
            assert sign_in.resolve(token).is_fresh is fresh


def test_what_the_provider_says_of_the_time_counts_and_never_the_future(services):
    earlier = enter(authenticated_at=START - timedelta(hours=3))
    assert sign_in.resolve(earlier).is_fresh is False
    later = enter(authenticated_at=START + timedelta(days=1))
    assert sign_in.resolve(later).authenticated_at == START


def test_proving_it_again_makes_it_fresh_under_a_new_token_and_no_longer(services):
    token = enter(moment=START - timedelta(minutes=50))
    again = sign_in.sign_in_again(token, "demo", "s1")
    assert sign_in.resolve(token) is None
    found = sign_in.resolve(again)
    assert found.is_fresh
    assert events() == ["signed_in", "signed_in_again"]
    with act_as(SYSTEM):
        rows = db.session.execute(select(SignInSession.created_at, SignInSession.device)).all()
    assert len(rows) == 2
    assert set(rows) == {(START - timedelta(minutes=50), "Chrome / Windows")}, "the twelve hours go on"


def test_switching_the_organisation_does_not_make_it_fresh(services, organisation):
    from tenants.models import Membership  # noqa: PLC0415

    token = enter(moment=START - timedelta(minutes=50))
    mine = organisation("vendor")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=mine, person_id=who_is(token).person_id, role="vendor_owner"))
        db.session.commit()
    assert sign_in.resolve(sign_in.switch_organisation(token, mine)).is_fresh is False


@pytest.mark.parametrize("subject", ["other", "unknown"])
def test_another_person_cannot_prove_it_for_me(services, subject):
    enter("other")
    token = enter(moment=START - timedelta(minutes=50))
    with pytest.raises(BadInput) as refused:
        sign_in.sign_in_again(token, "demo", subject)
    assert refused.value.code == "another_person"
    assert sign_in.resolve(token).is_fresh is False


def test_an_ended_session_is_not_made_fresh(services):
    token = enter()
    sign_in.sign_out(token)
    with pytest.raises(NotFound):
        sign_in.sign_in_again(token, "demo", "s1")


def test_two_who_prove_it_at_once_make_one_new_session(services):
    token = enter()
    gate = threading.Barrier(3)
    results: list[object] = []

    def run() -> None:
        with services.app_context(), clock.at(START):
            gate.wait()
            try:
                results.append(sign_in.sign_in_again(token, "demo", "s1"))
            except NotFound as error:
                results.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["NotFound", "NotFound", "str"]
