"""Saved searches remember the number of the last publication that was told, not the time.

A clock that was set back published what no window of times found again. Whoever publishes holds a lock, shared, from
before the number of the publication is taken: who gets it alone knows that no lower number is still to come.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import ROLE

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# As catalogue.publications.PUBLISHING.
LOCK = 4033
PUBLISHING = f"""
CREATE FUNCTION publishing() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({LOCK});
  RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER publishing BEFORE INSERT ON publication FOR EACH STATEMENT EXECUTE FUNCTION publishing()
"""
TOLD = """
UPDATE saved_search SET told_number =
  coalesce((SELECT max(number) FROM publication WHERE published_at < told_until), 0)
"""


def upgrade() -> None:
    op.execute(PUBLISHING)
    op.execute(f"GRANT EXECUTE ON FUNCTION publishing() TO {ROLE}")
    op.execute(TRIGGER)
    op.add_column("saved_search", sa.Column("told_number", sa.BigInteger(), nullable=True))
    op.execute(TOLD)
    op.alter_column("saved_search", "told_number", nullable=False)
    op.drop_column("saved_search", "told_until")
    op.execute(f"GRANT UPDATE (told_number) ON saved_search TO {ROLE}")
