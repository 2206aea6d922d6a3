"""Records of one business are found by one rule for names: more legal forms and all dashes make no difference now."""

import sqlalchemy as sa
from alembic import op

from tenants.same_business import match_key

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, name, prefecture, address, match_key FROM organisation")).all()
    keys = [
        {"id": row.id, "key": key}
        for row in rows
        if (key := match_key(row.name, row.prefecture, row.address)) != row.match_key
    ]
    if keys:
        connection.execute(sa.text("UPDATE organisation SET match_key = :key WHERE id = :id"), keys)
