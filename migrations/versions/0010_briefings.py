"""Briefings with their bookings, and announcements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import OFFICE, PERSON, SYSTEM, Wall, build, make_append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEAT_HOLDER = (
    "EXISTS (SELECT 1 FROM briefing_booking b WHERE b.briefing_number = briefing_link.briefing_number"
    f" AND b.person_id = {PERSON} AND b.state = 'booked')"
)
TABLES = {
    # A draft is the secretariat's own; nothing that was published is ever taken away.
    "announcement": Wall("SELECT, INSERT, UPDATE", reads=f"published_at IS NOT NULL OR {OFFICE}", adds=OFFICE),
    "former_announcement": Wall("SELECT, INSERT", reads="true", adds=OFFICE),
    "briefing": Wall("SELECT, INSERT, UPDATE", reads=f"state <> 'draft' OR {OFFICE}", adds=OFFICE),
    "briefing_booking": Wall(
        # Seats are given by one hand, under the briefing's lock: whoever books asks the system for it. What a booking
        # says of the person stays as they said it.
        "SELECT, INSERT, UPDATE (state, moved_up_at, cancelled_at, attended)",
        reads=f"person_id = {PERSON} OR {OFFICE}",
        adds=SYSTEM,
        touches=OFFICE,
        becomes=OFFICE,
    ),
    "briefing_link": Wall("SELECT, INSERT, UPDATE, DELETE", reads=f"{SEAT_HOLDER} OR {OFFICE}", adds=OFFICE),
}


def _jsonb(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _announcements()
    _briefings()
    build(TABLES)
    make_append_only(["former_announcement"])


def _announcements() -> None:
    op.create_table(
        "announcement",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        _jsonb("title"),
        _jsonb("body"),
        _moment("published_at", nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        _moment("corrected_at", nullable=True),
        _jsonb("correction", nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.String(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name=op.f("ck_announcement_subject")),
        sa.CheckConstraint(
            "(edition > 1) = (corrected_at IS NOT NULL AND correction IS NOT NULL)",
            name=op.f("ck_announcement_correction"),
        ),
        sa.CheckConstraint("edition = 1 OR published_at IS NOT NULL", name=op.f("ck_announcement_published")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_published_at_number", "announcement", ["published_at", "number"])
    op.create_index("ix_announcement_subject", "announcement", ["subject_kind", "subject_id"])
    op.create_table(
        "former_announcement",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        _jsonb("title"),
        _jsonb("body"),
        _jsonb("correction", nullable=True),
        _moment("since_at"),
        _moment("until_at"),
        sa.ForeignKeyConstraint(["number"], ["announcement.number"], name=op.f("fk_former_announcement_number")),
        sa.PrimaryKeyConstraint("number", "edition", name=op.f("pk_former_announcement")),
    )


def _briefings() -> None:
    op.create_table(
        "briefing",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _jsonb("title"),
        _jsonb("description"),
        sa.Column("audience", sa.String(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        _moment("booking_closes_at"),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("most_people", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("cancelled_reason", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        _moment("announced_at", nullable=True),
        _moment("reminded_at", nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'announced', 'cancelled')", name=op.f("ck_briefing_state")),
        sa.CheckConstraint(
            "starts_at < ends_at AND booking_closes_at <= starts_at", name=op.f("ck_briefing_in_order")
        ),
        sa.CheckConstraint("seats BETWEEN 1 AND 10000", name=op.f("ck_briefing_seats")),
        sa.CheckConstraint("most_people BETWEEN 1 AND 20", name=op.f("ck_briefing_most_people")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats AND waiting >= 0", name=op.f("ck_briefing_taken")),
        sa.CheckConstraint("online OR place <> ''", name=op.f("ck_briefing_somewhere")),
        sa.CheckConstraint("(state = 'draft') = (announced_at IS NULL)", name=op.f("ck_briefing_announced")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_briefing")),
    )
    op.create_index("ix_briefing_starts_at_number", "briefing", ["starts_at", "number"])
    op.create_table(
        "briefing_link",
        sa.Column("briefing_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_number"], ["briefing.number"], name=op.f("fk_briefing_link_briefing_number")
        ),
        sa.PrimaryKeyConstraint("briefing_number", name=op.f("pk_briefing_link")),
    )
    op.create_table(
        "briefing_booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("briefing_number", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organisation_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _moment("booked_at"),
        _moment("moved_up_at", nullable=True),
        _moment("cancelled_at", nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.CheckConstraint("state IN ('booked', 'waiting', 'cancelled')", name=op.f("ck_briefing_booking_state")),
        sa.CheckConstraint("people BETWEEN 1 AND 20", name=op.f("ck_briefing_booking_people")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_briefing_booking_cancelled")
        ),
        sa.CheckConstraint("attended IS NULL OR state = 'booked'", name=op.f("ck_briefing_booking_attended")),
        sa.ForeignKeyConstraint(
            ["briefing_number"], ["briefing.number"], name=op.f("fk_briefing_booking_briefing_number")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_briefing_booking_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefing_booking")),
        sa.UniqueConstraint("turn", name=op.f("uq_briefing_booking_turn")),
    )
    op.create_index(op.f("ix_briefing_booking_briefing_number"), "briefing_booking", ["briefing_number"])
    op.create_index(op.f("ix_briefing_booking_person_id"), "briefing_booking", ["person_id"])
    op.create_index(
        "uq_briefing_booking_briefing_number_person_id",
        "briefing_booking",
        ["briefing_number", "person_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
