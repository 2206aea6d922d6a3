"""A person is forgotten and the chain holds; names stand in no event."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import world
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import ProgrammingError
from world import MOMENT

from catalogue.models import UploadedFile
from marketplace.briefings.models import Briefing, BriefingBooking
from search.saved.models import SavedSearch
from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, AuditPersonal
from tenants.audit_pseudonyms import KINDS, REASONS, forget, held, people
from tenants.audit_queries import FORGOTTEN, Filter, events, export, own_events
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput, DomainError, NotFound, NotPermitted
from tenants.member_models import Invitation, SupportView
from tenants.models import ExternalIdentity, Membership, Person
from tenants.notices.models import MailSuppression, Notice, NoticePreference, OutgoingMail, Posting

NAME, EMAIL = "忘却 太郎", "taro.bokyaku@example.jp"


@use_case
def happen(name: str = "something_done", **facts: object) -> None:
    facts = {"subject": ("test", "1"), "organisation_id": None} | facts
    audit.record(name, **facts)  # type: ignore[arg-type]


@pytest.fixture
def vendor(organisation) -> uuid.UUID:
    return organisation("vendor", name="会社い")


@pytest.fixture
def taro(services, vendor) -> Actor:
    with act_as(SYSTEM):
        person = Person(name=NAME, email=EMAIL)
        db.session.add(person)
        db.session.flush()
        db.session.add(Membership(organisation_id=vendor, person_id=person.id, role="vendor_owner"))
        db.session.add(ExternalIdentity(provider="test", subject="taro", person_id=person.id))
        db.session.commit()
        return Actor("vendor", vendor, person.id, frozenset({"vendor_owner"}), NAME)


@pytest.fixture
def administrator(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def lived(taro, vendor, administrator) -> Actor:
    """Taro did things, others did things to him, and he has left."""
    with act_as(taro):
        happen(organisation_id=vendor)
        happen(organisation_id=vendor, subject=("person", taro.person_id), before={"name": NAME, "roles": ["x"]})
    with act_as(administrator):
        happen("member_invited", organisation_id=vendor, subject=("invitation", "1"), after={"email": EMAIL})
        happen("support_view_opened", organisation_id=vendor, subject=("support_view", "1"), after={"name": "x"})
    with act_as(SYSTEM):
        db.session.execute(delete(Membership).where(Membership.person_id == taro.person_id))
        db.session.commit()
    return taro


def everywhere(owner) -> str:
    """All that the database holds, as text."""
    with owner.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalar(text(f'SELECT json_agg(t)::text FROM "{name}" t')) for name in tables]
    return "\n".join(row for row in rows if row)


def test_a_name_stands_beside_the_chain_and_once(taro, vendor):
    with act_as(taro):
        for _ in range(3):
            happen(organisation_id=vendor)
        assert db.session.scalars(select(AuditPersonal.value)).all() == [NAME]
        found = db.session.scalars(select(AuditEvent)).all()
        assert {event.actor_name for event in found} == {""}
        assert len({event.actor_digest for event in found}) == 1
        assert {event.actor_name for event in own_events(Filter(who="太郎")).items} == {NAME}


def test_many_at_once_are_named_once_each(services, vendor, taro):
    gate = threading.Barrier(6)

    def work(_: int) -> None:
        gate.wait()
        with services.app_context(), act_as(taro):
            happen(organisation_id=vendor)
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with act_as(SYSTEM):
        assert db.session.scalars(select(AuditPersonal.value)).all() == [NAME]
        assert list(audit.verify()) == []


def test_forgetting_takes_the_name_out_and_the_chain_holds(lived, administrator, owner):
    assert NAME in everywhere(owner)
    assert EMAIL in everywhere(owner)
    with act_as(administrator):
        before = [(event.number, event.name) for event in events(Filter()).items]
        assert events(Filter(name="member_invited")).items[0].after == {"email": EMAIL}
        assert forget(lived.person_id, reason="asked") == 3
        assert list(audit.verify()) == []
        after = events(Filter()).items
        assert [(event.number, event.name) for event in after][1:] == before
        assert after[0].name == audit.FORGOTTEN
        assert {event.actor_name for event in after if event.number <= 2} == {FORGOTTEN}
        assert events(Filter(name="member_invited")).items[0].after == {"email": None}
        told = str([(event.actor_name, event.before, event.after) for event in export(Filter())])
    assert NAME not in told
    assert EMAIL not in told
    left = everywhere(owner)
    assert NAME not in left
    assert EMAIL not in left


def test_forgetting_again_or_nobody_is_not_found(lived, administrator):
    with act_as(administrator):
        forget(lived.person_id, reason="asked")
        for gone in (lived.person_id, uuid.uuid4()):
            with pytest.raises(NotFound):
                forget(gone, reason="asked")


def test_somebody_who_still_belongs_somewhere_is_not_forgotten(taro, administrator):
    with act_as(administrator):
        with pytest.raises(DomainError, match="still_member"):
            forget(taro.person_id, reason="asked")
        assert list(audit.verify()) == []


def test_only_the_secretariat_s_administrator_forgets(lived, organisation, actor_of, vendor):
    office = organisation("secretariat")
    others = [actor_of(office, f"secretariat_{role}") for role in ("auditor", "reviewer", "publisher")]
    for who in (*others, actor_of(vendor, "vendor_owner"), lived):
        with act_as(who), pytest.raises(NotPermitted):
            forget(lived.person_id, reason="asked")


def test_a_name_that_is_only_deleted_shows(lived, administrator, owner):
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM audit_personal WHERE value = :name"), {"name": NAME})
    with act_as(administrator):
        assert {fault.reason for fault in audit.verify()} == {"a name in it is gone without having been forgotten"}
        # Saying so afterwards, of another digest, does not mend it.
        happen(audit.FORGOTTEN, subject=("person", lived.person_id), after={"digests": ["x"]})
        assert {fault.number for fault in audit.verify()} == {1, 2}


def test_people_of_the_secretariat_stand_in_others_trails_by_their_office(lived, administrator, actor_of, vendor):
    with act_as(actor_of(vendor, "vendor_owner")):
        shown = {event.name: event.actor_name for event in own_events(Filter()).items}
        assert shown["member_invited"] == "secretariat"
        assert own_events(Filter(who=administrator.name)).items == ()
        values = db.session.scalars(select(AuditPersonal.value)).all()
    assert administrator.name not in values
    with act_as(administrator):
        assert events(Filter(name="member_invited")).items[0].actor_name == administrator.name


def test_an_organisation_s_own_trail_is_its_own_whatever_is_asked_for(lived, organisation, actor_of, vendor):
    other = organisation("sme")
    with act_as(SYSTEM):
        happen("theirs", organisation_id=other)
    with act_as(actor_of(vendor, "vendor_owner")):
        for wanted in (Filter(organisation_id=other), Filter(organisation="sme"), Filter()):
            assert {event.name for event in own_events(wanted).items} == {
                "something_done",
                "member_invited",
                "support_view_opened",
            }
    for role in ("vendor_editor", "vendor_viewer"):
        with act_as(actor_of(vendor, role)), pytest.raises(NotPermitted):
            own_events(Filter())


@pytest.fixture
def known_everywhere(lived, administrator, vendor, owner) -> Actor:
    """Taro also stands in every other table that holds people's names."""
    whose = {"person_id": lived.person_id, "organisation_id": vendor}
    telling = {"template": "invitation_accepted", "link": "/", "category": "account"}
    naming = {"person": {"ja": NAME, "en": NAME}}
    with owner.begin() as connection:

        def put(model: Any, **values: Any) -> None:
            connection.execute(insert(model).values(**values))

        put(Briefing, number=1, **world.BRIEFING)
        put(
            BriefingBooking,
            briefing_number=1,
            person_id=lived.person_id,
            name=NAME,
            organisation_name="忘却商店",
            email=EMAIL,
            people=1,
            state="booked",
        )
        sent = {"organisation_id": vendor, "roles": ["vendor_viewer"], "expires_at": MOMENT}
        me, other = lived.person_id, administrator.person_id
        put(Invitation, **sent, email=EMAIL, token_hash="a", invited_by=other, inviter_name="x")
        put(Invitation, **sent, email="x@example.jp", token_hash="b", invited_by=me, inviter_name=NAME)
        put(
            Invitation,
            **sent,
            email="taro.private@example.jp",
            token_hash="c",
            invited_by=other,
            inviter_name="x",
            accepted_at=MOMENT,
            accepted_by=me,
        )
        put(SupportView, **whose, person_name=NAME, reason="操作の相談", opened_at=MOMENT, expires_at=MOMENT)
        put(Notice, **whose, **telling, facts={})
        put(Notice, person_id=other, organisation_id=vendor, **telling, facts=naming)
        put(Notice, person_id=other, organisation_id=None, **telling, facts={"person": {"ja": "別人", "en": "x"}})
        put(Posting, person_id=me, template="role_changed", facts={}, link="/")
        put(NoticePreference, person_id=me)
        put(
            SavedSearch,
            **whose,
            name="忘却の検索",
            conditions="q=x",
            sort="relevance",
            by_mail=True,
            told_number=0,
            looked_on=MOMENT.date(),
        )
        mail = {"language": "ja", "template": "invitation_accepted", "category": "account", "state": "sent"}
        put(OutgoingMail, **mail, person_id=me, address=EMAIL, subject="x", message_id="<1@x>")
        put(OutgoingMail, **mail, person_id=other, address="o@x.jp", subject=f"{NAME}さん", message_id="<2@x>")
        put(OutgoingMail, **mail, person_id=other, address="o@x.jp", subject="別人さん", message_id="<3@x>")
        put(MailSuppression, address=EMAIL, reason="bounced")
        put(
            UploadedFile,
            **whose,
            upload_id=uuid.uuid4(),
            part="products",
            name="忘却.csv",
            content=b"x",
            expires_at=MOMENT,
        )
    return lived


