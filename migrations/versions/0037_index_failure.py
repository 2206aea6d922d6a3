"""Why the search index could not be written the last time, until it can: on a disk that is full or read-only, the index
itself can remember nothing."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, Wall, build

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = {"index_failure": Wall("SELECT, INSERT, UPDATE, DELETE", reads=OFFICE, adds=OFFICE)}


def upgrade() -> None:
    op.create_table(
        "index_failure",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_index_failure")),
    )
    build(TABLES)
