"""Checks of PostgreSQL's catalogue: row-level security, owners, rights, functions, keys, texts."""

from typing import Any

import asyncpg
import pytest

from app.core.postgres.server import DatabaseRoles
from tests.access.wall.database_rights import SECRET_COLUMNS, SECRET_TABLES, UNREAD_TABLES
from tests.databases import DatabaseUrls

READ_ONLY_TABLES = {
    "account", "ledger_txn", "posting", "stat_pending", "stat_day", "stat_month", "stat_province_month",
    "network", "place_succession", "place_dataset", "signing_key",
}  # fmt: skip
"""Only the ledger's functions, the fold, migrations and commands change these; the application reads them."""

PUBLIC_TABLES = {
    "insurance_rule": "values of the law, which a quote without a login names",
    "place": "administrative units, the same for everybody",
}
"""Secured tables that everybody reads; who writes them is still a matter of scope."""

UNINDEXED_TARGETS = {
    "network": "ten rows that are never deleted or renamed, so nobody looks for what refers to them"
}
UNINDEXED_KEYS: dict[str, str] = {}
"""Foreign keys that need no index of their own, by target table or by constraint, each with its reason."""

UNCHECKED_NAME_COLUMNS = {
    "network.name_vi": "ours, written by a migration",
    "network.name_en": "ours, written by a migration",
    "app_user.username": "plain ASCII by its own rule",
    "trace_search.full_name": "copied from a member, whose own is checked",
    "trace_search.at_name": "of a file of a job",
}
"""Columns called a name that nobody types freely."""


@pytest.fixture(scope="module")
def roles(database_urls: DatabaseUrls) -> DatabaseRoles:
    return DatabaseRoles(database_urls.role_prefix)


@pytest.fixture(scope="module")
async def tables(owner: Any) -> dict[str, Any]:
    """Every table by name: whether it has a network, and its row-level security."""
    rows = await owner.fetch("""
        select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
               exists (select from pg_attribute a
                        where a.attrelid = c.oid and a.attname = 'network' and not a.attisdropped) as tenant
          from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
    """)
    return {row["name"]: row for row in rows}


class TestRowLevelSecurity:
    async def test_the_walk_sees_the_tables(self, tables: dict[str, Any]):
        assert {"member", "savings_group", "ledger_txn", "audit_event", "place"} <= set(tables)

    async def test_every_table_with_a_network_forces_it(self, tables: dict[str, Any]):
        tenants = {name: row for name, row in tables.items() if row["tenant"]}
        assert len(tenants) > 15
        assert [name for name, row in tenants.items() if not (row["secured"] and row["forced"])] == []

    async def test_what_is_secured_is_forced(self, tables: dict[str, Any]):
        assert [name for name, row in tables.items() if row["secured"] and not row["forced"]] == []

    async def test_every_secured_table_has_a_policy_for_the_application(
        self, owner: Any, tables: dict[str, Any], roles: DatabaseRoles
    ):
        policies = await owner.fetch(
            "select tablename from pg_policies where schemaname = 'public' and roles && array[$1, 'public']::name[]",
            roles.app,
        )
        secured = {name for name, row in tables.items() if row["secured"]}
        assert {row["tablename"] for row in policies} == secured - UNREAD_TABLES.keys() - (
            SECRET_TABLES - SECRET_COLUMNS.keys()
        )

    async def test_no_policy_of_the_application_lets_everything_through(
        self, owner: Any, roles: DatabaseRoles
    ):
        policies = await owner.fetch(
            "select tablename, policyname, cmd, qual, with_check from pg_policies"
            " where schemaname = 'public' and roles <> array[$1]::name[]",
            roles.owner,
        )
        assert len(policies) > 15
        for policy in policies:
            if policy["tablename"] in PUBLIC_TABLES and policy["cmd"] == "SELECT":
                continue
            conditions = [text for text in (policy["qual"], policy["with_check"]) if text is not None]
            assert conditions, policy
            assert [text for text in conditions if "scope_" not in text and "SELECT" not in text] == [], (
                policy
            )

    async def test_the_way_past_them_is_the_owners_alone(self, owner: Any, roles: DatabaseRoles):
        system_policies = await owner.fetch(
            "select tablename, roles from pg_policies"
            " where schemaname = 'public' and concat(qual, with_check) like '%app.system%'"
        )
        assert len(system_policies) > 15
        assert [row["tablename"] for row in system_policies if row["roles"] != [roles.owner]] == []

    async def test_without_an_actor_nothing_is_seen(
        self, tables: dict[str, Any], database_urls: DatabaseUrls, world: Any
    ):
        await world.group(await world.unit("womens_union"), members=1)
        connection = await asyncpg.connect(database_urls.app)
        try:
            for name in (
                name
                for name, row in tables.items()
                if row["secured"] and name not in SECRET_TABLES | PUBLIC_TABLES.keys() | UNREAD_TABLES.keys()
            ):
                assert await connection.fetchval(f'select count(*) from "{name}"') == 0, name
        finally:
            await connection.close()

    async def test_without_an_actor_no_value_of_the_law_is_written(
        self, owner: Any, database_urls: DatabaseUrls
    ):
        name = "insurance_rule"
        copied = "".join(
            f", {row['column_name']}"
            for row in await owner.fetch(
                "select column_name from information_schema.columns where table_name = $1 and column_name <> 'id'",
                name,
            )
        )
        connection = await asyncpg.connect(database_urls.app)
        try:
            assert await connection.fetchval(f"select count(*) from {name}") > 0
            assert await connection.execute(f"update {name} set version = version + 1") == "UPDATE 0"
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(
                    f"insert into {name} (id{copied}) select gen_random_uuid(){copied} from {name} limit 1"
                )
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"delete from {name}")
        finally:
            await connection.close()


