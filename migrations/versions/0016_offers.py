"""What packages are weighed by lies beside what is live: few bytes, so that the cheapest of each kind are found at once.

A trigger copies it from the publication, so it is never of another version, whoever writes the row.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _listed(name: str) -> str:
    return f"array_to_string(ARRAY(SELECT jsonb_array_elements_text(p.content->'{name}') ORDER BY 1), ',')"


def _each(name: str) -> str:
    return f"jsonb_path_query_array(p.content, '$.items[*].{name}')"


COPY = f"""
CREATE FUNCTION copy_offer() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.kind = 'package' THEN
    SELECT
      {_listed("functions")} || '|'
        || CASE WHEN (p.content->>'restricted')::boolean THEN 'only' ELSE 'for' END || '|' || {_listed("industries")},
      coalesce((p.content->>'total_yen')::bigint, 0),
      {_each("cost_kind")} || {_each("amount_yen")} || {_each("months")}
    INTO STRICT NEW.offer_group, NEW.offer_total_yen, NEW.offer_lines
    FROM publication p WHERE p.id = NEW.publication_id;
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.add_column(
        "live_publication", sa.Column("offer_group", sa.String(collation="C"), server_default="", nullable=False)
    )
    op.add_column(
        "live_publication", sa.Column("offer_total_yen", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column(
        "live_publication",
        sa.Column("offer_lines", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.execute(COPY)
    op.execute("REVOKE ALL ON FUNCTION copy_offer() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER live_publication_offer BEFORE INSERT OR UPDATE OF publication_id ON live_publication"
        " FOR EACH ROW EXECUTE FUNCTION copy_offer()"
    )
    op.execute("UPDATE live_publication SET publication_id = publication_id WHERE kind = 'package'")
    op.create_index(
        "ix_live_publication_offer",
        "live_publication",
        ["offer_group", "offer_total_yen", "public_key"],
        postgresql_where=sa.text("kind = 'package'"),
    )


def downgrade() -> None:
    op.drop_index("ix_live_publication_offer", table_name="live_publication")
    op.execute("DROP TRIGGER live_publication_offer ON live_publication")
    op.execute("DROP FUNCTION copy_offer()")
    for column in ("offer_lines", "offer_total_yen", "offer_group"):
        op.drop_column("live_publication", column)
