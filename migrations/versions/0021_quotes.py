"""Shortlists, enquiries and quotes; the minimum prices as they were published; the quote an application is made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import (
    OFFICE,
    ORGANISATION,
    OWN,
    PERSON,
    ROLE,
    SME_OWN,
    SYSTEM,
    VENDOR_OWN,
    Wall,
    audience,
    build,
    make_append_only,
)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BUSINESS = f"({audience('sme')} AND sme_id = {ORGANISATION})"
VENDOR = f"({audience('vendor')} AND vendor_id = {ORGANISATION})"
PARTY = f"{BUSINESS} OR {VENDOR} OR {SYSTEM}"
PUBLISHED_BY = (
    "EXISTS (SELECT 1 FROM publication p WHERE p.id = {table}.publication_id"
    " AND p.organisation_id = {table}.vendor_id)"
)


def of_enquiry(table: str, *conditions: str) -> str:
    """True when the row's enquiry is between the same two, and all this is true of enquiry e."""
    more = "".join(f" AND {condition}" for condition in conditions)
    return (
        f"EXISTS (SELECT 1 FROM enquiry e WHERE e.id = {table}.enquiry_id"
        f" AND e.sme_id = {table}.sme_id AND e.vendor_id = {table}.vendor_id{more})"
    )


# The secretariat reads none of these: what a business notes, asks and is offered is between it and the vendor. To
# help, somebody of the secretariat looks in (tenants/support_view.py), and then acts as the organisation.
TABLES = {
    "shortlist_entry": Wall(
        "SELECT, INSERT, UPDATE (note, noted_by, noted_at, position, publication_id, version), DELETE",
        reads=f"{SME_OWN} OR {SYSTEM}",
        adds=f"{SME_OWN} OR {SYSTEM}",
    ),
    # What was released stays as it was released; who may take which step is said by the trigger below.
    "enquiry": Wall(
        "SELECT, INSERT, UPDATE (state, last_message_at, sme_read_at, vendor_read_at, version)",
        reads=PARTY,
        adds=f"({BUSINESS} OR {SYSTEM}) AND state = 'asked' AND {PUBLISHED_BY.format(table='enquiry')}",
        touches=PARTY,
        becomes=PARTY,
    ),
    "enquiry_message": Wall(
        "SELECT, INSERT",
        reads=PARTY,
        adds=f"(({BUSINESS} AND side = 'sme') OR ({VENDOR} AND side = 'vendor') OR {SYSTEM})"
        f" AND written_by IS NOT DISTINCT FROM {PERSON}"
        f" AND {of_enquiry('enquiry_message', 'e.state <> ' + repr('closed'))}",
    ),
    # Whose file it is is asked by the trigger below: a policy that asked would ask itself, for the file's own wall
    # asks what is attached.
    "enquiry_attachment": Wall(
        "SELECT, INSERT",
        reads=PARTY,
        adds=f"({PARTY}) AND EXISTS (SELECT 1 FROM enquiry_message m WHERE m.id = enquiry_attachment.message_id"
        f" AND m.sme_id = enquiry_attachment.sme_id AND m.vendor_id = enquiry_attachment.vendor_id"
        f" AND m.written_by IS NOT DISTINCT FROM {PERSON})",
    ),
    # A draft is the vendor's own. What may happen to it afterwards is said by the trigger below.
    "quote": Wall(
        "SELECT, INSERT, UPDATE (publication_id, content, content_hash, valid_until, recipient, state, sent_at,"
        " sent_by, answered_at, answered_by, answer, updated_at, version), DELETE",
        reads=f"{VENDOR} OR ({BUSINESS} AND sent_at IS NOT NULL) OR {SYSTEM}",
        adds=f"({VENDOR} OR {SYSTEM}) AND state = 'draft' AND {of_enquiry('quote')}"
        f" AND {PUBLISHED_BY.format(table='quote')}",
        touches=f"{VENDOR} OR ({BUSINESS} AND sent_at IS NOT NULL) OR {SYSTEM}",
        becomes=f"(({VENDOR} AND state IN ('draft', 'sent', 'withdrawn', 'replaced'))"
        f" OR ({BUSINESS} AND state IN ('accepted', 'declined')) OR {SYSTEM})"
        f" AND {PUBLISHED_BY.format(table='quote')}",
    ),
    "publication_minimum": Wall("SELECT, INSERT", reads=f"{VENDOR_OWN} OR {OFFICE}", adds=OFFICE),
}
APPEND_ONLY = ("enquiry_message", "enquiry_attachment", "publication_minimum")

KEEP_ENQUIRY = f"""
CREATE FUNCTION keep_enquiry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> NEW.state AND NEW.state <> 'closed' AND NOT {SYSTEM}
      AND (OLD.state = 'closed' OR (NEW.state = 'answered') <> {audience("vendor")}) THEN
    RAISE EXCEPTION 'this step is the other side''s' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
KEEP_ATTACHMENT = """
CREATE FUNCTION keep_enquiry_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM stored_file f WHERE f.id = NEW.file_id
      AND f.organisation_id IN (NEW.sme_id, NEW.vendor_id)) THEN
    RAISE EXCEPTION 'only a file of one''s own can be attached' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
