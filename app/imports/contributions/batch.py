"""Store batches of contributions under their idempotency keys."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, text, true
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.core.errors import IdempotencyKeyReused, NotFound
from app.core.values.ids import uuid7
from app.insurance.enrolments.intake.batch import BatchRequest
from app.insurance.enrolments.intake.schemas import Mode
from app.models.jobs.contribution_batch import ContributionBatch

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_INSERT_BATCH = text("""
insert into contribution_batch (id, network, organisation_id, province_code, commune_code, client_key, request_hash,
       mode, rows, sent_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_key, :request_hash,
       :mode, :rows, :sent_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


def visible_batch_condition(actor: Actor, table: type[ContributionBatch]) -> ColumnElement[bool]:
    """Condition for the batches of the actor's organisation; of those who work for some groups only, their own."""
    batches: Any = table
    own = true() if actor.groups is None else batches.sent_by == actor.id
    return and_(batches.organisation_id == actor.organisation_id, own)


async def read_contribution_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> ContributionBatch:
    """Read one batch. Raises: NotFound."""
    stmt = select(ContributionBatch).where(
        visible_batch_condition(actor, ContributionBatch), ContributionBatch.id == batch_id
    )
    batch = (await db.exec(stmt)).first()
    if batch is None:
        raise NotFound
    return batch


async def register_contribution_batch(
    db: AsyncSession, actor: Actor, request: BatchRequest, rows: int
) -> tuple[ContributionBatch, bool]:
    """Insert the batch of a key or find the existing one; return it and whether it is new.

    Raises: SandboxOnly; IdempotencyKeyReused for a key used with another body, or by somebody whose batches are not
    the actor's.
    """
    check_contribution_mode(actor, request.mode)
    values = {
        "id": uuid7(),
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_key": request.key,
        "request_hash": request.request_hash,
        "mode": request.mode.value,
        "rows": rows,
        "sent_by": actor.id,
    }
    is_new = (await (await db.connection()).execute(_INSERT_BATCH, values)).first() is not None
    stmt = select(ContributionBatch).where(
        visible_batch_condition(actor, ContributionBatch), ContributionBatch.client_key == request.key
    )
    batch = (await db.exec(stmt)).first()
    if batch is None or batch.request_hash != request.request_hash:
        raise IdempotencyKeyReused
    return batch, is_new


def check_contribution_mode(actor: Actor, mode: Mode) -> None:
    """Refuse any mode but `validate` to an actor who may not record. Raises: SandboxOnly."""
    if mode is not Mode.VALIDATE and not actor.has_permission(Permission.CONTRIBUTION_RECORD):
        raise SandboxOnly


async def record_contribution_counts(
    db: AsyncSession, actor: Actor, batch: ContributionBatch, counts: Mapping[str, int]
) -> None:
    """Record a batch's counts in its row and in the audit."""
    for name, rows in counts.items():
        setattr(batch, name, rows)
    await record_event(db, actor, Event.CONTRIBUTION_BATCH_RECEIVED, batch, {"mode": batch.mode, **counts})
    await db.flush()
