"""A person takes a way to sign in off their account; what that provider vouched for goes with it."""

from alembic import op

from migrations.walls import LOOKING_IN, ROLE, SIGNING_IN

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = ("external_identity", "identity_facts")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"GRANT DELETE ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY {table}_deletes ON {table} FOR DELETE TO {ROLE} USING ({SIGNING_IN})")
        op.execute(f"DROP POLICY IF EXISTS {table}_support_delete ON {table}")
        op.execute(
            f"CREATE POLICY {table}_support_delete ON {table} AS RESTRICTIVE FOR DELETE TO {ROLE}"
            f" USING (NOT ({LOOKING_IN}))"
        )
