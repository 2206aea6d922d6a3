"""Row-level security, rights of the application's role, and what is append-only.

The second wall behind scoped services: the application's role is neither owner nor superuser, every table that
holds an organisation's rows has policies, and a transaction that says nothing about itself sees nothing private.
"""

from alembic import op
from procrastinate.schema import SchemaManager

from migrations.walls import (
    DOOR,
    OFFICE,
    ORGANISATION,
    OWN,
    PERSON,
    ROLE,
    SIGNING_IN,
    SYSTEM,
    VENDOR_OWN,
    Wall,
    audience,
    build,
    make_append_only,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPLOADER = f"({OWN} AND person_id = {PERSON}) OR {SYSTEM}"
PARTY = f"sme_id = {ORGANISATION} OR vendor_id = {ORGANISATION}"
BUSINESS = f"({audience('sme')} AND sme_id = {ORGANISATION})"
VENDOR = f"({audience('vendor')} AND vendor_id = {ORGANISATION})"


def party_of(table: str, *columns: str) -> str:
    """True when the row says of its application what the application itself says."""
    same = " AND ".join(f"a.{theirs} = {table}.{ours}" for ours, theirs in (pair.split("=") for pair in columns))
    return f"EXISTS (SELECT 1 FROM grant_application a WHERE a.id = {table}.application_id AND {same})"


def step(business: str, vendor: str) -> str:
    """True for what the business, or the vendor, of an application may do; the system may do both."""
    return f"(({BUSINESS} AND {business}) OR ({VENDOR} AND {vendor}) OR {SYSTEM})"


# A vendor hands in; only the secretariat approves and publishes (catalogue/lifecycle.py).
LISTING = {
    "verbs": "SELECT, INSERT, UPDATE",
    "reads": f"{OWN} OR {OFFICE}",
    "adds": f"({VENDOR_OWN} AND state = 'draft') OR {OFFICE}",
    "touches": f"{VENDOR_OWN} OR {OFFICE}",
    "becomes": f"({VENDOR_OWN} AND state IN ('draft', 'submitted')) OR {OFFICE}",
}

TABLES = {
    # Only the secretariat changes who an organisation is; the vendor's own row is locked while it imports.
    "organisation": Wall(
        "SELECT, INSERT, UPDATE",
        reads=f"kind = 'vendor' OR id = {ORGANISATION} OR {DOOR}",
        adds=f"{OFFICE} OR ({audience('sign_in')} AND kind = 'sme')",
        touches=f"id = {ORGANISATION} OR {OFFICE}",
        becomes=OFFICE,
    ),
    "person": Wall(
        "SELECT, INSERT, UPDATE",
        reads=f"id = {PERSON} OR {DOOR} OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = person.id)",
        adds=SIGNING_IN,
    ),
    "external_identity": Wall("SELECT, INSERT, UPDATE", reads=SIGNING_IN, adds=SIGNING_IN),
    # Registering a business makes oneself its owner; nobody else is let in from inside an organisation.
    "membership": Wall(
        "SELECT, INSERT, UPDATE, DELETE",
        reads=f"{OWN} OR person_id = {PERSON} OR {DOOR}",
        adds=f"{OFFICE} OR ({audience('sign_in')} AND person_id = {PERSON} AND role = 'sme_owner')",
        touches=OFFICE,
        becomes=OFFICE,
    ),
    "sign_in_session": Wall("SELECT, INSERT, UPDATE, DELETE", reads=SIGNING_IN, adds=SIGNING_IN),
    # An event says who acts now, and nobody else.
    "audit_event": Wall(
        "SELECT, INSERT",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"{audience('sign_in', 'vendor', 'sme', 'committee', 'secretariat', 'system')}"
        f" AND actor_person_id IS NOT DISTINCT FROM {PERSON}"
        f" AND actor_organisation_id IS NOT DISTINCT FROM {ORGANISATION}",
    ),
    "master_version": Wall("SELECT, INSERT", reads="true", adds=OFFICE),
    "product": Wall(**LISTING),
    "package": Wall(**LISTING),
    # A package is made of its own vendor's products.
    "package_item": Wall(
        "SELECT, INSERT, UPDATE, DELETE",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"({VENDOR_OWN} OR {OFFICE})"
        " AND EXISTS (SELECT 1 FROM package p WHERE p.id = package_item.package_id"
        " AND p.organisation_id = package_item.organisation_id)"
        " AND EXISTS (SELECT 1 FROM product p WHERE p.id = package_item.product_id"
        " AND p.organisation_id = package_item.organisation_id)",
        touches=f"{VENDOR_OWN} OR {OFFICE}",
    ),
    "uploaded_file": Wall("SELECT, INSERT, DELETE", reads=UPLOADER, adds=UPLOADER),
    "publication": Wall("SELECT, INSERT", reads="true", adds=OFFICE),
    "live_publication": Wall("SELECT, INSERT, UPDATE, DELETE", reads="true", adds=OFFICE),
    "withdrawal": Wall("SELECT, INSERT", reads="true", adds=OFFICE),
    "index_change": Wall("SELECT, INSERT, UPDATE, DELETE", reads=OFFICE, adds=OFFICE),
    "applicant_profile": Wall(
        "SELECT, INSERT, UPDATE",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"({audience('sme')} AND {OWN}) OR {SYSTEM}",
    ),
    # The business starts an application with the vendor whose package it is. What was chosen never changes, and
    # each side reaches only the states its own steps lead to (marketplace/applications/lifecycle.py).
    "grant_application": Wall(
        "SELECT, INSERT, UPDATE (prepared, confirmed_hash, confirmed_at, confirmed_by, submitted_at, state,"
        " updated_at, version)",
        reads=f"{PARTY} OR {OFFICE}",
        adds=f"({BUSINESS} OR {SYSTEM}) AND state = 'draft' AND prepared IS NULL AND confirmed_hash IS NULL"
        " AND submitted_at IS NULL AND EXISTS (SELECT 1 FROM publication p"
        " WHERE p.id = grant_application.publication_id AND p.organisation_id = grant_application.vendor_id)",
        touches=f"{BUSINESS} OR {VENDOR} OR {SYSTEM}",
        becomes=step(
            "state IN ('accepted', 'confirmed', 'withdrawn')",
            "state IN ('accepted', 'declined', 'prepared', 'submitted')",
        ),
    ),
    "application_figures": Wall(
        "SELECT, INSERT",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"(({audience('sme')} AND {OWN}) OR {SYSTEM})"
        f" AND {party_of('application_figures', 'organisation_id=sme_id')}",
    ),
    "application_step": Wall(
        "SELECT, INSERT",
        reads=f"{PARTY} OR {OFFICE}",
        adds=step(
            "step IN ('start', 'ask_correction', 'confirm', 'withdraw')",
            "step IN ('accept', 'decline', 'prepare', 'submit')",
        )
        + f" AND person_id IS NOT DISTINCT FROM {PERSON}"
        + f" AND {party_of('application_step', 'sme_id=sme_id', 'vendor_id=vendor_id')}",
    ),
}

# Consent is the business's own: whoever else touches an application may void it, never give or bend it.
CONSENT = f"""
CREATE FUNCTION keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.confirmed_hash IS NULL THEN
    IF NEW.state IN ('confirmed', 'submitted') THEN
      RAISE EXCEPTION 'nobody agreed to this application' USING ERRCODE = '42501';
    END IF;
  ELSIF NEW.prepared IS DISTINCT FROM OLD.prepared THEN
    RAISE EXCEPTION 'what was agreed to may not change under the consent' USING ERRCODE = '42501';
  ELSIF (NEW.confirmed_hash, NEW.confirmed_at, NEW.confirmed_by)
      IS DISTINCT FROM (OLD.confirmed_hash, OLD.confirmed_at, OLD.confirmed_by)
      AND (NEW.sme_id IS DISTINCT FROM {ORGANISATION} OR NEW.confirmed_by IS DISTINCT FROM {PERSON}) THEN
    RAISE EXCEPTION 'only the business itself consents' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""

APPEND_ONLY = (
    "audit_event",
    "publication",
    "master_version",
    "application_figures",
    "application_step",
    "withdrawal",
)


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    # A temporary table would stand before the real one of its name, for all who get the connection afterwards.
    op.execute(
        "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$"
    )
    build(TABLES)
    op.execute(f"GRANT SELECT, UPDATE ON audit_head TO {ROLE}")
    op.execute(f"INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")

    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$"
    )
    make_append_only(APPEND_ONLY)

    op.execute(CONSENT)
    op.execute(
        "CREATE TRIGGER grant_application_consent BEFORE UPDATE ON grant_application"
        " FOR EACH ROW EXECUTE FUNCTION keep_consent()"
    )

    # psycopg must not read procrastinate's own percent signs as parameters
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())
    op.execute(
        "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'public' AND tablename LIKE 'procrastinate\\_%' LOOP"
        f" EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO {ROLE}', t); END LOOP; END $$"
    )
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
    op.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {ROLE}")
