"""New versions of a scheme on their way: the text, what it would change, and under which version the index stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import OFFICE, Wall, build

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = {
    "scheme_draft": Wall("SELECT, INSERT, UPDATE", reads=OFFICE, adds=OFFICE),
    "scheme_difference": Wall("SELECT, INSERT, DELETE", reads=OFFICE, adds=OFFICE),
    "index_figures": Wall("SELECT, INSERT, UPDATE", reads=OFFICE, adds=OFFICE),
}


def _jsonb(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "scheme_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.String(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _jsonb("content"),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _jsonb("summary", nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        _moment("created_at"),
        _moment("compared_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('comparing', 'compared', 'used')", name=op.f("ck_scheme_draft_state")),
        sa.CheckConstraint(
            "(state = 'comparing') = (summary IS NULL) AND (summary IS NULL) = (compared_at IS NULL)",
            name=op.f("ck_scheme_draft_compared"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_scheme_draft_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_draft")),
    )
    op.create_index("ix_scheme_draft_scheme_id_created_at", "scheme_draft", ["scheme_id", "created_at"])
    op.create_table(
        "scheme_difference",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("total_yen", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_before", sa.BigInteger(), nullable=False),
        sa.Column("subsidy_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["scheme_draft.id"], name=op.f("fk_scheme_difference_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "place", name=op.f("pk_scheme_difference")),
    )
    op.create_table(
        "index_figures",
        sa.Column("scheme_id", sa.String(), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=True),
        sa.Column("after_code", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        sa.PrimaryKeyConstraint("scheme_id", name=op.f("pk_index_figures")),
    )
    build(TABLES)
    _askable("INSERT INTO askable_job (task) VALUES ('schemes.compare')")


def _askable(statement: str) -> None:
    """Its walls hold for the table's owner too, who is not always a superuser."""
    op.execute("ALTER TABLE askable_job NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    op.execute("ALTER TABLE askable_job FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    _askable("DELETE FROM askable_job WHERE task = 'schemes.compare'")
    for table in ("index_figures", "scheme_difference", "scheme_draft"):
        op.drop_table(table)
