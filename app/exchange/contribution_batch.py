"""Batches of contributions under their keys, in their records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, text, true
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.errors import SandboxOnly
from app.auth.permissions import Permission
from app.core.errors import IdempotencyKeyReused, NotFound
from app.core.ids import uuid7
from app.insurance.enrolment_batch import Sending
from app.insurance.enrolment_batch_schemas import Mode
from app.models.contribution_batch import ContributionBatch

# The key is taken before anything else: who sends it a second time waits here for the first one's end.
_TAKE_KEY = text("""
insert into contribution_batch (id, network, organisation_id, province_code, commune_code, client_key, request_hash,
       mode, rows, sent_by)
select :id, :network, :organisation_id, o.province_code, o.commune_code, :client_key, :request_hash,
       :mode, :rows, :sent_by
  from (select) one left join organisation o on o.id = :organisation_id
on conflict (organisation_id, client_key) do nothing
returning id
""")


def visible(actor: Actor, table: type[ContributionBatch]) -> ColumnElement[bool]:
    """Batches are their organisation's; of those who work for some groups only, their own."""
    batches: Any = table
    own = true() if actor.groups is None else batches.sent_by == actor.id
    return and_(batches.organisation_id == actor.organisation_id, own)


async def read_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> ContributionBatch:
    """One batch. Raises: NotFound."""
    stmt = select(ContributionBatch).where(
        visible(actor, ContributionBatch), ContributionBatch.id == batch_id
    )
    batch = (await db.exec(stmt)).first()
    if batch is None:
        raise NotFound
    return batch


async def register(
    db: AsyncSession, actor: Actor, sending: Sending, rows: int
) -> tuple[ContributionBatch, bool]:
    """The batch of a key, and whether it is new and now this sending's.

    Raises: SandboxOnly; IdempotencyKeyReused for a key used with another body, or by somebody whose batches are not
    the actor's.
    """
    check_mode(actor, sending.mode)
    values = {
        "id": uuid7(),
        "network": actor.network,
        "organisation_id": actor.organisation_id,
        "client_key": sending.key,
        "request_hash": sending.request_hash,
        "mode": sending.mode.value,
        "rows": rows,
        "sent_by": actor.id,
    }
    is_new = (await (await db.connection()).execute(_TAKE_KEY, values)).first() is not None
    stmt = select(ContributionBatch).where(
        visible(actor, ContributionBatch), ContributionBatch.client_key == sending.key
    )
    batch = (await db.exec(stmt)).first()
    if batch is None or batch.request_hash != sending.request_hash:
        raise IdempotencyKeyReused
    return batch, is_new


def check_mode(actor: Actor, mode: Mode) -> None:
    """Whoever may not record only validates. Raises: SandboxOnly."""
    if mode is not Mode.VALIDATE and not actor.may(Permission.CONTRIBUTION_RECORD):
        raise SandboxOnly


async def note_received(
    db: AsyncSession, actor: Actor, batch: ContributionBatch, counts: Mapping[str, int]
) -> None:
    """Write a batch's counts down, in its record and in the audit."""
    for name, rows in counts.items():
        setattr(batch, name, rows)
    await record(db, actor, Event.CONTRIBUTION_BATCH_RECEIVED, batch, {"mode": batch.mode, **counts})
    await db.flush()