class TestApplicationRole:
    async def test_it_owns_nothing(self, owner: Any, roles: DatabaseRoles):
        owned = await owner.fetch(
            "select classid::regclass::text, objid from pg_shdepend d join pg_roles r on r.oid = d.refobjid"
            " where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and r.rolname = $1",
            roles.app,
        )
        assert owned == []

    async def test_the_owner_owns_every_table(self, owner: Any, roles: DatabaseRoles):
        others = await owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v', 'm', 'S') and pg_get_userbyid(relowner) <> $1",
            roles.owner,
        )
        assert others == []

    async def test_it_has_no_power(self, owner: Any, roles: DatabaseRoles):
        role = await owner.fetchrow("select * from pg_roles where rolname = $1", roles.app)
        powers = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
        assert [power for power in powers if role[power]] == []
        assert not await owner.fetchval(
            "select exists (select from pg_auth_members where member = $1)", role["oid"]
        )

    async def test_it_cannot_change_the_schema(self, owner: Any, roles: DatabaseRoles):
        assert not await owner.fetchval("select has_schema_privilege($1, 'public', 'CREATE')", roles.app)
        assert not await owner.fetchval(
            "select has_database_privilege($1, current_database(), 'CREATE')", roles.app
        )

    async def rights(self, owner: Any, roles: DatabaseRoles, *rights: str) -> set[tuple[str, str]]:
        rows = await owner.fetch(
            "select c.relname, r from pg_class c, unnest($2::text[]) r"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"
            " and (has_table_privilege($1, c.oid, r)"
            "      or r in ('INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege($1, c.oid, r))",
            roles.app, list(rights),
        )  # fmt: skip
        return {(row["relname"], row["r"]) for row in rows}

    async def test_no_truncate_references_or_trigger_anywhere(self, owner: Any, roles: DatabaseRoles):
        assert await self.rights(owner, roles, "TRUNCATE", "REFERENCES", "TRIGGER") == set()

    async def test_it_does_not_write_what_others_keep(self, owner: Any, roles: DatabaseRoles):
        written = await self.rights(owner, roles, "INSERT", "UPDATE", "DELETE")
        assert ("member", "INSERT") in written
        assert {(table, right) for table, right in written if table in READ_ONLY_TABLES} == set()

    async def test_what_is_append_only_cannot_be_changed(self, owner: Any, roles: DatabaseRoles):
        changed = await self.rights(owner, roles, "UPDATE", "DELETE")
        guarded = await owner.fetch(
            "select tgrelid::regclass::text as name from pg_trigger where tgname = 'append_only'"
        )
        assert {"ledger_txn", "posting", "audit_event"} <= {row["name"] for row in guarded}
        assert {table for table, _ in changed} & {row["name"] for row in guarded} == set()


class TestFunctionsAndViews:
    async def test_definers_are_the_owners_and_have_a_fixed_path(self, owner: Any, roles: DatabaseRoles):
        definers = await owner.fetch(
            "select oid::regprocedure::text as name, pg_get_userbyid(proowner) as owned_by, proconfig from pg_proc"
            " where prosecdef and pronamespace = 'public'::regnamespace"
        )
        assert len(definers) > 10
        for function in definers:
            assert function["owned_by"] == roles.owner, function["name"]
            assert "search_path=public, pg_temp" in (function["proconfig"] or []), function["name"]

    async def test_no_view_sees_with_its_owners_eyes(self, owner: Any):
        views = await owner.fetch(
            "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')"
            " and not (relkind = 'v' and coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'])"
        )
        assert views == []


class TestKeysAndTexts:
    async def test_every_foreign_key_has_an_index_or_a_reason(self, owner: Any):
        keys = await owner.fetch("""
            select k.conname, k.conrelid::regclass::text as source, k.confrelid::regclass::text as target,
                   exists (select from pg_index i where i.indrelid = k.conrelid and i.indisvalid
                            and k.conkey @> (string_to_array(i.indkey::text, ' ')::int2[])[1:cardinality(k.conkey)]
                            and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) like '%IS NOT NULL%')) as indexed
              from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace
        """)
        assert len(keys) > 30
        bare = [
            f"{key['source']}: {key['conname']}"
            for key in keys
            if not (
                key["indexed"] or UNINDEXED_TARGETS.get(key["target"]) or UNINDEXED_KEYS.get(key["conname"])
            )
        ]
        assert bare == []
        assert set(UNINDEXED_KEYS) <= {key["conname"] for key in keys if not key["indexed"]}

    async def test_every_name_that_people_type_is_checked_to_be_nfc(self, owner: Any):
        columns = await owner.fetch("""
            select c.relname || '.' || a.attname as name,
                   exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
                            and a.attnum = any (k.conkey) and pg_get_constraintdef(k.oid) like '%nfc(%') as checked
              from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
               and a.atttypid = 'text'::regtype and a.attname ~ '(^|_|user)name(_|$)' and a.attname <> 'search_name'
        """)
        assert len(columns) > 8
        unchecked = {row["name"] for row in columns if not row["checked"]}
        assert unchecked - set(UNCHECKED_NAME_COLUMNS) == set()
        assert set(UNCHECKED_NAME_COLUMNS) <= unchecked
