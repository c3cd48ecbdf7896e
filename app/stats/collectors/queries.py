"""Selects over what collectors brought, each limited to what the actor may see."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, literal, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.time import VIET_NAM, start_of_day
from app.insurance.enrolments.rules import ACCEPTED_STATUSES, EVER_PAID_STATUSES
from app.insurance.queries import enrolment_collector, payment_collector, select_visible_rows
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment
from app.models.tenancy.user import User
from app.savings.kinds import Product


async def count_enrolments(
    db: AsyncSession, actor: Actor, days: tuple[date, date], product: Product | None, collector: UUID | None
) -> Sequence[Row[Any]]:
    """Count the enrolments that were entered: collector_id, month, product, enrolled, accepted, paid."""
    begins, ends = (start_of_day(day) for day in (days[0], days[1] + timedelta(days=1)))
    entered_on = func.timezone(literal(VIET_NAM.utcoffset(None)), col(Enrolment.created_at))
    brought = (
        select_visible_rows(actor, Enrolment)
        .where(col(Enrolment.created_at) >= begins, col(Enrolment.created_at) < ends)
        .with_only_columns(
            enrolment_collector().label("collector_id"),
            func.to_char(entered_on, "YYYY-MM").label("month"),
            col(Enrolment.product),
            col(Enrolment.status),
        )
    )
    if product is not None:
        brought = brought.where(col(Enrolment.product) == product)
    rows = brought.subquery()
    keys = rows.c.collector_id, rows.c.month, rows.c.product
    stmt: Any = select(
        *keys,
        func.count().label("enrolled"),
        func.count().filter(rows.c.status.in_(ACCEPTED_STATUSES)).label("accepted"),
        func.count().filter(rows.c.status.in_(EVER_PAID_STATUSES)).label("paid"),
    ).group_by(*keys)
    if collector is not None:
        stmt = stmt.where(rows.c.collector_id == collector)
    return (await db.execute(stmt)).all()


async def sum_payments(
    db: AsyncSession, actor: Actor, days: tuple[date, date], product: Product | None, collector: UUID | None
) -> Sequence[Row[Any]]:
    """Sum the posted payments: collector_id, month, product, and each figure of a result by its name."""
    kind = col(PremiumPayment.remuneration_kind)
    keys = (
        payment_collector().label("collector_id"),
        func.to_char(col(PremiumPayment.payment_date), "YYYY-MM").label("month"),
        col(PremiumPayment.product),
    )
    stmt: Any = (
        select_visible_rows(actor, PremiumPayment)
        .where(
            col(PremiumPayment.status).in_(("posted", "refunded")),
            col(PremiumPayment.payment_date).between(*days),
        )
        .with_only_columns(
            *keys,
            func.count().label("payments"),
            func.count().filter(kind == "first").label("first"),
            func.count().filter(kind == "again").label("renewed"),
            func.count().filter(col(PremiumPayment.status) == "refunded").label("refunded"),
            func.count(col(PremiumPayment.member_id).distinct()).label("people"),
            *(
                func.coalesce(func.sum(getattr(PremiumPayment, name)), 0).label(name)
                for name in ("months", "amount_due", "participant_pays", "remuneration")
            ),
        )
        .group_by(*keys)
    )
    if product is not None:
        stmt = stmt.where(PremiumPayment.product == product)
    if collector is not None:
        stmt = stmt.where(payment_collector() == collector)
    return (await db.execute(stmt)).all()


async def read_names(db: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """Read the names of those of these users whom the actor sees, and the actor's own."""
    seen = visible_condition(actor, User) | (col(User.id) == actor.id)
    rows = await db.execute(select(col(User.id), col(User.full_name)).where(col(User.id).in_(ids), seen))
    return {row.id: row.full_name for row in rows}
