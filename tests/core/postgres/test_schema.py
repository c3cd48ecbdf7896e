"""The migrated database is what `database/` says, file by file and statement by statement."""

import asyncio
import shutil
from pathlib import Path

import pytest

from app.core.halt import FatalError
from app.core.postgres import migrate
from app.core.postgres.revise import DATABASE, read_frozen_sources, read_sources, write_migration
from app.core.postgres.schema_dump import SCHEMA, format_schema, parse_entries, run_pg_dump
from app.core.postgres.server import DatabaseRoles, open_connection, owner_connection, quote_identifier
from migrations import script
from tests.databases import DatabaseUrls

MEND = "`ansinh db revise NAME` writes the migration that is missing, `ansinh db schema` writes schema.sql"
UNGUARDED = """
    do $$
    declare
        statement text;
    begin
        for statement in
            select format('drop policy %I on %s', polname, polrelid::regclass) from pg_policy
            union all select format('drop trigger %I on %s', tgname, tgrelid::regclass) from pg_trigger t
              join pg_class c on c.oid = t.tgrelid and c.relnamespace = 'public'::regnamespace where not tgisinternal
            union all select format('alter table %s no force row level security, disable row level security', c.oid::regclass)
              from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relrowsecurity
            union all select format('revoke all on %s from %I', c.oid::regclass, current_setting('ansinh.app_role'))
              from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        loop
            execute statement;
        end loop;
    end $$
"""


def statements(text: str) -> list[str]:
    """The parts of a schema, each as one string."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def dumped(urls: DatabaseUrls) -> str:
    return run_pg_dump(urls.admin, urls.role_prefix)


def execute(urls: DatabaseUrls, *scripts: str) -> None:
    """Run scripts as the owner, in one transaction."""

    async def run() -> None:
        async with owner_connection(urls.admin, urls.role_prefix) as connection, connection.transaction():
            for one in scripts:
                await connection.execute(
                    one.replace(script.APP_ROLE, quote_identifier(DatabaseRoles(urls.role_prefix).app))
                )

    asyncio.run(run())


class TestFiles:
    def test_schema_sql_is_the_migrated_database(self, database_urls: DatabaseUrls) -> None:
        now, written = statements(format_schema(dumped(database_urls))), statements(SCHEMA.read_text())
        assert [one for one in now if one not in written] == [], f"not in schema.sql: {MEND}"
        assert [one for one in written if one not in now] == [], f"not in the database: {MEND}"
        assert now == written, MEND

    def test_the_files_make_what_the_migrations_made(self, empty_database_urls: DatabaseUrls) -> None:
        """Taken away and made again from the files, every right, policy and trigger is as it was; so is every routine."""
        migrate.upgrade(empty_database_urls.admin, empty_database_urls.role_prefix)
        before = parse_entries(dumped(empty_database_urls))
        files = read_sources(DATABASE).values()
        execute(
            empty_database_urls,
            UNGUARDED,
            *(file.text for file in files if file.is_routine),
            *(file.text for file in files if not file.is_routine),
        )
        after = parse_entries(dumped(empty_database_urls))
        assert [entry for entry in before if entry not in after] == [], f"in no file, or otherwise: {MEND}"
        assert [entry for entry in after if entry not in before] == [], f"in no migration: {MEND}"

    def test_down_to_nothing(self, empty_database_urls: DatabaseUrls) -> None:
        before = dumped(empty_database_urls)
        migrate.upgrade(empty_database_urls.admin, empty_database_urls.role_prefix)
        migrate.downgrade(empty_database_urls.admin, empty_database_urls.role_prefix, "base")
        assert dumped(empty_database_urls) == before

    def test_every_routine_and_table_has_its_file(self, database_urls: DatabaseUrls) -> None:
        rows = [entry for entry in parse_entries(dumped(database_urls)) if entry.schema == "public"]
        expected = {
            entry.name.partition("(")[0]
            for entry in rows
            if entry.kind in ("FUNCTION", "PROCEDURE", "AGGREGATE")
        }
        tables = {entry.name for entry in rows if entry.kind == "TABLE"}
        files = read_sources(DATABASE)
        assert expected ^ {name for routine, name in files if routine} == set()
        assert tables ^ {name for routine, name in files if not routine} == set()

    def test_the_newest_frozen_copies_are_the_files(self) -> None:
        now, held = read_sources(DATABASE), read_frozen_sources(migrate.MIGRATIONS / "sql")
        assert {key for key in now.keys() | held.keys() if now.get(key) != held.get(key)} == set(), MEND

    def test_a_folder_stays_small(self) -> None:
        folders = [path for path in DATABASE.rglob("*") if path.is_dir()]
        assert [path.name for path in folders if len(list(path.glob("*.sql"))) > 15] == []

    def test_one_file_makes_one_routine(self, tmp_path: Path) -> None:
        (tmp_path / "core").mkdir()
        expected = "create or replace function {}() returns integer language sql as $$ select 1 $$;\n"
        (tmp_path / "core" / "one.sql").write_text(expected.format("one"))
        assert [name for _, name in read_sources(tmp_path)] == ["one"]
        (tmp_path / "core" / "one.sql").write_text(expected.format("one") + expected.format("two"))
        with pytest.raises(FatalError, match=r"one\.sql"):
            read_sources(tmp_path)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `database` and `migrations` to change."""
    shutil.copytree(DATABASE, tmp_path / "database")
    shutil.copytree(migrate.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(migrate, "MIGRATIONS", tmp_path / "migrations")
    monkeypatch.setattr(script, "SQL", tmp_path / "migrations" / "sql")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path.name} has changed: choose another example"
    path.write_text(text.replace(old, new))


