"""Select for report C21-TS: people whose insurance ended and was not renewed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.values.time import month_of
from app.forms.reports.rules import ReportPeriod
from app.forms.reports.scope import fetch_scoped_rows, scope_condition
from app.insurance.law.coverage import find_stop_days

# Nobody has stopped before the first day without insurance has come. Only BHXH sees a person in several registers. Who
# died, draws a pension, took the one-off benefit or came under another insurance did not stop. Later insurance counts
# whichever group paid it.
_SELECT_STOPPED = text(f"""
with stopped as (
    select c.id, c.member_id, c.commune_code, c.organisation_id, c.product,
           least(c.valid_to, c.ended_on) as last_day
      from coverage c
      join enrolment e on e.id = c.enrolment_id
     where {scope_condition("c")} and c.valid_from is not null
       and least(c.valid_to, c.ended_on) between :first and least(:last, cast(:day as date) - 1)
       and least(c.valid_to, c.ended_on) >= c.valid_from
       and c.ended_why is null and coalesce(e.ended_why, 'stopped') = 'stopped'
), provided as (
    select distinct o.member_id, o.kind in ('compulsory', 'pension') as excludes
      from (select array_agg(member_id) as members, array_agg(cast(:month as date)) as months from stopped) s,
           lateral other_insurance_in(s.members, s.months) o
)
select m.id as member_id, coalesce(m.national_id, m.social_insurance_no, m.id::text) as person, m.full_name,
       coalesce(m.social_insurance_no, m.health_card_no) as insurance_no, m.phone, m.hamlet_code,
       m.commune_code as home_code, m.province_code as home_province, s.commune_code, s.product, s.last_day,
       coalesce(o.code, '') as organisation_code
  from stopped s
  join member m on m.id = s.member_id
  left join organisation o on o.id = s.organisation_id
 where m.died_on is null
   and not exists (
       select from (select m.id
                    union select p.id from member p where p.national_id = m.national_id
                    union select p.id from member p where p.social_insurance_no = m.social_insurance_no) same,
              lateral coverage_of(same.id) later
        where later.product = s.product and later.valid_from is not null
          and least(later.valid_to, later.ended_on) > s.last_day)
   and not exists (select from provided o where o.member_id = m.id and (o.excludes or s.product = 'bhyt_hgd'))
 order by s.commune_code, m.search_name, m.id, s.last_day, s.product
""")


async def read_stopped_coverage(
    db: AsyncSession, actor: Actor, period: ReportPeriod, today: date
) -> Sequence[Row[Any]]:
    """Read who stopped within the period, up to today, and has not come back: a row for each product, by communes
    and names.

    Columns: member_id, person (the same for one person in several registers), full_name, insurance_no, phone,
    hamlet_code, home_code, home_province, commune_code, product, last_day (the last day
    covered), organisation_code.
    """
    first, last = find_stop_days(month_of(period.first), month_of(period.last))
    values = {"first": first, "last": last, "day": today, "month": today.replace(day=1)}
    return await fetch_scoped_rows(db, actor, _SELECT_STOPPED, values)
