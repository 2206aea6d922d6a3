"""What migrations say about row-level security, in one place: who may see, add and touch the rows of a table.

The words of the walls are kept here; a table's own wall stays in the migration that made it. Change nothing here
that an older migration reads: add beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alembic import op

ROLE = "hojo_app"
# In which the secretariat and the system act; migrations.roles gives it what ROLE has.
OFFICE_ROLE = "hojo_office"
ORGANISATION = "(SELECT nullif(current_setting('app.organisation_id', true), '')::uuid)"
PERSON = "(SELECT nullif(current_setting('app.person_id', true), '')::uuid)"


def audience(*names: str) -> str:
    """True when the transaction acts as one of these audiences."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"(SELECT current_setting('app.audience', true)) IN ({listed})"


OFFICE = audience("secretariat", "system")
DOOR = audience("secretariat", "system", "sign_in")
SYSTEM = audience("system")
SIGNING_IN = audience("sign_in", "system")
OWN = f"organisation_id = {ORGANISATION}"
VENDOR_OWN = f"({audience('vendor')} AND {OWN})"
SME_OWN = f"({audience('sme')} AND {OWN})"
# Who acts looks after the people of the organisation they act for.
MANAGES_HERE = (
    f"EXISTS (SELECT 1 FROM membership m WHERE m.organisation_id = {ORGANISATION} AND m.person_id = {PERSON}"
    " AND m.role IN ('vendor_owner', 'sme_owner', 'secretariat_administrator'))"
)
# Somebody of the secretariat looks at an organisation's pages to help (tenants/support_view.py).
LOOKING_IN = "coalesce((SELECT current_setting('app.support', true)), '') <> ''"


@dataclass(frozen=True)
class Wall:
    """Who sees a row (reads), which rows may be added (adds), which may be touched (touches), and what a touched
    row may look like afterwards (becomes). Unless said, touches and becomes are as adds. verbs: all that the
    application has at all; a column list after UPDATE leaves the other columns as they were written.
    """

    verbs: str
    reads: str
    adds: str
    touches: str = ""
    becomes: str = ""


def build(tables: Mapping[str, Wall]) -> None:
    """Put these tables behind their walls, for their owner too."""
    for table, wall in tables.items():
        touches, becomes = wall.touches or wall.adds, wall.becomes or wall.adds
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT {wall.verbs} ON {table} TO {ROLE}")
        op.execute(f"CREATE POLICY {table}_reads ON {table} FOR SELECT TO {ROLE} USING ({wall.reads})")
        op.execute(f"CREATE POLICY {table}_inserts ON {table} FOR INSERT TO {ROLE} WITH CHECK ({wall.adds})")
        if "UPDATE" in wall.verbs:
            op.execute(
                f"CREATE POLICY {table}_updates ON {table} FOR UPDATE TO {ROLE}"
                f" USING ({touches}) WITH CHECK ({becomes})"
            )
        if "DELETE" in wall.verbs:
            op.execute(f"CREATE POLICY {table}_deletes ON {table} FOR DELETE TO {ROLE} USING ({touches})")
        look_only(table)


def look_only(*tables: str) -> None:
    """Nothing in these tables is added, changed or deleted by somebody who only looks in, whatever else allows it."""
    for table in tables:
        for verb, clause in (("INSERT", "WITH CHECK"), ("UPDATE", "USING"), ("DELETE", "USING")):
            op.execute(
                f"CREATE POLICY {table}_support_{verb.lower()} ON {table} AS RESTRICTIVE FOR {verb} TO {ROLE}"
                f" {clause} (NOT ({LOOKING_IN}))"
            )


def make_append_only(tables: Iterable[str]) -> None:
    """Rows of these tables stay as they were written, whoever asks."""
    for table in tables:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
