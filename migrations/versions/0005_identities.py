"""What identity providers say of people, and their sessions."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import DOOR, PERSON, SIGNING_IN, Wall, build

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWN_PERSON = f"person_id = {PERSON}"
TABLES = {
    # Only a provider's word is written here, so only signing in writes it.
    "identity_facts": Wall("SELECT, INSERT, UPDATE", reads=f"{OWN_PERSON} OR {DOOR}", adds=SIGNING_IN),
    # A person may say their own id; that a provider vouches for it is said by signing in alone.
    "mirasapo_account": Wall(
        "SELECT, INSERT, UPDATE",
        reads=f"{OWN_PERSON} OR {DOOR}",
        adds=f"({OWN_PERSON} AND verified_at IS NULL) OR {SIGNING_IN}",
    ),
}


def upgrade() -> None:
    op.create_table(
        "identity_facts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("account_type", sa.String(), nullable=False),
        sa.Column("corp_type", sa.String(), nullable=True),
        sa.Column("corporate_number", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_kana", sa.String(), nullable=False),
        sa.Column("prefecture", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "account_type IN ('entry', 'prime', 'member')", name=op.f("ck_identity_facts_account_type")
        ),
        sa.CheckConstraint(
            "corp_type IN ('corporation', 'sole_proprietor')", name=op.f("ck_identity_facts_corp_type")
        ),
        sa.CheckConstraint("corporate_number ~ '^[0-9]{13}$'", name=op.f("ck_identity_facts_corporate_number")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_facts_person_id")),
        sa.PrimaryKeyConstraint("person_id", "provider", name=op.f("pk_identity_facts")),
    )
    op.create_table(
        "mirasapo_account",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mirasapo_id", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mirasapo_account_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mirasapo_account")),
    )
    build(TABLES)
    _sessions()


def _sessions() -> None:
    """A session can be named in a list, and knows when the person last proved who they are."""
    op.add_column(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.alter_column("sign_in_session", "id", server_default=None)
    op.create_unique_constraint(op.f("uq_sign_in_session_id"), "sign_in_session", ["id"])
    # Of sessions from before nobody knows: long ago, so that they are asked again where it matters.
    op.add_column(
        "sign_in_session",
        sa.Column("authenticated_at", sa.DateTime(timezone=True), server_default="epoch", nullable=False),
    )
    op.alter_column("sign_in_session", "authenticated_at", server_default=None)
    for name in ("provider", "device", "network"):
        op.add_column("sign_in_session", sa.Column(name, sa.String(), server_default="", nullable=False))
        op.alter_column("sign_in_session", name, server_default=None)
