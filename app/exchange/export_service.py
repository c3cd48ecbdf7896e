"""Lists on official forms: made once with their rows as they stand, numbered, read, and printed again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.db import driver_of
from app.core.errors import IdempotencyKeyMissing, IdempotencyKeyReused, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.exchange import export_queries as queries
from app.exchange import job_service as jobs
from app.exchange.export_checks import Filters, check_export, filters_of, layout_of
from app.exchange.export_errors import FileNotReady, NothingToList, TooManyHouseholds
from app.exchange.export_job import KIND
from app.exchange.export_rows import chunks, make_file, opened, portions
from app.exchange.export_schemas import ExportFilter, ExportIn, ExportOut
from app.exchange.export_selects import INSERT
from app.exchange.job_schemas import UNFINISHED
from app.exchange.report_schemas import ReportIn
from app.exchange.report_store import Entry, store_report
from app.insurance.rulebook import Rulebook
from app.ledger.service import request_hash
from app.models.export_list import ExportList
from app.models.organisation import Organisation

LARGE: Final = 5000
"""Beyond so many rows a job makes the file."""
MOST_HOUSEHOLDS: Final = 1000

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('exports ' || :organisation, 0))")


@dataclass(frozen=True, slots=True)
class Made:
    """A list. replayed: its key had made it before."""

    row: ExportList
    replayed: bool


async def make_list(
    db: AsyncSession, actor: Actor, book: Rulebook, body: ExportIn | ReportIn, key: str | None
) -> Made:
    """Make a list of what the filters choose and no list of the form has yet, or a report; once for each key.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, InvalidInput, NotFound and OutsideScope for what the body
    names, NothingToList, AlreadyListed, TooManyHouseholds.
    """
    if key is None:
        raise IdempotencyKeyMissing
    digest = request_hash("export", body.model_dump(mode="json"))
    lock = {"organisation": str(actor.organisation_id)}
    await (await db.connection()).execute(_ONE_AT_A_TIME, lock)
    before = await queries.read_made(db, actor, key)
    if before is not None:
        if before.request_hash != digest:
            raise IdempotencyKeyReused
        return Made(before, replayed=True)
    if isinstance(body, ExportIn):
        check_export(body)
    layout = layout_of(book, body)
    if isinstance(body, ReportIn):
        number = await queries.last_number(db, actor, body.form.value, body.list_date.year) + 1
        list_id = await store_report(db, actor, body, Entry(layout, number, key, digest))
        row = await _found(db, actor, list_id)
    else:
        row = await _stored(db, actor, body, await filters_of(db, actor, body), (layout, key, digest))
    if row.rows > LARGE:
        job = await jobs.start(db, actor, KIND, {"list_id": str(row.id)}, rows_total=row.rows)
        row.job_id = job.id
        await db.flush()
    await record(
        db, actor, Event.EXPORT_MADE, row, {"form": row.form, "number": row.number, "rows": row.rows}
    )
    return Made(row, replayed=False)


async def _stored(
    db: AsyncSession, actor: Actor, body: ExportIn, filters: Filters, known: tuple[int, str, bytes]
) -> ExportList:
    """The list with its rows, copied in one statement."""
    layout, key, digest = known
    # One's own organisation is known to everybody, also while it covers no place.
    own = (await db.exec(select(Organisation).where(Organisation.id == actor.organisation_id))).one()
    list_id, form, year = uuid7(), body.form, body.list_date.year
    number = await queries.last_number(db, actor, form.value, year) + 1
    collector = body.collector
    params: dict[str, Any] = {
        "sender": {"name": own.name, "code": own.code},
        "receive_as": body.receive_as.value,
        "asked": body.model_dump(mode="json", exclude={"collector"}, exclude_none=True),
    }
    driver = await driver_of(db)
    told = await driver.fetchrow(
        INSERT[form], list_id, form.value, actor.network, own.id, own.province_code, own.commune_code, layout, number,
        year, body.list_date, collector.name if collector else None, collector.code if collector else None,
        json.dumps(params, ensure_ascii=False), key, digest, actor.id, actor.all_networks, filters.group_id,
        filters.communes, body.paid_from, body.paid_to, body.enrolment_ids,
    )  # fmt: skip
    if not told["rows"]:
        raise NothingToList
    if told["households"] > MOST_HOUSEHOLDS:
        raise TooManyHouseholds
    return await _found(db, actor, list_id)


async def list_lists(
    db: AsyncSession, actor: Actor, wanted: ExportFilter, page: PageRequest
) -> Page[ExportOut]:
    """One page of the lists, the newest first."""
    rows, cursor = await queries.list_lists(db, actor, wanted, page)
    return Page(items=[ExportOut.of(row) for row in rows], next_cursor=cursor)


async def read_list(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportOut:
    """One list. Raises: NotFound."""
    return ExportOut.of(await _found(db, actor, list_id))


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list's file on its way out. size: bytes."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """The bytes; the file is closed at their end."""
        return chunks(self.content)


async def open_list(db: AsyncSession, actor: Actor, list_id: UUID) -> OpenList | UUID:
    """The file of a list, made anew from its rows; or the id of the job that has made it.

    Raises: NotFound, also for a list some of whose rows the actor does not see; FileNotReady.
    """
    row = await _found(db, actor, list_id)
    await record(db, actor, Event.EXPORT_READ, row, {"form": row.form, "number": row.number})
    await db.flush()
    job = None if row.job_id is None else await queries.read_job(db, row.job_id)
    if job is not None and job.status in UNFINISHED:
        raise FileNotReady
    if job is not None and job.file_name is not None and job.files_removed_at is None:
        return job.id
    content = await make_file(row, portions(await driver_of(db), row))
    size = content.seek(0, 2)
    content.seek(0)
    file = opened(row)
    return OpenList(file.name, file.media_type, size, content)


async def _found(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportList:
    row = await queries.read_list(db, actor, list_id)
    if row is None:
        raise NotFound
    return row
