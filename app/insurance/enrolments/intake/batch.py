"""Batches of enrolments: each is stored once under its Idempotency-Key and answered row by row."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
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
from app.core.values.time import today
from app.insurance.enrolments import queries
from app.insurance.enrolments.errors import BatchRefused
from app.insurance.enrolments.intake.intake import Intake
from app.insurance.enrolments.intake.retry import retry_on_conflict
from app.insurance.enrolments.intake.row import (
    EnrolmentRow,
    EnrolmentRowOutcome,
    build_rejected_outcome,
    prepare_row,
    row_to_outcome,
)
from app.insurance.enrolments.intake.schemas import BadRow, EnrolmentBatchSummary, Mode, OnConflict, Verdict
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.kinds import EnrolmentStatus
from app.models.insurance.enrolment import EnrolmentBatch

BatchItems = Sequence[EnrolmentIn | BadRow]
OutcomeAnnotator = Callable[[int, EnrolmentRowOutcome], None]
"""Rewords what is said about the row of this place."""

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
    db: AsyncSession,
    actor: Actor,
    request: BatchRequest,
    items: BatchItems,
    annotate: OutcomeAnnotator | None = None,
) -> tuple[EnrolmentBatch, bool]:
    """Process a batch under its key; returns the stored batch and whether it was processed before.

    Raises: SandboxOnly when the sender may validate only; IdempotencyKeyReused for a key used with another body;
    BatchRefused when one row of an `atomic` batch is rejected, after which nothing of it is kept, the key neither.
    """
    batch, is_new = await get_or_create_enrolment_batch(db, actor, request, len(items))
    if not is_new:
        return batch, True
    driver = await get_driver(db)
    outcomes = await process_enrolment_rows(
        driver, actor, request, items, batch.id, keep=request.mode is not Mode.VALIDATE
    )
    for index, outcome in enumerate(outcomes if annotate else ()):
        annotate(index, outcome)  # type: ignore[misc]
    batch.items = [dict(verdict) for verdict in outcomes]
    for verdict in Verdict:
        setattr(batch, verdict.value, sum(item["status"] == verdict for item in outcomes))
    if request.mode is Mode.ATOMIC and batch.rejected:
        raise BatchRefused(errors=_collect_errors(outcomes), rejected=batch.rejected)
    await record_enrolment_batch(db, actor, batch)
    return batch, False


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
    batch = await queries.select_enrolment_batch_by_key(db, actor, request.key)
    if batch is None or batch.request_hash != request.request_hash:
        raise IdempotencyKeyReused
    return batch, is_new


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
    batch = await queries.select_enrolment_batch(db, actor, batch_id)
    if batch is None:
        raise NotFound
    return batch


async def list_enrolment_batches(
    db: AsyncSession, actor: Actor, page: PageRequest
) -> Page[EnrolmentBatchSummary]:
    """List one page of the batches, the newest first."""
    batches, cursor = await queries.select_enrolment_batches(db, actor, page)
    return Page(items=[EnrolmentBatchSummary.of(batch) for batch in batches], next_cursor=cursor)


class PreparedRows:
    """Rows before they are written: invalid ones with their outcome, valid ones with their intake once it is opened."""

    def __init__(self, items: BatchItems, request: BatchRequest, batch_id: UUID) -> None:
        day = today()
        self.request, self.batch_id = request, batch_id
        self.rows: list[EnrolmentRow | EnrolmentRowOutcome] = [_prepare_item(item, day) for item in items]
        self.intake: Intake | None = None

    def open_intake(
        self, driver: asyncpg.Connection, actor: Actor, hidden_numbers: Collection[str] = ()
    ) -> Intake:
        """Create the intake of the rows, or bind it to this connection. hidden_numbers: as for `Intake`."""
        if self.intake is None:
            rows = [row for row in self.rows if isinstance(row, EnrolmentRow)]
            on_conflict = self.request.on_conflict
            self.intake = Intake(
                driver, actor, rows, status=EnrolmentStatus.SUBMITTED, batch_id=self.batch_id, on_conflict=on_conflict,
                hidden_numbers=hidden_numbers,
            )  # fmt: skip
        self.intake.use_connection(driver, actor)
        return self.intake

    def outcomes(self) -> list[EnrolmentRowOutcome]:
        """The outcome of each row, in their order."""
        return [row_to_outcome(row) if isinstance(row, EnrolmentRow) else row for row in self.rows]


async def process_enrolment_rows(
    driver: asyncpg.Connection,
    actor: Actor,
    request: BatchRequest,
    items: BatchItems,
    batch_id: UUID,
    *,
    keep: bool,
    prepared_rows: PreparedRows | None = None,
    on_resolved: Callable[[Intake], None] | None = None,
) -> list[EnrolmentRowOutcome]:
    """Write the rows and return the outcome of each, in their order. keep: False rolls everything back at the end.

    prepared: the items, where that was done already. looked: is told when the rows are looked at, before they are
    written, and again whenever that has to be done again. Raises: SandboxOnly, PeopleElsewhere.
    """
    check_enrolment_batch_mode(actor, request.mode)
    first_attempt = [prepared_rows]

    async def process(hidden_numbers: Collection[str]) -> list[EnrolmentRowOutcome]:
        rows = (
            first_attempt.pop() if first_attempt else None
        )  # when it is called again the rows have been written on
        rows = rows or PreparedRows(items, request, batch_id)
        intake = rows.open_intake(driver, actor, hidden_numbers)
        if not intake.is_resolved:
            await intake.resolve()
        if on_resolved:
            on_resolved(intake)
        await intake.write()
        if request.mode is Mode.VALIDATE:
            intake.discard_created_ids()
        return rows.outcomes()

    return await retry_on_conflict(driver, process, keep=keep)


def _prepare_item(item: EnrolmentIn | BadRow, day: date) -> EnrolmentRow | EnrolmentRowOutcome:
    if isinstance(item, BadRow):
        return build_rejected_outcome(item.external_ref, item.errors)
    row_or_errors = prepare_row(item, day)
    return (
        row_or_errors
        if isinstance(row_or_errors, EnrolmentRow)
        else build_rejected_outcome(item.external_ref, row_or_errors)
    )


def _collect_errors(outcomes: Sequence[EnrolmentRowOutcome]) -> list[FieldError]:
    """Collect the errors of the rejected rows, each with its pointer in the batch."""
    errors: list[FieldError] = []
    for index, item in enumerate(outcomes):
        errors += [FieldError(f"/items/{index}{pointer}", *rest) for pointer, *rest in item["errors"]]
    return errors
