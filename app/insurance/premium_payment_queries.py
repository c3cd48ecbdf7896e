"""Selects over premium payments and what follows from them, each within what the actor may see."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, text
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.core.errors import NotFound
from app.core.paging import PageRequest, paged
from app.insurance.premium_payment_schemas import PremiumPaymentFilter
from app.models.group import Group
from app.models.premium_payment import PremiumPayment, PremiumSource
from app.places.queries import with_predecessors

Row = TypeVar("Row", bound=SQLModel)

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


def visible_premiums(actor: Actor, table: type[Row]) -> SelectOfScalar[Row]:
    """Rows of the actor's networks and places; for a treasurer or collector, those of their own groups."""
    columns: Any = table
    stmt = scoped(actor, table)
    return stmt if actor.groups is None else stmt.where(columns.group_id.in_(actor.groups))


async def find_premium(
    db: AsyncSession, actor: Actor, table: type[Row], row_id: UUID, *, lock: bool = False
) -> Row:
    """One of the actor's rows; `lock` for a step of its life, as it is once the lock is had. Raises: NotFound."""
    columns: Any = table
    stmt = visible_premiums(actor, table).where(columns.id == row_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def chosen(
    db: AsyncSession, actor: Actor, table: type[SQLModel], wanted: Any
) -> list[ColumnElement[bool]]:
    """The conditions of the filters that lists of premiums share; those that a list has not are left out."""
    columns: Any = table
    found = [
        getattr(columns, name) == value
        for name in ("status", "product", "group_id", "member_id", "enrolment_id", "payment_id", "network")
        if (value := getattr(wanted, name, None)) is not None
    ]
    if wanted.group_code is not None:
        groups = select(Group.id).where(visible(actor, Group), Group.code == wanted.group_code)
        found.append(columns.group_id.in_(groups))
    if wanted.commune_code is not None:
        found.append(columns.commune_code.in_(await with_predecessors(db, [wanted.commune_code])))
    return found


async def list_payments(
    db: AsyncSession, actor: Actor, wanted: PremiumPaymentFilter, page: PageRequest
) -> tuple[list[PremiumPayment], str | None]:
    """One page of the payments that the filters choose, the newest first."""
    stmt = visible_premiums(actor, PremiumPayment).where(*await chosen(db, actor, PremiumPayment, wanted))
    if wanted.from_ is not None:
        stmt = stmt.where(col(PremiumPayment.payment_date) >= wanted.from_)
    if wanted.to is not None:
        stmt = stmt.where(col(PremiumPayment.payment_date) <= wanted.to)
    return await paged(db, stmt, columns=[col(PremiumPayment.id)], page=page, descending=True)


async def is_paid(db: AsyncSession, enrolment_id: UUID) -> bool:
    """Whether an enrolment has a payment that was not voided."""
    stmt = select(PremiumPayment.id).where(
        PremiumPayment.enrolment_id == enrolment_id, PremiumPayment.status != "voided"
    )
    return (await db.exec(stmt)).first() is not None


async def sources_of(
    db: AsyncSession, payments: Sequence[PremiumPayment]
) -> defaultdict[UUID, list[PremiumSource]]:
    """The sources of each payment, in their order."""
    stmt = select(PremiumSource).where(col(PremiumSource.payment_id).in_([row.id for row in payments]))
    found: defaultdict[UUID, list[PremiumSource]] = defaultdict(list)
    if payments:
        for source in (await db.exec(stmt.order_by(col(PremiumSource.position)))).all():
            found[source.payment_id].append(source)
    return found


async def sent_before(db: AsyncSession, actor: Actor, table: type[Row], owner: str, key: str) -> Row | None:
    """What the actor's organisation did under this key; another request with the same key is waited for.

    owner: the column of the organisation.
    """
    columns: Any = table
    lock = f"{columns.__tablename__} {actor.organisation_id} {key}"
    await (await db.connection()).execute(_ONE_AT_A_TIME, {"key": lock})
    stmt = visible_premiums(actor, table).where(
        getattr(columns, owner) == actor.organisation_id, columns.client_key == key
    )
    return (await db.exec(stmt)).first()
