"""The steps that prepare a PostgreSQL server, and the messages for what is missing."""

from dataclasses import dataclass

from app.core.halt import FatalError
from app.core.postgres.scram import scram_verifier

MIN_VERSION = 15
EXTENSIONS = ("btree_gist",)
QUEUE_SCHEMA = "queue"
"""Where the job queue has its tables, apart from everybody's."""
_IN_DATABASE = "has_database_privilege(role.app, current_database(),"
# What is given to the role itself: a right that everybody has may go.
_TEMPORARY = (
    "EXISTS (SELECT FROM pg_database, aclexplode(datacl) WHERE datname = current_database()"
    " AND grantee = role.{} AND privilege_type = 'TEMPORARY')"
)
_IN_SCHEMA = (
    "EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'"
    " AND grantee = role.{} AND privilege_type = '{}')"
)


@dataclass(frozen=True)
class SetupProblem:
    """One thing that is missing, in both languages, with the SQL that adds it (if SQL can)."""

    vi: str
    en: str
    sql: str = ""


class PostgresNotReady(FatalError):
    """The server is not ready for An Sinh; the text says what is missing and what to run."""

    def __init__(self, *problems: SetupProblem) -> None:
        self.problems = problems
        lines = [line for problem in problems for line in (problem.vi, problem.en)]
        sql = [problem.sql for problem in problems if problem.sql]
        if sql:
            lines += [
                "Quản trị viên cần chạy / an administrator must run:",
                "",
                *(f"    {line}" for line in sql),
            ]
        super().__init__("\n".join(dict.fromkeys(lines)))


@dataclass(frozen=True)
class SetupStep:
    """done: an SQL condition over role.owner and role.app (oids, or null); statement: what makes it so."""

    done: str
    statement: str
    problem: SetupProblem


def check_version(version_num: int) -> SetupProblem | None:
    """The problem with a server version, or None. version_num: `server_version_num`, such as 150004."""
    major = version_num // 10_000
    if major >= MIN_VERSION:
        return None
    return SetupProblem(
        f"PostgreSQL {major} quá cũ: cần phiên bản {MIN_VERSION} trở lên.",
        f"PostgreSQL {major} is too old: version {MIN_VERSION} or newer is needed.",
    )


def setup_steps(
    owner: str, app: str, admin: str, database: str, *, version: int, password: str | None
) -> list[SetupStep]:
    """The setup steps in order. The names come quoted; password: for a new application role, if it is ours to make."""
    may_become = "SET" if version >= 16 else "MEMBER"
    plain = [
        ("role.owner IS NOT NULL", f"CREATE ROLE {owner} NOLOGIN"),
        (f"pg_has_role(current_user, role.owner, '{may_become}')", f"GRANT {owner} TO {admin}"),
        (
            f"{_IN_SCHEMA.format('owner', 'CREATE')} AND {_IN_SCHEMA.format('owner', 'USAGE')}",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        ),
        (_IN_SCHEMA.format("app", "USAGE"), f"GRANT USAGE ON SCHEMA public TO {app}"),
        (f"{_IN_DATABASE} 'CONNECT')", f"GRANT CONNECT ON DATABASE {database} TO {app}"),
        (_TEMPORARY.format("app"), f"GRANT TEMPORARY ON DATABASE {database} TO {app}"),
        (_TEMPORARY.format("owner"), f"GRANT TEMPORARY ON DATABASE {database} TO {owner}"),
        # Who may create in `public` could slip an object in front of ours (servers upgraded from before 15).
        (
            "NOT has_schema_privilege('public', 'public', 'CREATE')",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        ),
        # Another login of this server has no business here.
        (
            "NOT has_schema_privilege('public', 'public', 'USAGE')",
            "REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        ),
        (
            "NOT has_database_privilege('public', current_database(), 'TEMPORARY')",
            f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        ),
        # Made here, so that the owner needs no right to make schemas.
        (
            f"EXISTS (SELECT FROM pg_namespace WHERE nspname = '{QUEUE_SCHEMA}' AND nspowner = role.owner)",
            f"CREATE SCHEMA IF NOT EXISTS {QUEUE_SCHEMA} AUTHORIZATION {owner}",
        ),
    ]
    all_steps = [SetupStep(done, statement, _missing_privilege(statement)) for done, statement in plain]
    return [all_steps[0], _app_role_step(app, password), *all_steps[1:], *map(_extension_step, EXTENSIONS)]


def _app_role_step(app: str, password: str | None) -> SetupStep:
    """Build the step that makes the application role; only the verifier is in the statement, not the password."""
    role = f"CREATE ROLE {app} LOGIN NOINHERIT"
    statement = f"{role} PASSWORD '{scram_verifier(password)}'" if password else role
    displayed = f"{role} PASSWORD '…';  -- then APP_DATABASE_URL=postgresql://…"
    return SetupStep("role.app IS NOT NULL", statement, _missing_privilege(displayed))


def _extension_step(name: str) -> SetupStep:
    return SetupStep(
        f"EXISTS (SELECT FROM pg_extension WHERE extname = '{name}')",
        f"CREATE EXTENSION IF NOT EXISTS {name}",
        SetupProblem(
            f"Thiếu phần mở rộng {name} (gói postgresql-contrib) hoặc quyền bật nó.",
            f"The extension {name} (package postgresql-contrib) is missing, or the right to enable it.",
            f"CREATE EXTENSION IF NOT EXISTS {name};",
        ),
    )


def _missing_privilege(statement: str) -> SetupProblem:
    return SetupProblem(
        "Tài khoản trong DATABASE_URL không đủ quyền chuẩn bị cơ sở dữ liệu.",
        "The user of DATABASE_URL may not prepare the database.",
        statement if ";" in statement else statement + ";",
    )
