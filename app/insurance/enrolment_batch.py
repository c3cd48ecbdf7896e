"""Batches of enrolments: taken in once under their key, answered row by row."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.core.db import driver_of, in_savepoint
from app.core.errors import FieldError, IdempotencyKeyReused, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import today
from app.insurance import enrolment_queries as queries
from app.insurance.enrolment_batch_schemas import (
    BadRow,
    EnrolmentBatchIn,
    EnrolmentBatchSummary,
    Mode,
    Verdict,
)
from app.insurance.enrolment_errors import BatchRefused
from app.insurance.enrolment_intake import Intake
from app.insurance.enrolment_row import Row, Said, prepared, rejected, verdict_of
from app.insurance.enrolment_rules import Status
from app.insurance.enrolment_schemas import EnrolmentIn
from app.models.enrolment import EnrolmentBatch

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_TAKE_KEY = text("""
insert into enrolment_batch (id, network, organisation_id, province_code, commune_code, client_id, client_key,
       request_hash, mode, rows, sent_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_id, :client_key,
       :request_hash, :mode, :rows, :sent_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


async def receive(
    db: AsyncSession, actor: Actor, body: EnrolmentBatchIn, *, key: str, request_hash: bytes
) -> tuple[EnrolmentBatch, bool]:
    """Take a batch in under its key; the batch as stored, and whether it is the answer to an earlier send.

    Raises: SandboxOnly when the sender may validate only; IdempotencyKeyReused for a key used with another body;
    BatchRefused when one row of an `atomic` batch is rejected, after which nothing of it is kept, the key neither.
    """
    check_mode(actor, body.mode)
    batch_id = uuid7()
    if not await _take_key(db, actor, body, batch_id, key, request_hash):
        sent = await queries.read_sent(db, actor, key)
        if sent is None or sent.request_hash != request_hash:
            raise IdempotencyKeyReused
        return sent, True
    verdicts = await _take_in(db, actor, body, batch_id)
    batch = await queries.read_batch(db, actor, batch_id)
    assert batch is not None  # noqa: S101 - written above, in this transaction
    batch.items = [dict(verdict) for verdict in verdicts]
    for verdict in Verdict:
        setattr(batch, verdict.value, sum(item["status"] == verdict for item in verdicts))
    if body.mode is Mode.ATOMIC and batch.rejected:
        raise BatchRefused(errors=_errors(verdicts), rejected=batch.rejected)
    counts = {verdict.value: getattr(batch, verdict.value) for verdict in Verdict}
    await record(db, actor, Event.ENROLMENT_BATCH_RECEIVED, batch, {"mode": body.mode, **counts})
    await db.flush()
    return batch, False


def check_mode(actor: Actor, mode: Mode) -> None:
    """Whoever may not submit only validates. Raises: SandboxOnly."""
    if mode is not Mode.VALIDATE and not actor.may(Permission.ENROLMENT_SUBMIT):
        raise SandboxOnly


async def read_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> EnrolmentBatch:
    """One batch. Raises: NotFound."""
    batch = await queries.read_batch(db, actor, batch_id)
    if batch is None:
        raise NotFound
    return batch


async def list_batches(db: AsyncSession, actor: Actor, page: PageRequest) -> Page[EnrolmentBatchSummary]:
    """One page of the batches, the newest first."""
    batches, cursor = await queries.list_batches(db, actor, page)
    return Page(items=[EnrolmentBatchSummary.of(batch) for batch in batches], next_cursor=cursor)


async def _take_key(
    db: AsyncSession, actor: Actor, body: EnrolmentBatchIn, batch_id: UUID, key: str, request_hash: bytes
) -> bool:
    """Whether the key is new and now this batch's."""
    values = {
        "id": batch_id,
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_id": actor.id if actor.kind == "client" else None,
        "client_key": key,
        "request_hash": request_hash,
        "mode": body.mode.value,
        "rows": len(body.rows),
        "sent_by": actor.id,
    }
    return (await (await db.connection()).execute(_TAKE_KEY, values)).first() is not None


async def _take_in(db: AsyncSession, actor: Actor, body: EnrolmentBatchIn, batch_id: UUID) -> list[Said]:
    """The verdict on every row, in their order."""
    driver = await driver_of(db)

    async def work() -> list[Said]:
        read = [_prepared(item) for item in body.rows]
        rows = [row for row in read if isinstance(row, Row)]
        intake = Intake(driver, actor, rows, status=Status.SUBMITTED, batch_id=batch_id)
        await intake.run()
        if body.mode is Mode.VALIDATE:
            intake.forget()
        return [verdict_of(row) if isinstance(row, Row) else row for row in read]

    return await in_savepoint(driver, work, keep=body.mode is not Mode.VALIDATE)


def _prepared(item: EnrolmentIn | BadRow) -> Row | Said:
    """The row to be taken in, or the verdict on one that says nothing sensible."""
    if isinstance(item, BadRow):
        return rejected(item.external_ref, item.errors)
    row = prepared(item, today())
    return row if isinstance(row, Row) else rejected(item.external_ref, row)


def _errors(verdicts: Sequence[Said]) -> list[FieldError]:
    """Every error of the rejected rows, under its place in the batch."""
    found: list[FieldError] = []
    for index, item in enumerate(verdicts):
        found += [FieldError(f"/items/{index}{pointer}", *rest) for pointer, *rest in item["errors"]]
    return found
