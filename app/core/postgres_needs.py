"""The steps that make a PostgreSQL server ready, and how a missing one is told."""

from dataclasses import dataclass

from app.core.halt import Halt
from app.core.scram import scram_verifier

OLDEST_VERSION = 15
EXTENSIONS = ("btree_gist",)
QUEUE_SCHEMA = "queue"
"""Where the job queue has its tables, apart from everybody's."""
_IN_DATABASE = "has_database_privilege(role.app, current_database(),"


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, in both languages, with the SQL that mends it (if SQL can)."""

    vi: str
    en: str
    sql: str = ""


class PostgresNotReady(Halt):
    """The server cannot hold An Sinh yet; the text says what is missing and what to run."""

    def __init__(self, *lacks: Lack) -> None:
        self.lacks = lacks
        words = [line for lack in lacks for line in (lack.vi, lack.en)]
        sql = [lack.sql for lack in lacks if lack.sql]
        if sql:
            words += [
                "Quản trị viên cần chạy / an administrator must run:",
                "",
                *(f"    {line}" for line in sql),
            ]
        super().__init__("\n".join(dict.fromkeys(words)))


@dataclass(frozen=True)
class Step:
    """done: an SQL condition over role.owner and role.app (oids, or null); statement: what makes it so."""

    done: str
    statement: str
    lack: Lack


def version_lack(version_num: int) -> Lack | None:
    """version_num: `server_version_num`, such as 150004."""
    major = version_num // 10_000
    if major >= OLDEST_VERSION:
        return None
    return Lack(
        f"PostgreSQL {major} quá cũ: cần phiên bản {OLDEST_VERSION} trở lên.",
        f"PostgreSQL {major} is too old: version {OLDEST_VERSION} or newer is needed.",
    )


def steps(
    owner: str, app: str, admin: str, database: str, *, version: int, password: str | None
) -> list[Step]:
    """In order. The names come quoted; password: for a new application role, if it is ours to make."""
    may_become = "SET" if version >= 16 else "MEMBER"
    plain = [
        ("role.owner IS NOT NULL", f"CREATE ROLE {owner} NOLOGIN"),
        (f"pg_has_role(current_user, role.owner, '{may_become}')", f"GRANT {owner} TO {admin}"),
        (
            "has_schema_privilege(role.owner, 'public', 'CREATE')",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        ),
        ("has_schema_privilege(role.app, 'public', 'USAGE')", f"GRANT USAGE ON SCHEMA public TO {app}"),
        (f"{_IN_DATABASE} 'CONNECT')", f"GRANT CONNECT ON DATABASE {database} TO {app}"),
        (f"{_IN_DATABASE} 'TEMPORARY')", f"GRANT TEMPORARY ON DATABASE {database} TO {app}"),
        # Who may create in `public` could slip an object in front of ours (servers upgraded from before 15).
        (
            "NOT has_schema_privilege('public', 'public', 'CREATE')",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ),
        # Made here, so that the owner needs no right to make schemas.
        (
            f"EXISTS (SELECT FROM pg_namespace WHERE nspname = '{QUEUE_SCHEMA}' AND nspowner = role.owner)",
            f"CREATE SCHEMA IF NOT EXISTS {QUEUE_SCHEMA} AUTHORIZATION {owner}",
        ),
    ]
    made = [Step(done, statement, _right(statement)) for done, statement in plain]
    return [made[0], _app_role(app, password), *made[1:], *map(_extension, EXTENSIONS)]


def _app_role(app: str, password: str | None) -> Step:
    """The verifier is made here: the password itself is in no statement."""
    role = f"CREATE ROLE {app} LOGIN NOINHERIT"
    statement = f"{role} PASSWORD '{scram_verifier(password)}'" if password else role
    shown = f"{role} PASSWORD '…';  -- then APP_DATABASE_URL=postgresql://…"
    return Step("role.app IS NOT NULL", statement, _right(shown))


def _extension(name: str) -> Step:
    return Step(
        f"EXISTS (SELECT FROM pg_extension WHERE extname = '{name}')",
        f"CREATE EXTENSION IF NOT EXISTS {name}",
        Lack(
            f"Thiếu phần mở rộng {name} (gói postgresql-contrib) hoặc quyền bật nó.",
            f"The extension {name} (package postgresql-contrib) is missing, or the right to enable it.",
            f"CREATE EXTENSION IF NOT EXISTS {name};",
        ),
    )


def _right(statement: str) -> Lack:
    return Lack(
        "Tài khoản trong DATABASE_URL không đủ quyền chuẩn bị cơ sở dữ liệu.",
        "The user of DATABASE_URL may not prepare the database.",
        statement if ";" in statement else statement + ";",
    )
