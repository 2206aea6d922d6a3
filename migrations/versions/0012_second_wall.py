"""What SQL of the application's role could still do to others, and no use case asks for.

Found by attacking as each audience, table by table (tests/security/test_second_wall.py): an event could be told of
anybody and at any time; a life cycle could be moved past its table; what was handed in could be written over; any job
could be asked for; an invitation worked again after its guest had been removed, and its hash was as good as its token.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import (
    OFFICE,
    ORGANISATION,
    OWN,
    PERSON,
    SYSTEM,
    VENDOR_OWN,
    Wall,
    audience,
    build,
)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ACTING = audience("vendor", "sme")
# Made in this very transaction, and in no earlier one.
JUST_NOW = "{row}.xmin = (SELECT pg_current_xact_id()::xid)"
ADOPTED = f"(SELECT o.standing FROM organisation o WHERE o.id = {ORGANISATION}) = 'adopted'"
MANAGES = (
    f"EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = {ORGANISATION} AND m.person_id = {PERSON}"
    " AND m.role IN ('vendor_owner', 'sme_owner', 'secretariat_administrator'))"
)

# The steps that organisations take themselves: which states they lead from and to. As in the tables in code
# (catalogue/lifecycle.py, marketplace/applications/lifecycle.py); a test holds them equal.
MOVES = {
    ("listing", "vendor"): (
        ("draft", "draft"),
        ("returned", "draft"),
        ("approved", "draft"),
        ("published", "draft"),
        ("withdrawn", "draft"),
        ("draft", "submitted"),
        ("returned", "submitted"),
        ("submitted", "draft"),
    ),
    ("application", "vendor"): (
        ("draft", "accepted"),
        ("draft", "declined"),
        ("accepted", "prepared"),
        ("prepared", "prepared"),
        ("confirmed", "prepared"),
        ("confirmed", "submitted"),
    ),
    ("application", "sme"): (
        ("prepared", "accepted"),
        ("prepared", "confirmed"),
        ("draft", "withdrawn"),
        ("accepted", "withdrawn"),
        ("prepared", "withdrawn"),
        ("confirmed", "withdrawn"),
    ),
}
# What may be asked of the worker by whoever acts; everything else is the worker's own.
JOBS = ("files.discard", "files.scan", "notices.deliver", "notices.send", "search.synchronise")

TABLES = {
    "workflow_move": Wall("SELECT", reads="true", adds="false"),
    "askable_job": Wall("SELECT", reads="false", adds="false"),
}

# The time of arrival is the application's to say, but a machine's clock and a slow request explain minutes only.
PLAUSIBLE = """
CREATE FUNCTION plausible_time(told timestamptz) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT told BETWEEN now() - interval '1 hour' AND clock_timestamp() + interval '5 minutes'
    OR (SELECT h.any_time FROM audit_head h WHERE h.id = 1)
$$
"""
# Who acts for an organisation tells of its own matters; of another's only where both are parties. A migration that
# makes a new kind of matter between two organisations replaces this function.
CONCERNS = """
CREATE FUNCTION audit_concerns(acting text, own uuid, person uuid, whose uuid, kind text, subject text)
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
    ELSE false END
$$
"""
TOLD = """
CREATE FUNCTION keep_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT plausible_time(NEW.at) THEN
    RAISE EXCEPTION 'permission denied: this is not the time' USING ERRCODE = '42501';
  END IF;
  IF NEW.organisation_id IS DISTINCT FROM NEW.actor_organisation_id AND NEW.organisation_id IS NOT NULL
      AND NOT audit_concerns(NEW.actor_audience, NEW.actor_organisation_id, NEW.actor_person_id,
        NEW.organisation_id, NEW.subject_kind, NEW.subject_id) THEN
    RAISE EXCEPTION 'permission denied: this is another organisation''s matter' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
# Past the walls of the tables that are looked into: the function that appends runs with its owner's rights.
OWNER_READS = ("grant_application", "askable_job")

ASKED = f"""
CREATE FUNCTION keep_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("worker", "system")} THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM askable_job a WHERE a.task = NEW.task_name) OR NEW.priority <> 0
      OR NEW.scheduled_at IS NOT NULL OR NEW.queue_name <> 'default' OR octet_length(NEW.args::text) > 1000 THEN
    RAISE EXCEPTION 'permission denied: job % is not one that is asked for (table askable_job)', NEW.task_name
      USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

LISTING = f"""
CREATE FUNCTION keep_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("vendor")} IS NOT TRUE THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF num_nonnulls(NEW.submitted_at, NEW.decided_at, NEW.return_reason) > 0 THEN
      RAISE EXCEPTION 'a listing begins as a draft' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM workflow_move m WHERE (m.workflow, m.audience, m.source, m.target)
      = ('listing', 'vendor', OLD.state, NEW.state)) THEN
    RAISE EXCEPTION 'this step is not the vendor''s' USING ERRCODE = '42501';
  END IF;
  IF (NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
        AND (NEW.state <> 'submitted' OR plausible_time(NEW.submitted_at) IS NOT TRUE))
      OR NEW.decided_at IS DISTINCT FROM OLD.decided_at
      OR (NEW.return_reason IS NOT NULL AND NEW.return_reason IS DISTINCT FROM OLD.return_reason) THEN
    RAISE EXCEPTION 'this is not the vendor''s to write' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

