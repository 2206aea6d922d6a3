"""The review committee: assignments, scores, decisions, appeals, and how a vendor stands."""

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

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COMMITTEE = audience("committee")
MEMBER = f"({COMMITTEE} AND person_id = {PERSON})"
PARTY = f"sme_id = {ORGANISATION} OR vendor_id = {ORGANISATION}"


def assigned(*conditions: str) -> str:
    """True when the reader has an assignment of which all this is true."""
    return (
        f"({COMMITTEE} AND EXISTS (SELECT 1 FROM committee_assignment a"
        f" WHERE a.person_id = {PERSON} AND {' AND '.join(conditions)}))"
    )


def reviewing(table: str, *conditions: str) -> str:
    """True when the reader reviews in this row's turn, and all this is true of assignment a and turn t."""
    return (
        f"({COMMITTEE} AND EXISTS (SELECT 1 FROM committee_assignment a JOIN committee_turn t ON t.id = a.turn_id"
        f" WHERE a.turn_id = {table}.turn_id AND a.person_id = {PERSON} AND a.declared = 'none'"
        f" AND a.ended_at IS NULL AND {' AND '.join(conditions)}))"
    )


def opened(table: str) -> str:
    """True when all who are assigned have scored."""
    return f"EXISTS (SELECT 1 FROM committee_turn t WHERE t.id = {table}.turn_id AND t.opened_at IS NOT NULL)"


def shown(table: str) -> str:
    """Who sees the marks of a turn: each member its own; all reviewers and the secretariat once all are in."""
    together = reviewing(table, "t.opened_at IS NOT NULL")
    return f"{MEMBER} OR {SYSTEM} OR ({OFFICE} AND {opened(table)}) OR {together}"


DISCUSSED = "t.opened_at IS NOT NULL AND t.closed_at IS NULL"
OWN_SCORE = "a.id = committee_score.assignment_id"
SCORING = reviewing("committee_score", OWN_SCORE, f"(a.submitted_at IS NULL OR ({DISCUSSED}))")
TABLES = {
    "committee_relation": Wall(
        "SELECT, INSERT, DELETE", reads=f"{MEMBER} OR {OFFICE}", adds=f"{MEMBER} OR {SYSTEM}"
    ),
    # How many have scored is counted by the trigger below, for a member must not see the others' assignments.
    "committee_turn": Wall(
        "SELECT, INSERT, UPDATE (waiting, submitted, opened_at, closed_at)",
        reads=f"{OFFICE} OR {assigned('a.turn_id = committee_turn.id')}",
        adds=OFFICE,
        touches=f"{OFFICE} OR {assigned('a.turn_id = committee_turn.id')}",
        becomes=f"{OFFICE} OR {assigned('a.turn_id = committee_turn.id')}",
    ),
    "committee_assignment": Wall(
        "SELECT, INSERT, UPDATE (declared, declared_note, declared_at, submitted_at, ended_at, ended_why, version)",
        reads=f"{MEMBER} OR {OFFICE}",
        adds=OFFICE,
        touches=f"{MEMBER} OR {OFFICE}",
        becomes=f"{MEMBER} OR {OFFICE}",
    ),
    "committee_paper": Wall(
        "SELECT, INSERT",
        reads=f"{OFFICE} OR "
        + assigned("a.turn_id = committee_paper.turn_id", "a.declared = 'none'", "a.ended_at IS NULL"),
        adds=OFFICE,
    ),
    "committee_score": Wall(
        "SELECT, INSERT, UPDATE (points, comment, saved_at)",
        reads=shown("committee_score"),
        adds=f"{MEMBER} AND {reviewing('committee_score', OWN_SCORE, 'a.submitted_at IS NULL')}",
        touches=f"{MEMBER} AND {SCORING}",
        becomes=f"{MEMBER} AND {SCORING}",
    ),
    "committee_revision": Wall(
        "SELECT, INSERT",
        reads=shown("committee_revision"),
        adds=f"{MEMBER} AND "
        + reviewing("committee_revision", "a.id = committee_revision.assignment_id", DISCUSSED),
    ),
    "committee_remark": Wall(
        "SELECT, INSERT",
        reads=f"{OFFICE} OR {reviewing('committee_remark', 't.opened_at IS NOT NULL')}",
        adds=f"person_id IS NOT DISTINCT FROM {PERSON}"
        f" AND ({OFFICE} OR {reviewing('committee_remark', DISCUSSED)})"
        " AND EXISTS (SELECT 1 FROM committee_turn t WHERE t.id = committee_remark.turn_id"
        f" AND {DISCUSSED})",
    ),
    "adoption_entry": Wall("SELECT, INSERT", reads=f"{VENDOR_OWN} OR {OFFICE}", adds=OFFICE),
    "vendor_case": Wall(
        "SELECT, INSERT, UPDATE (listings, applications, ended_at, ended_reason)",
        reads=f"{VENDOR_OWN} OR {OFFICE}",
        adds=OFFICE,
    ),
    "suspended_listing": Wall(
        "SELECT, INSERT, UPDATE (returned_at)", reads=f"{VENDOR_OWN} OR {OFFICE}", adds=OFFICE
    ),
    "application_flag": Wall("SELECT, INSERT, UPDATE (cleared_at)", reads=f"{PARTY} OR {OFFICE}", adds=OFFICE),
    "renewal_reminder": Wall("SELECT, INSERT", reads=OFFICE, adds=OFFICE),
}
APPEND_ONLY = ("committee_paper", "committee_revision", "committee_remark", "adoption_entry")

