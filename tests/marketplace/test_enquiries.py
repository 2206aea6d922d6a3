"""Enquiries: the vendor learns what was released and no more; both sides write until one closes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trade
from grants import CODE, DURING, SHOP, World, another_business, build, by, withdraw
from registrations import use_memory
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from together import use_cases_at_once

from catalogue.publications import Gone
from marketplace.enquiries import queries, services
from marketplace.enquiries.lifecycle import ENQUIRY
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.repeats import AlreadySent, Upload
from tenants import audit, clock, files
from tenants.actor import SYSTEM, Actor
from tenants.db import db
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted, StaleVersion
from tenants.files import FileNotOpen
from tenants.notices.models import Posting


@pytest.fixture
def world(organisation, actor_of) -> World:
    return build(organisation, actor_of)


def take(world, step, enquiry_id):
    actor = world.vendor if step in ("answer", "finish") else world.sme
    with by(actor):
        if step in ("answer", "ask_again"):
            services.write(enquiry_id, "お返事です。")
        else:
            services.close(enquiry_id, read_version=queries.enquiry(enquiry_id).version)


def seen(world, enquiry_id, *, vendor=False):
    with by(world.vendor if vendor else world.sme):
        return queries.enquiry(enquiry_id)


# --- what is released ---


def test_what_could_be_released_is_no_figure(world):
    with by(world.sme):
        known = services.releasable()
    assert {name: words.ja for name, words in known.items()} == {
        "name": "食堂ひまわり",
        "industry": known["industry"].ja,
        "size": "中小企業者",
        "prefecture": "東京都",
    }
    assert str(SHOP.capital_yen) not in str(known)
    assert str(SHOP.employees) not in str(known)


def test_before_the_profile_there_is_no_industry_to_release(organisation, actor_of):
    with by(actor_of(organisation("sme", name="新しい店"), "sme_owner")):
        assert set(services.releasable()) == {"name", "prefecture"}


@pytest.mark.parametrize("release", [(), ("name",), ("industry", "prefecture"), ("name", "size", "made up")])
def test_the_vendor_learns_exactly_what_was_ticked(world, release):
    enquiry_id = trade.ask(world, release=release)
    view = seen(world, enquiry_id, vendor=True)
    assert set(view.released) == set(release) - {"made up"}
    assert view.card.business.ja == ("食堂ひまわり" if "name" in release else "ある事業者")
    if "name" not in release:
        assert "食堂ひまわり" not in str(view)
        with by(SYSTEM):
            facts = db.session.scalars(select(Posting.facts).where(Posting.template == "enquiry_received")).all()
        assert "食堂ひまわり" not in str(facts)


def test_what_was_released_is_not_changed_afterwards(world):
    enquiry_id = trade.ask(world, release=())
    for actor in (world.vendor, world.sme):
        with by(actor):
            with pytest.raises(DBAPIError, match="permission denied"):
                db.session.execute(text("""UPDATE enquiry SET released = '{"name": {"ja": "x", "en": "x"}}'"""))
            db.session.rollback()
    assert seen(world, enquiry_id).released == {}


@pytest.mark.parametrize("body", ["", "  \n", "あ" * 4001])
def test_a_text_is_needed(world, body):
    with by(world.sme), pytest.raises(BadInput):
        services.ask(CODE, body, release=())
    with by(world.sme):
        assert queries.enquiries().total == 0


def test_the_other_side_reads_what_the_writer_saw(world):
    with by(world.sme):
        made = services.ask(CODE, "請求額\u202e000,01\u202c\x01円\u200b\r\n二行目", release=())
    (message,) = seen(world, made, vendor=True).messages
    assert message.body == "請求額000,01円\n二行目"


def test_only_about_what_is_published(world, owner):
    with by(world.sme), pytest.raises(NotFound):
        services.ask("NONE", "x", release=())
    withdraw(owner)
    with by(world.sme), pytest.raises(Gone):
        services.ask(CODE, "x", release=())


# --- the thread ---


def test_both_write_and_each_sees_what_is_unread(world):
    enquiry_id = trade.ask(world)
    assert seen(world, enquiry_id, vendor=True).card.unread
    assert not seen(world, enquiry_id).card.unread
    with by(world.vendor):
        assert queries.counts() == {"asked": 1, "unread": 1}
        services.mark_read(enquiry_id)
        services.mark_read(enquiry_id)
        assert queries.counts() == {"asked": 1, "unread": 0}
        assert queries.enquiry(enquiry_id).other_read_at is not None
    take(world, "answer", enquiry_id)
    take(world, "ask_again", enquiry_id)
    view = seen(world, enquiry_id)
    assert [message.side for message in view.messages] == ["sme", "vendor", "sme"]
    assert [message.mine for message in view.messages] == [True, False, True]
    assert [message.author for message in view.messages] == [world.sme.name, None, world.sme.name]
    assert view.card.state.code == "asked"
    with by(SYSTEM):
        names = db.session.scalars(
            select(audit.AuditEvent.name).where(audit.AuditEvent.subject_id == str(enquiry_id))
        ).all()
        told = db.session.scalars(select(Posting.template)).all()
        events = db.session.scalars(select(audit.AuditEvent.after)).all()
        assert list(audit.verify()) == []
    assert names.count("enquiry_read") == 1
    assert {"enquiry_ask", "enquiry_answer", "enquiry_ask_again"} <= set(names)
    assert {"enquiry_received", "enquiry_answered", "enquiry_continued"} <= set(told)
    assert "お返事です" not in str(events)


@pytest.mark.parametrize("state", [state.code for state in ENQUIRY.states])
@pytest.mark.parametrize("step", [step.code for step in ENQUIRY.steps])
def test_every_pair_of_state_and_step(world, state, step):
    enquiry_id = trade.ask(world)
    for way in {"asked": (), "answered": ("answer",), "closed": ("end",)}[state]:
        take(world, way, enquiry_id)
    if state in ENQUIRY.step(step).sources:
        take(world, step, enquiry_id)
        assert seen(world, enquiry_id).card.state.code == ENQUIRY.step(step).target
    else:
        with pytest.raises(IllegalStep):
            take(world, step, enquiry_id)
        assert seen(world, enquiry_id).card.state.code == state


@pytest.mark.parametrize(
    ("side", "statement"),
    [
        ("vendor", "UPDATE enquiry SET state = 'asked'"),
        ("sme", "UPDATE enquiry SET state = 'answered'"),
    ],
)
def test_the_database_knows_whose_step_it_is(world, side, statement):
    enquiry_id = trade.ask(world)
    if side == "vendor":
        take(world, "answer", enquiry_id)
    with by(getattr(world, side)):
        with pytest.raises(DBAPIError, match="other side"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_nobody_writes_into_a_closed_one_past_the_service(world):
    enquiry_id = trade.ask(world)
    take(world, "end", enquiry_id)
    with by(world.vendor):
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.execute(
                text(
                    "INSERT INTO enquiry_message (id, enquiry_id, sme_id, vendor_id, side, written_by, body, sent_at)"
                    " SELECT gen_random_uuid(), id, sme_id, vendor_id, 'vendor', :p, 'x', now() FROM enquiry"
                ),
                {"p": world.vendor.person_id},
            )
        db.session.rollback()


def test_closing_what_was_answered_meanwhile_is_stale(world):
    enquiry_id = trade.ask(world)
    version = seen(world, enquiry_id).version
    take(world, "answer", enquiry_id)
    with by(world.sme), pytest.raises(StaleVersion):
        services.close(enquiry_id, read_version=version)


def test_nobody_else_s(world, organisation, actor_of):
    enquiry_id = trade.ask(world)
    for kind in ("vendor", "sme"):
        with by(actor_of(organisation(kind), f"{kind}_owner")):
            with pytest.raises(NotFound):
                queries.enquiry(enquiry_id)
            with pytest.raises(NotFound):
                services.write(enquiry_id, "x")
            assert queries.enquiries().total == 0
    with by(Actor("secretariat", organisation("secretariat"), None, frozenset({"secretariat_administrator"}))):
        with pytest.raises(NotPermitted):
            queries.enquiry(enquiry_id)
        assert db.session.scalars(select(Enquiry.id)).all() == []


def test_the_vendor_s_list_begins_with_what_waits_longest(world):
    first, second, third = (trade.ask(world, body=f"{n}番目の質問です。") for n in range(3))
    take(world, "answer", first)
    with by(world.vendor):
        assert [card.id for card in queries.enquiries().items] == [second, third, first]
        assert [card.id for card in queries.enquiries(state="answered").items] == [first]
        with pytest.raises(NotFound):
            queries.enquiries(state="lost")


# --- the same once more ---


@pytest.fixture
def services_app(request):
    """The application that use cases run in; the module of that name is taken."""
    return request.getfixturevalue("services")


@pytest.fixture
def told(world):
    """How many notices of an enquiry the vendor got."""

    def count() -> int:
        with by(SYSTEM):
            return len(db.session.scalars(select(Posting.id)).all())

    return count


def test_the_same_enquiry_is_not_sent_twice(world, told):
    with by(world.sme):
        first = services.ask(CODE, "在庫は？ ", release=["name"])
        before = told()
    with by(world.sme, DURING + timedelta(minutes=59)), pytest.raises(AlreadySent) as refused:
        services.ask(CODE, "在庫は？", release=["name"])
    assert refused.value.enquiry_id == first
    assert f"{DURING.astimezone(clock.JAPAN):%H:%M}" in refused.value.findings[0].message.ja
    assert told() == before
    with by(world.sme):
        others = [
            services.ask(CODE, "在庫は？", release=[]),
            services.ask(CODE, "在庫は？？", release=["name"]),
            services.ask(CODE, "在庫は？", release=["name"], uploads=[Upload("図面.pdf", trade.PDF)]),
        ]
        assert len({first, *others}) == 4
        with pytest.raises(AlreadySent) as refused:
            services.ask(CODE, "在庫は？", release=["name"], uploads=[Upload("別の名.pdf", trade.PDF)])
        assert refused.value.enquiry_id == others[2], "a file is the same by its content"
    with by(world.sme, DURING + timedelta(hours=1)):
        assert services.ask(CODE, "在庫は？", release=["name"]) != first, "by now it is a reminder"


def test_after_it_was_closed_the_same_may_be_asked_anew(world):
    first = trade.ask(world, body="在庫は？")
    take(world, "end", first)
    assert trade.ask(world, body="在庫は？") != first


def test_another_business_may_ask_the_same(world, organisation, actor_of):
    first = trade.ask(world, body="在庫は？")
    assert trade.ask(another_business(world, organisation, actor_of), body="在庫は？") != first


@pytest.mark.parametrize("uploads", [(), (Upload("図面.pdf", trade.PDF),)], ids=["text", "file"])
def test_two_windows_that_ask_at_once_ask_once(services_app, world, told, uploads):
    before = told()

    def press():
        with by(world.sme):
            return services.ask(CODE, "在庫は？", release=["name"], uploads=uploads)

    results = use_cases_at_once(services_app, press, press, press)
    refused = [one for one in results if isinstance(one, AlreadySent)]
    [made] = [one for one in results if one not in refused]
    assert len(refused) == 2
    assert {one.enquiry_id for one in refused} == {made}
    with by(world.vendor):
        assert queries.enquiries().total == 1
    assert told() == before + 1


def test_two_windows_that_write_at_once_write_once(services_app, world):
    enquiry_id = trade.ask(world)
    for minutes, actor in enumerate((world.vendor, world.sme), 1):

        def press(minutes=minutes, actor=actor):
            with by(actor, DURING + timedelta(minutes=minutes)):
                services.write(enquiry_id, "はい、お願いします。")

        results = use_cases_at_once(services_app, press, press)
        assert [type(one) for one in results if one is not None] == [AlreadySent]
    assert len(seen(world, enquiry_id).messages) == 3


def test_the_same_words_after_an_answer_or_with_a_file_are_another_message(world):
    enquiry_id = trade.ask(world, body="在庫は？")

    def say(actor, minutes, uploads=()):
        with by(actor, DURING + timedelta(minutes=minutes)):
            services.write(enquiry_id, "在庫は？", uploads=uploads)

    drawing = [Upload("図面.pdf", trade.PDF)]
    with pytest.raises(AlreadySent):
        say(world.sme, 1)
    say(world.vendor, 2)
    say(world.sme, 3)
    say(world.sme, 4, drawing)
    with pytest.raises(AlreadySent):
        say(world.sme, 63, drawing)
    say(world.sme, 64, drawing)
    assert len(seen(world, enquiry_id).messages) == 5


# --- attachments ---


@pytest.fixture(autouse=True)
def store():
    use_memory()


def test_an_attachment_is_open_to_both_sides_once_it_may_be_opened(world, actor_of, organisation):
    with by(world.sme):
        enquiry_id = services.ask(CODE, "図面です。", release=(), uploads=[Upload("図面.pdf", trade.PDF)])
    [file] = seen(world, enquiry_id, vendor=True).messages[0].files
    assert file.name == "図面.pdf"
    for actor in (world.vendor, world.sme):
        with by(actor):
            assert queries.attachment(enquiry_id, file.id)[1] == trade.PDF
    files.use(files.Filing(files.filing().store, None, open_unscanned=False))
    for actor in (world.vendor, world.sme):
        with by(actor), pytest.raises(FileNotOpen):
            queries.attachment(enquiry_id, file.id)
    with by(actor_of(organisation("vendor"), "vendor_owner")):
        assert files.views([file.id]) == {}
        with pytest.raises(NotFound):
            queries.attachment(enquiry_id, file.id)


def test_nobody_attaches_a_file_that_is_not_their_own(world):
    enquiry_id = trade.ask(world)
    with by(world.sme):
        private = files.keep(world.sme.organisation_id, name="決算書.pdf", content=trade.PDF)
    take(world, "answer", enquiry_id)
    with by(world.vendor):
        with pytest.raises(DBAPIError, match="one's own"):
            db.session.execute(
                text(
                    "INSERT INTO enquiry_attachment (file_id, message_id, sme_id, vendor_id) SELECT :f, id, sme_id,"
                    " vendor_id FROM enquiry_message WHERE side = 'vendor'"
                ),
                {"f": private.id},
            )
        db.session.rollback()


def test_a_file_of_another_enquiry_is_not_of_this_one(world):
    with by(world.sme):
        one = services.ask(CODE, "図面です。", release=(), uploads=[Upload("a.pdf", trade.PDF)])
        two = services.ask(CODE, "別の件です。", release=())
        [file] = queries.enquiry(one).messages[0].files
        with pytest.raises(NotFound):
            queries.attachment(two, file.id)


@pytest.mark.parametrize(
    "uploads",
    [[Upload("a.exe", b"MZ")], [Upload("a.pdf", b"")], [Upload(f"{n}.pdf", trade.PDF) for n in range(4)]],
)
def test_files_that_are_not_taken_leave_nothing_behind(world, uploads):
    with by(world.sme):
        with pytest.raises(BadInput):
            services.ask(CODE, "図面です。", release=(), uploads=uploads)
        assert queries.enquiries().total == 0
