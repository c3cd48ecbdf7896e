"""Selects for a model's summary, within what the actor may see."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, Select, and_, cast, func, literal, or_, select, union_all
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.time import VIET_NAM
from app.models.savings.group import Group
from app.models.savings.membership import Membership, Pledge
from app.models.stat import StatMonth, StatPending
from app.savings.kinds import Product
from app.savings.visible_groups import is_active_on


async def count_groups_by_commune(
    db: AsyncSession, actor: Actor, models: Collection[UUID], day: date
) -> Sequence[Row[Any]]:
    """Count the active groups of these models by commune and first day: commune_code, since, groups."""
    created_on = cast(func.timezone(literal(VIET_NAM.utcoffset(None)), col(Group.created_at)), Date)
    since = func.coalesce(col(Group.started_on), created_on)
    stmt = (
        select(col(Group.commune_code), since.label("since"), func.count().label("groups"))
        .where(visible_condition(actor, Group), col(Group.model_id).in_(models), is_active_on(day))
        .group_by(col(Group.commune_code), since)
    )
    return (await db.execute(stmt)).all()


async def count_members(db: AsyncSession, actor: Actor, models: Collection[UUID], day: date) -> Row[Any]:
    """Count people and memberships in the active groups, people also by the products that they pledged for.

    Columns: members, memberships, bhxh_tn_only, bhyt_hgd_only, both, none.
    """
    per_person = _select_products_by_person(actor, models, day).subquery()
    bhxh, bhyt = per_person.c.bhxh, per_person.c.bhyt
    stmt = select(
        func.count().label("members"),
        func.coalesce(func.sum(per_person.c.memberships), 0).label("memberships"),
        func.count().filter(bhxh & ~bhyt).label("bhxh_tn_only"),
        func.count().filter(bhyt & ~bhxh).label("bhyt_hgd_only"),
        func.count().filter(bhxh & bhyt).label("both"),
        func.count().filter(~bhxh & ~bhyt).label("none"),
    )
    return (await db.execute(stmt)).one()


def _select_products_by_person(
    actor: Actor, models: Collection[UUID], day: date
) -> Select[UUID, int, Any, Any]:
    """Select the people in the active groups: member_id, memberships, and the products that they pledged for."""
    in_force = and_(
        col(Pledge.membership_id) == col(Membership.id),
        col(Pledge.valid_from) <= day,
        or_(col(Pledge.valid_to).is_(None), col(Pledge.valid_to) >= day),
    )
    return (
        select(
            col(Membership.member_id),
            func.count(func.distinct(col(Membership.id))).label("memberships"),
            func.coalesce(func.bool_or(Pledge.product == Product.BHXH_TN), False).label("bhxh"),
            func.coalesce(func.bool_or(Pledge.product == Product.BHYT_HGD), False).label("bhyt"),
        )
        .join(Group, col(Group.id) == col(Membership.group_id))
        .outerjoin(Pledge, in_force)
        .where(
            visible_condition(actor, Membership),
            col(Group.model_id).in_(models),
            is_active_on(day),
            col(Membership.joined_on) <= day,
            or_(col(Membership.left_on).is_(None), col(Membership.left_on) >= day),
        )
        .group_by(col(Membership.member_id))
    )


async def sum_savings(db: AsyncSession, actor: Actor, models: Collection[UUID]) -> dict[str, int]:
    """Sum the đồng by kind of entry: the roll-up and what is still pending, in one snapshot."""
    parts = [
        select(col(table.kind), col(table.amount)).where(
            visible_condition(actor, table), col(table.model_id).in_(models)
        )
        for table in (StatMonth, StatPending)
    ]
    entries = union_all(*parts).subquery()
    stmt = select(entries.c.kind, func.sum(entries.c.amount)).group_by(entries.c.kind)
    return {kind: int(amount) for kind, amount in (await db.execute(stmt)).all()}