# What was declared and handed in stays; nobody declares or hands in for somebody else.
KEEP_ASSIGNMENT = f"""
CREATE FUNCTION keep_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR OLD.submitted_at IS NOT NULL THEN
    RAISE EXCEPTION 'this assignment is over' USING ERRCODE = '42501';
  END IF;
  IF OLD.declared IS NOT NULL AND (NEW.declared, NEW.declared_note, NEW.declared_at)
      IS DISTINCT FROM (OLD.declared, OLD.declared_note, OLD.declared_at) THEN
    RAISE EXCEPTION 'what was declared stays' USING ERRCODE = '42501';
  END IF;
  IF {audience("secretariat")} AND (NEW.declared, NEW.submitted_at)
      IS DISTINCT FROM (OLD.declared, OLD.submitted_at) THEN
    RAISE EXCEPTION 'only the member itself declares and scores' USING ERRCODE = '42501';
  END IF;
  IF {COMMITTEE} AND NEW.ended_at IS NOT NULL AND NEW.declared IS DISTINCT FROM 'conflict' THEN
    RAISE EXCEPTION 'a member ends an assignment by a conflict only' USING ERRCODE = '42501';
  END IF;
  IF NEW.declared = 'conflict' AND NEW.ended_at IS NULL THEN
    RAISE EXCEPTION 'a conflict ends the assignment' USING ERRCODE = '42501';
  END IF;
  IF NEW.submitted_at IS NOT NULL AND
      (SELECT count(*) FROM committee_score s WHERE s.assignment_id = NEW.id AND s.points IS NOT NULL)
      < (SELECT jsonb_array_length(t.rules->'criteria') FROM committee_turn t WHERE t.id = NEW.turn_id) THEN
    RAISE EXCEPTION 'a criterion has no mark' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

# The turn counts who is still to score; when nobody is and enough have, the marks are shown.
COUNT = """
CREATE FUNCTION count_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was_waiting integer := 0;
  is_waiting integer := (NEW.ended_at IS NULL AND NEW.submitted_at IS NULL)::integer;
  has_submitted integer := (NEW.submitted_at IS NOT NULL)::integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was_waiting := (OLD.ended_at IS NULL AND OLD.submitted_at IS NULL)::integer;
    has_submitted := has_submitted - (OLD.submitted_at IS NOT NULL)::integer;
  END IF;
  IF was_waiting = is_waiting AND has_submitted = 0 THEN
    RETURN NULL;
  END IF;
  UPDATE committee_turn SET
    waiting = waiting - was_waiting + is_waiting,
    submitted = submitted + has_submitted,
    opened_at = CASE
      WHEN opened_at IS NULL AND waiting - was_waiting + is_waiting = 0 AND submitted + has_submitted >= quorum
      THEN GREATEST(NEW.submitted_at, NEW.ended_at) ELSE opened_at END
    WHERE id = NEW.turn_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the turn is not there' USING ERRCODE = '42501';
  END IF;
  RETURN NULL;
END $$
"""

# Nobody counts by hand: else a member could open the marks early.
KEEP_TURN = f"""
CREATE FUNCTION keep_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 AND (NEW.waiting, NEW.submitted, NEW.opened_at)
      IS DISTINCT FROM (OLD.waiting, OLD.submitted, OLD.opened_at) THEN
    RAISE EXCEPTION 'the turn counts by itself' USING ERRCODE = '42501';
  END IF;
  IF OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at OR OLD.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'what was opened or closed stays so' USING ERRCODE = '42501';
  END IF;
  IF NEW.closed_at IS NOT NULL AND (NEW.opened_at IS NULL OR NOT {OFFICE}) THEN
    RAISE EXCEPTION 'the secretariat closes a turn that is open' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

