"""What the database's own catalogue says of rights and policies: it holds for tables that are yet to be made, too."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from marketplace.applications.queries import OWN_APPLICATION_COUNT
from tenants.actor import PUBLIC, SYSTEM, Actor
from tenants.db import act_as, db
from tenants.public_vendors import PUBLIC_VENDOR

pytestmark = pytest.mark.security

ROLE = "hojo_app"
OFFICE_ROLE = "hojo_office"
# A column of one of these names says whose a row is.
OWNING = r"(^|_)(organisation|sme|vendor|person)_id$"
VERBS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
# Each function that runs with its owner's rights, and why it must.
DEFINERS = {
    "business_known": "who registers a business learns that there is one, and not whose",
    "append_audit": "the chain's end is out of the application's reach",
    "same_people": "whether an application is for one's own tool is told to its parties, and nothing of the other one",
    "forget_person": "names are forgotten by the secretariat alone, and only all at once",
    "personal_data_of": "what is held of a person is counted for the secretariat, and not shown",
    "procrastinate_defer_jobs_v1": "who asks for a job sees none",
}
# Functions of ours that the application calls or that its policies and triggers use; all others are procrastinate's.
NO_COLUMN_OF_THE_ROW = {
    "master_version",
    "index_change",
    "index_failure",
    "index_refusal",
    "index_state",
    "workflow_move",
}
# What everybody may see of somebody: the public site is made from these.
PUBLIC_TABLES = {"publication", "live_publication", "withdrawal"}


def names(owner: Engine, statement: str, **values: object) -> set[str]:
    with owner.connect() as connection:
        return set(connection.scalars(text(statement), values))


def tables(owner: Engine) -> set[str]:
    return names(
        owner,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
    )


def owned_tables(owner: Engine) -> set[str]:
    return names(
        owner,
        "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " AND a.attname ~ :owning AND NOT a.attisdropped",
        owning=OWNING,
    ) | {"organisation", "person"}


def granted(owner: Engine, table: str) -> set[str]:
    return names(
        owner,
        "SELECT privilege_type FROM information_schema.column_privileges WHERE grantee IN (:role, 'PUBLIC')"
        " AND table_name = :t AND privilege_type <> 'REFERENCES'"
        " UNION SELECT privilege_type FROM information_schema.table_privileges"
        " WHERE grantee IN (:role, 'PUBLIC') AND table_name = :t",
        t=table,
        role=ROLE,
    )


# --- tables ---


def test_every_table_that_belongs_to_somebody_has_forced_policies_for_each_verb_it_grants(owner):
    wrong = []
    for table in sorted(owned_tables(owner)):
        with owner.connect() as connection:
            enabled, forced = connection.execute(
                text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = :t ::regclass"),
                {"t": table},
            ).one()
            covered = set(
                connection.scalars(
                    text(
                        "SELECT polcmd::text FROM pg_policy WHERE polpermissive AND polrelid = :t ::regclass"
                        " AND polroles && ARRAY[:role ::regrole::oid, 0::oid]"
                    ),
                    {"t": table, "role": ROLE},
                )
            )
        rights = granted(owner, table)
        if (enabled, forced) != (True, True) or not rights <= {VERBS.get(verb, verb) for verb in covered}:
            wrong.append((table, enabled, forced, rights, covered))
    assert wrong == []


def test_no_policy_of_the_application_is_open_to_all_writes(owner):
    """A row may be written by nobody in particular nowhere: true stands for reading only."""
    assert (
        names(
            owner,
            "SELECT polname FROM pg_policy WHERE polpermissive AND polcmd <> 'r'"
            " AND :role ::regrole = ANY (polroles)"
            " AND 'true' IN (pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))",
            role=ROLE,
        )
        == set()
    )


def test_policies_ask_who_acts_once_and_not_for_every_row(owner):
    """current_setting() in a subselect is an initplan; bare, it would be worked out for each row of a long list."""
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT polname, coalesce(pg_get_expr(polqual, polrelid), '') || ' '"
                " || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy"
            )
        ).all()
    bare = {
        name
        for name, said in rows
        if len(re.findall(r"current_setting\(", said))
        != len(
            re.findall(
                r"\(\s*SELECT\s+\(?(?:encode\(sha256\(convert_to\()?(?:NULLIF\()?\(?current_setting\(",
                said,
                re.IGNORECASE,
            )
        )
    }
    assert bare == set()
    # In a function that PostgreSQL puts in its place it is bare too: there it has to be all that is asked, since only
    # then it is worked out once, as what an index is asked for.
    by_function = {name: said.strip() for name, said in rows if "own_organisation()" in said}
    assert by_function
    assert set(by_function.values()) == {"(organisation_id = own_organisation())"}


def test_the_application_truncates_and_refers_to_nothing(owner):
    for table in sorted(tables(owner)):
        assert granted(owner, table) <= set(VERBS.values()), table


def test_what_is_append_only_may_not_be_changed_by_right_either(owner):
    for table in names(
        owner, "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only'"
    ):
        assert granted(owner, table) <= {"SELECT", "INSERT"}, table


# --- the role ---


def test_the_application_s_role_has_no_way_around_the_policies(owner, services):
    with owner.connect() as connection:
        role = connection.execute(
            text(
                "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, oid"
                " FROM pg_roles WHERE rolname = :role"
            ),
            {"role": ROLE},
        ).one()
        assert tuple(role)[:5] == (False,) * 5
        for catalogue, column in (
            ("pg_class", "relowner"),
            ("pg_proc", "proowner"),
            ("pg_type", "typowner"),
            ("pg_namespace", "nspowner"),
            ("pg_database", "datdba"),
        ):
            owns = connection.scalar(
                text(f"SELECT count(*) FROM {catalogue} WHERE {column} = :o"), {"o": role.oid}
            )
            assert owns == 0, catalogue
        members = text(
            "SELECT roleid::regrole::text, admin_option, inherit_option FROM pg_auth_members WHERE member = :o"
            " UNION ALL SELECT member::regrole::text, true, true FROM pg_auth_members WHERE roleid = :o"
        )
        # The office's role is taken on for a transaction; nothing of it comes by itself.
        assert [tuple(row) for row in connection.execute(members, {"o": role.oid})] == [
            (OFFICE_ROLE, False, False)
        ]
        may = connection.execute(
            text(
                "SELECT has_schema_privilege(:role, 'public', 'CREATE'),"
                " has_database_privilege(:role, current_database(), 'CREATE'),"
                " has_database_privilege(:role, current_database(), 'TEMPORARY')"
            ),
            {"role": ROLE},
        ).one()
        assert tuple(may) == (False, False, False)
    assert db.session.scalar(text("SELECT current_user")) == ROLE


# What the office sees whole by a policy of its own role (migration 0013); all else is asked of the transaction.
SEEN_WHOLE = {
    "product",
    "package",
    "package_item",
    "grant_application",
    "audit_event",
    "audit_personal",
    "organisation",
}


def test_the_office_s_role_may_what_the_application_s_may_and_sees_the_long_lists_whole(owner):
    """The same rights, functions and policies, also after a change of the schema; and neither more nor less."""
    rights = (
        "SELECT c.relname || ' ' || a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = :role ::regrole"
        " UNION SELECT c.relname || '.' || t.attname || ' ' || a.privilege_type FROM pg_class c"
        " JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a"
        " WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = :role ::regrole"
        " UNION SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) a"
        " WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = :role ::regrole"
        " UNION SELECT polname || ' on ' || polrelid::regclass::text FROM pg_policy"
        " WHERE :role ::regrole = ANY (polroles)"
    )
    known = names(owner, rights, role=ROLE)
    assert known
    assert names(owner, rights, role=OFFICE_ROLE) - known == {f"{t}_office on {t}" for t in SEEN_WHOLE}
    assert known <= names(owner, rights, role=OFFICE_ROLE)
    open_policies = names(
        owner,
        "SELECT polrelid::regclass::text FROM pg_policy WHERE :role ::regrole = ANY (polroles)"
        " AND NOT 'hojo_app'::regrole = ANY (polroles) AND polcmd = 'r'",
        role=OFFICE_ROLE,
    )
    assert open_policies == SEEN_WHOLE
    assert (
        names(
            owner,
            "SELECT rolname FROM pg_roles WHERE rolname = 'hojo_office' AND (rolcanlogin OR rolsuper"
            " OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)",
        )
        == set()
    )


@pytest.mark.parametrize("who", [Actor("vendor", uuid.uuid4(), uuid.uuid4()), SYSTEM])
@pytest.mark.parametrize("table", ["product", "package", "audit_event", "grant_application"])
def test_no_policy_keeps_a_long_list_in_one_process(services, who, table):
    with act_as(who):
        for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            db.session.execute(text(f"SET LOCAL {setting} = 0"))
        db.session.execute(text("SET LOCAL enable_indexscan = off"))
        db.session.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = db.session.scalars(text(f"EXPLAIN SELECT count(*) FROM {table}")).all()
    assert any("Gather" in line for line in plan), "\n".join(plan)


@pytest.mark.parametrize("audience", ["public", "sign_in", "vendor", "sme", "committee", "secretariat", "system"])
def test_only_the_office_acts_in_its_role_and_only_for_the_transaction(services, audience):
    with act_as(Actor(audience, uuid.uuid4(), uuid.uuid4())):
        wanted = OFFICE_ROLE if audience in ("secretariat", "system") else ROLE
        assert db.session.scalar(text("SELECT current_user")) == wanted
        with db.session.begin_nested() as inner:
            inner.rollback()
        assert db.session.scalar(text("SELECT current_user")) == wanted
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == ROLE


def test_no_view_stands_in_front_of_a_wall(owner):
    """A view reads with its owner's rights unless it says otherwise; the two there are show these columns and no more."""
    assert names(
        owner,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')",
    ) == {"public_vendor", "own_application_count"}
    for view in (PUBLIC_VENDOR, OWN_APPLICATION_COUNT):
        shown = names(
            owner, f"SELECT attname FROM pg_attribute WHERE attrelid = '{view.name}'::regclass AND attnum > 0"
        )
        assert shown == set(view.c.keys())