APPLICATION = f"""
CREATE FUNCTION keep_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {ACTING} IS NOT TRUE THEN
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM workflow_move m WHERE (m.workflow, m.audience, m.source, m.target)
      = ('application', current_setting('app.audience', true), OLD.state, NEW.state)) THEN
    RAISE EXCEPTION 'this step is not theirs' USING ERRCODE = '42501';
  END IF;
  IF (NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
        AND (NEW.state <> 'submitted' OR plausible_time(NEW.submitted_at) IS NOT TRUE))
      OR (NEW.prepared IS DISTINCT FROM OLD.prepared AND NEW.state <> 'prepared') THEN
    RAISE EXCEPTION 'this is written by its own step only' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

# What a vendor hands in is what lies there at that moment, and it is handed in when it is.
REGISTRATION = f"""
CREATE OR REPLACE FUNCTION keep_registration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("vendor")} IS NOT TRUE THEN
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
  IF NEW.state = OLD.state AND (NEW.returned, NEW.corrections_due_at)
      IS DISTINCT FROM (OLD.returned, OLD.corrections_due_at) THEN
    RAISE EXCEPTION 'this is the secretariat''s to write' USING ERRCODE = '42501';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.round_id, NEW.fiscal_year, NEW.form_version)
      IS DISTINCT FROM (OLD.round_id, OLD.fiscal_year, OLD.form_version) THEN
    RAISE EXCEPTION 'what was handed in is not written over' USING ERRCODE = '42501';
  END IF;
  IF NEW.state NOT IN ('draft', 'returned') AND (NEW.content, NEW.section_versions, NEW.declarations)
      IS DISTINCT FROM (OLD.content, OLD.section_versions, OLD.declarations) THEN
    RAISE EXCEPTION 'what was handed in is not written over' USING ERRCODE = '42501';
  END IF;
  IF NEW.state <> 'submitted' AND (NEW.submitted_at, NEW.submitted_copy)
      IS DISTINCT FROM (OLD.submitted_at, OLD.submitted_copy) THEN
    RAISE EXCEPTION 'what was handed in is not written over' USING ERRCODE = '42501';
  END IF;
  IF NEW.state = 'submitted' AND (plausible_time(NEW.submitted_at)
      AND handed_in_as_it_lies(NEW.id, NEW.organisation_id, NEW.submitted_copy)
      AND (NEW.submitted_copy->'content', NEW.submitted_copy->'declarations')
        = (NEW.content, NEW.declarations)
      AND (NEW.submitted_copy->>'registration', NEW.submitted_copy->>'round', NEW.submitted_copy->>'fiscal_year',
          NEW.submitted_copy->>'form_version')
        = (NEW.number::text, NEW.round_id, NEW.fiscal_year::text, NEW.form_version)) IS NOT TRUE THEN
    RAISE EXCEPTION 'what is handed in is not what lies there' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""
HANDED_IN = """
CREATE FUNCTION handed_in_as_it_lies(registration uuid, organisation uuid, copy jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM organisation o WHERE o.id = organisation
      AND copy->'vendor' = jsonb_build_object('name', o.name, 'corporate_number', o.corporate_number,
        'prefecture', o.prefecture, 'address', o.address))
    AND jsonb_array_length(copy->'papers') = (SELECT count(*) FROM registration_paper p
      WHERE p.registration_id = registration AND p.removed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM registration_paper p JOIN stored_file f ON f.id = p.file_id
      WHERE p.registration_id = registration AND p.removed_at IS NULL AND NOT copy->'papers' @> jsonb_build_array(
        jsonb_build_object('paper_id', p.id, 'file_id', f.id, 'kind', p.kind, 'sha256', f.sha256)))
$$
"""

