"""Lists on official forms: create them with their rows and number, list, read, and open their files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import IdempotencyKeyMissing, IdempotencyKeyReused, NotFound
from app.core.postgres.database import get_driver
from app.core.values.idempotency import hash_request
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.forms.documents.errors import NothingToList
from app.forms.documents.files import build_file, iter_file_chunks, iter_portions, open_list_file
from app.forms.lists import queries
from app.forms.lists.checks import ResolvedFilters, check_export, resolve_filters, resolve_layout
from app.forms.lists.errors import FileNotReady, TooManyHouseholds
from app.forms.lists.job import EXPORT_FILE_KIND
from app.forms.lists.schemas import ExportFilter, ExportIn, ExportOut
from app.forms.lists.selects import INSERT_LIST
from app.forms.reports.schemas import ReportIn
from app.forms.reports.store import ReportEntry, store_report
from app.insurance.rules.rulebook import Rulebook
from app.jobs import service as jobs
from app.jobs.schemas import UNFINISHED
from app.models.jobs.export_list import ExportList
from app.models.tenancy.organisation import Organisation

LARGE_LIST_ROWS: Final = 5000
"""Above this number of rows a job builds the file."""
MAX_HOUSEHOLDS: Final = 1000

_LOCK_ORGANISATION = text("select pg_advisory_xact_lock(hashtextextended('exports ' || :organisation, 0))")


@dataclass(frozen=True, slots=True)
class CreatedList:
    """A created list. replayed: whether an earlier request with this key created it."""

    row: ExportList
    replayed: bool


async def create_list(
    db: AsyncSession, actor: Actor, book: Rulebook, body: ExportIn | ReportIn, key: str | None
) -> CreatedList:
    """Create a list of payments that no list of the form has yet, or a report; once for each key.

    Raises: IdempotencyKeyMissing, IdempotencyKeyReused, InvalidInput, NotFound, OutsideScope, NothingToList,
    AlreadyListed, TooManyHouseholds.
    """
    if key is None:
        raise IdempotencyKeyMissing
    digest = hash_request("export", body.model_dump(mode="json"))
    existing = await _find_replayed(db, actor, key, digest)
    if existing is not None:
        return CreatedList(existing, replayed=True)
    if isinstance(body, ExportIn):
        check_export(body)
    layout = resolve_layout(book, body)
    if isinstance(body, ReportIn):
        number = await queries.read_last_number(db, actor, body.form.value, body.list_date.year) + 1
        list_id = await store_report(db, actor, body, ReportEntry(layout, number, key, digest))
        row = await _require_list(db, actor, list_id)
    else:
        filters = await resolve_filters(db, actor, body)
        row = await _insert_list(db, actor, body, filters, (layout, key, digest))
    if row.rows > LARGE_LIST_ROWS:
        await _start_file_job(db, actor, row)
    fields = {"form": row.form, "number": row.number, "rows": row.rows}
    await record_event(db, actor, Event.EXPORT_MADE, row, fields)
    return CreatedList(row, replayed=False)


async def _start_file_job(db: AsyncSession, actor: Actor, row: ExportList) -> None:
    params = {"list_id": str(row.id)}
    row.job_id = (await jobs.start_job(db, actor, EXPORT_FILE_KIND, params, rows_total=row.rows)).id
    await db.flush()


async def _find_replayed(db: AsyncSession, actor: Actor, key: str, digest: bytes) -> ExportList | None:
    """Find the list that this key created before; until the transaction ends, no other request creates one.

    Raises: IdempotencyKeyReused.
    """
    lock = {"organisation": str(actor.organisation_id)}
    await (await db.connection()).execute(_LOCK_ORGANISATION, lock)
    existing = await queries.find_list_by_key(db, actor, key)
    if existing is not None and existing.request_hash != digest:
        raise IdempotencyKeyReused
    return existing


async def _insert_list(
    db: AsyncSession, actor: Actor, body: ExportIn, filters: ResolvedFilters, identity: tuple[int, str, bytes]
) -> ExportList:
    """Insert the list with its rows, copied in one statement."""
    layout, key, digest = identity
    # Everybody sees their own organisation, also while it covers no place.
    organisation = (await db.exec(select(Organisation).where(Organisation.id == actor.organisation_id))).one()
    list_id, year = uuid7(), body.list_date.year
    number = await queries.read_last_number(db, actor, body.form.value, year) + 1
    collector = body.collector
    params: dict[str, Any] = {
        "sender": {"name": organisation.name, "code": organisation.code},
        "receive_as": body.receive_as.value,
        "asked": body.model_dump(mode="json", exclude={"collector"}, exclude_none=True),
    }
    driver = await get_driver(db)
    counts = await driver.fetchrow(
        INSERT_LIST[body.form], list_id, body.form.value, actor.network, organisation.id, organisation.province_code,
        organisation.commune_code, layout, number, year, body.list_date, collector.name if collector else None,
        collector.code if collector else None, json.dumps(params, ensure_ascii=False), key, digest, actor.id,
        actor.all_networks, filters.group_id, filters.communes, body.paid_from, body.paid_to, body.enrolment_ids,
    )  # fmt: skip
    if not counts["rows"]:
        raise NothingToList
    if counts["households"] > MAX_HOUSEHOLDS:
        raise TooManyHouseholds
    return await _require_list(db, actor, list_id)


async def list_lists(
    db: AsyncSession, actor: Actor, filters: ExportFilter, page: PageRequest
) -> Page[ExportOut]:
    """List one page of the lists, the newest first."""
    rows, cursor = await queries.read_lists(db, actor, filters, page)
    return Page(items=[ExportOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_list(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportOut:
    """Read one list. Raises: NotFound."""
    return ExportOut.from_record(await _require_list(db, actor, list_id))


@dataclass(frozen=True, slots=True)
class OpenList:
    """The open file of a list. size: bytes."""

    name: str
    media_type: str
    size: int
    content: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Read the bytes; the file is closed at their end."""
        return iter_file_chunks(self.content)


async def open_list(db: AsyncSession, actor: Actor, list_id: UUID) -> OpenList | UUID:
    """Open the file of a list, built anew from its rows; or return the id of the job that built it.

    Raises: NotFound, also for a list some of whose rows the actor does not see; FileNotReady.
    """
    row = await _require_list(db, actor, list_id)
    await record_event(db, actor, Event.EXPORT_READ, row, {"form": row.form, "number": row.number})
    await db.flush()
    job = None if row.job_id is None else await queries.find_list_job(db, row.job_id)
    if job is not None and job.status in UNFINISHED:
        raise FileNotReady
    if job is not None and job.file_name is not None and job.files_removed_at is None:
        return job.id
    content = await build_file(row, iter_portions(await get_driver(db), row))
    size = content.seek(0, 2)
    content.seek(0)
    file = open_list_file(row)
    return OpenList(file.name, file.media_type, size, content)


async def _require_list(db: AsyncSession, actor: Actor, list_id: UUID) -> ExportList:
    row = await queries.find_list(db, actor, list_id)
    if row is None:
        raise NotFound
    return row
