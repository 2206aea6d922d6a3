"""Four more things that SQL of the application's role could do, and no use case asks for.

Found by attacking as each audience (tests/security/test_second_wall.py): a vendor's whole row was readable by anybody,
also its telephone and the numbers no page shows; signing in could write any person's name and address, and hang an
identity on anybody; a notice could be addressed to any organisation; and that an auditor changes nothing was the
services' word alone (the restrictive policies that say so are in migrations.roles, for every table there will be).
"""

from alembic import op

from migrations.walls import MANAGES_HERE, ORGANISATION, PERSON, ROLE, SYSTEM, audience

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

REGISTERED = "kind = 'vendor' AND standing <> 'applicant'"
# With its owner's rights, since that is what it is for: of a registered vendor others see these columns and no more.
# Where it can be found is shown while it is registered, and its name for as long as somebody may ask after it.
PUBLIC_VENDOR = f"""
CREATE VIEW public_vendor WITH (security_barrier) AS
  SELECT id, corporate_number, name, name_kana, prefecture,
      CASE WHEN standing = 'adopted' THEN address ELSE '' END AS address, registered_on, standing
    FROM organisation WHERE {REGISTERED}
"""

# Who has just proved to be here: told by signing in, as soon as it knows (tenants.sign_in.prove).
PROVED = "(SELECT nullif(current_setting('app.proved_person', true), '')::uuid)"
OWN_PERSON = f"({SYSTEM} OR ({audience('sign_in')} AND {{column}} IN ({PERSON}, {PROVED})))"

# Both are parties of one application or one enquiry: the writer's own row-level security shows it which.
PARTNER = " OR ".join(
    f"EXISTS (SELECT 1 FROM {table} a WHERE {ORGANISATION} IN (a.sme_id, a.vendor_id)"
    " AND notice_posting.organisation_id IN (a.sme_id, a.vendor_id))"
    for table in ("grant_application", "enquiry")
)
TO_ORGANISATION = (
    f"organisation_id IS NULL OR organisation_id = {ORGANISATION} OR {PARTNER}"
    f" OR ({audience('sign_in')} AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = {PERSON}"
    " AND m.organisation_id = notice_posting.organisation_id))"
)
TO_PERSON = (
    f"person_id IS NULL OR person_id IN ({PERSON}, {PROVED})"
    f" OR (template IN ('role_changed', 'removed_from_organisation') AND {MANAGES_HERE})"
    f" OR ({audience('committee')} AND template = 'scores_shown' AND EXISTS"
    " (SELECT 1 FROM committee_score s WHERE s.person_id = notice_posting.person_id))"
    f" OR ({audience('sign_in')} AND template = 'invitation_accepted' AND EXISTS (SELECT 1 FROM invitation i"
    f" WHERE i.accepted_by = {PERSON} AND i.invited_by = notice_posting.person_id))"
)
TELLS = (
    f"{SYSTEM} OR ({audience('secretariat')} AND written_by IS NOT DISTINCT FROM {PERSON}"
    f" AND (address IS NULL OR (template = 'invitation' AND {MANAGES_HERE})))"
    f" OR (({audience('sign_in', 'vendor', 'sme', 'committee')} OR person_id = {PERSON})"
    f" AND written_by IS NOT DISTINCT FROM {PERSON}"
    f" AND (address IS NULL OR (template = 'invitation' AND {MANAGES_HERE}))"
    f" AND coalesce(organisation_kind, 'secretariat') = 'secretariat'"
    f" AND ({TO_ORGANISATION}) AND ({TO_PERSON}))"
)

# In the office, and of all its roles the auditor's only. Asked once in a statement, never for a row.
AUDITS_ONLY = f"""
CREATE FUNCTION audits_only() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT {audience("secretariat")} AND coalesce((SELECT bool_and(m.role = 'secretariat_auditor') FROM membership m
    WHERE m.organisation_id = {ORGANISATION} AND m.person_id = {PERSON}), false)
$$
"""
ASKED = """
CREATE FUNCTION keep_auditors_asking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF audits_only() THEN
    RAISE EXCEPTION 'permission denied: an auditor asks for no job' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(PUBLIC_VENDOR)
    op.execute(f"GRANT SELECT ON public_vendor TO {ROLE}")
    op.execute(
        f"CREATE POLICY organisation_owner_shows ON organisation FOR SELECT TO CURRENT_USER USING ({REGISTERED})"
    )
    reads = f"id = {ORGANISATION} OR {audience('sign_in')}"
    op.execute(f"ALTER POLICY organisation_reads ON organisation USING ({reads})")

    own = OWN_PERSON.format(column="id")
    op.execute(f"ALTER POLICY person_updates ON person USING ({own}) WITH CHECK ({own})")
    own = OWN_PERSON.format(column="person_id")
    for table in ("external_identity", "identity_facts"):
        op.execute(f"ALTER POLICY {table}_inserts ON {table} WITH CHECK ({own})")
        # An identity is found, and locked, before anybody knows whose it is.
        op.execute(f"ALTER POLICY {table}_updates ON {table} WITH CHECK ({own})")
        op.execute(f"ALTER POLICY {table}_deletes ON {table} USING ({own})")

    said = f"(person_id = {PERSON} AND verified_at IS NULL) OR {own}"
    op.execute(f"ALTER POLICY mirasapo_account_inserts ON mirasapo_account WITH CHECK ({said})")
    op.execute(f"ALTER POLICY mirasapo_account_updates ON mirasapo_account USING ({said}) WITH CHECK ({said})")

    op.execute(f"ALTER POLICY notice_posting_inserts ON notice_posting WITH CHECK ({TELLS})")

    op.execute(AUDITS_ONLY)
    op.execute(ASKED)
    op.execute(
        "CREATE TRIGGER procrastinate_jobs_no_auditor BEFORE INSERT ON procrastinate_jobs"
        " FOR EACH ROW EXECUTE FUNCTION keep_auditors_asking()"
    )
