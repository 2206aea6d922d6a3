"""Invitations, the details of organisations, and the secretariat's support view.

Who belongs to an organisation is for its own owner to say, and the committee's people are the secretariat's. An
invitation is read and taken by whoever holds its token, and by nobody else. Who looks in to help changes nothing.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import (
    OFFICE,
    ORGANISATION,
    OWN,
    PERSON,
    ROLE,
    SYSTEM,
    Wall,
    audience,
    build,
    look_only,
)
from tenants.same_business import match_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DETAILS = "form, invoice_number, jsic, telephone, representative, number_verified_at, match_key"
OWNER_ROLES = "'vendor_owner', 'sme_owner', 'secretariat_administrator'"
# The hash of the token that this transaction was shown.
HELD = "(SELECT nullif(current_setting('app.invitation', true), ''))"
MEMBER_OF = audience("vendor", "sme", "secretariat")
COMMITTEE_OF = (
    f"({audience('secretariat')} AND EXISTS"
    " (SELECT 1 FROM organisation o WHERE o.id = {table}.organisation_id AND o.kind = 'committee'))"
)
MANAGES = (
    f"EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = {ORGANISATION}"
    f" AND m.person_id = {PERSON} AND m.role IN ({OWNER_ROLES}))"
)
INVITER = f"((({MEMBER_OF} AND {OWN}) OR {COMMITTEE_OF.format(table='invitation')}) AND {MANAGES})"
GUEST = f"({audience('sign_in')} AND token_hash = {HELD})"
FOUNDER = (
    f"{audience('sign_in')} AND {HELD} IS NULL AND person_id = {PERSON} AND role IN ('sme_owner', 'vendor_owner')"
    " AND (SELECT o.kind = 'sme' OR o.standing = 'applicant' FROM organisation o"
    " WHERE o.id = membership.organisation_id)"
)
INVITED = (
    f"{audience('sign_in')} AND person_id = {PERSON} AND EXISTS (SELECT 1 FROM invitation i"
    f" WHERE i.token_hash = {HELD} AND i.organisation_id = membership.organisation_id"
    f" AND membership.role = ANY (i.roles) AND i.accepted_by = {PERSON} AND i.revoked_at IS NULL)"
)
PEOPLE = f"({MEMBER_OF} AND {OWN}) OR {COMMITTEE_OF.format(table='membership')}"
LEAVING = f"{OWN} AND person_id = {PERSON}"

TABLES = {
    "invitation": Wall(
        "SELECT, INSERT, UPDATE (token_hash, sent_at, expires_at, accepted_at, accepted_by, revoked_at,"
        " invited_by, inviter_name)",
        reads=f"({MEMBER_OF} AND {OWN}) OR {OFFICE} OR {GUEST}",
        adds=f"({INVITER} AND invited_by = {PERSON} AND accepted_at IS NULL) OR {SYSTEM}",
        touches=f"((({INVITER}) OR {GUEST}) AND accepted_at IS NULL AND revoked_at IS NULL) OR {SYSTEM}",
        becomes=f"({INVITER} AND accepted_at IS NULL) OR ({GUEST} AND accepted_by = {PERSON}) OR {SYSTEM}",
    ),
    # Opened by the one who looks, in their own name, for a vendor or a business; ended by them or by time.
    "support_view": Wall(
        "SELECT, INSERT, UPDATE (closed_at)",
        reads=f"{OWN} OR {OFFICE}",
        adds=f"({audience('secretariat')} AND person_id = {PERSON} AND closed_at IS NULL AND EXISTS (SELECT 1"
        " FROM organisation o WHERE o.id = support_view.organisation_id AND o.kind IN ('vendor', 'sme')))"
        f" OR {SYSTEM}",
        touches=f"(({audience('secretariat')} AND person_id = {PERSON}) OR {SYSTEM}) AND closed_at IS NULL",
        becomes=f"({audience('secretariat')} AND person_id = {PERSON}) OR {SYSTEM}",
    ),
}

KEEP_MEMBERS = f"""
CREATE FUNCTION keep_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose record;
BEGIN
  IF TG_OP = 'DELETE' THEN whose := OLD; ELSE whose := NEW; END IF;
  IF current_user <> '{ROLE}' OR current_setting('app.audience', true) = 'system' THEN
    RETURN whose;
  END IF;
  IF TG_OP = 'INSERT' AND current_setting('app.audience', true) = 'sign_in' THEN
    -- The policy has seen to it that this is a founder or an invited person; who founds is the first.
    IF {HELD} IS NULL AND EXISTS
        (SELECT 1 FROM membership m WHERE m.organisation_id = NEW.organisation_id) THEN
      RAISE EXCEPTION 'people come in by accepting an invitation' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT (TG_OP = 'DELETE' AND whose.person_id = {PERSON}) AND NOT {MANAGES} THEN
    RAISE EXCEPTION 'only an owner says who belongs to an organisation' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM membership m
      WHERE m.organisation_id = NEW.organisation_id AND m.person_id = NEW.person_id) THEN
    RAISE EXCEPTION 'people come in by accepting an invitation' USING ERRCODE = '42501';
  END IF;
  IF TG_OP = 'DELETE' AND OLD.role IN ({OWNER_ROLES}) THEN
    -- Two who leave at once queue here; the second then sees that the first is gone.
    PERFORM 1 FROM organisation o WHERE o.id = OLD.organisation_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = OLD.organisation_id
        AND m.role IN ({OWNER_ROLES}) AND m.id <> OLD.id) THEN
      RAISE EXCEPTION 'the last owner stays' USING ERRCODE = '23514', CONSTRAINT = 'membership_last_owner';
    END IF;
  END IF;
  RETURN whose;
