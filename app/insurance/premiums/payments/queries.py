"""Queries for premium payments, advances, repayments and refunds, each limited to what the actor may see."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import IdempotencyKeyReused
from app.core.values.paging import PageRequest, fetch_page
from app.insurance.premiums.payments.schemas import PremiumPaymentFilter
from app.insurance.queries import build_row_filters, payment_collector, select_visible_rows
from app.models.insurance.premium_payment import PremiumPayment, PremiumSource

PremiumRow = TypeVar("PremiumRow", bound=SQLModel)

_LOCK_IDEMPOTENCY_KEY = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def read_payments(
    db: AsyncSession, actor: Actor, filters: PremiumPaymentFilter, page: PageRequest
) -> tuple[list[PremiumPayment], str | None]:
    """Read one page of the payments that match the filters, the newest first."""
    stmt = select_visible_rows(actor, PremiumPayment).where(
        *await build_row_filters(db, actor, PremiumPayment, filters)
    )
    if filters.collector_id is not None:
        stmt = stmt.where(payment_collector() == filters.collector_id)
    if filters.from_ is not None:
        stmt = stmt.where(col(PremiumPayment.payment_date) >= filters.from_)
    if filters.to is not None:
        stmt = stmt.where(col(PremiumPayment.payment_date) <= filters.to)
    return await fetch_page(db, stmt, columns=[col(PremiumPayment.id)], page=page, descending=True)


async def is_paid(db: AsyncSession, enrolment_id: UUID) -> bool:
    """Whether an enrolment has a payment that was not voided."""
    stmt = select(PremiumPayment.id).where(
        PremiumPayment.enrolment_id == enrolment_id, PremiumPayment.status != "voided"
    )
    return (await db.exec(stmt)).first() is not None


async def read_payment_sources(
    db: AsyncSession, payments: Sequence[PremiumPayment]
) -> defaultdict[UUID, list[PremiumSource]]:
    """Read the sources of each payment, in their order."""
    stmt = select(PremiumSource).where(col(PremiumSource.payment_id).in_([row.id for row in payments]))
    sources: defaultdict[UUID, list[PremiumSource]] = defaultdict(list)
    if payments:
        for source in (await db.exec(stmt.order_by(col(PremiumSource.position)))).all():
            sources[source.payment_id].append(source)
    return sources


async def find_by_idempotency_key(
    db: AsyncSession,
    actor: Actor,
    table: type[PremiumRow],
    organisation_column: str,
    key: str,
    request_hash: bytes,
) -> PremiumRow | None:
    """Find the row that the actor's organisation created with this key; waits for a concurrent request with it.

    organisation_column: which names the organisation. Raises: IdempotencyKeyReused when that request was another one.
    """
    columns: Any = table
    lock_key = f"{columns.__tablename__} {actor.organisation_id} {key}"
    await (await db.connection()).execute(_LOCK_IDEMPOTENCY_KEY, {"key": lock_key})
    stmt = select_visible_rows(actor, table).where(
        getattr(columns, organisation_column) == actor.organisation_id, columns.client_key == key
    )
    row: Any = (await db.exec(stmt)).first()
    if row is not None and row.request_hash != request_hash:
        raise IdempotencyKeyReused
    return cast("PremiumRow | None", row)
