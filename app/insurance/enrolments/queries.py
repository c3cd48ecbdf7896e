"""Selects over enrolments and their batches, each limited to what the actor may see."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.values.paging import PageRequest, fetch_page
from app.core.values.time import first_day, start_of_day
from app.insurance.enrolments.schemas import EnrolmentFilter
from app.insurance.queries import any_of, build_row_filters, enrolment_collector, select_visible_rows
from app.models.insurance.enrolment import Enrolment, EnrolmentBatch
from app.models.savings.group import Group


async def find_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, *, lock: bool = False
) -> Enrolment | None:
    """Find one enrolment; `lock` for a change of it."""
    stmt = select_visible_rows(actor, Enrolment).where(Enrolment.id == enrolment_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return (await db.exec(stmt)).first()


async def read_enrolments(
    db: AsyncSession, actor: Actor, filters: EnrolmentFilter, page: PageRequest
) -> tuple[list[Enrolment], str | None]:
    """Read one page of the enrolments that match the filters, the newest first."""
    stmt = select_visible_rows(actor, Enrolment).where(*await _build_conditions(db, actor, filters))
    return await fetch_page(db, stmt, columns=[col(Enrolment.id)], page=page, descending=True)


async def read_enrolment_versions(
    db: AsyncSession, actor: Actor, filters: EnrolmentFilter, limit: int
) -> list[tuple[UUID, int]]:
    """Read the ids and versions of the enrolments that match the filters, the oldest first, up to *limit*."""
    conditions = await _build_conditions(db, actor, filters)
    stmt: Any = (
        select_visible_rows(actor, Enrolment).where(*conditions).order_by(col(Enrolment.id)).limit(limit)
    )
    rows = await db.execute(stmt.with_only_columns(col(Enrolment.id), col(Enrolment.version)))
    return [(row.id, row.version) for row in rows]


async def read_versions_of(db: AsyncSession, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Read the versions of those of these enrolments that the actor sees."""
    stmt: Any = select_visible_rows(actor, Enrolment).where(col(Enrolment.id) == any_of(ids))
    rows = await db.execute(stmt.with_only_columns(col(Enrolment.id), col(Enrolment.version)))
    return {row.id: row.version for row in rows}


async def _build_conditions(
    db: AsyncSession, actor: Actor, filters: EnrolmentFilter
) -> list[ColumnElement[bool]]:
    """Build the conditions of the list of enrolments."""
    conditions = await build_row_filters(db, actor, Enrolment, filters)
    for name in ("batch_id", "external_ref"):
        if (value := getattr(filters, name)) is not None:
            conditions.append(getattr(Enrolment, name) == value)
    if filters.from_month is not None:
        conditions.append(col(Enrolment.from_month) == first_day(filters.from_month))
    if filters.collector_id is not None:
        conditions.append(enrolment_collector() == filters.collector_id)
    if filters.entered_from is not None:
        conditions.append(col(Enrolment.created_at) >= start_of_day(filters.entered_from))
    if filters.entered_to is not None:
        end = start_of_day(filters.entered_to + timedelta(days=1))
        conditions.append(col(Enrolment.created_at) < end)
    return conditions


async def find_network_group(
    db: AsyncSession, actor: Actor, group_id: UUID | None, code: str | None
) -> Group | None:
    """Find a group of the actor's own network by its id or its code."""
    condition = Group.id == group_id if group_id is not None else Group.code == code
    stmt = select_visible(actor, Group).where(condition, Group.network == actor.network)
    return (await db.exec(stmt)).first()


def select_visible_enrolment_batches(actor: Actor) -> SelectOfScalar[EnrolmentBatch]:
    """Batches of the actor's own organisation, and those of the organisations in the actor's places.

    A batch names people of all groups: a treasurer or collector sees none.
    """
    batch: Any = EnrolmentBatch
    network: ColumnElement[bool] = true() if actor.all_networks else batch.network == actor.network
    in_scope = or_(batch.organisation_id == actor.organisation_id, visible_condition(actor, EnrolmentBatch))
    return select(EnrolmentBatch).where(network, in_scope, true() if actor.groups is None else false())


async def find_enrolment_batch(db: AsyncSession, actor: Actor, batch_id: UUID) -> EnrolmentBatch | None:
    """Find one batch with its rows' outcomes."""
    return (
        await db.exec(select_visible_enrolment_batches(actor).where(EnrolmentBatch.id == batch_id))
    ).first()


async def find_enrolment_batch_by_key(db: AsyncSession, actor: Actor, key: str) -> EnrolmentBatch | None:
    """Find the batch that the actor's organisation sent under this key."""
    stmt = select_visible_enrolment_batches(actor).where(
        EnrolmentBatch.organisation_id == actor.organisation_id, EnrolmentBatch.client_key == key
    )
    return (await db.exec(stmt)).first()


async def read_enrolment_batches(
    db: AsyncSession, actor: Actor, page: PageRequest
) -> tuple[list[EnrolmentBatch], str | None]:
    """Read one page of the batches, the newest first, without their rows' outcomes."""
    items: QueryableAttribute[Any] = col(EnrolmentBatch.items)  # type: ignore[assignment]
    stmt = select_visible_enrolment_batches(actor).options(defer(items, raiseload=True))
    return await fetch_page(db, stmt, columns=[col(EnrolmentBatch.id)], page=page, descending=True)
