"""Loading the demonstration data: chapter by chapter, each in one transaction, each once.

A chapter leaves its mark, an event of the audit, in its own transaction. So a loading that was killed goes on with
the chapter that it was in, of which nothing is there, and one that was finished is known by the last mark.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from app.audit.events import Event
from app.audit.service import record
from app.core.db import Database
from app.core.halt import Halt
from app.core.settings import Settings
from app.demo.bootstrap import BHXH, NATIONAL_ADMIN, enter_first_administrator
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
from app.demo.stage import Sessions, Stage, key
from app.demo.tenancy import enter_networks, enter_unions

Chapter = Callable[[Stage], Awaitable[None]]

CHAPTERS: Final[dict[str, Chapter]] = {
    "networks": enter_networks,
    "unions": enter_unions,
    "savings_models": savings_models.enter,
    "thach_lac": thach_lac.enter,
    "ky_nam": ky_nam.enter,
    "thanh_binh": thanh_binh.enter,
    "chau_thanh": chau_thanh.enter,
    "ben_tre": ben_tre.enter,
    "campaigns": campaigns.enter,
    "figures": figures.enter,
}
"""In their order: a chapter may refer to those before it."""

_ALONE = "select pg_advisory_lock(hashtext('ansinh.demo'))"
_NOT_ALONE = "select pg_advisory_unlock(hashtext('ansinh.demo'))"
_ANALYZE = (
    "analyze savings_group, member, membership, pledge, account, ledger_txn, posting, enrolment, audit_event"
)
_OTHERS = "select exists (select from organisation where id <> $1)"
_MARKS = "select subject_id from audit_event where event = $1 and subject_id = any($2::uuid[])"


class DatabaseInUse(Halt):
    """Demonstration data do not go beside real ones."""


async def load_demo(
    connection: Any, settings: Settings, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Bring the database to the whole demonstration data set, unless it has it.

    connection: of the tables' owner, outside a transaction. settings: with the application role's address. tell: is
    given a line for the operator when there is something to load. Raises: DatabaseInUse.
    """
    assert settings.app_database_url is not None  # noqa: S101 - the runtime knows it
    await connection.execute(_ALONE)
    try:
        missing = await _missing(connection)
        if missing:
            await _refuse_others(connection, missing)
            tell("Đang nạp dữ liệu thử, chưa tới nửa phút… / loading the demonstration data…")
            await enter_first_administrator(connection)
            await _play(connection, settings.app_database_url, missing)
    finally:
        await connection.execute(_NOT_ALONE)


async def _refuse_others(connection: Any, missing: list[str]) -> None:
    """Only an empty database, or one where this loading was begun, is filled."""
    if len(missing) == len(CHAPTERS) and await connection.fetchval(_OTHERS, key("organisation", BHXH)):
        raise DatabaseInUse(
            "Cơ sở dữ liệu đã có dữ liệu khác: dữ liệu thử chỉ nạp vào cơ sở dữ liệu trống."
            " / The database holds other data: the demonstration data go into an empty one only."
        )


async def _missing(connection: Any) -> list[str]:
    """The chapters that have no mark, in their order."""
    marks = {key("chapter", name): name for name in CHAPTERS}
    found = await connection.fetch(_MARKS, Event.DEMO_LOADED.value, list(marks))
    played = {row["subject_id"] for row in found}
    return [name for mark, name in marks.items() if mark not in played]


async def _play(connection: Any, app_url: str, names: list[str]) -> None:
    sessions = Sessions(connection)
    database = await Database.connect(app_url, pool_size=2)
    try:
        for name in names:
            async with database.begin() as db:
                stage = Stage(db, sessions)
                await CHAPTERS[name](stage)
                actor = await stage.acting(NATIONAL_ADMIN)
                await record(db, actor, Event.DEMO_LOADED, key("chapter", name), {"chapter": name})
            await connection.execute(_ANALYZE)
    finally:
        await sessions.end()
        await database.close()
