"""The end of the audit chain is out of the application's reach; people's names lie beside it; jobs show nothing.

The application asks a function to append: the function alone numbers events, chains them and moves the head, and takes
who acts from the transaction. Names lie in a table of their own, so that one can be forgotten while the chain holds.
The function's rights are its owner's: row-level security is forced on the owner too, so what it needs is said here.
"""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, ORGANISATION, OWN, PERSON, ROLE, Wall, audience, build

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MAY_ACT = audience("sign_in", "vendor", "sme", "committee", "secretariat", "system")
GENESIS = "0" * 64
# In the order in which they are hashed: tenants/audit.py has the same.
FACTS = (
    "{row}.number::text, trunc(extract(epoch FROM {row}.at) * 1000000)::bigint::text, {row}.name,"
    " {row}.organisation_id::text, {row}.actor_person_id::text, {row}.actor_organisation_id::text,"
    " {row}.actor_audience, {row}.actor_name, {row}.actor_digest, {row}.subject_kind, {row}.subject_id,"
    " {row}.before::text, {row}.after::text"
)
OLD_FACTS = (
    "at",
    "name",
    "organisation_id",
    "actor_person_id",
    "actor_organisation_id",
    "actor_name",
    "subject_kind",
    "subject_id",
    "before",
    "after",
)
# A fixed path: nobody's table or function of the same name is taken for ours.
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# The long lists, and who reads their rows beside the secretariat (as in 0002).
LISTED = {
    "product": OWN,
    "package": OWN,
    "grant_application": f"sme_id = {ORGANISATION} OR vendor_id = {ORGANISATION}",
    "audit_event": OWN,
}
FORGETS = ("person", "membership", "external_identity", "identity_facts", "mirasapo_account", "sign_in_session")

DIGEST = """
CREATE FUNCTION audit_digest(previous text, facts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(previous || E'\\n' || string_agg(
    CASE WHEN fact IS NULL THEN '-' ELSE length(fact) || ':' || fact END, ',' ORDER BY place), 'UTF8')), 'hex')
  FROM unnest(facts) WITH ORDINALITY AS u (fact, place)
$$
"""

APPEND = f"""
CREATE FUNCTION append_audit(events jsonb) RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  head audit_head;
  one audit_event;
  given record;
  hidden record;
  known text;
  named text;
  place uuid;
BEGIN
  IF {MAY_ACT} IS NOT TRUE OR coalesce(current_setting('app.support', true), '') <> '' THEN
    RAISE EXCEPTION 'permission denied: whoever acts writes no events' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
  one.actor_audience := current_setting('app.audience', true);
  one.actor_person_id := nullif(current_setting('app.person_id', true), '')::uuid;
  one.actor_organisation_id := nullif(current_setting('app.organisation_id', true), '')::uuid;
  FOR given IN SELECT * FROM jsonb_to_recordset(events) AS e (at timestamptz, name text, organisation_id uuid,
      actor_name text, subject_kind text, subject_id text, before jsonb, after jsonb, personal jsonb) LOOP
    FOR hidden IN SELECT * FROM jsonb_to_recordset(given.personal) AS p (salt text, value text, person_id uuid) LOOP
      INSERT INTO audit_personal (digest, salt, value, person_id, organisation_id)
      VALUES (encode(sha256(convert_to(hidden.salt || hidden.value, 'UTF8')), 'hex'), hidden.salt, hidden.value,
        hidden.person_id, given.organisation_id) ON CONFLICT DO NOTHING;
    END LOOP;
    IF one.actor_person_id IS NULL THEN
      one.actor_name := given.actor_name;
    ELSE
      one.actor_name := '';
      -- Who signs in to join an organisation is known there by name.
      IF (named, place) IS DISTINCT FROM
          (given.actor_name, coalesce(one.actor_organisation_id, given.organisation_id)) THEN
        named := given.actor_name;
        place := coalesce(one.actor_organisation_id, given.organisation_id);
        SELECT p.digest INTO known FROM audit_personal p WHERE p.person_id = one.actor_person_id
          AND p.organisation_id IS NOT DISTINCT FROM place AND p.value = named LIMIT 1;
        IF known IS NULL THEN
          INSERT INTO audit_personal (digest, salt, value, person_id, organisation_id)
          SELECT encode(sha256(convert_to(s.salt || named, 'UTF8')), 'hex'), s.salt, named, one.actor_person_id,
            place FROM (SELECT gen_random_uuid()::text AS salt OFFSET 0) s
          RETURNING digest INTO known;
        END IF;
      END IF;
      one.actor_digest := known;
    END IF;
    one.number := head.number + 1;
    one.at := given.at;
    one.name := given.name;
    one.organisation_id := given.organisation_id;
    one.subject_kind := given.subject_kind;
    one.subject_id := given.subject_id;
    one.before := given.before;
    one.after := given.after;
    one.previous_hash := head.hash;
    one.hash := audit_digest(head.hash, ARRAY[{FACTS.format(row="one")}]);
    INSERT INTO audit_event SELECT (one).*;
    head.number := one.number;
    head.hash := one.hash;
  END LOOP;
  UPDATE audit_head SET number = head.number, hash = head.hash WHERE id = 1;
END $$
"""

