"""Selects for report D11-TS: money collected and refunded, with the remuneration of each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.forms.reports.rules import ReportPeriod
from app.forms.reports.scope import fetch_scoped_rows, scope_condition

# Who took a direct customer's money is its collector. A refund has its payment's collector, kind and rate.
_SELECT_DETAIL = text(f"""
select * from (
select p.payment_date as day, coalesce(u.username, a.client_id, '') as collector_code, m.full_name,
       coalesce(m.social_insurance_no, m.health_card_no) as insurance_no, p.product, p.method, p.months,
       p.monthly_income, p.formula ->> 'rate' as contribution_rate, p.amount_due,
       p.remuneration_kind = 'first' as first, p.remuneration_rate as rate, p.participant_pays as paid,
       coalesce(p.remuneration, 0) as earned,
       0 as months_refunded, 0 as refunded, 0 as clawback, p.id, p.member_id
  from premium_payment p
  join member m on m.id = p.member_id
  left join app_user u on u.id = coalesce(p.collector_id, p.posted_by)
  left join api_client a on a.id = p.posted_by
 where {scope_condition("p")} and p.organisation_id = :organisation and p.status in ('posted', 'refunded')
   and p.payment_date between :first and :last
union all
select r.decided_on, coalesce(u.username, a.client_id, ''), m.full_name,
       coalesce(m.social_insurance_no, m.health_card_no), p.product, p.method, p.months, p.monthly_income,
       p.formula ->> 'rate', p.amount_due, p.remuneration_kind = 'first', r.remuneration_rate, 0, 0,
       r.remaining_months, r.amount, coalesce(r.clawback, 0), p.id, p.member_id
  from premium_refund r
  join premium_payment p on p.id = r.payment_id
  join member m on m.id = p.member_id
  left join app_user u on u.id = coalesce(p.collector_id, p.posted_by)
  left join api_client a on a.id = p.posted_by
 where {scope_condition("r")} and p.organisation_id = :organisation and r.decided_on between :first and :last) lines
 order by months_refunded > 0, day, id
""")

_SELECT_SUMS = text(f"""
select organisation_id, product, sum(first_people) as first_people, sum(first_paid) as first_paid,
       sum(first_earned) as first_earned, sum(again_people) as again_people, sum(again_paid) as again_paid,
       sum(again_earned) as again_earned, sum(first_refunded) as first_refunded, sum(first_clawback) as first_clawback,
       sum(again_refunded) as again_refunded, sum(again_clawback) as again_clawback
  from (
    select p.organisation_id, p.product,
           count(*) filter (where p.remuneration_kind = 'first') as first_people,
           coalesce(sum(p.participant_pays) filter (where p.remuneration_kind = 'first'), 0) as first_paid,
           coalesce(sum(p.remuneration) filter (where p.remuneration_kind = 'first'), 0) as first_earned,
           count(*) filter (where p.remuneration_kind = 'again') as again_people,
           coalesce(sum(p.participant_pays) filter (where p.remuneration_kind = 'again'), 0) as again_paid,
           coalesce(sum(p.remuneration) filter (where p.remuneration_kind = 'again'), 0) as again_earned,
           0 as first_refunded, 0 as first_clawback, 0 as again_refunded, 0 as again_clawback
      from premium_payment p
     where {scope_condition("p")} and p.status in ('posted', 'refunded') and p.payment_date between :first and :last
     group by p.organisation_id, p.product
    union all
    select p.organisation_id, p.product, 0, 0, 0, 0, 0, 0,
           coalesce(sum(r.amount) filter (where p.remuneration_kind = 'first'), 0),
           coalesce(sum(r.clawback) filter (where p.remuneration_kind = 'first'), 0),
           coalesce(sum(r.amount) filter (where p.remuneration_kind = 'again'), 0),
           coalesce(sum(r.clawback) filter (where p.remuneration_kind = 'again'), 0)
      from premium_refund r join premium_payment p on p.id = r.payment_id
     where {scope_condition("r")} and r.decided_on between :first and :last
     group by p.organisation_id, p.product) parts
 group by organisation_id, product
 order by organisation_id, product
""")


async def read_remuneration_detail(
    db: AsyncSession, actor: Actor, period: ReportPeriod, organisation_id: UUID
) -> Sequence[Row[Any]]:
    """Read one organisation's payments, then its refunds, of the period, in the order of their days."""
    values = {"first": period.first, "last": period.last, "organisation": organisation_id}
    return await fetch_scoped_rows(db, actor, _SELECT_DETAIL, values)


async def read_remuneration_sums(db: AsyncSession, actor: Actor, period: ReportPeriod) -> Sequence[Row[Any]]:
    """Read the number of payments, money, remuneration, refunds and clawback by organisation and product."""
    return await fetch_scoped_rows(db, actor, _SELECT_SUMS, {"first": period.first, "last": period.last})
