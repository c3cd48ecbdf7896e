"""Search what is stored for people who were erased, piece by piece: files of jobs, outcomes of batches, older lists.

Each piece is a transaction of its own, which goes on where the last one ended, so a search survives the end of its
process and locks nobody out. Several processes may search at the same time: they skip each other's searches.
"""

import asyncio
import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from app.core.errors import Unavailable
from app.core.postgres.database import Database
from app.core.postgres.database_errors import error_for_database, log_failure
from app.core.process.hourly import Sleep
from app.privacy.traces.contents import (
    LeftOver,
    erase_from_error,
    erase_from_file,
    erase_from_outcome,
    read_csv,
    to_record,
)
from app.privacy.traces.rules import ErasedPerson, Sought

_POLL_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 0.01
"""Seconds between two pieces, so that other work can go on."""
_NEXT: Final = """
select kind, id, name, part, content, beside, body::text as body, people::text as people from next_trace($1)
"""
SETTLE: Final = "select settle_trace($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10, $11, $12, $13)"
HEAD_MARK: Final = ":head"
"""After the position of a row of a list: of the head of its household, not of its own person."""
_log = logging.getLogger("ansinh.traces")


class _Change(NamedTuple):
    """What `settle_trace` writes of a piece; doubts: the places in it of what may be of these people and stays."""

    content: bytes | None = None
    beside: bytes | None = None
    body: str | None = None
    own: list[int] | None = None
    heads: list[int] | None = None
    doubts: list[str] | None = None
    is_failed: bool = False


class SearchFailed(Exception):
    """A search met an error of the database, of which only the kind is told, and goes on after the others."""


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
    """Look at the next piece, and write what is left of it. Returns: whether there was anything to do.

    A piece that cannot be read or written is counted and stays as it is: the search goes on past it.

    Raises: SearchFailed.
    """
    try:
        return await _look_at_next(database)
    except (asyncpg.PostgresError, TimeoutError) as exc:
        is_lasting = _is_too_long(exc) or not isinstance(error_for_database(exc), Unavailable)
        await database.call("select delay_trace($1, $2)", database.process_key, is_lasting)
        raise SearchFailed(getattr(exc, "sqlstate", None) or type(exc).__name__) from None


def _is_too_long(exc: BaseException) -> bool:
    """Whether a statement was stopped by its time: of a piece that always takes too long no later hour is better."""
    return isinstance(exc, (asyncpg.QueryCanceledError, TimeoutError))


async def _look_at_next(database: Database) -> bool:
    async with database.driver.acquire() as connection, connection.transaction():
        piece = await connection.fetchrow(_NEXT, database.process_key)
        if piece is None or piece["kind"] is None:
            return False
        try:
            change = await asyncio.to_thread(_erase, piece)
            await _settle(database, connection, piece, change)
        except Exception as exc:
            if isinstance(error_for_database(exc), Unavailable):
                raise
            _log_failed_piece(piece, exc)
            await _settle(database, connection, piece, _Change(is_failed=True))
    return True


async def _settle(database: Database, connection: Any, piece: asyncpg.Record, change: _Change) -> None:
    if change == _Change():
        return
    where = (piece["kind"], piece["id"], piece["name"], piece["part"])
    people = [UUID(value["member_id"]) for value in json.loads(piece["people"] or "[]")]
    async with connection.transaction():  # a savepoint
        await connection.execute(SETTLE, database.process_key, *where, *change, people)


def _log_failed_piece(piece: asyncpg.Record, exc: Exception) -> None:
    """Log where and how, without a word of the content, which a message may quote."""
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    _log.error(
        "searching for erased people: a piece failed: %s %s %s %s: %s at %s:%d",
        *(piece["kind"], piece["id"], piece["name"], piece["part"]),
        *(type(exc).__name__, Path(frame.filename).name, frame.lineno or 0),
    )


def _erase(piece: asyncpg.Record) -> _Change:
    """Erase the people from a piece. Raises: whatever its reader does."""
    sought = Sought(tuple(ErasedPerson.from_json(value) for value in json.loads(piece["people"] or "[]")))
    body: Any = None if piece["body"] is None else json.loads(piece["body"])
    if piece["kind"] != "file":
        sought = sought.narrow("\n".join(_list_texts(body)).encode())
    change = _Change()
    match piece["kind"]:
        case "file":
            headings = next(iter(read_csv((body or "").removeprefix("\ufeff"))), [])
            change = _Change(*_to_values(erase_from_file(
                sought, piece["name"], piece["content"], piece["beside"], headings)))  # fmt: skip
        case "errors":
            errors = [erase_from_error(sought, error, str(index)) for index, error in enumerate(body)]
            change = _to_body(body, errors)
        case "items" | "contributions":
            left = [erase_from_outcome(sought, item, str(index)) for index, item in enumerate(body)]
            change = _to_body(body, left)
        case "rows":
            own = [row["position"] for row in body if _erase_from_list_row(sought, row)]
            change = _Change(own=own) if own else change
    doubts = sorted(sought.doubts)
    return change._replace(doubts=doubts) if doubts else change


def _list_texts(value: Any) -> Iterator[str]:
    """The texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _list_texts(each)


def _to_values(left: LeftOver) -> tuple[bytes | None, bytes | None]:
    return left.content, left.beside


def _to_body(before: Any, after: Any) -> _Change:
    return _Change() if before == after else _Change(body=json.dumps(after))


def _erase_from_list_row(sought: Sought, row: Mapping[str, Any]) -> bool:
    """Whether a row of a list is theirs. Of one with the id of a payment or enrolment it is known whose it is; the head
    of a household has no number."""
    texts = {name: value for name, value in row["data"].items() if isinstance(value, str)}
    if not row["has_id"]:
        if sought.owns(to_record(texts.items())):
            return True
        sought.note_doubt(texts.values(), str(row["position"]))
    sought.note_doubt(_list_texts(row["data"].get("head")), f"{row['position']}{HEAD_MARK}")
    return False
