"""Signing in sees whose token or identity it was shown, and nobody else.

Until now it read every person, membership, session and organisation, and the services' own WHERE was all that kept it to
one. The transaction now says what was shown (tenants.actor.Shown) in the statement that says who acts; from that come
one session, one identity, one person, that person's organisations. A business that is registered already is asked about
by a function that answers yes or no, and reads no row out.
"""

from alembic import op

from migrations.walls import OFFICE, ORGANISATION, OWN, PERSON, ROLE, SYSTEM, audience

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SIGN_IN = audience("sign_in")
REGISTERS = audience("sign_in", "secretariat", "system")
REGISTERED = "(kind = 'vendor' AND standing <> 'applicant')"
PROVED = "(SELECT nullif(current_setting('app.proved_person', true), '')::uuid)"
HELD = "(SELECT nullif(current_setting('app.shown_token', true), ''))"
PROVIDER = "(SELECT nullif(current_setting('app.shown_provider', true), ''))"
SUBJECT = "(SELECT nullif(current_setting('app.shown_subject', true), ''))"
# Asked once in a statement. Functions, since a policy that read these tables itself would ask its own policy.
SHOWN = "(SELECT shown_person())"
PLACES = "((SELECT own_places())::uuid[])"
MADE_NOW = "xmin = (SELECT pg_current_xact_id_if_assigned()::xid)"

# With the rights of whoever asks: it finds what its reader's policies let through.
SHOWN_PERSON = f"""
CREATE FUNCTION shown_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(
    (SELECT s.person_id FROM sign_in_session s WHERE s.token_hash = {HELD}),
    (SELECT i.person_id FROM external_identity i WHERE i.provider = {PROVIDER} AND i.subject = {SUBJECT}))
$$
"""
# Where whoever signs in belongs, and where the invitation they hold leads.
OWN_PLACES = """
CREATE FUNCTION own_places() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT array(SELECT m.organisation_id FROM membership m UNION SELECT i.organisation_id FROM invitation i)
$$
"""
# With its owner's rights: whoever registers a business may learn that there is one, not whose it is. True: by its
# number, so it is certain; false: by name and address; null: there is none.
BUSINESS_KNOWN = f"""
CREATE FUNCTION business_known(of_kind text, digits text[], place text, besides uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(coalesce(o.corporate_number, substr(o.invoice_number, 2)) = ANY (digits), false) AS certain
  FROM organisation o
  WHERE {REGISTERS} AND o.kind = of_kind AND o.closed_at IS NULL
    AND o.id IS DISTINCT FROM besides
    AND (coalesce(o.corporate_number, substr(o.invoice_number, 2)) = ANY (digits) OR o.match_key = place)
  ORDER BY certain DESC LIMIT 1
$$
"""


def upgrade() -> None:
    for function, signature in (
        (SHOWN_PERSON, "shown_person()"),
        (OWN_PLACES, "own_places()"),
        (BUSINESS_KNOWN, "business_known(text, text[], text, uuid)"),
    ):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {ROLE}")
    # Its owner saw what the view public_vendor shows; for whom business_known answers, it sees all.
    op.execute(f"ALTER POLICY organisation_owner_shows ON organisation USING ({REGISTERED} OR {REGISTERS})")

    session = f"{SYSTEM} OR ({SIGN_IN} AND (token_hash = {HELD} OR person_id IN ({PERSON}, {PROVED})))"
    made = f"{SYSTEM} OR ({SIGN_IN} AND person_id IN ({PERSON}, {PROVED}, {SHOWN}))"
    op.execute(f"ALTER POLICY sign_in_session_reads ON sign_in_session USING ({session})")
    op.execute(f"ALTER POLICY sign_in_session_inserts ON sign_in_session WITH CHECK ({made})")
    op.execute(f"ALTER POLICY sign_in_session_updates ON sign_in_session USING ({session}) WITH CHECK ({made})")
    op.execute(f"ALTER POLICY sign_in_session_deletes ON sign_in_session USING ({session})")

    identity = (
        f"{SYSTEM} OR ({SIGN_IN} AND ((provider = {PROVIDER} AND subject = {SUBJECT})"
        f" OR person_id IN ({PERSON}, {PROVED})))"
    )
    op.execute(f"ALTER POLICY external_identity_reads ON external_identity USING ({identity})")
    op.execute(f"ALTER POLICY external_identity_updates ON external_identity USING ({identity})")

    theirs = f"person_id = {PERSON} OR {OFFICE} OR ({SIGN_IN} AND person_id = {PROVED})"
    for table in ("identity_facts", "mirasapo_account"):
        op.execute(f"ALTER POLICY {table}_reads ON {table} USING ({theirs})")
    vouched = f"{SYSTEM} OR ({SIGN_IN} AND person_id IN ({PERSON}, {PROVED}))"
    op.execute(f"ALTER POLICY identity_facts_updates ON identity_facts USING ({vouched})")

    belongs = f"{OWN} OR person_id = {PERSON} OR {OFFICE} OR ({SIGN_IN} AND person_id IN ({PROVED}, {SHOWN}))"
    op.execute(f"ALTER POLICY membership_reads ON membership USING ({belongs})")
    person = (
        f"id = {PERSON} OR {OFFICE} OR ({SIGN_IN} AND id IN ({PROVED}, {SHOWN}))"
        " OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = person.id)"
    )
    op.execute(f"ALTER POLICY person_reads ON person USING ({person})")
    here = f"id = {ORGANISATION} OR ({SIGN_IN} AND (id = ANY {PLACES} OR {MADE_NOW}))"
    op.execute(f"ALTER POLICY organisation_reads ON organisation USING ({here})")
