"""An organisation's own lists are read in their order from an index, and its policies cost next to nothing there.

What they cost was asked for each of an organisation's rows: a check in front of the plan that hands each row on, and
for applications, which have two owners, an OR. Where a row has one owner the policy now says the very words that the
service writes (own_organisation(), tenants.db.is_own), so that PostgreSQL drops the one for the other. The OR was also
guessed to let hardly a row pass, so that pages were planned by sorting all of them; a CASE is not guessed at, and the
page comes from the index. Pages went by time of change and had no index for it.
"""

from alembic import op

from migrations.walls import ORGANISATION, ROLE

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# No settings of its own and no rights of another: only so does PostgreSQL put its body where it is called.
OWN_ORGANISATION = """
CREATE FUNCTION own_organisation() RETURNS uuid LANGUAGE sql STABLE
RETURN nullif(current_setting('app.organisation_id', true), '')::uuid
"""
OF_ONE_OWNER = ("product", "package", "audit_event")
# The vendor first: it is the one that has many.
EITHER_PARTY = f"CASE WHEN vendor_id = {ORGANISATION} THEN true ELSE sme_id = {ORGANISATION} END"


def upgrade() -> None:
    op.execute(OWN_ORGANISATION)
    op.execute("REVOKE ALL ON FUNCTION own_organisation() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION own_organisation() TO {ROLE}")
    for table in OF_ONE_OWNER:
        op.execute(f"ALTER POLICY {table}_reads ON {table} USING (organisation_id = own_organisation())")
    op.execute(f"ALTER POLICY grant_application_reads ON grant_application USING ({EITHER_PARTY})")
    for table in ("product", "package"):
        op.execute(
            f"CREATE INDEX ix_{table}_organisation_id_updated_at ON {table} (organisation_id, updated_at DESC, id)"
        )
    for one, other in (("sme_id", "vendor_id"), ("vendor_id", "sme_id")):
        name = f"ix_grant_application_{one}"
        op.execute(f"DROP INDEX {name}_created_at")
        op.execute(f"CREATE INDEX {name}_updated_at ON grant_application ({one}, updated_at DESC, id)")
        op.execute(f"CREATE INDEX {name}_state ON grant_application ({one}, state) INCLUDE ({other})")
