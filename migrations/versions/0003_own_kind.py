"""What an organisation is, and which roles it can give, cannot be changed from inside it.

Without this an organisation that found a way to write its own row could call itself the secretariat.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLE = "hojo_app"
CHANGEABLE = "corporate_number, name, name_kana, prefecture, address, registered_on, version"
# A role's code begins with the kind of organisation it is for: vendor_owner, sme_member.
FITS = "split_part(role, '_', 1) = (SELECT o.kind FROM organisation o WHERE o.id = membership.organisation_id)"


def upgrade() -> None:
    op.execute(f"REVOKE UPDATE ON organisation FROM {ROLE}")
    op.execute(f"GRANT UPDATE ({CHANGEABLE}) ON organisation TO {ROLE}")
    for name, verb in (("inserts", "INSERT"), ("updates", "UPDATE")):
        using = " USING (true)" if verb == "UPDATE" else ""
        op.execute(
            f"CREATE POLICY membership_{name}_fitting_roles ON membership AS RESTRICTIVE FOR {verb} TO {ROLE}"
            f"{using} WITH CHECK ({FITS})"
        )
