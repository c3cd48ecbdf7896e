"""Selects over groups and their accounts, each within what the actor may see."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.values.paging import PageRequest, fetch_page
from app.models.ledger import Account
from app.models.savings.group import Group
from app.models.savings.membership import Membership
from app.savings.groups.schemas import GroupFilter
from app.savings.savings_models.queries import (
    build_name_conditions,
    build_organisation_conditions,
    build_place_condition,
    select_model_ids_by_code,
)
from app.savings.visible_groups import is_active_on, select_visible_groups


async def read_group_page(
    db: AsyncSession, actor: Actor, filters: GroupFilter, page: PageRequest
) -> tuple[list[Group], str | None]:
    """Read one page of the groups that match the filters, in the order of their ids."""
    stmt = select_visible_groups(actor)
    for name in ("code", "model_id", "network", "kind"):
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(Group, name) == value)
    for place in (filters.commune_code, filters.province_code):
        if place is not None:
            stmt = stmt.where(await build_place_condition(db, Group, place))
    if filters.model_code is not None:
        stmt = stmt.where(col(Group.model_id).in_(select_model_ids_by_code(actor, filters.model_code)))
    if filters.active_on is not None:
        stmt = stmt.where(is_active_on(filters.active_on))
    for condition in (
        *build_organisation_conditions(Group, filters.organisation_id, filters.organisation_code),
        *build_name_conditions(Group, filters.q),
    ):
        stmt = stmt.where(condition)
    return await fetch_page(db, stmt, columns=[col(Group.id)], page=page)


async def sum_accounts(db: AsyncSession, actor: Actor, group_id: UUID) -> dict[str, Row[Any]]:
    """Sum the group's accounts by kind: posted, held."""
    stmt = (
        select(
            col(Account.kind),
            func.sum(col(Account.posted)).label("posted"),
            func.sum(col(Account.held)).label("held"),
        )
        .where(visible_condition(actor, Account), Account.group_id == group_id)
        .group_by(col(Account.kind))
    )
    return {row.kind: row for row in (await db.execute(stmt)).all()}


async def read_member_accounts(
    db: AsyncSession, actor: Actor, group_id: UUID, page: PageRequest
) -> tuple[list[Account], str | None]:
    """Read one page of the members' accounts, in the order in which they were opened."""
    stmt = select_visible(actor, Account).where(Account.group_id == group_id, Account.kind == "member")
    return await fetch_page(db, stmt, columns=[col(Account.id)], page=page)


async def has_money(db: AsyncSession, actor: Actor, group_id: UUID) -> bool:
    """Return whether any account of the group has money, held money included."""
    stmt = select_visible(actor, Account).where(
        Account.group_id == group_id, or_(col(Account.posted) != 0, col(Account.held) != 0)
    )
    return (await db.exec(stmt.limit(1))).first() is not None


async def find_joining_range(
    db: AsyncSession, actor: Actor, group_id: UUID
) -> tuple[date | None, date | None]:
    """Find the first days of the group's earliest and latest membership."""
    joined = col(Membership.joined_on)
    stmt = select(func.min(joined), func.max(joined)).where(
        visible_condition(actor, Membership), Membership.group_id == group_id
    )
    first, last = (await db.exec(stmt)).one()
    return first, last
