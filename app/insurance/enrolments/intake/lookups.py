"""Bulk lookups for a batch of enrolments, each for all of its rows at once.

The statements run on the driver's connection of the session's transaction (`get_driver`), so rights, scope and errors
are those of any other request.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import date
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.core.postgres.bulk import equal_to_one_of_many, fetch_with_custom_plan
from app.insurance.enrolments.intake.row import CommuneOverTime, CommuneRef, EnrolmentKey
from app.insurance.enrolments.rules import PRICED_COLUMNS

# The commune that bears a code on a day, or `now_code`, the one that it became or came from; with its province then.
_COMMUNES = """
select x.code, x.day, n.code as now_code,
       case when a.level = 'province' then a.code when b.level = 'province' then b.code end as province_code
  from unnest($1::text[], $2::date[]) as x (code, day)
  cross join lateral place_on(x.code, x.day) as n (code)
  join place p on p.code = n.code and p.level = 'commune' and p.valid_from <= x.day
       and (p.valid_to is null or p.valid_to >= x.day)
  join place a on a.code = p.parent_code and a.valid_from <= x.day and (a.valid_to is null or a.valid_to >= x.day)
  left join place b on b.code = a.parent_code and b.valid_from <= x.day
       and (b.valid_to is null or b.valid_to >= x.day)
 where 'province' in (a.level, b.level)
"""

_GROUPS = """
select g.id, g.code, g.ended_on from unnest($2::uuid[]) as x join savings_group g on g.network = $1 and g.id = x
union
select g.id, g.code, g.ended_on from unnest($3::text[]) as x join savings_group g on g.network = $1 and g.code = x
"""

_ENROLMENT_COLUMNS = (
    "e.id, e.member_id, e.product, e.from_month, e.external_ref, e.content_hash, e.status, e.version"
)
_EARLIER_COLUMNS = ", ".join(
    [_ENROLMENT_COLUMNS, *(f"e.{name}" for name in sorted(PRICED_COLUMNS - {"from_month"}))]
)
_BY_REF_OR_ID = {
    kind: f"""
select true as own_ref, {_EARLIER_COLUMNS} from unnest($2::text[]) as x
  join enrolment e on {of_sender} and e.external_ref = x
union all
select false, {_EARLIER_COLUMNS} from unnest($3::uuid[]) as x join enrolment e on e.id = x
"""
    for kind, of_sender in (
        ("client", "e.client_id = $1"),
        ("user", "e.client_id is null and e.organisation_id = $1"),
    )
}

_LIVE = f"""
select e.* from unnest($1::uuid[], $2::text[], $3::date[]) as x (member_id, product, from_month) cross join lateral
       (select {_ENROLMENT_COLUMNS} from enrolment e
         where {equal_to_one_of_many("e.member_id", "x.member_id")} and e.product = x.product
           and e.from_month = x.from_month and e.status not in ('rejected', 'withdrawn', 'ended') offset 0) e
"""


async def read_communes(
    driver: asyncpg.Connection, places: Set[tuple[str, date]], today: date
) -> dict[tuple[str, date], CommuneOverTime]:
    """Read what communes are meant by places, each a code and the first day of a month; unknown ones are missing."""
    codes_and_days = places | {(code, today) for code, _ in places}
    columns = [list(column) for column in zip(*codes_and_days, strict=True)] or [[], []]
    rows = await fetch_with_custom_plan(driver, _COMMUNES, *columns)
    refs = {(row["code"], row["day"]): CommuneRef(row["now_code"], row["province_code"]) for row in rows}
    return {
        (code, day): CommuneOverTime(refs[code, today], refs[code, day])
        for code, day in places
        if (code, today) in refs and (code, day) in refs
    }


async def read_groups(
    driver: asyncpg.Connection, network: str, ids: Sequence[UUID], codes: Sequence[str]
) -> Sequence[asyncpg.Record]:
    """Read groups by id or code: id, code, ended_on."""
    return await fetch_with_custom_plan(driver, _GROUPS, network, ids, codes)


async def read_earlier_enrolments(
    driver: asyncpg.Connection, actor: Actor, refs: Sequence[str], ids: Sequence[UUID]
) -> Sequence[asyncpg.Record]:
    """Read enrolments that this sender sent under these references (`own_ref`), and those with these ids."""
    sender = actor.id if actor.kind == "client" else actor.organisation_id
    return await fetch_with_custom_plan(driver, _BY_REF_OR_ID[actor.kind], sender, refs, ids)


async def read_live_enrolments(
    driver: asyncpg.Connection, keys: Iterable[EnrolmentKey]
) -> dict[EnrolmentKey, asyncpg.Record]:
    """Read the live enrolments of these members, products and first months."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    rows = await fetch_with_custom_plan(driver, _LIVE, *columns)
    return {(row["member_id"], row["product"], row["from_month"]): row for row in rows}
