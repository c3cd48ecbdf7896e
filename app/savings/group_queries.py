"""Selects over groups and their accounts, each within what the actor may see."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import scoped, visible
from app.core.paging import PageRequest, paged
from app.models.group import Group
from app.models.ledger import Account, LedgerTxn
from app.models.membership import Membership
from app.savings.group_schemas import GroupFilter
from app.savings.savings_model_queries import in_place, models_of_code, named_like, of_organisation

_CREDITS = ("saving", "sale", "donation")


def active_on(day: date) -> ColumnElement[bool]:
    """The condition for groups at work on a day."""
    return and_(
        or_(col(Group.started_on).is_(None), col(Group.started_on) <= day),
        or_(col(Group.ended_on).is_(None), col(Group.ended_on) >= day),
    )


def visible_groups(actor: Actor) -> SelectOfScalar[Group]:
    """Groups of the actor's network and places; for a treasurer or collector, their own."""
    stmt = scoped(actor, Group)
    return stmt if actor.groups is None else stmt.where(col(Group.id).in_(actor.groups))


async def read_group(db: AsyncSession, actor: Actor, group_id: UUID, *, lock: bool = False) -> Group | None:
    """One group; `lock` for an edit of it or of its memberships."""
    stmt = visible_groups(actor).where(Group.id == group_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return (await db.exec(stmt)).first()


async def list_groups(
    db: AsyncSession, actor: Actor, wanted: GroupFilter, page: PageRequest
) -> tuple[list[Group], str | None]:
    """One page of the groups that the filters choose, in the order of their ids."""
    stmt = visible_groups(actor)
    for name in ("code", "model_id", "network", "kind"):
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Group, name) == value)
    for place in (wanted.commune_code, wanted.province_code):
        if place is not None:
            stmt = stmt.where(await in_place(db, Group, place))
    if wanted.model_code is not None:
        stmt = stmt.where(col(Group.model_id).in_(models_of_code(actor, wanted.model_code)))
    if wanted.active_on is not None:
        stmt = stmt.where(active_on(wanted.active_on))
    for condition in (
        *of_organisation(Group, wanted.organisation_id, wanted.organisation_code),
        *named_like(Group, wanted.q),
    ):
        stmt = stmt.where(condition)
    return await paged(db, stmt, columns=[col(Group.id)], page=page)


async def sum_accounts(db: AsyncSession, actor: Actor, group_id: UUID) -> dict[str, Row[Any]]:
    """The group's accounts summed by kind: posted, held."""
    stmt = (
        select(
            col(Account.kind),
            func.sum(col(Account.posted)).label("posted"),
            func.sum(col(Account.held)).label("held"),
        )
        .where(visible(actor, Account), Account.group_id == group_id)
        .group_by(col(Account.kind))
    )
    return {row.kind: row for row in (await db.execute(stmt)).all()}


async def list_member_accounts(
    db: AsyncSession, actor: Actor, group_id: UUID, page: PageRequest
) -> tuple[list[Account], str | None]:
    """One page of the members' accounts, in the order in which they were opened."""
    stmt = scoped(actor, Account).where(Account.group_id == group_id, Account.kind == "member")
    return await paged(db, stmt, columns=[col(Account.id)], page=page)


async def has_money(db: AsyncSession, actor: Actor, group_id: UUID) -> bool:
    """Whether any account of the group holds money, or money is set aside."""
    stmt = scoped(actor, Account).where(
        Account.group_id == group_id, or_(col(Account.posted) != 0, col(Account.held) != 0)
    )
    return (await db.exec(stmt.limit(1))).first() is not None


async def last_entry_on(
    db: AsyncSession, actor: Actor, group_id: UUID, *, savings_of: UUID | None = None
) -> date | None:
    """The latest day of the group's entries, or of those that brought money to one member's account."""
    stmt = select(func.max(col(LedgerTxn.business_date))).where(
        visible(actor, LedgerTxn), LedgerTxn.group_id == group_id
    )
    if savings_of is not None:
        stmt = stmt.where(LedgerTxn.member_id == savings_of, col(LedgerTxn.kind).in_(_CREDITS))
    return (await db.exec(stmt)).one()


async def joined_between(db: AsyncSession, actor: Actor, group_id: UUID) -> tuple[date | None, date | None]:
    """The first days of the group's earliest and latest membership."""
    joined = col(Membership.joined_on)
    stmt = select(func.min(joined), func.max(joined)).where(
        visible(actor, Membership), Membership.group_id == group_id
    )
    first, last = (await db.exec(stmt)).one()
    return first, last
