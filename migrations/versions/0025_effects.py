"""What a package is said to do to the work: hours saved, productivity, for how many people, on what grounds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "package", sa.Column("effect", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    op.alter_column("package", "effect", server_default=None)