def test_functions_with_their_owner_s_rights_are_known_and_have_a_fixed_path(owner):
    with owner.connect() as connection:
        found = connection.execute(
            text(
                "SELECT p.proname, p.proconfig, has_function_privilege('public', p.oid, 'EXECUTE')"
                " FROM pg_proc p WHERE pronamespace NOT IN ('pg_catalog'::regnamespace,"
                " 'information_schema'::regnamespace) AND prosecdef"
            )
        ).all()
    assert {name for name, _, _ in found} == set(DEFINERS)
    for name, config, _ in found:
        assert config == ["search_path=pg_catalog, public, pg_temp"], name


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SET row_security = off; SELECT * FROM product",
        "CREATE FUNCTION pg_temp.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TEMPORARY TABLE product (id int)",
        "CREATE TEMPORARY VIEW person AS SELECT 1",
        "CREATE SCHEMA mine",
        "CREATE POLICY x ON product USING (true)",
        "DROP POLICY product_reads ON product",
        "ALTER FUNCTION append_audit(jsonb) SET search_path = x",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "ALTER ROLE hojo_app BYPASSRLS",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "SELECT * FROM pg_statistic",
    ],
)
def test_the_role_has_no_door_to_another(services, statement):
    for actor in (PUBLIC, SYSTEM):
        *before, last = statement.split("; ")
        with act_as(actor):
            for part in before:
                db.session.execute(text(part))
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner|row-level security|not exist"):
                db.session.execute(text(last))
            db.session.rollback()


