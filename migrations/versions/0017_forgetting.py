"""Forgetting a person reaches every place that holds their name or address, and what is held can be counted first.

Rows that say what was done stay, without the name: bookings, invitations, looks into an organisation. What was only
for the person goes altogether: notices, mails, preferences, uploads. The committee's record of who decided stays, as
the rules of the programme want it kept.
"""

from alembic import op

from migrations.walls import OFFICE, ROLE

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# A fixed path: nobody's table or function of the same name is taken for ours.
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
OFFICE_ONLY = f"""
  IF {OFFICE} IS NOT TRUE OR coalesce((SELECT current_setting('app.support', true)), '') <> '' THEN
    RAISE EXCEPTION 'permission denied: only the secretariat forgets a person' USING ERRCODE = '42501';
  END IF;
"""
# Tables that the functions' owner may read and change beside those of 0011: row-level security is forced on it too.
REACHED = (
    "invitation",
    "support_view",
    "notice",
    "notice_posting",
    "outgoing_mail",
    "notice_preference",
    "mail_suppression",
    "briefing_booking",
    "uploaded_file",
    "committee_assignment",
    "committee_relation",
)
# Notices and mails to others that tell who it was.
NAMING = "'invitation_accepted', 'support_view_opened'"
ERASED = """'{"ja": "（消去済み）", "en": "(erased)"}'::jsonb"""

HELD = f"""
CREATE FUNCTION personal_data_of(whose uuid) RETURNS jsonb LANGUAGE plpgsql STABLE {DEFINER} AS $$
DECLARE
  mailed text;
BEGIN
  {OFFICE_ONLY}
  SELECT nullif(lower(trim(p.email)), '') INTO mailed FROM person p WHERE p.id = whose;
  RETURN jsonb_build_object(
    'trail', (SELECT count(*) FROM audit_personal p WHERE p.person_id = whose
      OR (p.person_id IS NULL AND lower(p.value) = mailed)),
    'identities', (SELECT count(*) FROM external_identity WHERE person_id = whose),
    'sessions', (SELECT count(*) FROM sign_in_session WHERE person_id = whose),
    'business_facts', (SELECT count(*) FROM identity_facts WHERE person_id = whose)
      + (SELECT count(*) FROM mirasapo_account WHERE person_id = whose),
    'notices', (SELECT count(*) FROM notice WHERE person_id = whose),
    'mails', (SELECT count(*) FROM outgoing_mail WHERE person_id = whose OR lower(address) = mailed),
    'bookings', (SELECT count(*) FROM briefing_booking WHERE person_id = whose),
    'invitations', (SELECT count(*) FROM invitation WHERE accepted_by = whose OR invited_by = whose
      OR lower(email) = mailed),
    'support_views', (SELECT count(*) FROM support_view WHERE person_id = whose),
    'uploads', (SELECT count(*) FROM uploaded_file WHERE person_id = whose),
    'relations', (SELECT count(*) FROM committee_relation WHERE person_id = whose),
    'reviews', (SELECT count(*) FROM committee_assignment WHERE person_id = whose));
END $$
"""

FORGET = f"""
CREATE OR REPLACE FUNCTION forget_person(forgotten uuid) RETURNS text[] LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
  gone text[];
  named text;
  mailed text;
  places uuid[];
BEGIN
  {OFFICE_ONLY}
  -- In the order in which signing in takes them: whoever signs in meanwhile waits, and comes in as somebody new.
  PERFORM 1 FROM external_identity WHERE person_id = forgotten FOR UPDATE;
  SELECT nullif(p.name, ''), nullif(lower(trim(p.email)), '') INTO named, mailed
    FROM person p WHERE p.id = forgotten FOR UPDATE;
  IF EXISTS (SELECT 1 FROM membership WHERE person_id = forgotten) THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(array_agg(DISTINCT p.organisation_id), '{{}}') INTO places
    FROM audit_personal p WHERE p.person_id = forgotten AND p.organisation_id IS NOT NULL;
  WITH deleted AS (
    DELETE FROM audit_personal p WHERE p.person_id = forgotten OR (p.person_id IS NULL AND lower(p.value) = mailed)
    RETURNING p.digest
  ) SELECT coalesce(array_agg(digest ORDER BY digest), '{{}}') INTO gone FROM deleted;
  DELETE FROM sign_in_session WHERE person_id = forgotten;
  DELETE FROM external_identity WHERE person_id = forgotten;
  DELETE FROM identity_facts WHERE person_id = forgotten;
  DELETE FROM mirasapo_account WHERE person_id = forgotten;
  DELETE FROM notice WHERE person_id = forgotten;
  DELETE FROM notice_posting WHERE person_id = forgotten OR lower(address) = mailed;
  DELETE FROM notice_preference WHERE person_id = forgotten;
  DELETE FROM mail_suppression WHERE address = mailed;
  DELETE FROM uploaded_file WHERE person_id = forgotten;
  DELETE FROM committee_relation WHERE person_id = forgotten;
  DELETE FROM outgoing_mail WHERE person_id = forgotten OR lower(address) = mailed
    OR (template IN ({NAMING}) AND state <> 'queued' AND position(named IN subject) > 0);
  -- Others of the same name elsewhere keep theirs: only where this person acted, or where no place is told.
  UPDATE notice SET facts = jsonb_set(facts, '{{person}}', {ERASED}) WHERE template IN ({NAMING})
    AND facts -> 'person' ->> 'ja' = named AND (organisation_id IS NULL OR organisation_id = ANY (places));
  UPDATE invitation SET revoked_at = now() WHERE lower(email) = mailed AND accepted_at IS NULL
    AND revoked_at IS NULL;
  UPDATE invitation SET email = '' WHERE accepted_by = forgotten OR lower(email) = mailed;
  UPDATE invitation SET inviter_name = '' WHERE invited_by = forgotten;
  UPDATE support_view SET person_name = '' WHERE person_id = forgotten;
  UPDATE briefing_booking SET name = '', organisation_name = '', email = '' WHERE person_id = forgotten;
  UPDATE person SET name = '', email = '' WHERE id = forgotten;
  RETURN gone;
END $$
"""


def upgrade() -> None:
    for table in REACHED:
        op.execute(f"CREATE POLICY {table}_owner ON {table} TO CURRENT_USER USING (true)")
    op.execute(HELD)
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION personal_data_of(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION personal_data_of(uuid) TO {ROLE}")
