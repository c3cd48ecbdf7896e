"""Selects for report B15-UQ: new and returning participants, and targets, by organisation and collector."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.forms.reports.rules import ReportPeriod
from app.forms.reports.scope import fetch_scoped_rows, scope_condition

# A person counts once in a month, as new if one of the month's payments was the first, and once since January.
_SELECT_PARTICIPANTS = text(f"""
select organisation_id, collector_id, whole, product, count(*) filter (where new) as new,
       count(*) filter (where paid and not new) as again, count(*) as cumulative
  from (
    select p.organisation_id, p.collector_id, grouping(p.collector_id) = 1 as whole, p.product, p.member_id,
           bool_or(p.payment_date >= :first) as paid,
           bool_or(p.payment_date >= :first and p.remuneration_kind = 'first') as new
      from (select organisation_id, coalesce(collector_id, posted_by) as collector_id, product, member_id, payment_date,
                   remuneration_kind
              from premium_payment p
             where {scope_condition("p")} and status in ('posted', 'refunded')
               and payment_date between :since and :last) p
     group by p.organisation_id, p.product, p.member_id, rollup (p.collector_id)) people
 group by organisation_id, collector_id, whole, product
 order by organisation_id, whole desc, collector_id, product
""")

_SELECT_COLLECTORS = text("""
select u.id, u.username as code, u.full_name as name from app_user u where u.id = any (cast(:ids as uuid[]))
union all
select a.id, a.client_id, a.name from api_client a where a.id = any (cast(:ids as uuid[]))
""")

# Targets of the year's contract, not those of a model or a campaign.
_SELECT_TARGETS = text(f"""
select t.for_organisation_id, t.for_user_id, u.organisation_id as user_organisation_id, t.metric, t.product, t.period,
       t.period_from, t.place_code, t.value, t.set_by_network = 'bhxh' as by_bhxh, t.set_on, t.created_at
  from target t
  left join app_user u on u.id = t.for_user_id
 where ({scope_condition("t")} or t.province_code is null and (:all_networks or t.network = :network))
   and (t.for_organisation_id is not null or u.id is not null)
   and t.metric in ('participants_bhxh_tn', 'participants_bhyt_hgd', 'new_participants')
   and t.unit = 'people' and t.value is not null and t.model_id is null and t.campaign_id is null
   and t.period in ('year', 'quarter', 'month') and t.period_from between :since and :last
""")


async def read_participants(db: AsyncSession, actor: Actor, period: ReportPeriod) -> Sequence[Row[Any]]:
    """Read new and returning participants by organisation, collector and product.

    Columns: organisation_id, collector_id, whole (a line of the whole organisation), product, new, again, cumulative.
    """
    values = {"since": period.year_start, "first": period.first, "last": period.last}
    return await fetch_scoped_rows(db, actor, _SELECT_PARTICIPANTS, values)


async def read_collectors(db: AsyncSession, actor: Actor, ids: Sequence[Any]) -> Sequence[Row[Any]]:
    """Read id, code and name of the people and partner systems that post payments, where the actor sees them."""
    return await fetch_scoped_rows(db, actor, _SELECT_COLLECTORS, {"ids": list(ids)})


async def read_targets(db: AsyncSession, actor: Actor, period: ReportPeriod) -> Sequence[Row[Any]]:
    """Read the targets of organisations and users that begin in the year, up to the end of the period."""
    return await fetch_scoped_rows(
        db, actor, _SELECT_TARGETS, {"since": period.year_start, "last": period.last}
    )
