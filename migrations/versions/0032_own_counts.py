"""How many applications an organisation has in each state is counted by a view that says itself whose they are.

An application has two owners, so its policy is asked of every row that is counted: an eighth and more of such a count
(bench/isolation.py). The view names the one owner that the acting organisation is, which is what the index is asked for,
and shows nothing but states and numbers, and whose they are, so that the service asks for its own beside it. It reads
with its owner's rights (grant_application_owner, migration 0031).
"""

from alembic import op

from migrations.walls import ROLE, audience

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COUNTED = (
    "SELECT {column} AS organisation_id, state, count(*) AS number FROM grant_application"
    " WHERE {acts} AND {column} = own_organisation() GROUP BY {column}, state"
)
OWN_APPLICATION_COUNT = "CREATE VIEW own_application_count WITH (security_barrier) AS " + " UNION ALL ".join(
    COUNTED.format(acts=audience(party), column=f"{party}_id") for party in ("vendor", "sme")
)


def upgrade() -> None:
    op.execute(OWN_APPLICATION_COUNT)
    op.execute(f"GRANT SELECT ON own_application_count TO {ROLE}")
