"""The roles the application acts in, and what they may: said once for both, after each change of the schema.

hojo_app signs in and is everybody's; hojo_office is taken on, for one transaction, by whoever acts for the secretariat
or the system. It has the same rights and the same policies, and beside them policies of its own that let it see all
rows of the long lists (migration 0013).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from migrations.walls import OFFICE_ROLE, PERSON, ROLE

_MAKE: Final = {
    ROLE: f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS",
    OFFICE_ROLE: f"CREATE ROLE {OFFICE_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS",
}
# What is taken from one role is taken from the other: all goes, then comes what there is to have.
_ALIKE: Final = f"""
DO $$
DECLARE
  one record;
BEGIN
  REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {OFFICE_ROLE};
  REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {OFFICE_ROLE};
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {OFFICE_ROLE};
  GRANT USAGE ON SCHEMA public TO {OFFICE_ROLE};
  FOR one IN
    SELECT format('GRANT %s ON %s %s TO {OFFICE_ROLE}', a.privilege_type,
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass) AS said
      FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = '{ROLE}'::regrole
    UNION ALL
    SELECT format('GRANT %s (%I) ON TABLE %s TO {OFFICE_ROLE}', a.privilege_type, t.attname, c.oid::regclass)
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
      WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = '{ROLE}'::regrole
    UNION ALL
    SELECT format('GRANT EXECUTE ON FUNCTION %s TO {OFFICE_ROLE}', p.oid::regprocedure)
      FROM pg_proc p, aclexplode(p.proacl) a
      WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = '{ROLE}'::regrole
    UNION ALL
    SELECT format('ALTER POLICY %I ON %s TO {ROLE}, {OFFICE_ROLE}', p.polname, p.polrelid::regclass)
      FROM pg_policy p
      WHERE '{ROLE}'::regrole = ANY (p.polroles) AND NOT '{OFFICE_ROLE}'::regrole = ANY (p.polroles)
  LOOP
    EXECUTE one.said;
  END LOOP;
END $$
"""
_QUOTED_PERSON: Final = PERSON.replace("'", "''")
# An auditor reads all and changes nothing: on every table there is, and on each that a later migration makes. Their own
# inbox is theirs to mark, and their own membership to give up; signing in acts for itself.
_AUDITORS: Final = f"""
DO $$
DECLARE
  one record;
BEGIN
  IF to_regprocedure('audits_only()') IS NULL THEN
    RETURN;
  END IF;
  FOR one IN SELECT c.relname AS name, v.verb, format('%s_auditor_%s', c.relname, lower(v.verb)) AS policy,
      CASE v.verb WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END AS clause,
      CASE WHEN c.relname = 'membership' AND v.verb = 'DELETE' THEN 'OR person_id = {_QUOTED_PERSON}' ELSE '' END AS but
    FROM pg_class c, (VALUES ('INSERT'), ('UPDATE'), ('DELETE')) AS v (verb)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
      AND c.relname <> 'notice'
      AND (has_table_privilege('{ROLE}', c.oid, v.verb)
        OR (v.verb <> 'DELETE' AND has_any_column_privilege('{ROLE}', c.oid, v.verb)))
      AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid
        AND p.polname = format('%s_auditor_%s', c.relname, lower(v.verb)))
  LOOP
    EXECUTE format('CREATE POLICY %I ON %I AS RESTRICTIVE FOR %s TO {ROLE}, {OFFICE_ROLE}'
      ' %s (NOT (SELECT audits_only()) %s)', one.policy, one.name, one.verb, one.clause, one.but);
  END LOOP;
END $$
"""
# Row-level security is forced on the tables' owner too. While the schema changes, the owner has to reach every row,
# or what a migration does to the rows there are would do nothing; procrastinate's own tables are never forced.
_FORCE: Final = """
DO $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
      AND c.relrowsecurity AND c.relname NOT LIKE 'procrastinate%' AND c.relforcerowsecurity <> {forced} LOOP
    EXECUTE format('ALTER TABLE %s {verb} ROW LEVEL SECURITY', one.name);
  END LOOP;
END $$
"""


def make(connection: Connection) -> None:
    """Make the roles that are missing, without passwords, and let the one act as the other.

    Whoever acts as the office does so by taking the role on: nothing of it is inherited.
    """
    for role, statement in _MAKE.items():
        if not connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(statement))
    connection.execute(text(f"GRANT {OFFICE_ROLE} TO {ROLE} WITH INHERIT FALSE, SET TRUE"))


def make_alike(connection: Connection) -> None:
    """Give the office's role what the application's has by now: rights, functions and policies."""
    connection.execute(text(_ALIKE))


def keep_auditors_reading(connection: Connection) -> None:
    """Whoever is nothing but an auditor writes in no table (migration 0026 says who that is)."""
    connection.execute(text(_AUDITORS))


def let_owner_in(connection: Connection) -> None:
    """Let the tables' owner reach every row, until :func:`keep_owner_out`."""
    connection.execute(text(_FORCE.format(forced=False, verb="NO FORCE")))


def keep_owner_out(connection: Connection) -> None:
    """Force row-level security on the owner again, on every table that has it."""
    connection.execute(text(_FORCE.format(forced=True, verb="FORCE")))
