"""The secretariat may ask the first owner into a vendor that has nobody, as one that applied on paper.

As soon as somebody belongs to it, only its own owner invites: the same holds for an invitation that is still open.
"""

from alembic import op

from migrations.walls import PERSON, ROLE, audience

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

DESERTED = (
    f"{audience('secretariat')} AND EXISTS (SELECT 1 FROM organisation o WHERE o.id = invitation.organisation_id"
    " AND o.kind = 'vendor') AND NOT EXISTS (SELECT 1 FROM membership m"
    " WHERE m.organisation_id = invitation.organisation_id)"
)
FIRST = f"{DESERTED} AND roles = ARRAY['vendor_owner'] AND invited_by = {PERSON} AND accepted_at IS NULL"


def upgrade() -> None:
    op.execute(f"CREATE POLICY invitation_first_owner ON invitation FOR INSERT TO {ROLE} WITH CHECK ({FIRST})")
    # Taken back when another one is sent.
    op.execute(
        f"CREATE POLICY invitation_first_owner_again ON invitation FOR UPDATE TO {ROLE}"
        f" USING ({DESERTED} AND accepted_at IS NULL AND revoked_at IS NULL)"
        f" WITH CHECK ({DESERTED} AND accepted_at IS NULL)"
    )
    # The letter to them, by whoever of the secretariat sends it; other mails to strangers stay as they are walled.
    op.execute(
        f"CREATE POLICY notice_posting_first_owner ON notice_posting FOR INSERT TO {ROLE} WITH CHECK"
        f" ({audience('secretariat')} AND written_by = {PERSON} AND template = 'owner_invitation'"
        " AND address IS NOT NULL)"
    )
