"""Selects over memberships and pledges, each within what the actor may see."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.values.paging import PageRequest, fetch_page
from app.models.people.member import Member
from app.models.savings.membership import Membership, Pledge
from app.savings.kinds import Duty
from app.savings.memberships.schemas import MembershipFilter


def select_group_memberships(actor: Actor, group_id: UUID) -> SelectOfScalar[Membership]:
    """Select the memberships of a group, past ones too."""
    return select_visible(actor, Membership).where(Membership.group_id == group_id)


async def find_membership(
    db: AsyncSession, actor: Actor, group_id: UUID, membership_id: UUID, *, lock: bool = False
) -> Membership | None:
    """Find one membership of a group; with *lock* to edit it."""
    stmt = select_group_memberships(actor, group_id).where(Membership.id == membership_id)
    if lock:
        stmt = stmt.with_for_update(key_share=True)
    return (await db.exec(stmt)).first()


async def read_memberships(
    db: AsyncSession, actor: Actor, group_id: UUID, filters: MembershipFilter, page: PageRequest
) -> tuple[list[Membership], str | None]:
    """Read one page of a group's memberships, in the order of their ids."""
    stmt = select_group_memberships(actor, group_id)
    if filters.member_id is not None:
        stmt = stmt.where(Membership.member_id == filters.member_id)
    if filters.duty is not None:
        stmt = stmt.where(Membership.duty == filters.duty)
    if filters.active_on is not None:
        stmt = stmt.where(
            col(Membership.joined_on) <= filters.active_on,
            or_(col(Membership.left_on).is_(None), col(Membership.left_on) >= filters.active_on),
        )
    return await fetch_page(db, stmt, columns=[col(Membership.id)], page=page)


async def read_member_memberships(
    db: AsyncSession, actor: Actor, group_id: UUID, member_id: UUID
) -> list[Membership]:
    """Read every membership of one member in a group, oldest first."""
    stmt = select_group_memberships(actor, group_id).where(Membership.member_id == member_id)
    return list((await db.exec(stmt.order_by(col(Membership.joined_on)))).all())


async def read_present_with_duty(
    db: AsyncSession, actor: Actor, group_id: UUID, members: Collection[UUID]
) -> list[Membership]:
    """Read the present memberships of these members, and of whoever has a duty now."""
    stmt = select_group_memberships(actor, group_id).where(
        col(Membership.left_on).is_(None),
        or_(col(Membership.member_id).in_(members), col(Membership.duty) != Duty.MEMBER),
    )
    return list((await db.exec(stmt)).all())


async def read_member_names(db: AsyncSession, actor: Actor, members: Collection[UUID]) -> dict[UUID, str]:
    """Read the full names of those members whom the actor may see."""
    stmt = select(Member.id, Member.full_name).where(
        visible_condition(actor, Member), col(Member.id).in_(members)
    )
    return dict((await db.exec(stmt)).all())


async def read_pledges(
    db: AsyncSession, actor: Actor, memberships: Collection[UUID], on: date | None = None
) -> dict[UUID, list[Pledge]]:
    """Read the pledges of each membership, oldest first; with *on*, those in force on that day."""
    stmt = select_visible(actor, Pledge).where(col(Pledge.membership_id).in_(memberships))
    if on is not None:
        stmt = stmt.where(_is_in_force(on))
    by_membership: dict[UUID, list[Pledge]] = {membership: [] for membership in memberships}
    for pledge in (await db.exec(stmt.order_by(col(Pledge.valid_from), col(Pledge.id)))).all():
        by_membership[pledge.membership_id].append(pledge)
    return by_membership


def _is_in_force(day: date) -> ColumnElement[bool]:
    open_or_later = or_(col(Pledge.valid_to).is_(None), col(Pledge.valid_to) >= day)
    return (col(Pledge.valid_from) <= day) & open_or_later
