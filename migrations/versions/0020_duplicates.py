"""Suspected duplicates are settled: the verdict of a pair, and an account that was closed in favour of another."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, ROLE, Wall, build

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# What the secretariat found stays as it was found; a second look is another row of the audit trail.
TABLES = {"duplicate_verdict": Wall("SELECT, INSERT", reads=OFFICE, adds=OFFICE)}
# Whether its account is closed is not for an organisation to say.
KEEP_CLOSED = f"""
CREATE FUNCTION keep_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = '{ROLE}' AND {OFFICE} IS NOT TRUE
      AND (NEW.closed_at, NEW.closed_into) IS DISTINCT FROM (OLD.closed_at, OLD.closed_into) THEN
    RAISE EXCEPTION 'only the secretariat closes an account' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column("organisation", sa.Column("closed_at", MOMENT, nullable=True))
    op.add_column("organisation", sa.Column("closed_into", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_organisation_closed_into"), "organisation", "organisation", ["closed_into"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_organisation_closed"), "organisation", "(closed_at IS NULL) = (closed_into IS NULL)"
    )
    op.execute(f"GRANT UPDATE (closed_at, closed_into) ON organisation TO {ROLE}")
    op.create_table(
        "duplicate_verdict",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicate_verdict_once")),
        sa.CheckConstraint("verdict IN ('different', 'same')", name=op.f("ck_duplicate_verdict_verdict")),
        sa.CheckConstraint(
            "CASE WHEN verdict = 'same' THEN coalesce(kept_id IN (first_id, second_id), false)"
            " ELSE kept_id IS NULL END",
            name=op.f("ck_duplicate_verdict_kept"),
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_duplicate_verdict_reason")),
        sa.ForeignKeyConstraint(["first_id"], ["organisation.id"], name=op.f("fk_duplicate_verdict_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["organisation.id"], name=op.f("fk_duplicate_verdict_second_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["organisation.id"], name=op.f("fk_duplicate_verdict_kept_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_duplicate_verdict_decided_by")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_verdict")),
    )
    op.create_index(op.f("ix_duplicate_verdict_second_id"), "duplicate_verdict", ["second_id"])
    build(TABLES)
    op.execute(KEEP_CLOSED)
    op.execute(
        "CREATE TRIGGER organisation_keep_closed BEFORE UPDATE ON organisation"
        " FOR EACH ROW EXECUTE FUNCTION keep_closed()"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION keep_closed() TO {ROLE}")