# Sent is sent: only its state and the answer to it are written afterwards, each by the side whose step it is.
KEEP_QUOTE = """
CREATE FUNCTION keep_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'what was sent stays on record' USING ERRCODE = '42501';
    END IF;
    RETURN OLD;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
      ('draft', 'draft'), ('draft', 'sent'), ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'withdrawn'),
      ('sent', 'expired'), ('sent', 'replaced')) THEN
    RAISE EXCEPTION 'a quote does not go this way' USING ERRCODE = '42501';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.content, NEW.content_hash, NEW.valid_until, NEW.publication_id, NEW.recipient,
      NEW.sent_at, NEW.sent_by) IS DISTINCT FROM (OLD.content, OLD.content_hash, OLD.valid_until,
      OLD.publication_id, OLD.recipient, OLD.sent_at, OLD.sent_by) THEN
    RAISE EXCEPTION 'what was sent is not written over' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
ACCEPTED = (
    "(quote_id IS NULL OR EXISTS (SELECT 1 FROM quote q WHERE q.id = grant_application.quote_id"
    " AND q.state = 'accepted' AND q.sme_id = grant_application.sme_id"
    " AND q.vendor_id = grant_application.vendor_id AND q.publication_id = grant_application.publication_id))"
)
SENT_FILE = "EXISTS (SELECT 1 FROM enquiry_attachment a WHERE a.file_id = stored_file.id)"
COMMITTEE_FILE = (
    f"({audience('committee')} AND EXISTS (SELECT 1 FROM committee_paper c WHERE c.file_id = stored_file.id))"
)
# As migration 0012 has it.
STARTS = (
    f"(({BUSINESS} AND EXISTS (SELECT 1 FROM live_publication l"
    f" WHERE l.publication_id = grant_application.publication_id)) OR {SYSTEM})"
    " AND state = 'draft' AND prepared IS NULL AND confirmed_hash IS NULL"
    f" AND submitted_at IS NULL AND {PUBLISHED_BY.format(table='grant_application')}"
)
# As migration 0012 has it, with the matters that are between two organisations since.
CONCERNS = """
CREATE OR REPLACE FUNCTION audit_concerns(acting text, own uuid, person uuid, whose uuid, kind text, subject text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE
    WHEN acting IN ('secretariat', 'system') THEN true
    WHEN acting = 'sign_in' THEN
      EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = whose
        AND (m.person_id = person OR (kind = 'person' AND m.person_id::text = subject)))
      OR (kind = 'person' AND EXISTS (SELECT 1 FROM sign_in_session s
        WHERE s.organisation_id = whose AND s.person_id::text = subject))
    WHEN kind = 'application' THEN EXISTS (SELECT 1 FROM grant_application a WHERE a.id::text = subject
      AND own IN (a.sme_id, a.vendor_id) AND whose IN (a.sme_id, a.vendor_id))
    {more}
    ELSE false END
