"""Notices to people: what is to be told, the inbox, the mails that go out, and what each wants to get."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import OFFICE, PERSON, SYSTEM, Wall, audience, build

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FACTS = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
ON_SITE = r"link ~ '^/([^/\\].*)?$' AND link !~ '[[:space:][:cntrl:]]'"
ADDRESSEE = (
    "CASE WHEN person_id IS NOT NULL THEN num_nonnulls(organisation_kind, address) = 0"
    " ELSE num_nonnulls(organisation_id, organisation_kind, address) = 1 END"
)
OWN_ADDRESS = f"address = (SELECT lower(trim(p.email)) FROM person p WHERE p.id = {PERSON})"

TABLES = {
    # Anybody who acts may tell somebody something, in their own name, and never reads it again: it may hold an
    # invitation. People without an account book briefings; nothing else is told in the public's name.
    "notice_posting": Wall(
        "SELECT, INSERT, DELETE",
        reads=SYSTEM,
        adds=f"{SYSTEM} OR (written_by IS NOT DISTINCT FROM {PERSON} AND"
        f" ({audience('sign_in', 'vendor', 'sme', 'committee', 'secretariat')}"
        f" OR {PERSON} IS NOT NULL OR (template LIKE 'briefing\\_%' AND address IS NOT NULL)))",
        touches=SYSTEM,
    ),
    # Read by the person it is for, and by nobody for them.
    "notice": Wall(
        "SELECT, INSERT, UPDATE (read_at)",
        reads=f"person_id = {PERSON} OR {SYSTEM}",
        adds=SYSTEM,
        touches=f"person_id = {PERSON} OR {SYSTEM}",
        becomes=f"person_id = {PERSON} OR {SYSTEM}",
    ),
    # The secretariat sees what became of the mails, never their words, and has failed ones tried again.
    "outgoing_mail": Wall(
        "SELECT, INSERT, UPDATE (state, attempts, last_error, queued_at, due_at, settled_at)",
        reads=OFFICE,
        adds=SYSTEM,
        touches=f"{SYSTEM} OR ({audience('secretariat')} AND state = 'failed')",
        becomes=f"{SYSTEM} OR ({audience('secretariat')} AND state = 'queued')",
    ),
    "outgoing_mail_body": Wall("SELECT, INSERT, DELETE", reads=SYSTEM, adds=SYSTEM),
    "notice_preference": Wall(
        "SELECT, INSERT, UPDATE",
        reads=f"person_id = {PERSON} OR {SYSTEM}",
        adds=f"person_id = {PERSON} OR {SYSTEM}",
    ),
    # A person sees that their own address does not work, and says that it does again.
    "mail_suppression": Wall(
        "SELECT, INSERT, UPDATE, DELETE",
        reads=f"{OWN_ADDRESS} OR {OFFICE}",
        adds=SYSTEM,
        touches=f"{OWN_ADDRESS} OR {OFFICE}",
        becomes=SYSTEM,
    ),
}


def upgrade() -> None:
    op.create_table(
        "notice_posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("facts", FACTS, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_kind", sa.String(), nullable=True),
        sa.Column("permission", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(ON_SITE, name=op.f("ck_notice_posting_link")),
        sa.CheckConstraint(ADDRESSEE, name=op.f("ck_notice_posting_addressee")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_posting_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_posting_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_posting")),
    )
    for column in ("created_at", "organisation_id", "person_id"):
        op.create_index(op.f(f"ix_notice_posting_{column}"), "notice_posting", [column])
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("facts", FACTS, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint(ON_SITE, name=op.f("ck_notice_link")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_organisation_id"), "notice", ["organisation_id"])
    op.create_index("ix_notice_person_id_created_at", "notice", ["person_id", "created_at"])
    op.create_index("ix_notice_unread", "notice", ["person_id"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'bounced', 'suppressed')", name=op.f("ck_outgoing_mail_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outgoing_mail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mail_message_id")),
    )
    op.create_index(op.f("ix_outgoing_mail_person_id"), "outgoing_mail", ["person_id"])
    op.create_index(
        "ix_outgoing_mail_due", "outgoing_mail", ["due_at"], postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("ix_outgoing_mail_state_created_at", "outgoing_mail", ["state", "created_at"])
    op.create_table(
        "outgoing_mail_body",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outgoing_mail.id"], name=op.f("fk_outgoing_mail_body_mail_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_outgoing_mail_body")),
    )
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("declined", sa.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("language IN ('ja', 'en')", name=op.f("ck_notice_preference_language")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "mail_suppression",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint("reason IN ('refused', 'bounced')", name=op.f("ck_mail_suppression_reason")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_mail_suppression")),
    )
    build(TABLES)
