"""Counts of what a target is about, each limited to what the actor may see."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.insurance.queries import payment_collector, select_visible_rows
from app.models.campaigns.target import Target
from app.models.insurance.premium_payment import PremiumPayment
from app.models.ledger import LedgerTxn
from app.models.savings.group import Group
from app.models.savings.membership import Membership
from app.models.tenancy.network import Network
from app.savings.savings_models.queries import build_place_condition
from app.savings.visible_groups import is_active_on, select_visible_groups
from app.stats.progress.rules import Counting


async def count_payers(
    db: AsyncSession, actor: Actor, target: Target, counting: Counting, last: date
) -> tuple[int, int]:
    """Count the people (or households) whose payment is dated in the period; returns them, and how many people."""
    stmt = select_visible_rows(actor, PremiumPayment).where(
        col(PremiumPayment.status).in_(("posted", "refunded")),
        col(PremiumPayment.payment_date).between(target.period_from, last),
        *await _build_conditions(db, actor, target, PremiumPayment),
    )
    if target.for_organisation_id is not None:
        stmt = stmt.where(PremiumPayment.organisation_id == target.for_organisation_id)
    if target.for_user_id is not None:
        stmt = stmt.where(payment_collector() == target.for_user_id)
    for product in (counting.product, target.product):
        if product is not None:
            stmt = stmt.where(PremiumPayment.product == product)
    if counting.first_only:
        stmt = stmt.where(PremiumPayment.remuneration_kind == "first")
    members = func.count(col(PremiumPayment.member_id).distinct())
    counted = members
    if target.unit == "households":
        household = func.coalesce(col(PremiumPayment.household_id), col(PremiumPayment.member_id))
        counted = func.count(household.distinct())
    return await _read_pair(db, stmt, counted, members)


async def count_target_members(db: AsyncSession, actor: Actor, target: Target, last: date) -> tuple[int, int]:
    """Count the people who were members of the target's groups on a day."""
    stmt = _select_of_groups(actor, Membership).where(
        col(Membership.joined_on) <= last,
        or_(col(Membership.left_on).is_(None), col(Membership.left_on) >= last),
        *await _build_conditions(db, actor, target, Membership),
        *_in_organisation(actor, target, Membership),
    )
    members = func.count(col(Membership.member_id).distinct())
    return await _read_pair(db, stmt, members, members)


async def sum_saved(db: AsyncSession, actor: Actor, target: Target, last: date) -> tuple[int, int]:
    """Sum savings and sales less withdrawals in the period, less reversals; returns it, and of how many people."""
    kind = func.coalesce(col(LedgerTxn.reversed_kind), col(LedgerTxn.kind))
    sign = case((col(LedgerTxn.kind) == "reversal", -1), else_=1) * case((kind == "withdrawal", -1), else_=1)
    stmt = _select_of_groups(actor, LedgerTxn).where(
        kind.in_(("saving", "sale", "withdrawal")),
        col(LedgerTxn.business_date).between(target.period_from, last),
        *await _build_conditions(db, actor, target, LedgerTxn),
        *_in_organisation(actor, target, LedgerTxn),
    )
    if target.product is not None:
        stmt = stmt.where(LedgerTxn.product == target.product)
    saved = func.coalesce(func.sum(sign * col(LedgerTxn.amount)), 0)
    return await _read_pair(db, stmt, saved, func.count(col(LedgerTxn.member_id).distinct()))


async def count_target_groups(db: AsyncSession, actor: Actor, target: Target, last: date) -> tuple[int, int]:
    """Count the groups that are active on a day; they are no people."""
    stmt = select_visible_groups(actor).where(
        is_active_on(last), *await _build_conditions(db, actor, target, Group)
    )
    if target.for_organisation_id is not None:
        stmt = stmt.where(Group.organisation_id == target.for_organisation_id)
    return (await _read_pair(db, stmt, func.count(), func.count()))[0], 0


def _select_of_groups(actor: Actor, table: type[Any]) -> SelectOfScalar[Any]:
    """Select rows that are always of a group; a treasurer's or collector's are those of their own."""
    stmt = select_visible(actor, table)
    return stmt if actor.groups is None else stmt.where(table.group_id.in_(actor.groups))


async def _build_conditions(
    db: AsyncSession, actor: Actor, target: Target, table: type[SQLModel]
) -> Sequence[ColumnElement[bool]]:
    """Build the conditions of the target's network, place, group and savings model."""
    columns: Any = table
    conditions: list[ColumnElement[bool]] = []
    if not (await db.exec(select(Network.sees_all).where(Network.code == target.network))).one():
        conditions.append(columns.network == target.network)
    if target.place_code is not None:
        conditions.append(await build_place_condition(db, table, target.place_code))
    if target.for_group_id is not None:
        of_group = col(Group.id) if table is Group else columns.group_id
        conditions.append(of_group == target.for_group_id)
    if target.model_id is not None:
        of_model = col(Group.model_id) == target.model_id
        in_model = columns.group_id.in_(_select_ids(actor, of_model)) if table is not Group else of_model
        conditions.append(in_model)
    return conditions


def _in_organisation(actor: Actor, target: Target, table: type[Any]) -> Sequence[ColumnElement[bool]]:
    """Build the condition of the groups of the target's organisation."""
    if target.for_organisation_id is None:
        return ()
    return (table.group_id.in_(_select_ids(actor, Group.organisation_id == target.for_organisation_id)),)


def _select_ids(actor: Actor, condition: Any) -> Any:
    return select_visible_groups(actor).where(condition).with_only_columns(col(Group.id))


async def _read_pair(db: AsyncSession, stmt: SelectOfScalar[Any], *columns: Any) -> tuple[int, int]:
    row = (await db.execute(stmt.with_only_columns(*columns))).one()
    return int(row[0]), int(row[1])
