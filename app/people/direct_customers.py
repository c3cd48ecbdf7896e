"""Direct customers (người tham gia trực tiếp): whom a collector entered, or whose money they took without a group."""

from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.auth.actor import Actor
from app.models.insurance.premium_payment import PremiumPayment
from app.models.people.member import Member


def direct_customer_condition(actor: Actor, member_id: Any) -> ColumnElement[bool]:
    """Build the condition that *member_id* is a direct customer of the actor (in SQL: `is_direct_customer`)."""
    member, payment = aliased(Member), aliased(PremiumPayment)
    entered = select(member.id).where(col(member.id) == member_id, col(member.created_by) == actor.id)
    paid = select(payment.id).where(
        col(payment.member_id) == member_id,
        col(payment.group_id).is_(None),
        col(payment.collector_id) == actor.id,
    )
    return or_(entered.exists(), paid.exists())