# The secret itself is shown, not what the table holds of it: whoever can read the table cannot use it as a key.
HELD = "(SELECT encode(sha256(convert_to(nullif(current_setting('app.invitation', true), ''), 'UTF8')), 'hex'))"
MEMBER_OF = audience("vendor", "sme", "secretariat")
PEOPLE = (
    f"({MEMBER_OF} AND {OWN}) OR ({audience('secretariat')} AND EXISTS"
    " (SELECT 1 FROM organisation o WHERE o.id = {table}.organisation_id AND o.kind = 'committee'))"
)
INVITER = f"(({PEOPLE.format(table='invitation')}) AND {MANAGES})"
GUEST = f"({audience('sign_in')} AND token_hash = {HELD})"
# Whoever registers a business or applies as a vendor made it a moment ago; nobody founds what lies there.
FOUNDER = (
    f"{audience('sign_in')} AND {HELD} IS NULL AND person_id = {PERSON} AND role IN ('sme_owner', 'vendor_owner')"
    " AND (SELECT (o.kind = 'sme' OR o.standing = 'applicant') AND " + JUST_NOW.format(row="o") + " FROM"
    " organisation o WHERE o.id = membership.organisation_id)"
)
# An invitation lets in as it is taken, never again.
INVITED = (
    f"{audience('sign_in')} AND person_id = {PERSON} AND EXISTS (SELECT 1 FROM invitation i"
    f" WHERE i.token_hash = {HELD} AND i.organisation_id = membership.organisation_id"
    f" AND membership.role = ANY (i.roles) AND i.accepted_by = {PERSON} AND i.revoked_at IS NULL"
    " AND " + JUST_NOW.format(row="i") + ")"
)
INVITATION = f"""
CREATE FUNCTION keep_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("sign_in")} IS NOT TRUE THEN
    RETURN NEW;
  END IF;
  IF (NEW.token_hash, NEW.sent_at, NEW.expires_at, NEW.revoked_at, NEW.invited_by, NEW.inviter_name)
      IS DISTINCT FROM
      (OLD.token_hash, OLD.sent_at, OLD.expires_at, OLD.revoked_at, OLD.invited_by, OLD.inviter_name)
      OR NEW.accepted_at >= OLD.expires_at OR NOT plausible_time(NEW.accepted_at) THEN
    RAISE EXCEPTION 'permission denied: a guest takes an invitation as it is, in its time' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

# That a number was verified is said of a provider's word, which only signing in writes (identity_facts).
VERIFIED = f"""
CREATE FUNCTION keep_verified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("sign_in", "vendor", "sme")} IS NOT TRUE THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF num_nonnulls(NEW.number_verified_at, NEW.registered_on) > 0 THEN
      RAISE EXCEPTION 'this is not for the organisation itself to change' USING ERRCODE = '42501';
    END IF;
  ELSIF NEW.number_verified_at IS DISTINCT FROM OLD.number_verified_at AND (OLD.number_verified_at IS NOT NULL
      OR NOT plausible_time(NEW.number_verified_at) OR NOT EXISTS (SELECT 1 FROM identity_facts f
        WHERE f.person_id = {PERSON} AND f.corporate_number = NEW.corporate_number)) THEN
    RAISE EXCEPTION 'this is not for the organisation itself to change' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

