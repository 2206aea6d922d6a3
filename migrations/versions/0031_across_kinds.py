"""A vendor and an applicant that look like the same people are settled as two records of one kind are, and opened again.

A verdict may be taken back, with who, when and why; the row stays, and another verdict of the pair may follow. Of what
two records may have in common, telephone, representative and address are found by index. Whether an application is for
one's own tool is answered yes or no, to its own parties, and reads no row out.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE, ORGANISATION, ROLE, audience
from tenants.same_business import address_key, person_key

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEYS = ("address_key", "representative_key")
DIGITS = "coalesce({row}.corporate_number, substr({row}.invoice_number, 2))"
# With its owner's rights: neither party reads the other's numbers and people, nor what the secretariat settled.
SAME_PEOPLE = f"""
CREATE FUNCTION same_people(buyer uuid, seller uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ({OFFICE} OR buyer = {ORGANISATION} OR (seller = {ORGANISATION}
      AND EXISTS (SELECT 1 FROM grant_application g WHERE g.sme_id = buyer AND g.vendor_id = seller)))
    AND (buyer = seller
      OR EXISTS (SELECT 1 FROM organisation a JOIN organisation s
        ON {DIGITS.format(row="a")} = {DIGITS.format(row="s")} WHERE a.id = buyer AND s.id = seller)
      OR EXISTS (SELECT 1 FROM membership a JOIN membership s USING (person_id)
        WHERE a.organisation_id = buyer AND s.organisation_id = seller)
      OR EXISTS (SELECT 1 FROM duplicate_verdict v WHERE v.first_id = least(buyer, seller)
        AND v.second_id = greatest(buyer, seller) AND v.verdict = 'same' AND v.reopened_at IS NULL))
$$
"""
# As 0029, and whoever may be a party: the view public_vendor, which the owner's rights are for too, says itself what it
# shows.
SHOWS = "(kind = 'vendor' AND standing <> 'applicant') OR " + audience(
    "sign_in", "secretariat", "system", "sme", "vendor"
)


def upgrade() -> None:
    _keys()
    _verdicts()
    op.execute(f"ALTER POLICY organisation_owner_shows ON organisation USING ({SHOWS})")
    for table in ("duplicate_verdict", "grant_application"):
        op.execute(f"CREATE POLICY {table}_owner ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(SAME_PEOPLE)
    op.execute("REVOKE ALL ON FUNCTION same_people(uuid, uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION same_people(uuid, uuid) TO {ROLE}")


def _keys() -> None:
    for name in KEYS:
        op.add_column("organisation", sa.Column(name, sa.String(), nullable=False, server_default=""))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, prefecture, address, representative FROM organisation")).all()
    keys = [
        {
            "id": row.id,
            "place": address_key(row.prefecture, row.address),
            "person": person_key(row.representative),
        }
        for row in rows
    ]
    if keys:
        connection.execute(
            sa.text("UPDATE organisation SET address_key = :place, representative_key = :person WHERE id = :id"),
            keys,
        )
    for name in (*KEYS, "telephone"):
        op.create_index(
            f"ix_organisation_kind_{name}",
            "organisation",
            ["kind", name],
            postgresql_where=sa.text(f"{name} <> ''"),
        )
    op.execute(f"GRANT UPDATE ({', '.join(KEYS)}) ON organisation TO {ROLE}")


def _verdicts() -> None:
    op.add_column("duplicate_verdict", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False))
    op.add_column("duplicate_verdict", sa.Column("reopened_at", MOMENT, nullable=True))
    op.add_column("duplicate_verdict", sa.Column("reopened_by", sa.Uuid(), nullable=True))
    op.add_column("duplicate_verdict", sa.Column("reopened_reason", sa.String(), nullable=True))
    op.drop_constraint("pk_duplicate_verdict", "duplicate_verdict")
    op.create_primary_key(op.f("pk_duplicate_verdict"), "duplicate_verdict", ["id"])
    op.create_index(
        "uq_duplicate_verdict_first_id_second_id",
        "duplicate_verdict",
        ["first_id", "second_id"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.create_index("ix_duplicate_verdict_decided_at", "duplicate_verdict", ["decided_at"])
    op.create_foreign_key(
        op.f("fk_duplicate_verdict_reopened_by"), "duplicate_verdict", "person", ["reopened_by"], ["id"]
    )
    # A vendor and an applicant may be one business and both go on: then neither account is kept for the other.
    op.drop_constraint("ck_duplicate_verdict_kept", "duplicate_verdict")
    op.create_check_constraint(
        op.f("ck_duplicate_verdict_kept"),
        "duplicate_verdict",
        "kept_id IS NULL OR (verdict = 'same' AND kept_id IN (first_id, second_id))",
    )
    op.create_check_constraint(
        op.f("ck_duplicate_verdict_reopened"),
        "duplicate_verdict",
        "num_nulls(reopened_at, reopened_by, reopened_reason) IN (0, 3)"
        " AND (reopened_reason IS NULL OR length(trim(reopened_reason)) > 0)"
        # An account that was closed stays closed.
        " AND (reopened_at IS NULL OR kept_id IS NULL)",
    )
    # Taken back once, and never changed again.
    op.execute(f"GRANT UPDATE (reopened_at, reopened_by, reopened_reason) ON duplicate_verdict TO {ROLE}")
    op.execute(
        f"CREATE POLICY duplicate_verdict_updates ON duplicate_verdict FOR UPDATE TO {ROLE}"
        f" USING ({OFFICE} AND reopened_at IS NULL) WITH CHECK ({OFFICE})"
    )
