"""Which scheme is in use becomes data; drafts can be deleted; the index remembers the scheme of its amounts."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, ROLE

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# As the software comes with it: loading the programme later finds the same version.
CONTENT = {"scheme": "2017"}
SOURCE = "サービス等生産性向上IT導入支援事業 事業概要"


def upgrade() -> None:
    op.add_column("scheme_draft", sa.Column("choice_version", sa.Integer(), nullable=True))
    op.execute(f"GRANT DELETE ON scheme_draft TO {ROLE}")
    # What was decided stays on record.
    op.execute(
        f"CREATE POLICY scheme_draft_deletes ON scheme_draft FOR DELETE TO {ROLE}"
        f" USING ({OFFICE} AND state <> 'used')"
    )
    _one_row_for_the_index()
    _as_it_was()


def _one_row_for_the_index() -> None:
    """So far only one scheme was ever in use, so there is one row at most."""
    op.add_column("index_figures", sa.Column("name", sa.String(), nullable=False, server_default="packages"))
    op.alter_column("index_figures", "name", server_default=None)
    op.add_column("index_figures", sa.Column("from_scheme", sa.String(), nullable=True))
    op.execute("UPDATE index_figures SET from_scheme = scheme_id WHERE from_version IS NOT NULL")
    op.drop_constraint("pk_index_figures", "index_figures")
    op.create_primary_key("pk_index_figures", "index_figures", ["name"])


def _as_it_was() -> None:
    """Where the programme is loaded, pages reckoned with 2017 so far, and go on."""
    digest = hashlib.sha256(json.dumps(CONTENT, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    op.get_bind().execute(
        sa.text(
            "INSERT INTO master_version (id, kind, key, version, effective_from, content, content_hash, source, loaded_at)"
            " SELECT gen_random_uuid(), 'scheme_in_use', '2017', 1, DATE '2017-01-01', CAST(:content AS jsonb),"
            " :digest, :source, now()"
            " WHERE EXISTS (SELECT 1 FROM master_version WHERE kind = 'scheme' AND key = '2017')"
        ),
        {"content": json.dumps(CONTENT), "digest": digest, "source": SOURCE},
    )