def test_what_is_held_is_counted_and_none_of_it_is_left(known_everywhere, administrator, owner):
    with act_as(administrator):
        counted = held(known_everywhere.person_id)
        assert {kind: number for kind, number in counted.counts.items() if number} == {
            "trail": 3,
            "identities": 1,
            "notices": 1,
            "mails": 1,
            "bookings": 1,
            "invitations": 3,
            "support_views": 1,
            "uploads": 1,
            "saved_searches": 1,
        }
        assert set(counted.counts) == set(KINDS)
        assert (counted.person.name, counted.person.organisations, counted.reviews) == (NAME, (), 0)
        forget(known_everywhere.person_id, reason="asked", reference="2026-11")
        assert list(audit.verify()) == []
        assert events(Filter(name=audit.FORGOTTEN)).items[0].after["reference"] == "2026-11"
    left = everywhere(owner)
    for gone in (NAME, EMAIL, "taro.private@example.jp", "忘却"):
        assert gone not in left, gone
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM briefing_booking")) == 1
        assert connection.scalar(text("SELECT count(*) FROM invitation")) == 3
        assert connection.scalar(text("SELECT revoked_at IS NOT NULL FROM invitation WHERE token_hash = 'a'"))
        assert "別人" in left, "somebody else's notice and mail stay as they were"
        assert connection.scalars(text("SELECT message_id FROM outgoing_mail")).all() == ["<3@x>"]


