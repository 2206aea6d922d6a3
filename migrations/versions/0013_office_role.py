"""The secretariat and the system act in a role of their own, so that nobody pays for asking who may see all.

Until now each policy of a long list asked for every row "is this the office, or the row's owner?". That OR kept the
database from using the owner's index, from guessing how many rows come, and cost a look at each of 300,000 rows.
Now whose transaction it is decides the role (tenants/db.py), and the policies of that role say only what holds for it:
the office sees all rows of these tables, everybody else their own.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OFFICE_ROLE, ORGANISATION, OWN, PERSON, ROLE, audience

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The long lists and what is joined to them; who reads a row beside the office.
READ_BY = {
    "product": OWN,
    "package": OWN,
    "package_item": OWN,
    "grant_application": f"sme_id = {ORGANISATION} OR vendor_id = {ORGANISATION}",
    "audit_event": OWN,
    "audit_personal": f"{OWN} OR person_id = {PERSON}",
    "organisation": f"(kind = 'vendor' AND standing <> 'applicant') OR id = {ORGANISATION} OR {audience('sign_in')}",
}
# These let the database's owner pass; the office is none.
ASK_WHO_IT_IS = ("keep_members", "keep_details")


def upgrade() -> None:
    for table, others in READ_BY.items():
        op.execute(f"ALTER POLICY {table}_reads ON {table} TO {ROLE} USING ({others})")
        op.execute(f"CREATE POLICY {table}_office ON {table} FOR SELECT TO {OFFICE_ROLE} USING (true)")
    connection = op.get_bind()
    for name in ASK_WHO_IT_IS:
        known = connection.scalar(sa.text(f"SELECT pg_get_functiondef('{name}()'::regprocedure)"))
        said = f"current_user <> '{ROLE}'"
        if said not in known:
            raise RuntimeError(f"{name} does not ask who it is: see migration 0006.")
        connection.exec_driver_sql(known.replace(said, f"current_user NOT IN ('{ROLE}', '{OFFICE_ROLE}')"))
