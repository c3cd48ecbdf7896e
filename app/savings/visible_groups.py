"""Selects over the groups that the actor may see, and over the days of their entries."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.models.ledger import LedgerTxn
from app.models.savings.group import Group

_CREDIT_KINDS = ("saving", "sale", "donation")


def is_active_on(day: date) -> ColumnElement[bool]:
    """Build the condition for groups that are active on a day."""
    return and_(
        or_(col(Group.started_on).is_(None), col(Group.started_on) <= day),
        or_(col(Group.ended_on).is_(None), col(Group.ended_on) >= day),
    )


def select_visible_groups(actor: Actor) -> SelectOfScalar[Group]:
    """Select the groups of the actor's network and places; for a treasurer or collector, their own."""
    stmt = select_visible(actor, Group)
    return stmt if actor.groups is None else stmt.where(col(Group.id).in_(actor.groups))


async def find_group(db: AsyncSession, actor: Actor, group_id: UUID, *, lock: bool = False) -> Group | None:
    """Find one group; with *lock* to edit it or its memberships."""
    stmt = select_visible_groups(actor).where(Group.id == group_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return (await db.exec(stmt)).first()


async def find_entry_days(
    db: AsyncSession, actor: Actor, group_id: UUID, *, credited_member_id: UUID | None = None
) -> tuple[date | None, date | None]:
    """Find the first and the last day of the group's entries, or of those that credited one member's account."""
    day = col(LedgerTxn.business_date)
    stmt = select(func.min(day), func.max(day)).where(
        visible_condition(actor, LedgerTxn), LedgerTxn.group_id == group_id
    )
    if credited_member_id is not None:
        stmt = stmt.where(LedgerTxn.member_id == credited_member_id, col(LedgerTxn.kind).in_(_CREDIT_KINDS))
    first, last = (await db.exec(stmt)).one()
    return first, last