# A turn begins with nothing counted, an assignment with nothing declared.
BEGIN_EMPTY = """
CREATE FUNCTION begin_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.waiting <> 0 OR NEW.submitted <> 0 OR NEW.opened_at IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'a turn begins empty' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

KEEP_FLAG = """
CREATE FUNCTION keep_flag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'submitted' AND OLD.state <> 'submitted' AND EXISTS (
      SELECT 1 FROM application_flag f WHERE f.application_id = NEW.id AND f.cleared_at IS NULL) THEN
    RAISE EXCEPTION 'the vendor of this application does not stand' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
TRIGGERS = (
    ("committee_assignment_kept", "BEFORE UPDATE", "committee_assignment", "keep_assignment"),
    ("committee_assignment_counted", "AFTER INSERT OR UPDATE", "committee_assignment", "count_assignment"),
    ("committee_turn_kept", "BEFORE UPDATE", "committee_turn", "keep_turn"),
    ("committee_turn_begun", "BEFORE INSERT", "committee_turn", "begin_turn"),
    ("grant_application_flagged", "BEFORE UPDATE", "grant_application", "keep_flag"),
)

REVIEWER = assigned("a.registration_id = vendor_registration.id", "a.declared = 'none'", "a.ended_at IS NULL")
REVIEWED_FILE = f"({COMMITTEE} AND EXISTS (SELECT 1 FROM committee_paper c WHERE c.file_id = stored_file.id))"


def upgrade() -> None:
    _relation()
    _turn()
    _assignment()
    _marks()
    _standing()
    build(TABLES)
    make_append_only(APPEND_ONLY)
    for function in (KEEP_ASSIGNMENT, COUNT, KEEP_TURN, BEGIN_EMPTY, KEEP_FLAG):
        op.execute(function)
    for name, when, table, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function}() TO {ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    _read_by(f"{OWN} OR {OFFICE} OR {REVIEWER}", f"{OWN} OR {OFFICE} OR {REVIEWED_FILE}")


def _read_by(registration: str, file: str) -> None:
    op.execute(f"ALTER POLICY vendor_registration_reads ON vendor_registration USING ({registration})")
    op.execute(f"ALTER POLICY stored_file_reads ON stored_file USING ({file})")


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False)