$$
"""
BETWEEN_TWO = "".join(
    f"WHEN kind = '{table}' THEN EXISTS (SELECT 1 FROM {table} a WHERE a.id::text = subject"
    " AND own IN (a.sme_id, a.vendor_id) AND whose IN (a.sme_id, a.vendor_id))\n    "
    for table in ("enquiry", "quote")
)
# Packages that are live on the day of this change: what is registered for their products now.
MINIMUMS_OF_TODAY = """
INSERT INTO publication_minimum (publication_id, organisation_id, prices)
SELECT l.publication_id, l.organisation_id, jsonb_object_agg(p.code, p.minimum_price_yen)
FROM live_publication l JOIN package_item i ON i.package_id = l.listing_id JOIN product p ON p.id = i.product_id
WHERE l.kind = 'package' GROUP BY l.publication_id, l.organisation_id
"""


def upgrade() -> None:
    _minimums()
    _shortlists()
    _enquiries()
    _quotes()
    op.execute(MINIMUMS_OF_TODAY)
    build(TABLES)
    make_append_only(APPEND_ONLY)
    for table, function, when in (
        ("enquiry", KEEP_ENQUIRY, "UPDATE"),
        ("enquiry_attachment", KEEP_ATTACHMENT, "INSERT"),
        ("quote", KEEP_QUOTE, "UPDATE OR DELETE"),
    ):
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION keep_{table}()"
        )
        op.execute(f"GRANT EXECUTE ON FUNCTION keep_{table}() TO {ROLE}")
    # Past the walls: the function that appends to the trail runs with its owner's rights.
    for table in ("enquiry", "quote"):
        op.execute(f"CREATE POLICY {table}_owner_select ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(CONCERNS.format(more=BETWEEN_TWO))
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    op.execute(f"ALTER POLICY grant_application_inserts ON grant_application WITH CHECK ({STARTS} AND {ACCEPTED})")
    op.execute(
        f"ALTER POLICY stored_file_reads ON stored_file USING ({OWN} OR {OFFICE} OR {COMMITTEE_FILE} OR {SENT_FILE})"
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _word(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _jsonb(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False)


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, to in columns.items()
    ]


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _minimums() -> None:
    op.create_table(
        "publication_minimum",
        _id("publication_id"),
        _id("organisation_id"),
        _jsonb("prices"),
        *_refers("publication_minimum", publication_id="publication", organisation_id="organisation"),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publication_minimum")),
    )
    _index("publication_minimum", "organisation_id")


def _shortlists() -> None:
    op.create_table(
        "shortlist_entry",
        _id("id"),
        _id("organisation_id"),
        _word("package_code"),
        _id("publication_id"),
        _number("position"),
        _word("note"),
        _id("added_by", nullable=True),
        _moment("added_at"),
        _id("noted_by", nullable=True),
        _moment("noted_at", nullable=True),
        _number("version"),
        sa.CheckConstraint("length(note) <= 1000", name=op.f("ck_shortlist_entry_note")),
        *_refers(
            "shortlist_entry",
            organisation_id="organisation",
            publication_id="publication",
            added_by="person",
            noted_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_entry")),
        sa.UniqueConstraint(
            "organisation_id", "package_code", name=op.f("uq_shortlist_entry_organisation_id_package_code")
        ),
    )


def _enquiries() -> None:
    op.create_table(
        "enquiry",
        _id("id"),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=200001), nullable=False),
        _id("sme_id"),
        _id("vendor_id"),
        _id("publication_id"),
        _word("package_code"),
        _word("package_name"),
        _word("vendor_name"),
        _jsonb("released"),
        _word("state"),
        _moment("created_at"),
        _moment("last_message_at"),
        _moment("sme_read_at", nullable=True),
        _moment("vendor_read_at", nullable=True),
        _number("version"),
        sa.CheckConstraint("state IN ('asked', 'answered', 'closed')", name=op.f("ck_enquiry_state")),
        *_refers("enquiry", sme_id="organisation", vendor_id="organisation", publication_id="publication"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("number", name=op.f("uq_enquiry_number")),
    )
    _index("enquiry", "sme_id", "last_message_at")
    _index("enquiry", "vendor_id", "last_message_at")
    op.create_table(
        "enquiry_message",
        _id("id"),
        _id("enquiry_id"),
        _id("sme_id"),
        _id("vendor_id"),
        _word("side"),
        _id("written_by", nullable=True),
        _word("body"),
        _moment("sent_at"),
        sa.CheckConstraint("side IN ('sme', 'vendor')", name=op.f("ck_enquiry_message_side")),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 4000", name=op.f("ck_enquiry_message_body")),
        *_refers(
            "enquiry_message",
            enquiry_id="enquiry",
            sme_id="organisation",
            vendor_id="organisation",
            written_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_message")),
    )
    op.create_table(
        "enquiry_attachment",
        _id("file_id"),
        _id("message_id"),
        _id("sme_id"),
        _id("vendor_id"),
        *_refers(
            "enquiry_attachment",
            file_id="stored_file",
            message_id="enquiry_message",
            sme_id="organisation",
            vendor_id="organisation",
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_enquiry_attachment")),
    )
    for table, columns in (
        ("enquiry_message", ("enquiry_id", "sme_id", "vendor_id")),
        ("enquiry_attachment", ("message_id", "sme_id", "vendor_id")),
    ):
        for column in columns:
            _index(table, column)


def _quotes() -> None:
    op.execute("CREATE SEQUENCE quote_number START 300001")
    op.create_table(
        "quote",
        _id("id"),
        sa.Column("number", sa.BigInteger(), server_default=sa.text("nextval('quote_number')"), nullable=False),
        _number("edition"),
        _id("enquiry_id"),
        _id("sme_id"),
        _id("vendor_id"),
        _id("publication_id"),
        _word("package_code"),
        _word("vendor_name"),
        _word("recipient"),
        _jsonb("content"),
        _word("content_hash"),
        sa.Column("valid_until", sa.Date(), nullable=False),
        _word("state"),
        _moment("sent_at", nullable=True),
        _id("sent_by", nullable=True),
        _moment("answered_at", nullable=True),
        _id("answered_by", nullable=True),
        _word("answer"),
        _moment("created_at"),
        _moment("updated_at"),
        _number("version"),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'accepted', 'declined', 'withdrawn', 'expired', 'replaced')",
            name=op.f("ck_quote_state"),
        ),
        sa.CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name=op.f("ck_quote_sent")),
        sa.CheckConstraint("edition BETWEEN 1 AND 1000", name=op.f("ck_quote_edition")),
        *_refers(
            "quote",
            enquiry_id="enquiry",
            sme_id="organisation",
            vendor_id="organisation",
            publication_id="publication",
            sent_by="person",
            answered_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", "edition", name=op.f("uq_quote_number_edition")),
    )
    _index("quote", "enquiry_id")
    _index("quote", "sme_id", "sent_at")
    _index("quote", "vendor_id", "updated_at")
    for state in ("draft", "sent", "accepted"):
        op.create_index(
            f"uq_quote_number_{state}",
            "quote",
            ["number"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.add_column("grant_application", _id("quote_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_grant_application_quote_id"), "grant_application", "quote", ["quote_id"], ["id"]
    )
    _index("grant_application", "quote_id")
