"""The review committee: assignments, scores, decisions, appeals, and how a vendor stands."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
