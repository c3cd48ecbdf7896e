"""Queries for forecasts of a group, in one statement: balances and entries of the ledger, pledges, enrolments."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.postgres.database import get_driver
from app.insurance.coverage.queries import read_supports_before
from app.insurance.forecasts.rules import LONG_PACE_DAYS, SHORT_PACE_DAYS
from app.models.savings.group import Group
from app.savings.kinds import Product

_SELECT_SAVERS: Final = """
with present as materialized (
    select m.id, m.member_id, m.joined_on, p.household_id, p.full_name
      from membership m join member p on p.id = m.member_id
     where m.group_id = $1 and m.joined_on <= $3 and (m.left_on is null or m.left_on >= $3)
), moved as materialized (
    select t.member_id, t.business_date, t.kind not in ('hold', 'hold_voided') as posted,
           case when t.kind in ('saving', 'sale', 'donation') then t.amount
                when t.kind = 'withdrawal' then -t.amount
                when t.kind = 'reversal' and t.reversed_kind = 'withdrawal' then t.amount
                when t.kind = 'reversal' then -t.amount else 0 end as amount
      from ledger_txn t
     where t.group_id = $1 and t.seq >= seq_before($2, $4) and t.business_date >= $4 and t.member_id is not null
), recent as (
    select x.member_id, sum(x.amount) as long, sum(x.amount) filter (where x.business_date >= $5) as short,
           count(*) filter (where x.posted) as entries, min(x.business_date) as first_on
      from moved x group by x.member_id
), pledged as (
    select g.membership_id,
           json_agg(json_build_object('product', g.product, 'amount', g.amount, 'per', g.per,
                                      'since', g.valid_from)) as all
      from pledge g where g.group_id = $1 and g.valid_from <= $3 and (g.valid_to is null or g.valid_to >= $3)
     group by g.membership_id
), enrolled as (
    select x.member_id, json_agg(x) as all from (
        select distinct on (e.member_id, e.product) e.member_id, e.product, e.method, e.months, e.monthly_income,
               e.from_month, e.support_group, e.id, e.status,
               (select max(least(v.valid_to, v.ended_on)) from coverage v where v.enrolment_id = e.id) as covered_to
          from enrolment e join present p on p.member_id = e.member_id
         where coalesce(e.group_id, $1) = $1 and e.status not in ('rejected', 'withdrawn', 'ended')
         order by e.member_id, e.product, e.from_month desc) x
     group by x.member_id
)
select p.*, coalesce(c.posted, 0) as balance, coalesce(c.held, 0) as held,
       coalesce(r.long, 0)::bigint as saved_long, coalesce(r.short, 0)::bigint as saved_short,
       case when r.entries >= c.version then r.first_on end as first_on,
       coalesce(g.all, '[]')::text as pledges, coalesce(e.all, '[]')::text as enrolments
  from present p
  left join account c on c.group_id = $1 and c.member_id = p.member_id and c.kind = 'member'
  left join recent r on r.member_id = p.member_id
  left join pledged g on g.membership_id = p.id
  left join enrolled e on e.member_id = p.member_id
 order by p.id
"""


@dataclass(frozen=True, slots=True)
class Saver:
    """A present member and their money in one group.

    saved_long, saved_short: đồng of the last 90 and 28 days, withdrawals subtracted. first_on: day of their first
    entry where that lies within the 90 days. pledges: product, amount, per, since. enrolments: the last one of each
    product, with the last day that it covers once it is paid. supported_before: months with the state's support so far.
    """

    id: UUID
    member_id: UUID
    joined_on: date
    household_id: UUID | None
    full_name: str
    balance: int
    held: int
    saved_long: int
    saved_short: int
    first_on: date | None
    pledges: list[dict[str, Any]]
    enrolments: list[dict[str, Any]]
    supported_before: int


async def list_savers(db: AsyncSession, group: Group, today: date) -> list[Saver]:
    """List the present members of a group that the actor may see, in the order of their memberships."""
    long_start, short_start = (today - timedelta(days=days - 1) for days in (LONG_PACE_DAYS, SHORT_PACE_DAYS))
    rows = await (await get_driver(db)).fetch(
        _SELECT_SAVERS, group.id, group.province_code, today, long_start, short_start
    )
    enrolments = [json.loads(row["enrolments"]) for row in rows]
    asked = [
        (row["member_id"], _find_premium_enrolment(own)) for row, own in zip(rows, enrolments, strict=True)
    ]
    supports = await read_supports_before(db, asked)
    return [
        Saver(
            **{**row, "pledges": json.loads(row["pledges"]), "enrolments": own},
            supported_before=supports.get(query, 0),
        )
        for row, own, query in zip(map(dict, rows), enrolments, asked, strict=True)
    ]


def _find_premium_enrolment(enrolments: Sequence[dict[str, Any]]) -> UUID | None:
    return next((UUID(row["id"]) for row in enrolments if row["product"] == Product.BHXH_TN), None)
