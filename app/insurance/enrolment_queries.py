"""Selects over enrolments and their batches, each within what the actor may see."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.core.paging import PageRequest, paged
from app.core.time import first_day
from app.insurance.enrolment_schemas import EnrolmentFilter
from app.models.enrolment import Enrolment, EnrolmentBatch
from app.models.group import Group
from app.places.queries import with_predecessors


def visible_enrolments(actor: Actor) -> SelectOfScalar[Enrolment]:
    """Enrolments of the actor's networks and places; for a treasurer or collector, those of their own groups."""
    stmt = scoped(actor, Enrolment)
    return stmt if actor.groups is None else stmt.where(col(Enrolment.group_id).in_(actor.groups))


async def read_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, *, lock: bool = False
) -> Enrolment | None:
    """One enrolment; `lock` for a change of it."""
    stmt = visible_enrolments(actor).where(Enrolment.id == enrolment_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return (await db.exec(stmt)).first()


async def list_enrolments(
    db: AsyncSession, actor: Actor, wanted: EnrolmentFilter, page: PageRequest
) -> tuple[list[Enrolment], str | None]:
    """One page of the enrolments that the filters choose, the newest first."""
    stmt = visible_enrolments(actor)
    for name in ("status", "product", "group_id", "member_id", "batch_id", "external_ref", "network"):
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Enrolment, name) == value)
    if wanted.group_code is not None:
        groups = select(Group.id).where(visible(actor, Group), Group.code == wanted.group_code)
        stmt = stmt.where(col(Enrolment.group_id).in_(groups))
    if wanted.commune_code is not None:
        communes = await with_predecessors(db, [wanted.commune_code])
        stmt = stmt.where(col(Enrolment.commune_code).in_(communes))
    if wanted.from_month is not None:
        stmt = stmt.where(Enrolment.from_month == first_day(wanted.from_month))
    return await paged(db, stmt, columns=[col(Enrolment.id)], page=page, descending=True)


async def read_group(db: AsyncSession, actor: Actor, group_id: UUID | None, code: str | None) -> Group | None:
    """A group of the actor's own network by its id or its code."""
    named = Group.id == group_id if group_id is not None else Group.code == code
    stmt = scoped(actor, Group).where(named, Group.network == actor.network)
    return (await db.exec(stmt)).first()


def visible_batches(actor: Actor) -> SelectOfScalar[EnrolmentBatch]:
    """Batches of the actor's own organisation, and those of the organisations in the actor's places.

    A batch names people of all groups: a treasurer or collector sees none.
    """
    batch: Any = EnrolmentBatch
    network: ColumnElement[bool] = true() if actor.all_networks else batch.network == actor.network
    here = or_(batch.organisation_id == actor.organisation_id, visible(actor, EnrolmentBatch))
    return select(EnrolmentBatch).where(network, here, true() if actor.groups is None else false())


async def read_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> EnrolmentBatch | None:
    """One batch with its rows' verdicts."""
    return (await db.exec(visible_batches(actor).where(EnrolmentBatch.id == batch_id))).first()


async def read_sent(db: AsyncSession, actor: Actor, key: str) -> EnrolmentBatch | None:
    """The batch that the actor's organisation sent under this key."""
    stmt = visible_batches(actor).where(
        EnrolmentBatch.organisation_id == actor.organisation_id, EnrolmentBatch.client_key == key
    )
    return (await db.exec(stmt)).first()


async def list_batches(
    db: AsyncSession, actor: Actor, page: PageRequest
) -> tuple[list[EnrolmentBatch], str | None]:
    """One page of the batches, the newest first, without their rows' verdicts."""
    items: QueryableAttribute[Any] = col(EnrolmentBatch.items)  # type: ignore[assignment]
    stmt = visible_batches(actor).options(defer(items, raiseload=True))
    return await paged(db, stmt, columns=[col(EnrolmentBatch.id)], page=page, descending=True)