# --- a transaction that says nothing ---


def test_without_a_context_no_verb_reaches_any_row_of_anybody(parties, owner):
    """For every table there is, and every verb that the application has on it at all."""
    before = _counts(owner)
    walled = owned_tables(owner) | names(
        owner, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
    )
    with db.engine.connect() as connection:

        def reached(statement: str) -> int:
            try:
                result = connection.execute(text(statement))
                return len(result.all()) if result.returns_rows else result.rowcount
            except DBAPIError as error:
                if not re.search("permission denied|row-level security", str(error)):
                    raise
                return 0
            finally:
                connection.rollback()

        for table in sorted(walled):
            if table in PUBLIC_TABLES | NO_COLUMN_OF_THE_ROW:
                continue
            seen = reached(f"SELECT * FROM {table}")
            # The public site names vendors that were adopted, and says what was announced.
            assert seen == 0 or table in ("organisation", "briefing", "announcement"), table
            column = sorted(_changeable(owner, table))[:1]
            for each in column:
                assert reached(f"UPDATE {table} SET {each} = {each}") == 0, table
            assert reached(f"DELETE FROM {table}") == 0, table
            assert reached(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}") == 0, table
            assert reached(f"TRUNCATE {table}") == 0, table
    assert _counts(owner) == before


def _changeable(owner: Engine, table: str) -> set[str]:
    return names(
        owner,
        "SELECT column_name FROM information_schema.column_privileges WHERE grantee = :role"
        " AND table_name = :t AND privilege_type = 'UPDATE' AND column_name <> 'id'",
        t=table,
        role=ROLE,
    )


def _counts(owner: Engine) -> dict[str, int]:
    with owner.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in sorted(tables(owner))}