def _counted(name: str = "id") -> sa.Column:
    return sa.Column(name, sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _of(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in columns.items()
    ]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _relation() -> None:
    op.create_table(
        "committee_relation",
        _id("id"),
        _id("person_id"),
        _word("kind"),
        _word("name"),
        _word("corporate_number", nullable=True),
        _word("note"),
        _moment("declared_at"),
        sa.CheckConstraint(
            "corporate_number ~ '^[0-9]{13}$'", name=op.f("ck_committee_relation_corporate_number")
        ),
        *_of("committee_relation", person_id="person"),
        _key("committee_relation", "id"),
    )
    _indexed("committee_relation", "person_id")


def _turn() -> None:
    op.create_table(
        "committee_turn",
        _id("id"),
        _id("registration_id"),
        _number("number"),
        _json("rules"),
        _number("rules_version"),
        _number("quorum"),
        _number("waiting"),
        _number("submitted"),
        _moment("began_at"),
        _moment("opened_at", nullable=True),
        _moment("closed_at", nullable=True),
        sa.CheckConstraint(
            "quorum >= 2 AND waiting >= 0 AND submitted >= 0", name=op.f("ck_committee_turn_counts")
        ),
        *_of("committee_turn", registration_id="vendor_registration"),
        _key("committee_turn", "id"),
        sa.UniqueConstraint("registration_id", "number", name=op.f("uq_committee_turn_registration_id_number")),
    )
    op.create_table(
        "committee_paper",
        _id("turn_id"),
        _id("file_id"),
        _word("kind"),
        *_of("committee_paper", turn_id="committee_turn", file_id="stored_file"),
        _key("committee_paper", "turn_id", "file_id"),
    )
    _indexed("committee_paper", "file_id")


def _assignment() -> None:
    op.create_table(
        "committee_assignment",
        _id("id"),
        _id("turn_id"),
        _id("registration_id"),
        sa.Column("registration_number", sa.BigInteger(), nullable=False),
        _id("person_id"),
        _word("person_name"),
        _json("parties"),
        _word("declared", nullable=True),
        _word("declared_note"),
        _moment("declared_at", nullable=True),
        _moment("submitted_at", nullable=True),
        _moment("ended_at", nullable=True),
        _word("ended_why", nullable=True),
        _moment("assigned_at"),
        _number("version"),
        sa.CheckConstraint("declared IN ('none', 'conflict')", name=op.f("ck_committee_assignment_declared")),
        sa.CheckConstraint(
            "submitted_at IS NULL OR (declared = 'none' AND ended_at IS NULL)",
            name=op.f("ck_committee_assignment_submitted"),
        ),
        *_of(
            "committee_assignment",
            turn_id="committee_turn",
            registration_id="vendor_registration",
            person_id="person",
        ),
        _key("committee_assignment", "id"),
        sa.UniqueConstraint("turn_id", "person_id", name=op.f("uq_committee_assignment_turn_id_person_id")),
    )
    _indexed("committee_assignment", "registration_id")
    op.create_index(
        "ix_committee_assignment_person_id_assigned_at", "committee_assignment", ["person_id", "assigned_at"]
    )


def _marks() -> None:
    op.create_table(
        "committee_score",
        _id("assignment_id"),
        _word("criterion"),
        _id("turn_id"),
        _id("person_id"),
        _number("points", nullable=True),
        _word("comment"),
        _moment("saved_at"),
        *_of(
            "committee_score", assignment_id="committee_assignment", turn_id="committee_turn", person_id="person"
        ),
        _key("committee_score", "assignment_id", "criterion"),
    )
    op.create_table(
        "committee_revision",
        _counted(),
        _id("turn_id"),
        _id("assignment_id"),
        _id("person_id"),
        _word("person_name"),
        _word("criterion"),
        _number("before_points"),
        _number("after_points"),
        _word("reason"),
        _moment("revised_at"),
        *_of(
            "committee_revision",
            turn_id="committee_turn",
            assignment_id="committee_assignment",
            person_id="person",
        ),
        _key("committee_revision", "id"),
    )
    op.create_table(
        "committee_remark",
        _counted(),
        _id("turn_id"),
        _id("person_id", nullable=True),
        _word("author"),
        _word("words"),
        _moment("written_at"),
        *_of("committee_remark", turn_id="committee_turn", person_id="person"),
        _key("committee_remark", "id"),
    )
    for table in ("committee_score", "committee_revision", "committee_remark"):
        _indexed(table, "turn_id", "person_id")


def _standing() -> None:
    op.create_table(
        "adoption_entry",
        _id("registration_id"),
        _id("organisation_id"),
        sa.Column("announcement_number", sa.BigInteger(), nullable=False),
        _moment("published_at"),
        *_of("adoption_entry", registration_id="vendor_registration", organisation_id="organisation"),
        _key("adoption_entry", "registration_id"),
    )
    _indexed("adoption_entry", "organisation_id")
    op.create_table(
        "vendor_case",
        _id("id"),
        _id("organisation_id"),
        _word("kind"),
        _word("reason"),
        _number("listings"),
        _number("applications"),
        _moment("began_at"),
        _moment("ended_at", nullable=True),
        _word("ended_reason", nullable=True),
        sa.CheckConstraint("kind IN ('suspended', 'revoked', 'expired')", name=op.f("ck_vendor_case_kind")),
        *_of("vendor_case", organisation_id="organisation"),
        _key("vendor_case", "id"),
    )
    op.create_index("ix_vendor_case_organisation_id_began_at", "vendor_case", ["organisation_id", "began_at"])
    op.create_index(
        "uq_vendor_case_organisation_id",
        "vendor_case",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "suspended_listing",
        _id("case_id"),
        _id("listing_id"),
        _word("kind"),
        _word("public_key"),
        _id("organisation_id"),
        _id("publication_id"),
        _word("state_before"),
        _moment("returned_at", nullable=True),
        *_of("suspended_listing", organisation_id="organisation", publication_id="publication"),
        _key("suspended_listing", "case_id", "listing_id"),
    )
    _indexed("suspended_listing", "organisation_id")
    op.create_table(
        "application_flag",
        _id("case_id"),
        _id("application_id"),
        _id("sme_id"),
        _id("vendor_id"),
        _word("kind"),
        _moment("raised_at"),
        _moment("cleared_at", nullable=True),
        *_of(
            "application_flag",
            case_id="vendor_case",
            application_id="grant_application",
            sme_id="organisation",
            vendor_id="organisation",
        ),
        _key("application_flag", "case_id", "application_id"),
    )
    _indexed("application_flag", "application_id", "sme_id", "vendor_id")
    op.create_table(
        "renewal_reminder",
        _id("organisation_id"),
        _number("fiscal_year"),
        _number("days_before"),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        *_of("renewal_reminder", organisation_id="organisation"),
        _key("renewal_reminder", "organisation_id", "fiscal_year", "days_before"),
    )
