"""The models and the migrations agree, and every migration goes down and up again."""

import asyncio
import re
from pathlib import Path

from alembic.script import ScriptDirectory

from app.core.postgres.migrate import build_config, check, downgrade, upgrade
from app.core.postgres.server import owner_connection
from tests.databases import DatabaseUrls

SCHEMA_SQL = """
    SELECT c.relkind::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
           a.attnotnull, pg_get_expr(d.adbin, d.adrelid), c.relrowsecurity,
           c.relforcerowsecurity, c.relacl::text
    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'alembic%'
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'constraint', conname, pg_get_constraintdef(oid), NULL, NULL, NULL, NULL, NULL, NULL
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'alembic%'
    UNION ALL
    SELECT 'function', proname, pg_get_functiondef(p.oid), NULL, NULL, NULL, prosecdef, NULL,
           (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(proacl, acldefault('f', proowner))) x)::text
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'policy', polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
           NULL, NULL, NULL, NULL, NULL
    FROM pg_policy
    UNION ALL
    SELECT 'trigger', tgname, pg_get_triggerdef(oid), NULL, NULL, NULL, NULL, NULL, NULL
    FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2, 3, 4
"""


def read_schema(urls: DatabaseUrls) -> list[tuple[object, ...]]:
    """Everything that a migration may leave behind."""

    async def read() -> list[tuple[object, ...]]:
        async with owner_connection(urls.admin, urls.role_prefix) as connection:
            return [tuple(row) for row in await connection.fetch(SCHEMA_SQL)]

    return asyncio.run(read())


def test_models_and_migrations_agree(database_urls: DatabaseUrls) -> None:
    check(database_urls.admin, database_urls.role_prefix)


def test_every_migration_goes_down_and_up_again(empty_database_urls: DatabaseUrls) -> None:
    revisions = list(reversed(list(ScriptDirectory.from_config(build_config()).walk_revisions())))
    shapes = {"base": read_schema(empty_database_urls)}
    for revision in revisions:
        upgrade(empty_database_urls.admin, empty_database_urls.role_prefix, revision.revision)
        shapes[revision.revision] = read_schema(empty_database_urls)
    for revision in reversed(revisions):
        below = revision.down_revision or "base"
        assert isinstance(below, str)
        downgrade(empty_database_urls.admin, empty_database_urls.role_prefix, below)
        assert set(read_schema(empty_database_urls)) ^ set(shapes[below]) == set(), (
            f"{revision.revision} goes down unclean"
        )
        upgrade(empty_database_urls.admin, empty_database_urls.role_prefix, revision.revision)
        assert set(read_schema(empty_database_urls)) ^ set(shapes[revision.revision]) == set(), (
            "it comes back different"
        )
        downgrade(empty_database_urls.admin, empty_database_urls.role_prefix, below)


def test_revisions_import_nothing_from_app() -> None:
    """A migration describes one moment; the application goes on changing."""
    files = (Path(__file__).parents[3] / "migrations").rglob("*.py")
    importing = re.compile(r"^\s*(from|import) app\b", re.MULTILINE)
    assert [path.name for path in files if importing.search(path.read_text())] == []
