"""Search what is stored for people who were erased, piece by piece: files of jobs, outcomes of batches, older lists.

Each piece is a transaction of its own, which goes on where the last one ended, so a search survives the end of its
process and locks nobody out. Several processes may search at the same time: they skip each other's searches.
"""

import asyncio
import csv
import io
import json
import logging
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import asyncpg

from app.core.postgres.database import Database
from app.core.postgres.database_errors import log_failure
from app.core.process.hourly import Sleep
from app.privacy.traces.contents import LeftOver, erase_from_errors, erase_from_file, erase_from_outcome
from app.privacy.traces.rules import ErasedPerson, is_named

_POLL_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.01
"""Seconds between two pieces, so that other work can go on."""
_NEXT: Final = """
select kind, id, name, part, content, beside, body::text as body, people::text as people from next_trace($1)
"""
_SETTLE: Final = "select settle_trace($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10)"
_log = logging.getLogger("ansinh.traces")


class _Change(NamedTuple):
    """What `settle_trace` writes of a piece."""

    content: bytes | None = None
    beside: bytes | None = None
    body: str | None = None
    own: list[int] | None = None
    heads: list[int] | None = None


class SearchProgress(NamedTuple):
    """How many searches there are, since when (None: there is none), and and how many parts of files are left."""

    searches: int
    asked_at: Any
    parts: int


async def search_for_ever(database: Database, sleep: Sleep = asyncio.sleep) -> None:
    """Search whenever somebody was erased, for ever; no error ends it."""
    while True:
        try:
            pieces = await search_traces(database, sleep)
            if pieces:
                _log.info("searched for erased people: %d", pieces)
        except Exception as exc:
            log_failure(_log, exc, "searching for erased people: failed")
        await sleep(_POLL_SECONDS)


async def search_traces(database: Database, sleep: Sleep = asyncio.sleep) -> int:
    """Search until nothing is left to look at, but for jobs that have not ended. Returns: how many pieces it saw."""
    pieces = 0
    while await search_next(database):
        pieces += 1
        await sleep(_PAUSE_SECONDS)
    return pieces


async def search_next(database: Database) -> bool:
    """Look at the next piece, and write what is left of it. Returns: whether there was anything to do."""
    async with database.driver.acquire() as connection, connection.transaction():
        piece = await connection.fetchrow(_NEXT, database.process_key)
        if piece is None or piece["kind"] is None:
            return False
        change = await asyncio.to_thread(_erase, piece)
        if change is not None:
            where = (piece["kind"], piece["id"], piece["name"], piece["part"])
            await connection.execute(_SETTLE, database.process_key, *where, *change)
    return True


async def read_progress(database: Database) -> SearchProgress:
    """Read how far the searches are."""
    row = await database.call("select searches, asked_at, parts from traces_left()")
    return SearchProgress(row["searches"], row["asked_at"], row["parts"])


def _erase(piece: asyncpg.Record) -> _Change | None:
    """Erase the people from a piece; None where it stays as it is."""
    people = [ErasedPerson.from_json(value) for value in json.loads(piece["people"])]
    body: Any = None if piece["body"] is None else json.loads(piece["body"])
    match piece["kind"]:
        case "file":
            left = _erase_from_file(people, piece, body)
            return None if left == LeftOver() else _Change(left.content, left.beside)
        case "errors":
            return _Change(body=json.dumps(erase_from_errors(people, body)))
        case "items":
            return _Change(body=json.dumps([erase_from_outcome(people, item) for item in body]))
        case "rows":
            own = [row["position"] for row in body if is_named(people, _own_text(row["data"]))]
            heads = [row["position"] for row in body if is_named(people, _head_text(row["data"]))]
            return _Change(own=own, heads=heads) if own or heads else None
    return None


def _erase_from_file(people: list[ErasedPerson], piece: asyncpg.Record, head: str | None) -> LeftOver:
    headings = next(csv.reader(io.StringIO((head or "").removeprefix("\ufeff"), newline="")), [])
    return erase_from_file(people, piece["name"], piece["content"], piece["beside"], headings)


def _own_text(data: Mapping[str, Any]) -> str:
    """The texts of a row of a list about its own person."""
    return _join(value for name, value in data.items() if name != "head")


def _head_text(data: Mapping[str, Any]) -> str:
    """What a row of a household says of its head."""
    head = data.get("head") or {}
    return _join((head.get("name"), head.get("phone")))


def _join(values: Any) -> str:
    return "\n".join(value for value in values if isinstance(value, str))
