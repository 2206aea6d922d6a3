"""How a vendor stands with the programme; who applies to be one is nobody else's business until it is adopted."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import DOOR, OFFICE, ORGANISATION, PERSON, ROLE, audience

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHANGEABLE = "standing"
ADOPTED_ONCE = "kind = 'vendor' AND standing <> 'applicant'"
STANDING = (
    "CASE WHEN kind = 'vendor' THEN coalesce(standing, '') IN"
    " ('applicant', 'adopted', 'suspended', 'revoked', 'expired') ELSE standing IS NULL END"
)
# Whoever registers a business, or applies as a vendor, becomes the owner of what they made, and of nothing else.
FOUNDER = (
    f"{audience('sign_in')} AND person_id = {PERSON} AND role IN ('sme_owner', 'vendor_owner')"
    " AND (SELECT o.kind = 'sme' OR o.standing = 'applicant' FROM organisation o"
    " WHERE o.id = membership.organisation_id)"
)


def upgrade() -> None:
    op.add_column("organisation", sa.Column("standing", sa.String(), nullable=True))
    op.execute("UPDATE organisation SET standing = 'adopted' WHERE kind = 'vendor'")
    op.create_check_constraint(op.f("ck_organisation_standing"), "organisation", STANDING)
    op.execute(f"GRANT UPDATE ({CHANGEABLE}) ON organisation TO {ROLE}")
    _read_by(f"({ADOPTED_ONCE}) OR id = {ORGANISATION} OR {DOOR}")
    _added_by(
        f"{OFFICE} OR ({audience('sign_in')} AND (kind = 'sme' OR (kind = 'vendor' AND standing = 'applicant')))"
    )
    _founded_by(f"{OFFICE} OR ({FOUNDER})")


def _read_by(whom: str) -> None:
    op.execute(f"ALTER POLICY organisation_reads ON organisation USING ({whom})")


def _added_by(whom: str) -> None:
    op.execute(f"ALTER POLICY organisation_inserts ON organisation WITH CHECK ({whom})")


def _founded_by(whom: str) -> None:
    op.execute(f"ALTER POLICY membership_inserts ON membership WITH CHECK ({whom})")
