"""Queries for rows that belong to a group (enrolments, coverage, premiums), limited to what the actor may see."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, bindparam, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.errors import NotFound
from app.models.insurance.enrolment import Enrolment
from app.models.insurance.premium_payment import PremiumPayment
from app.models.people.member import Member
from app.models.savings.group import Group
from app.people.direct_customers import direct_customer_condition
from app.places.queries import expand_to_predecessors

GroupRow = TypeVar("GroupRow", bound=SQLModel)


def select_visible_rows(actor: Actor, table: type[GroupRow]) -> SelectOfScalar[GroupRow]:
    """Select rows of the actor's networks and places.

    For a treasurer or collector, those of their own groups, and those without a group of their direct customers.
    """
    stmt = select_visible(actor, table)
    return stmt if actor.groups is None else stmt.where(own_rows_condition(actor, table))


def own_rows_condition(actor: Actor, table: type[SQLModel]) -> ColumnElement[bool]:
    """Build the condition of the rows that a treasurer or collector sees."""
    columns: Any = table
    of_groups: ColumnElement[bool] = columns.group_id.in_(actor.groups or ())
    if not hasattr(table, "member_id"):  # a repayment: always of a group
        return of_groups
    direct = and_(columns.group_id.is_(None), direct_customer_condition(actor, columns.member_id))
    return or_(of_groups, direct)


def payment_collector(payment: Any = PremiumPayment) -> ColumnElement[UUID]:
    """Who took the money of a payment (nhân viên thu): whom its receipt names, else who posted it, else who held it."""
    return func.coalesce(payment.collector_id, payment.posted_by, payment.created_by, type_=Uuid())


def enrolment_collector() -> ColumnElement[UUID]:
    """Who brought an enrolment (người vận động, thu): who took its money; before there is any, who entered its person,
    where it has no group, else who entered it."""
    payment, member = aliased(PremiumPayment), aliased(Member)
    took = select(payment_collector(payment)).where(
        col(payment.enrolment_id) == col(Enrolment.id), col(payment.status) != "voided"
    )
    entered = select(col(member.created_by)).where(
        col(member.id) == col(Enrolment.member_id), col(Enrolment.group_id).is_(None)
    )
    return func.coalesce(
        took.correlate(Enrolment).scalar_subquery(),
        entered.correlate(Enrolment).scalar_subquery(),
        col(Enrolment.created_by),
        type_=Uuid(),
    )


def any_of(ids: Iterable[UUID]) -> Any:
    """Any of these ids, as one argument of a statement: `col(Table.id) == any_of(ids)`."""
    return any_(bindparam(None, list(ids), type_=ARRAY(Uuid)))


async def require_visible_row(
    db: AsyncSession, actor: Actor, table: type[GroupRow], row_id: UUID, *, lock: bool = False
) -> GroupRow:
    """Find one of the actor's rows; with `lock`, locked and read again as it is then. Raises: NotFound."""
    columns: Any = table
    stmt = select_visible_rows(actor, table).where(columns.id == row_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def build_row_filters(
    db: AsyncSession, actor: Actor, table: type[SQLModel], filters: Any
) -> list[ColumnElement[bool]]:
    """Build the conditions of the filters that lists of such rows share; filters that a list lacks are left out."""
    columns: Any = table
    conditions = [
        getattr(columns, name) == value
        for name in ("status", "product", "group_id", "member_id", "enrolment_id", "payment_id", "network")
        if (value := getattr(filters, name, None)) is not None
    ]
    if filters.group_code is not None:
        groups = select(Group.id).where(visible_condition(actor, Group), Group.code == filters.group_code)
        conditions.append(columns.group_id.in_(groups))
    if filters.commune_code is not None:
        conditions.append(columns.commune_code.in_(await expand_to_predecessors(db, [filters.commune_code])))
    return conditions
