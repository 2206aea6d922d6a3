"""Long lists are read by several processes again: PostgreSQL may put own_organisation() into each of them.

A function is taken for unsafe there unless it is said otherwise, and one such in a policy keeps the whole statement in
one process, even where the policy is folded away. It only reads a setting, which the helping processes are given too.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER FUNCTION own_organisation() PARALLEL SAFE")
