"""Where canaries are looked for: what processes say, files, metrics, and the tables that are about work, not people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.canaries.values import CanaryBook

TABLE_DATA = frozenset({"base", "global", "pg_wal"})
"""Folders of PostgreSQL's own data: what was recorded about people is there, and has to be."""

TABLES = (
    "public.job",
    "public.audit_event",
    "public.outbox_event",
    "public.outbox_pending",
    "public.webhook_attempt",
    "public.webhook_delivery",
    "public.login_throttle",
    "public.auth_session",
    "public.refresh_token",
    "public.read_audit",
    "public.read_pending",
    "public.renewal_reminder",
    "public.stat_pending",
)
"""With every table of the queue."""

PURPOSES: Mapping[str, str] = {}
"""Columns of these tables in which a canary is what the column is for, each with the reason."""


def find_in_files(folder: Path, book: CanaryBook, skip: frozenset[str] = frozenset()) -> list[str]:
    """Files below a folder in which there is a canary, with it. skip: names of folders that are not entered."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and skip.isdisjoint(path.relative_to(folder).parts):
            canaries = book.find(path.name) | book.find(path.read_text(errors="ignore"))
            found += [f"{path.relative_to(folder)}: {one}" for one in sorted(canaries)]
    return found


async def find_in_tables(owner: Any, book: CanaryBook) -> list[str]:
    """Columns of the tables in which there is a canary, with it and its row."""
    queue = await owner.fetch("select tablename from pg_tables where schemaname = 'queue'")
    assert len(queue) >= 4
    found = []
    for table in (*TABLES, *(f"queue.{row['tablename']}" for row in queue)):
        for row in await owner.fetch(f"select * from {table}"):
            for column, value in row.items():
                name = f"{table.removeprefix('public.')}.{column}"
                if name not in PURPOSES:
                    found += [f"{name}: {one}: {value}" for one in sorted(book.find(_as_text(value)))]
    return found


def _as_text(value: object) -> str:
    return value.decode(errors="ignore") if isinstance(value, bytes) else str(value)