FORGET = f"""
CREATE FUNCTION forget_person(forgotten uuid) RETURNS text[] LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  gone text[];
BEGIN
  IF {OFFICE} IS NOT TRUE OR coalesce(current_setting('app.support', true), '') <> '' THEN
    RAISE EXCEPTION 'permission denied: only the secretariat forgets a person' USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM person WHERE id = forgotten FOR UPDATE;
  IF EXISTS (SELECT 1 FROM membership WHERE person_id = forgotten) THEN
    RETURN NULL;
  END IF;
  WITH deleted AS (
    DELETE FROM audit_personal p WHERE p.person_id = forgotten OR (p.person_id IS NULL AND p.value <> ''
      AND lower(p.value) = (SELECT lower(o.email) FROM person o WHERE o.id = forgotten)) RETURNING p.digest
  ) SELECT coalesce(array_agg(digest ORDER BY digest), '{{}}') INTO gone FROM deleted;
  DELETE FROM sign_in_session WHERE person_id = forgotten;
  DELETE FROM external_identity WHERE person_id = forgotten;
  DELETE FROM identity_facts WHERE person_id = forgotten;
  DELETE FROM mirasapo_account WHERE person_id = forgotten;
  UPDATE person SET name = '', email = '' WHERE id = forgotten;
  RETURN gone;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit_personal",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_audit_personal")),
    )
    op.create_index(op.f("ix_audit_personal_person_id"), "audit_personal", ["person_id"])
    op.add_column("audit_event", sa.Column("actor_audience", sa.String(), server_default="", nullable=False))
    op.alter_column("audit_event", "actor_audience", server_default=None)
    op.add_column("audit_event", sa.Column("actor_digest", sa.String(), nullable=True))
    op.create_index("ix_audit_event_name_number", "audit_event", ["name", "number"])
    op.create_index("ix_audit_event_actor_digest_number", "audit_event", ["actor_digest", "number"])
    op.create_index("ix_audit_event_at", "audit_event", ["at"], postgresql_using="brin")
    # Nothing of the wall's adds: only the function below writes, with its owner's rights.
    build({"audit_personal": Wall("SELECT", reads=f"{OWN} OR person_id = {PERSON} OR {OFFICE}", adds="false")})
    op.execute(DIGEST)
    _chain_anew()
    op.execute(APPEND)
    op.execute(FORGET)
    for function in ("append_audit(jsonb)", "forget_person(uuid)", "audit_digest(text, text[])"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION append_audit(jsonb), forget_person(uuid) TO {ROLE}")
    op.execute(f"REVOKE INSERT ON audit_event, audit_personal FROM {ROLE}")
    op.execute(f"REVOKE UPDATE ON audit_head FROM {ROLE}")
    for policy in ("inserts", "support_insert", "support_update", "support_delete"):
        for table in ("audit_event", "audit_personal"):
            op.execute(f"DROP POLICY IF EXISTS {table}_{policy} ON {table}")
    for verb, clause in (("SELECT", "USING"), ("INSERT", "WITH CHECK")):
        op.execute(
            f"CREATE POLICY audit_event_owner_{verb.lower()} ON audit_event FOR {verb} TO CURRENT_USER {clause} (true)"
        )
    for table in ("audit_personal", *FORGETS):
        op.execute(f"CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true)")
    _hide_jobs()
    # Asked once, and first: a list of the secretariat's then pays one look at a flag for each row.
    for table, others in LISTED.items():
        op.execute(f"ALTER POLICY {table}_reads ON {table} USING ((SELECT {OFFICE}) OR {others})")


def _hide_jobs() -> None:
    """Whoever acts may ask for a job; only the worker sees, takes and ends them."""
    defer = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
    op.execute(f"ALTER FUNCTION {defer} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp")
    for table in ("jobs", "events", "periodic_defers", "workers"):
        name = f"procrastinate_{table}"
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {name}_worker ON {name} TO {ROLE} USING ({audience('worker', 'system')})")


def _chain_anew() -> None:
    """Take the names out of the events there are and chain them again, when the old chain holds."""
    connection = op.get_bind()
    head = _old_end(connection)
    if head != tuple(connection.execute(sa.text("SELECT number, hash FROM audit_head WHERE id = 1")).one()):
        raise RuntimeError("The audit chain's head does not fit: restore a backup from before it was changed.")
    for table in ("audit_event", "audit_personal"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    op.execute(
        "UPDATE audit_event e SET actor_audience = coalesce((SELECT o.kind FROM organisation o"
        " WHERE o.id = e.actor_organisation_id), CASE WHEN e.actor_name = 'system' THEN 'system' ELSE 'sign_in' END)"
    )
    op.execute(
        "INSERT INTO audit_personal (digest, salt, value, person_id, organisation_id)"
        " SELECT encode(sha256(convert_to(salt || value, 'UTF8')), 'hex'), salt, value, person_id, organisation_id"
        " FROM (SELECT gen_random_uuid()::text AS salt, * FROM (SELECT DISTINCT actor_name AS value,"
        " actor_person_id AS person_id, actor_organisation_id AS organisation_id FROM audit_event"
        " WHERE actor_person_id IS NOT NULL) d OFFSET 0) s"
    )
    op.execute(
        "UPDATE audit_event e SET actor_name = '', actor_digest = p.digest FROM audit_personal p"
        " WHERE p.person_id = e.actor_person_id AND p.value = e.actor_name"
        " AND p.organisation_id IS NOT DISTINCT FROM e.actor_organisation_id"
    )
    op.execute(
        f"DO $$ DECLARE one record; last text := '{GENESIS}'; made text; BEGIN"
        " FOR one IN SELECT * FROM audit_event ORDER BY number LOOP"
        f" made := audit_digest(last, ARRAY[{FACTS.format(row='one')}]);"
        " UPDATE audit_event SET previous_hash = last, hash = made WHERE number = one.number; last := made;"
        " END LOOP; UPDATE audit_head SET hash = last WHERE id = 1; END $$"
    )
    op.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    for table in ("audit_event", "audit_personal"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _old_end(connection) -> tuple[int, str]:
    """The end of the chain as it was hashed before; RuntimeError where it does not hold."""
    number, previous = 0, GENESIS
    columns = ", ".join(OLD_FACTS)
    rows = connection.execute(
        sa.text(f"SELECT number, hash, {columns} FROM audit_event ORDER BY number"),
        execution_options={"yield_per": 10_000},
    )
    with rows:
        for row in rows:
            facts = {name: getattr(row, name) for name in OLD_FACTS}
            facts |= {name: str(facts[name]) for name in facts if name.endswith("_id") and facts[name] is not None}
            facts |= {"at": row.at.astimezone(UTC).isoformat(timespec="microseconds"), "number": row.number}
            canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
            if (row.number, row.hash) != (number + 1, digest):
                raise RuntimeError(f"The audit chain does not hold at {row.number}: see `hojo audit verify`.")
            number, previous = row.number, row.hash
    return number, previous