# A mark is one of the scale's, for a criterion of this turn.
SCORE = f"""
CREATE FUNCTION keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {audience("committee")} AND NOT EXISTS (SELECT 1 FROM committee_turn t WHERE t.id = NEW.turn_id
      AND t.rules->'criteria' @> jsonb_build_array(jsonb_build_object('code', NEW.criterion))
      AND (NEW.points IS NULL OR t.rules->'scale' @> to_jsonb(NEW.points))) THEN
    RAISE EXCEPTION 'this mark is not one of the rules' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

TRIGGERS = (
    ("audit_event_told", "BEFORE INSERT", "audit_event", "keep_told"),
    ("procrastinate_jobs_asked", "BEFORE INSERT", "procrastinate_jobs", "keep_asked"),
    ("product_kept", "BEFORE INSERT OR UPDATE", "product", "keep_listing"),
    ("package_kept", "BEFORE INSERT OR UPDATE", "package", "keep_listing"),
    ("grant_application_kept", "BEFORE UPDATE", "grant_application", "keep_application"),
    ("invitation_kept", "BEFORE UPDATE", "invitation", "keep_invitation"),
    ("organisation_verified", "BEFORE INSERT OR UPDATE", "organisation", "keep_verified"),
    ("committee_score_kept", "BEFORE INSERT OR UPDATE", "committee_score", "keep_score"),
)
FUNCTIONS = (
    PLAUSIBLE,
    CONCERNS,
    TOLD,
    ASKED,
    LISTING,
    APPLICATION,
    HANDED_IN,
    REGISTRATION,
    INVITATION,
    VERIFIED,
    SCORE,
)

# A package is put together by a vendor that stands, while it is its turn.
PUT_TOGETHER = (
    f"({VENDOR_OWN} AND {ADOPTED} AND EXISTS (SELECT 1 FROM package p WHERE p.id = package_item.package_id"
    " AND p.organisation_id = package_item.organisation_id AND p.state = 'draft'))"
)
OF_ONE_VENDOR = (
    " AND EXISTS (SELECT 1 FROM package p WHERE p.id = package_item.package_id"
    " AND p.organisation_id = package_item.organisation_id)"
    " AND EXISTS (SELECT 1 FROM product p WHERE p.id = package_item.product_id"
    " AND p.organisation_id = package_item.organisation_id)"
)
BUSINESS = f"({audience('sme')} AND sme_id = {ORGANISATION})"
# What the public sees now is what can be applied for.
BEGINS = (
    f"(({BUSINESS} AND EXISTS (SELECT 1 FROM live_publication l"
    f" WHERE l.publication_id = grant_application.publication_id)) OR {SYSTEM})"
    " AND state = 'draft' AND prepared IS NULL AND confirmed_hash IS NULL"
    " AND submitted_at IS NULL AND EXISTS (SELECT 1 FROM publication p"
    " WHERE p.id = grant_application.publication_id AND p.organisation_id = grant_application.vendor_id)"
)
# Mails to an address that belongs to nobody here are invitations, and the system's own.
TELLS = (
    f"{SYSTEM} OR (written_by IS NOT DISTINCT FROM {PERSON} AND"
    f" (({audience('sign_in', 'vendor', 'sme', 'committee', 'secretariat')}"
    f" AND (address IS NULL OR (template = 'invitation' AND {MANAGES})))"
    f" OR (person_id = {PERSON})))"
)


def upgrade() -> None:
    _tables()
    op.add_column("audit_head", sa.Column("any_time", sa.Boolean(), server_default="false", nullable=False))
    for function in FUNCTIONS:
        op.execute(function)
    for name, when, table, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
    for table in OWNER_READS:
        op.execute(f"CREATE POLICY {table}_owner_select ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute("REVOKE ALL ON FUNCTION audit_concerns(text, uuid, uuid, uuid, text, text) FROM PUBLIC")
    _put_together()
    op.execute(f"ALTER POLICY grant_application_inserts ON grant_application WITH CHECK ({BEGINS})")
    op.execute(f"ALTER POLICY notice_posting_inserts ON notice_posting WITH CHECK ({TELLS})")
    _invitations()


def _tables() -> None:
    op.create_table(
        "workflow_move",
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "audience", "source", "target", name=op.f("pk_workflow_move")),
    )
    op.create_table(
        "askable_job",
        sa.Column("task", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_askable_job")),
    )
    moves = sa.table("workflow_move", *(sa.column(c) for c in ("workflow", "audience", "source", "target")))
    op.bulk_insert(
        moves,
        [
            {"workflow": workflow, "audience": who, "source": source, "target": target}
            for (workflow, who), pairs in MOVES.items()
            for source, target in pairs
        ],
    )
    op.bulk_insert(sa.table("askable_job", sa.column("task")), [{"task": task} for task in JOBS])
    build(TABLES)
    for table in TABLES:
        for policy in ("inserts", "support_insert", "support_update", "support_delete"):
            op.execute(f"DROP POLICY {table}_{policy} ON {table}")


def _put_together() -> None:
    checked = f"({PUT_TOGETHER} OR {OFFICE}){OF_ONE_VENDOR}"
    op.execute(f"ALTER POLICY package_item_inserts ON package_item WITH CHECK ({checked})")
    op.execute(
        f"ALTER POLICY package_item_updates ON package_item USING ({PUT_TOGETHER} OR {OFFICE}) WITH CHECK ({checked})"
    )
    op.execute(f"ALTER POLICY package_item_deletes ON package_item USING ({PUT_TOGETHER} OR {OFFICE})")


def _invitations() -> None:
    """Whoever holds the token shows the secret itself, takes the invitation as it is, and comes in with it once."""
    op.execute(
        f"ALTER POLICY invitation_reads ON invitation USING (({MEMBER_OF} AND {OWN}) OR {OFFICE} OR {GUEST})"
    )
    op.execute(
        "ALTER POLICY invitation_updates ON invitation"
        f" USING ((({INVITER} OR {GUEST}) AND accepted_at IS NULL AND revoked_at IS NULL) OR {SYSTEM})"
        f" WITH CHECK (({INVITER} AND accepted_at IS NULL) OR ({GUEST} AND accepted_by = {PERSON}) OR {SYSTEM})"
    )
    op.execute(
        "ALTER POLICY membership_inserts ON membership"
        f" WITH CHECK ({SYSTEM} OR {PEOPLE.format(table='membership')} OR ({FOUNDER}) OR ({INVITED}))"
    )
