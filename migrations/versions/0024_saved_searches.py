"""Saved searches of a person, how mails of one kind are stopped with one press, and finding what is published first."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import ORGANISATION, PERSON, SYSTEM, Wall, audience, build

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MINE = f"({audience('sme')} AND organisation_id = {ORGANISATION} AND person_id = {PERSON})"
TABLES = {
    # A person's own, in the organisation they act for: colleagues, the secretariat and vendors see none of it.
    "saved_search": Wall(
        "SELECT, INSERT, UPDATE (name, by_mail, told_until, looked_on, found, told_at, version), DELETE",
        reads=f"{MINE} OR {SYSTEM}",
        adds=f"{MINE} OR {SYSTEM}",
    ),
}
# As 0007 has it for links.
ON_SITE = r"stop_link ~ '^/([^/\\].*)?$' AND stop_link !~ '[[:space:][:cntrl:]]'"
# In functions of 0017: what is counted and what goes when a person is forgotten.
COUNTED = "    'uploads', (SELECT count(*) FROM uploaded_file WHERE person_id = whose),"
ERASED = "  DELETE FROM notice_preference WHERE person_id = forgotten;"
MORE = {
    "personal_data_of": (
        COUNTED,
        f"{COUNTED}\n    'saved_searches', (SELECT count(*) FROM saved_search WHERE person_id = whose),",
    ),
    "forget_person": (ERASED, f"{ERASED}\n  DELETE FROM saved_search WHERE person_id = forgotten;"),
}


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_saved_search_name")),
        sa.CheckConstraint("length(conditions) <= 2000", name=op.f("ck_saved_search_conditions")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_saved_search_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint(
            "person_id",
            "organisation_id",
            "conditions",
            name=op.f("uq_saved_search_person_id_organisation_id_conditions"),
        ),
    )
    op.create_index(op.f("ix_saved_search_organisation_id"), "saved_search", ["organisation_id"])
    op.create_index("ix_saved_search_due", "saved_search", ["looked_on"], postgresql_where=sa.text("by_mail"))
    build(TABLES)
    op.execute("CREATE POLICY saved_search_owner ON saved_search TO CURRENT_USER USING (true)")
    _forgotten_too()
    op.add_column("notice_posting", sa.Column("stop_link", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_notice_posting_stop_link"), "notice_posting", ON_SITE)
    op.add_column("outgoing_mail_body", sa.Column("stop_link", sa.String(), nullable=True))
    op.create_index(op.f("ix_publication_published_at"), "publication", ["published_at"])


def _forgotten_too() -> None:
    connection = op.get_bind()
    for name, (known, more) in MORE.items():
        written = connection.scalar(sa.text(f"SELECT pg_get_functiondef('{name}(uuid)'::regprocedure)"))
        if written.count(known) != 1:
            raise RuntimeError(f"{name} is not as migration 0017 wrote it.")
        connection.exec_driver_sql(written.replace(known, more).replace("%", "%%"))
