"""Row-level security, rights of the application's role, and what is append-only.

The second wall behind scoped services: the application's role is neither owner nor superuser, every table that
holds an organisation's rows has policies, and a transaction that says nothing about itself sees nothing private.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLE = "hojo_app"
ORGANISATION = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.person_id', true), '')::uuid)"


def audience(*names: str) -> str:
    """True when the transaction acts as one of these audiences."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(SELECT current_setting('app.audience', true)) IN ({listed})"


OFFICE = audience("secretariat", "system")
DOOR = audience("secretariat", "system", "sign_in")
OWN = f"organisation_id = {ORGANISATION}"
UPLOADER = f"({OWN} AND person_id = {PERSON}) OR {audience('system')}"
PARTY = f"sme_id = {ORGANISATION} OR vendor_id = {ORGANISATION}"

# table: (who reads, who writes, which verbs the application has at all)
TABLES = {
    "organisation": (
        f"kind = 'vendor' OR id = {ORGANISATION} OR {DOOR}",
        f"id = {ORGANISATION} OR {DOOR}",
        "SELECT, INSERT, UPDATE",
    ),
    "person": (
        f"id = {PERSON} OR {DOOR} OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = person.id)",
        f"id = {PERSON} OR {DOOR}",
        "SELECT, INSERT, UPDATE",
    ),
    "external_identity": (audience("sign_in", "system"),) * 2 + ("SELECT, INSERT, UPDATE",),
    "membership": (
        f"{OWN} OR person_id = {PERSON} OR {DOOR}",
        f"{OWN} OR {DOOR}",
        "SELECT, INSERT, UPDATE, DELETE",
    ),
    "sign_in_session": (
        f"person_id = {PERSON} OR {audience('sign_in', 'system')}",
        f"person_id = {PERSON} OR {audience('sign_in', 'system')}",
        "SELECT, INSERT, UPDATE, DELETE",
    ),
    "audit_event": (f"{OWN} OR {OFFICE}", "true", "SELECT, INSERT"),
    "master_version": ("true", OFFICE, "SELECT, INSERT"),
    "product": (f"{OWN} OR {OFFICE}",) * 2 + ("SELECT, INSERT, UPDATE",),
    "package": (f"{OWN} OR {OFFICE}",) * 2 + ("SELECT, INSERT, UPDATE",),
    "package_item": (f"{OWN} OR {OFFICE}",) * 2 + ("SELECT, INSERT, UPDATE, DELETE",),
    "uploaded_file": (UPLOADER, UPLOADER, "SELECT, INSERT, DELETE"),
    "publication": ("true", OFFICE, "SELECT, INSERT"),
    "live_publication": ("true", OFFICE, "SELECT, INSERT, UPDATE, DELETE"),
    "withdrawal": ("true", OFFICE, "SELECT, INSERT"),
    "applicant_profile": (f"{OWN} OR {OFFICE}",) * 2 + ("SELECT, INSERT, UPDATE",),
    "grant_application": (f"{PARTY} OR {OFFICE}",) * 2 + ("SELECT, INSERT, UPDATE",),
    "application_figures": (f"{OWN} OR {OFFICE}",) * 2 + ("SELECT, INSERT",),
    "application_step": (f"{PARTY} OR {OFFICE}",) * 2 + ("SELECT, INSERT",),
}

APPEND_ONLY = ("audit_event", "publication", "master_version", "application_figures", "application_step", "withdrawal")


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
    for table, (reads, writes, verbs) in TABLES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT {verbs} ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY {table}_reads ON {table} FOR SELECT TO {ROLE} USING ({reads})")
        op.execute(f"CREATE POLICY {table}_inserts ON {table} FOR INSERT TO {ROLE} WITH CHECK ({writes})")
        if "UPDATE" in verbs:
            op.execute(
                f"CREATE POLICY {table}_updates ON {table} FOR UPDATE TO {ROLE}"
                f" USING ({writes}) WITH CHECK ({writes})"
            )
        if "DELETE" in verbs:
            op.execute(f"CREATE POLICY {table}_deletes ON {table} FOR DELETE TO {ROLE} USING ({writes})")
    op.execute(f"GRANT SELECT, UPDATE ON audit_head TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON index_change TO {ROLE}")
    op.execute(f"INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '{'0' * 64}')")

    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
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


def downgrade() -> None:
    raise RuntimeError("The first schema has nothing before it: drop the database instead.")
