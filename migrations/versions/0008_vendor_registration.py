"""Vendor registration: the form in sections, its papers, and its way through; files that organisations hand in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import (
    OFFICE,
    ORGANISATION,
    OWN,
    PERSON,
    ROLE,
    SYSTEM,
    VENDOR_OWN,
    Wall,
    audience,
    build,
    make_append_only,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
OPEN = "state IN ('draft', 'submitted', 'returned', 'in_committee', 'appealed')"
EDITABLE = "r.state IN ('draft', 'returned')"
ADOPTED = f"(SELECT o.standing FROM organisation o WHERE o.id = {ORGANISATION}) = 'adopted'"


def registration_of(table: str, *conditions: str) -> str:
    """True when the row says of its registration whose it is as the registration itself does."""
    more = "".join(f" AND {condition}" for condition in conditions)
    return (
        f"EXISTS (SELECT 1 FROM vendor_registration r WHERE r.id = {table}.registration_id"
        f" AND r.organisation_id = {table}.organisation_id{more})"
    )


TABLES = {
    # Whoever hands a file in cannot say that it is clean: only the worker that asked the scanner does.
    "stored_file": Wall(
        "SELECT, INSERT, UPDATE (state, scanned_at, scanner_said), DELETE",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"({OWN} OR {OFFICE}) AND uploaded_by IS NOT DISTINCT FROM {PERSON}"
        " AND state IN ('waiting', 'unscanned') AND scanned_at IS NULL",
        touches=f"{OWN} OR {OFFICE}",
        becomes=SYSTEM,
    ),
    # What a vendor may change of it, and when, is said by the trigger below.
    "vendor_registration": Wall(
        "SELECT, INSERT, UPDATE (state, round_id, fiscal_year, form_version, paper_received_on, content, section_versions, returned,"
        " corrections_due_at, declarations, submitted_at, submitted_copy, decided_at, decision_reason,"
        " updated_at, version)",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"(({VENDOR_OWN} AND NOT paper) OR {OFFICE}) AND state = 'draft' AND submitted_at IS NULL"
        " AND decided_at IS NULL",
        touches=f"{VENDOR_OWN} OR {OFFICE}",
        becomes=f"{VENDOR_OWN} OR {OFFICE}",
    ),
    "registration_paper": Wall(
        "SELECT, INSERT, UPDATE (removed_at), DELETE",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"({VENDOR_OWN} OR {OFFICE})"
        f" AND {registration_of('registration_paper', EDITABLE)}"
        " AND EXISTS (SELECT 1 FROM stored_file f WHERE f.id = registration_paper.file_id"
        " AND f.organisation_id = registration_paper.organisation_id)",
    ),
    "registration_step": Wall(
        "SELECT, INSERT",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"(({VENDOR_OWN} AND NOT by_secretariat AND step IN ('start', 'submit', 'appeal', 'withdraw'))"
        f" OR {OFFICE}) AND person_id IS NOT DISTINCT FROM {PERSON} AND {registration_of('registration_step')}",
    ),
}

# A vendor writes only while it is its turn, takes only its own steps, and never writes the programme's answer.
KEEP = f"""
CREATE FUNCTION keep_registration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT {audience("vendor")} THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
      ('draft', 'draft'), ('draft', 'submitted'), ('draft', 'withdrawn'),
      ('returned', 'returned'), ('returned', 'submitted'), ('returned', 'withdrawn'),
      ('submitted', 'withdrawn'), ('not_adopted', 'appealed')) THEN
    RAISE EXCEPTION 'this step is not the vendor''s' USING ERRCODE = '42501';
  END IF;
  IF OLD.paper OR (NEW.decided_at, NEW.decision_reason, NEW.paper_received_on)
      IS DISTINCT FROM (OLD.decided_at, OLD.decision_reason, OLD.paper_received_on) THEN
    RAISE EXCEPTION 'this is the secretariat''s to write' USING ERRCODE = '42501';
  END IF;
  IF NEW.state = OLD.state AND (NEW.returned, NEW.corrections_due_at, NEW.submitted_copy)
      IS DISTINCT FROM (OLD.returned, OLD.corrections_due_at, OLD.submitted_copy) THEN
    RAISE EXCEPTION 'this is the secretariat''s to write' USING ERRCODE = '42501';
  END IF;
  IF NEW.state NOT IN ('draft', 'returned') AND (NEW.content, NEW.section_versions)
      IS DISTINCT FROM (OLD.content, OLD.section_versions) THEN
    RAISE EXCEPTION 'what was handed in is not written over' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    _stored_file()
    _vendor_registration()
    _registration_paper()
    _registration_step()
    build(TABLES)
    make_append_only(["registration_step"])
    op.execute(KEEP)
    op.execute(
        "CREATE TRIGGER vendor_registration_kept BEFORE UPDATE ON vendor_registration"
        " FOR EACH ROW EXECUTE FUNCTION keep_registration()"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION keep_registration() TO {ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    _listings_of(f"{VENDOR_OWN} AND {ADOPTED}")


def _listings_of(vendor: str) -> None:
    """Only these vendors write products and packages."""
    for table in ("product", "package"):
        op.execute(
            f"ALTER POLICY {table}_inserts ON {table} WITH CHECK (({vendor} AND state = 'draft') OR {OFFICE})"
        )
        op.execute(
            f"ALTER POLICY {table}_updates ON {table}"
            f" WITH CHECK (({vendor} AND state IN ('draft', 'submitted')) OR {OFFICE})"
        )


def _stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanner_said", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'clean', 'infected', 'unscanned')", name=op.f("ck_stored_file_state")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_stored_file_sha256")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_stored_file_organisation_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_stored_file_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    op.create_index(op.f("ix_stored_file_organisation_id"), "stored_file", ["organisation_id"], unique=False)


def _vendor_registration() -> None:
    op.create_table(
        "vendor_registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=300001), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Uuid(), nullable=True),
        sa.Column("paper", sa.Boolean(), nullable=False),
        sa.Column("paper_received_on", sa.Date(), nullable=True),
        sa.Column("form_version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("section_versions", JSON, nullable=False),
        sa.Column("returned", JSON, nullable=True),
        sa.Column("corrections_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declarations", JSON, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_copy", JSON, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'in_committee', 'adopted', 'not_adopted', 'appealed',"
            " 'withdrawn')",
            name=op.f("ck_vendor_registration_state"),
        ),
        sa.CheckConstraint("paper OR paper_received_on IS NULL", name=op.f("ck_vendor_registration_paper")),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (submitted_copy IS NULL)", name=op.f("ck_vendor_registration_submitted_copy")
        ),
        sa.CheckConstraint(
            "(returned IS NULL) = (corrections_due_at IS NULL)", name=op.f("ck_vendor_registration_returned")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_vendor_registration_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["renews_id"], ["vendor_registration.id"], name=op.f("fk_vendor_registration_renews_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_registration")),
        sa.UniqueConstraint("number", name=op.f("uq_vendor_registration_number")),
    )
    op.create_index(
        "uq_vendor_registration_organisation_id",
        "vendor_registration",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )
    op.create_index(
        "ix_vendor_registration_state_submitted_at",
        "vendor_registration",
        ["state", "submitted_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_vendor_registration_organisation_id_created_at",
        "vendor_registration",
        ["organisation_id", "created_at"],
        unique=False,
    )


def _registration_paper() -> None:
    op.create_table(
        "registration_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["vendor_registration.id"], name=op.f("fk_registration_paper_registration_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_registration_paper_organisation_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_registration_paper_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_paper")),
        sa.UniqueConstraint("file_id", name=op.f("uq_registration_paper_file_id")),
    )
    for column in ("registration_id", "organisation_id"):
        op.create_index(op.f(f"ix_registration_paper_{column}"), "registration_paper", [column], unique=False)


def _registration_step() -> None:
    op.create_table(
        "registration_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("by_secretariat", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reasons", JSON, nullable=True),
        sa.Column("document", JSON, nullable=True),
        sa.Column("document_hash", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["vendor_registration.id"], name=op.f("fk_registration_step_registration_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_registration_step_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_step")),
    )
    for column in ("registration_id", "organisation_id"):
        op.create_index(op.f(f"ix_registration_step_{column}"), "registration_step", [column], unique=False)
