"""Batches of enrolments: each is stored once under its Idempotency-Key and answered row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.core.errors import FieldError, IdempotencyKeyReused, NotFound
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.insurance.enrolments import queries
from app.insurance.enrolments.errors import BatchRefused
from app.insurance.enrolments.intake.context import IntakeOptions
from app.insurance.enrolments.intake.pipeline import process_items
from app.insurance.enrolments.intake.reporting import EnrolmentRowOutcome
from app.insurance.enrolments.intake.schemas import BadRow, EnrolmentBatchSummary, Mode, OnConflict, Verdict
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.kinds import EnrolmentStatus
from app.models.insurance.enrolment import EnrolmentBatch

BatchItems = Sequence[EnrolmentIn | BadRow]

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_CLAIM_KEY = text("""
insert into enrolment_batch (id, network, organisation_id, province_code, commune_code, client_id, client_key,
       request_hash, mode, rows, sent_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_id, :client_key,
       :request_hash, :mode, :rows, :sent_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a batch asks for. key: its Idempotency-Key; request_hash: of the whole request."""

    key: str
    request_hash: bytes
    mode: Mode
    on_conflict: OnConflict = OnConflict.REFUSE


async def submit_enrolment_batch(
    db: AsyncSession, actor: Actor, request: BatchRequest, items: BatchItems
) -> tuple[EnrolmentBatch, bool]:
    """Process a batch under its key; returns the stored batch and whether it was processed before.

    Raises: as `get_or_create_enrolment_batch`, `process_enrolment_items` and `store_outcomes`.
    """
    batch, is_new = await get_or_create_enrolment_batch(db, actor, request, len(items))
    if is_new:
        outcomes = await process_enrolment_items(db, actor, request, items, batch.id)
        await store_outcomes(db, actor, batch, outcomes)
    return batch, not is_new


async def get_or_create_enrolment_batch(
    db: AsyncSession, actor: Actor, request: BatchRequest, row_count: int
) -> tuple[EnrolmentBatch, bool]:
    """Create the batch of a key, or read the one that exists; returns it and whether it is new.

    Raises: SandboxOnly; IdempotencyKeyReused for a key used with another body.
    """
    check_enrolment_batch_mode(actor, request.mode)
    values = {
        "id": uuid7(),
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_id": actor.id if actor.kind == "client" else None,
        "client_key": request.key,
        "request_hash": request.request_hash,
        "mode": request.mode.value,
        "rows": row_count,
        "sent_by": actor.id,
    }
    is_new = (await (await db.connection()).execute(_CLAIM_KEY, values)).first() is not None
    batch = await queries.find_enrolment_batch_by_key(db, actor, request.key)
    if batch is None or batch.request_hash != request.request_hash:
        raise IdempotencyKeyReused
    return batch, is_new


async def process_enrolment_items(
    db: AsyncSession, actor: Actor, request: BatchRequest, items: BatchItems, batch_id: UUID
) -> list[EnrolmentRowOutcome]:
    """Write the items and return the outcome of each; of `validate` nothing is kept. Raises: MemberInsertConflict."""
    dry_run = request.mode is Mode.VALIDATE
    options = IntakeOptions(
        EnrolmentStatus.SUBMITTED, batch_id, request.on_conflict, keep=not dry_run, show_new_ids=not dry_run
    )
    return await process_items(await get_driver(db), actor, items, options)


async def store_outcomes(
    db: AsyncSession, actor: Actor, batch: EnrolmentBatch, outcomes: Sequence[EnrolmentRowOutcome]
) -> None:
    """Store the outcomes of a batch with their counts.

    Raises: BatchRefused when one row of an `atomic` batch is rejected, after which nothing of it may be kept, its key
    neither.
    """
    batch.items = [dict(outcome) for outcome in outcomes]
    for verdict in Verdict:
        setattr(batch, verdict.value, sum(outcome["status"] == verdict for outcome in outcomes))
    if batch.mode == Mode.ATOMIC and batch.rejected:
        raise BatchRefused(errors=_collect_errors(outcomes), rejected=batch.rejected)
    await record_enrolment_batch(db, actor, batch)


async def record_enrolment_batch(db: AsyncSession, actor: Actor, batch: EnrolmentBatch) -> None:
    """Record a batch's counts in its row and in the audit."""
    counts = {verdict.value: getattr(batch, verdict.value) for verdict in Verdict}
    await record_event(db, actor, Event.ENROLMENT_BATCH_RECEIVED, batch, {"mode": batch.mode, **counts})
    await db.flush()


def check_enrolment_batch_mode(actor: Actor, mode: Mode) -> None:
    """Check that an actor who may not submit only validates. Raises: SandboxOnly."""
    if mode is not Mode.VALIDATE and not actor.has_permission(Permission.ENROLMENT_SUBMIT):
        raise SandboxOnly


async def read_enrolment_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> EnrolmentBatch:
    """Read one batch. Raises: NotFound."""
    batch = await queries.find_enrolment_batch(db, actor, batch_id)
    if batch is None:
        raise NotFound
    return batch


async def list_enrolment_batches(
    db: AsyncSession, actor: Actor, page: PageRequest
) -> Page[EnrolmentBatchSummary]:
    """List one page of the batches, the newest first."""
    batches, cursor = await queries.read_enrolment_batches(db, actor, page)
    return Page(items=[EnrolmentBatchSummary.from_batch(batch) for batch in batches], next_cursor=cursor)


def _collect_errors(outcomes: Sequence[EnrolmentRowOutcome]) -> list[FieldError]:
    """Collect the errors of the rejected rows, each with its pointer in the batch."""
    errors: list[FieldError] = []
    for index, item in enumerate(outcomes):
        errors += [FieldError(f"/items/{index}{pointer}", *rest) for pointer, *rest in item["errors"]]
    return errors
