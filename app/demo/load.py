"""Load the demonstration data: chapter by chapter, each in one transaction, each once.

A chapter records that it is loaded, as an audit event in its own transaction. So a load that was interrupted goes on
with the chapter that it was in, of which nothing is stored, and a finished one is known by the last event.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.keys.process_key import derive_process_key
from app.core.halt import FatalError
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.demo.bootstrap import BHXH, NATIONAL_ADMIN, create_first_administrator
from app.demo.cases import (
    ben_tre,
    campaigns,
    chau_thanh,
    figures,
    ky_nam,
    savings_models,
    thach_lac,
    thanh_binh,
)
from app.demo.context import DemoContext, DemoSessions, demo_id
from app.demo.tenancy import load_networks, load_unions

Chapter = Callable[[DemoContext], Awaitable[None]]

CHAPTERS: Final[dict[str, Chapter]] = {
    "networks": load_networks,
    "unions": load_unions,
    "savings_models": savings_models.load,
    "thach_lac": thach_lac.load,
    "ky_nam": ky_nam.load,
    "thanh_binh": thanh_binh.load,
    "chau_thanh": chau_thanh.load,
    "ben_tre": ben_tre.load,
    "campaigns": campaigns.load,
    "figures": figures.load,
}
"""In their order: a chapter may refer to those before it."""

_LOCK = "select pg_advisory_lock(hashtext('ansinh.demo'))"
_UNLOCK = "select pg_advisory_unlock(hashtext('ansinh.demo'))"
_ANALYZE = (
    "analyze savings_group, member, membership, pledge, account, ledger_txn, posting, enrolment, audit_event"
)
_HAS_OTHER_DATA = "select exists (select from organisation where id <> $1)"
_LOADED_CHAPTERS = "select subject_id from audit_event where event = $1 and subject_id = any($2::uuid[])"


class DatabaseInUse(FatalError):
    """The database holds real data, so the demonstration data are not loaded."""


async def load_demo(
    connection: Any, settings: Settings, print_line: Callable[[str], None] = lambda _: None
) -> None:
    """Load the demonstration data set, or the chapters of it that are missing.

    connection: of the tables' owner, outside a transaction. settings: with the application role's address. print_line:
    is called with a line for the operator when there is something to load. Raises: DatabaseInUse.
    """
    assert settings.app_database_url is not None  # noqa: S101 - the runtime knows it
    await connection.execute(_LOCK)
    try:
        missing = await _find_missing(connection)
        if missing:
            await _refuse_other_data(connection, missing)
            print_line("Đang nạp dữ liệu thử, chưa tới nửa phút… / loading the demonstration data…")
            await create_first_administrator(connection)
            process_key = derive_process_key(settings)
            await _load_chapters(connection, settings.app_database_url, process_key, missing)
    finally:
        await connection.execute(_UNLOCK)


async def _refuse_other_data(connection: Any, missing: list[str]) -> None:
    """Refuse a database that holds data other than those of an earlier, unfinished load."""
    if len(missing) == len(CHAPTERS) and await connection.fetchval(
        _HAS_OTHER_DATA, demo_id("organisation", BHXH)
    ):
        raise DatabaseInUse(
            "Cơ sở dữ liệu đã có dữ liệu khác: dữ liệu thử chỉ nạp vào cơ sở dữ liệu trống."
            " / The database holds other data: the demonstration data go into an empty one only."
        )


async def _find_missing(connection: Any) -> list[str]:
    """Find the chapters that are not loaded yet, in their order."""
    chapters_by_id = {demo_id("chapter", name): name for name in CHAPTERS}
    rows = await connection.fetch(_LOADED_CHAPTERS, Event.DEMO_LOADED.value, list(chapters_by_id))
    loaded = {row["subject_id"] for row in rows}
    return [name for chapter_id, name in chapters_by_id.items() if chapter_id not in loaded]


async def _load_chapters(connection: Any, app_url: str, process_key: bytes, names: list[str]) -> None:
    sessions = DemoSessions(connection)
    database = await Database.connect(app_url, pool_size=2, process_key=process_key)
    try:
        for name in names:
            async with database.begin() as db:
                context = DemoContext(db, sessions)
                await CHAPTERS[name](context)
                actor = await context.act_as(NATIONAL_ADMIN)
                await record_event(db, actor, Event.DEMO_LOADED, demo_id("chapter", name), {"chapter": name})
            await connection.execute(_ANALYZE)
    finally:
        await sessions.revoke_all()
        await database.close()