class TestRevise:
    """Up, down and up again are exact, whatever changed."""

    def steps(self, urls: DatabaseUrls, copies: Path) -> str:
        """Write the migration and take its steps. Returns: what the database is after it."""
        migrate.upgrade(urls.admin, urls.role_prefix)
        before = dumped(urls)
        written = write_migration("example", copies / "database", copies / "migrations")
        assert written is not None
        migrate.upgrade(urls.admin, urls.role_prefix)
        after = dumped(urls)
        migrate.downgrade(urls.admin, urls.role_prefix, "-1")
        assert dumped(urls) == before
        migrate.upgrade(urls.admin, urls.role_prefix)
        assert dumped(urls) == after != before
        assert write_migration("again", copies / "database", copies / "migrations") is None
        return after

    def test_nothing_changed(self, copies: Path) -> None:
        assert write_migration("nothing", copies / "database", copies / "migrations") is None
        shutil.move(
            copies / "database" / "people" / "mask_id.sql", copies / "database" / "core" / "mask_id.sql"
        )
        assert write_migration("moved", copies / "database", copies / "migrations") is None

    def test_a_body(self, empty_database_urls: DatabaseUrls, copies: Path) -> None:
        edit(copies / "database" / "core" / "local_today.sql", "+07:00", "+08:00")
        assert "'+08:00'" in self.steps(empty_database_urls, copies)

    def test_a_signature_that_a_policy_uses(self, empty_database_urls: DatabaseUrls, copies: Path) -> None:
        path = copies / "database" / "tenancy" / "coverage_in_scope.sql"
        edit(path, "p_nationwide boolean)", "p_nationwide boolean, p_day date default null)")
        assert "p_day date DEFAULT NULL::date" in self.steps(empty_database_urls, copies)

    def test_a_result_and_a_right_of_a_function(
        self, empty_database_urls: DatabaseUrls, copies: Path
    ) -> None:
        edit(copies / "database" / "core" / "local_today.sql", "returns date", "returns timestamp")
        taken = copies / "database" / "people" / "mask_id.sql"
        taken.write_text(taken.read_text().partition("\ngrant")[0])
        given = copies / "database" / "ledger" / "writer" / "txn_anywhere.sql"
        given.write_text(given.read_text() + '\ngrant execute on function txn_anywhere to :"app_role";\n')
        after = self.steps(empty_database_urls, copies)
        assert "local_today() RETURNS timestamp" in after
        assert "GRANT ALL ON FUNCTION public.local_today() TO app_role" in after
        assert "GRANT ALL ON FUNCTION public.mask_id(" not in after
        assert "GRANT ALL ON FUNCTION public.txn_anywhere(" in after

    def test_a_policy_a_trigger_and_a_right(self, empty_database_urls: DatabaseUrls, copies: Path) -> None:
        path = copies / "database" / "people" / "consent.sql"
        edit(path, "grant select, insert, update on", "grant select on")
        edit(
            path,
            "create policy system on consent to current_user",
            "create policy renamed on consent to current_user",
        )
        edit(path, "drop policy if exists system", "drop policy if exists renamed")
        with path.open("a") as file:
            file.write(
                "\ncreate or replace trigger kept before delete on consent\n"
                "    for each row execute function refuse_change();\n"
            )
        after = self.steps(empty_database_urls, copies)
        assert "POLICY system ON public.consent " not in after
        assert "GRANT SELECT ON TABLE public.consent " in after
        assert "CREATE TRIGGER kept BEFORE DELETE ON public.consent " in after

    def test_one_more_and_one_less(self, empty_database_urls: DatabaseUrls, copies: Path) -> None:
        (copies / "database" / "people" / "mask_phone.sql").unlink()
        (copies / "database" / "core" / "added.sql").write_text(
            "-- Why.\ncreate or replace function added() returns integer language sql as $$ select 1 $$;\n"
        )
        after = self.steps(empty_database_urls, copies)
        assert "FUNCTION public.added()" in after
        assert "FUNCTION public.mask_phone(" not in after
        held = read_frozen_sources(copies / "migrations" / "sql")
        assert (True, "added") in held
        assert (True, "mask_phone") not in held

    def test_a_guard_that_goes(self, empty_database_urls: DatabaseUrls, copies: Path) -> None:
        (copies / "database" / "people" / "consent.sql").unlink()
        assert " ON public.consent TO" not in self.steps(empty_database_urls, copies)

    @pytest.mark.parametrize("name", ["", "Member", "a b", "../x", "0001"])
    def test_a_name_that_is_none(self, copies: Path, name: str) -> None:
        with pytest.raises(FatalError):
            write_migration(name, copies / "database", copies / "migrations")


