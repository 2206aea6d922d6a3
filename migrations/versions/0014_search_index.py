"""What the search index does not take, and what it was built with."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, Wall, build

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = {
    "index_refusal": Wall("SELECT, INSERT, UPDATE, DELETE", reads=OFFICE, adds=OFFICE),
    "index_state": Wall("SELECT, INSERT, UPDATE", reads=OFFICE, adds=OFFICE),
}


def upgrade() -> None:
    op.create_table(
        "index_refusal",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_index_refusal")),
    )
    op.create_table(
        "index_state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_index_state")),
    )
    build(TABLES)


def downgrade() -> None:
    op.drop_table("index_state")
    op.drop_table("index_refusal")
