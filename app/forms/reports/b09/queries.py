"""Selects for report B09-TS: participants in voluntary insurance and the state's support, by commune and group."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.forms.reports.rules import ReportPeriod
from app.forms.reports.scope import fetch_scoped_rows, scope_condition

# People are those insured on the last day; who pays for missing months before the pension counts when paying.
# The support group is the one that the payment was priced with.
_SELECT_SUPPORTED = text(f"""
select commune_code, support_group, sum(people) as people, sum(due) as due, sum(state) as state
  from (
    select c.commune_code, p.support_group, count(distinct c.member_id) as people, 0 as due, 0 as state
      from coverage c join premium_payment p on p.id = c.payment_id
     where {scope_condition("c")} and c.product = 'bhxh_tn' and p.payment_date <= :last
       and case when c.valid_from is null then p.payment_date >= :first
                else c.valid_from <= :last and least(c.valid_to, c.ended_on) >= :last end
     group by c.commune_code, p.support_group
    union all
    select p.commune_code, p.support_group, 0, sum(p.amount_due), sum(p.state_support)
      from premium_payment p
     where {scope_condition("p")} and p.product = 'bhxh_tn' and p.status in ('posted', 'refunded')
       and p.payment_date between :first and :last
     group by p.commune_code, p.support_group) parts
 group by commune_code, support_group
 order by commune_code, support_group
""")


async def read_supported(db: AsyncSession, actor: Actor, period: ReportPeriod) -> Sequence[Row[Any]]:
    """Read people, amount due and state support (đồng) by commune_code and support_group (null: none)."""
    return await fetch_scoped_rows(db, actor, _SELECT_SUPPORTED, {"first": period.first, "last": period.last})