END $$
"""
# An owner keeps the details; how the organisation stands, and what was verified, is not for it to say.
KEEP_DETAILS = f"""
CREATE FUNCTION keep_details() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> '{ROLE}' OR current_setting('app.audience', true) NOT IN ('vendor', 'sme') THEN
    RETURN NEW;
  END IF;
  IF NOT {MANAGES} THEN
    RAISE EXCEPTION 'only an owner changes an organisation' USING ERRCODE = '42501';
  END IF;
  IF (NEW.standing, NEW.registered_on) IS DISTINCT FROM (OLD.standing, OLD.registered_on)
      OR (OLD.number_verified_at IS NOT NULL AND (NEW.number_verified_at, NEW.corporate_number, NEW.form)
          IS DISTINCT FROM (OLD.number_verified_at, OLD.corporate_number, OLD.form))
      OR (OLD.kind = 'vendor' AND OLD.standing <> 'applicant'
          AND (NEW.name, NEW.corporate_number) IS DISTINCT FROM (OLD.name, OLD.corporate_number)) THEN
    RAISE EXCEPTION 'this is not for the organisation itself to change' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    _columns()
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("inviter_name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name=op.f("ck_invitation_accepted")),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_one_end")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_invitation_accepted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_invited_by"), "invitation", ["invited_by"])
    op.create_index(op.f("ix_invitation_accepted_by"), "invitation", ["accepted_by"])
    op.create_index("ix_invitation_organisation_id_created_at", "invitation", ["organisation_id", "created_at"])
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["organisation_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_table(
        "support_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "expires_at <= opened_at + interval '60 minutes'", name=op.f("ck_support_view_an_hour")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_support_view_reason")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_support_view_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_support_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_view")),
    )
    op.create_index(op.f("ix_support_view_person_id"), "support_view", ["person_id"])
    op.create_index("ix_support_view_organisation_id_opened_at", "support_view", ["organisation_id", "opened_at"])
    build(TABLES)

    op.execute(KEEP_MEMBERS)
    op.execute(
        "CREATE TRIGGER membership_keep BEFORE INSERT OR UPDATE OR DELETE ON membership"
        " FOR EACH ROW EXECUTE FUNCTION keep_members()"
    )
    op.execute(KEEP_DETAILS)
    op.execute(
        "CREATE TRIGGER organisation_keep BEFORE UPDATE ON organisation"
        " FOR EACH ROW EXECUTE FUNCTION keep_details()"
    )
    op.execute(f"GRANT EXECUTE ON FUNCTION keep_members(), keep_details() TO {ROLE}")
    op.execute(
        f"ALTER POLICY membership_inserts ON membership"
        f" WITH CHECK ({SYSTEM} OR {PEOPLE} OR ({FOUNDER}) OR ({INVITED}))"
    )
    op.execute(f"ALTER POLICY membership_updates ON membership USING ({SYSTEM}) WITH CHECK ({SYSTEM})")
    op.execute(f"ALTER POLICY membership_deletes ON membership USING ({SYSTEM} OR {PEOPLE} OR ({LEAVING}))")
    _details_kept_by(f"{OFFICE} OR ({audience('vendor', 'sme')} AND id = {ORGANISATION})")
    look_only(*_walled())


def _columns() -> None:
    for name in ("jsic", "telephone", "representative"):
        op.add_column("organisation", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("organisation", sa.Column("form", sa.String(), nullable=True))
    op.add_column("organisation", sa.Column("invoice_number", sa.String(), nullable=True))
    op.add_column("organisation", sa.Column("number_verified_at", MOMENT, nullable=True))
    op.add_column("organisation", sa.Column("match_key", sa.String(), nullable=True))
    op.execute("UPDATE organisation SET form = 'corporation' WHERE corporate_number IS NOT NULL")
    op.execute("UPDATE organisation SET form = 'sole_proprietor' WHERE corporate_number IS NULL AND kind = 'sme'")
    _match_what_is_there()
    op.create_check_constraint(
        op.f("ck_organisation_form"), "organisation", "form IN ('corporation', 'sole_proprietor')"
    )
    op.create_check_constraint(
        op.f("ck_organisation_no_number_of_a_sole_proprietor"),
        "organisation",
        "form IS DISTINCT FROM 'sole_proprietor' OR corporate_number IS NULL",
    )
    op.create_check_constraint(
        op.f("ck_organisation_invoice_number"), "organisation", "invoice_number ~ '^T[0-9]{13}$'"
    )
    op.create_index("ix_organisation_kind_match_key", "organisation", ["kind", "match_key"])
    op.create_index(
        "ix_organisation_kind_number",
        "organisation",
        ["kind", sa.text("coalesce(corporate_number, substr(invoice_number, 2))")],
    )
    op.execute(f"GRANT UPDATE ({DETAILS}) ON organisation TO {ROLE}")


def _match_what_is_there() -> None:
    """Give every record the key by which one business is found twice."""
    connection = op.get_bind()
    known = connection.execute(sa.text("SELECT id, name, prefecture, address FROM organisation")).all()
    keys = [{"id": row.id, "key": match_key(row.name, row.prefecture, row.address)} for row in known]
    if keys:
        connection.execute(sa.text("UPDATE organisation SET match_key = :key WHERE id = :id"), keys)


def _walled() -> list[str]:
    """Every table behind walls that were built before anybody could look in to help."""
    return list(
        op.get_bind().scalars(
            sa.text(
                "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
                " AND c.relrowsecurity AND NOT EXISTS"
                " (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname LIKE '%\\_support\\_%')"
                " ORDER BY 1"
            )
        )
    )


def _details_kept_by(whom: str) -> None:
    op.execute(f"ALTER POLICY organisation_updates ON organisation WITH CHECK ({whom})")