def test_a_name_in_an_invitation_s_or_an_organisation_s_event_lies_beside_the_chain(taro, vendor, owner):
    with act_as(taro):
        happen("invitation_accepted", organisation_id=vendor, subject=("invitation", "1"), after={"name": NAME})
        happen(
            "organisation_edited",
            organisation_id=vendor,
            subject=("organisation", vendor),
            after={"representative": "代表 次郎", "name": "会社い"},
        )
        told = {event.name: event.after for event in own_events(Filter()).items}
    assert told["invitation_accepted"] == {"name": NAME}
    assert told["organisation_edited"] == {"representative": "代表 次郎", "name": "会社い"}
    with owner.connect() as connection:
        chain = str(connection.execute(text("SELECT before, after FROM audit_event")).all())
    assert NAME not in chain
    assert "代表 次郎" not in chain
    assert "会社い" in chain, "a company's name is no person's"


def test_people_are_found_by_name_or_whole_address_only_by_the_administrator(
    taro, administrator, vendor, actor_of
):
    with act_as(administrator):
        assert people("").total == 0, "nobody leafs through everybody"
        assert [each.id for each in people("忘却").items] == [taro.person_id]
        [found] = people(EMAIL.upper()).items
        assert (found.id, found.organisations) == (taro.person_id, ("会社い",))
        assert people("taro.bokyaku").total == 0, "a part of an address finds nobody"
        assert people("%").total == 0
        with pytest.raises(NotFound):
            held(uuid.uuid4())
    with act_as(actor_of(vendor, "vendor_owner")):
        for ask in (lambda: people("忘却"), lambda: held(taro.person_id)):
            with pytest.raises(NotPermitted):
                ask()


@pytest.mark.parametrize(
    ("reason", "reference", "codes"),
    [
        ("", "", ["reason_missing"]),
        ("whim", "忘却 太郎", ["reason_missing", "malformed_reference"]),
        ("asked", "x" * 41, ["malformed_reference"]),
    ],
)
def test_a_reason_is_chosen_and_a_reference_holds_no_name(lived, administrator, reason, reference, codes):
    with act_as(administrator):
        with pytest.raises(BadInput) as refused:
            forget(lived.person_id, reason=reason, reference=reference)
        assert [finding.code for finding in refused.value.findings] == codes
        assert held(lived.person_id).person.name == NAME
    assert set(REASONS) == {"asked", "not_needed", "mistaken"}


@pytest.mark.security
def test_only_the_secretariat_counts_what_is_held_in_sql_too(taro, vendor, actor_of):
    for who in (actor_of(vendor, "vendor_owner"), Actor("sign_in", person_id=taro.person_id)):
        with act_as(who), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.scalar(select(func.personal_data_of(taro.person_id)))
        db.session.rollback()