class TestDatabaseOfAnotherRelease:
    def rows(self, urls: DatabaseUrls) -> list[str]:
        async def read() -> list[str]:
            connection = await open_connection(urls.admin)
            try:
                rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                version = await connection.fetchval("SELECT version_num FROM alembic_version")
            finally:
                await connection.close()
            return [version, *sorted(row["tablename"] for row in rows)]

        return asyncio.run(read())

    @pytest.mark.parametrize(
        ("revision", "words"),
        [
            ("0001", "before the first release"),
            ("0022", "một cơ sở dữ liệu trống"),
            ("9999", "by another An Sinh"),
        ],
    )
    def test_it_is_refused_and_left_as_it_is(
        self, empty_database_urls: DatabaseUrls, revision: str, words: str
    ) -> None:
        execute(
            empty_database_urls,
            "create table alembic_version (version_num varchar(32) primary key); create table network (code text)",
            f"insert into alembic_version values ('{revision}')",
        )
        for order in (
            lambda: migrate.upgrade(empty_database_urls.admin, empty_database_urls.role_prefix),
            lambda: migrate.downgrade(empty_database_urls.admin, empty_database_urls.role_prefix, "base"),
            lambda: migrate.check(empty_database_urls.admin, empty_database_urls.role_prefix),
        ):
            with pytest.raises(migrate.UnknownRevision, match=words) as refused:
                order()
            assert revision in str(refused.value)
        assert self.rows(empty_database_urls) == [revision, "alembic_version", "network"]
