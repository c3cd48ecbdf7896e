"""Bulk lookups for a batch of enrolments, each for all of its rows at once.

The statements run on the driver's connection of the session's transaction (`get_driver`), so rights, scope and errors
are those of any other request.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.insurance.enrolments.intake.row import CommuneRef, EnrolmentKey
from app.insurance.matching.rules import KnownMember, NamesakesKey

Driver: TypeAlias = asyncpg.Connection

_MEMBER_COLUMNS = (
    "m.id, m.full_name, m.birth_date, m.national_id, m.social_insurance_no, m.died_on, m.province_code,"
    " m.commune_code"
)

# (`offset 0` keeps each look-up an index scan of its own. Under row-level security the planner takes for dear what it
# may never look at, a member's groups for a treasurer, and from some hundred thousand members on would read them all.)
_MEMBERS = f"""
select m.* from unnest($2::text[]) as x cross join lateral
       (select {_MEMBER_COLUMNS} from member m where m.network = $1 and m.national_id = x offset 0) m
union
select m.* from unnest($3::text[]) as x cross join lateral
       (select {_MEMBER_COLUMNS} from member m where m.network = $1 and m.social_insurance_no = x offset 0) m
union
select m.* from unnest($4::uuid[]) as x cross join lateral
       (select {_MEMBER_COLUMNS} from member m where m.network = $1 and m.id = x offset 0) m
"""

# (The network is compared outside, where it tempts nobody to an index of communes and networks.)
_NAMESAKES = f"""
select {_MEMBER_COLUMNS}
  from unnest($2::text[], $3::text[], $4::integer[]) as x (commune_code, search_name, year) cross join lateral
       (select * from member m
         where m.commune_code = x.commune_code and m.search_name = x.search_name
           and m.birth_date between make_date(x.year, 1, 1) and make_date(x.year, 12, 31) offset 0) m
 where m.network = $1
"""

# Those who cannot be told apart by a number are entered by one at a time in each commune.
_LOCK_NAMES = """
select pg_advisory_xact_lock(hashtextextended('ansinh.names ' || $1 || ' ' || x.code, 0))
  from unnest($2::text[]) as x (code)
"""

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
_BY_REF_OR_ID = {
    kind: f"""
select true as own_ref, {_ENROLMENT_COLUMNS} from unnest($2::text[]) as x
  join enrolment e on {of_sender} and e.external_ref = x
union all
select false, {_ENROLMENT_COLUMNS} from unnest($3::uuid[]) as x join enrolment e on e.id = x
"""
    for kind, of_sender in (
        ("client", "e.client_id = $1"),
        ("user", "e.client_id is null and e.organisation_id = $1"),
    )
}

_LIVE = f"""
select {_ENROLMENT_COLUMNS}
  from unnest($1::uuid[], $2::text[], $3::date[]) as x (member_id, product, from_month)
  join enrolment e on e.member_id = x.member_id and e.product = x.product and e.from_month = x.from_month
 where e.status not in ('rejected', 'withdrawn', 'ended')
"""


async def fetch_with_custom_plan(driver: Driver, sql: str, *args: Any) -> Sequence[asyncpg.Record]:
    """Fetch the rows of a select with a plan made for these very arguments (a custom plan).

    A plan that was kept from when a table was small reads the whole of it once for each row of a batch.
    """
    statement = await driver.prepare(sql)
    return await statement.fetch(*args)  # type: ignore[no-any-return]


async def read_members(
    driver: Driver, network: str, national_ids: Sequence[str], social_nos: Sequence[str], ids: Sequence[UUID]
) -> list[KnownMember]:
    """Read the members with any of these numbers or ids, of those whom the actor may see."""
    rows = await fetch_with_custom_plan(driver, _MEMBERS, network, national_ids, social_nos, ids)
    return [KnownMember(**row) for row in rows]


async def read_namesakes(driver: Driver, network: str, keys: Iterable[NamesakesKey]) -> list[KnownMember]:
    """Read the members of any of these communes, names and years of birth."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    return [KnownMember(**row) for row in await fetch_with_custom_plan(driver, _NAMESAKES, network, *columns)]


async def lock_communes_for_names(driver: Driver, network: str, communes: Iterable[str]) -> None:
    """Lock these communes for inserting people without a number; waits for others who do."""
    await driver.fetch(_LOCK_NAMES, network, sorted(set(communes)))


async def read_communes(
    driver: Driver, codes_and_days: Iterable[tuple[str, date]]
) -> dict[tuple[str, date], CommuneRef]:
    """Read the commune that each code means on a day: its code on that day, and its province then."""
    columns = [list(column) for column in zip(*codes_and_days, strict=True)] or [[], []]
    rows = await fetch_with_custom_plan(driver, _COMMUNES, *columns)
    return {(row["code"], row["day"]): CommuneRef(row["now_code"], row["province_code"]) for row in rows}


async def read_groups(
    driver: Driver, network: str, ids: Sequence[UUID], codes: Sequence[str]
) -> Sequence[asyncpg.Record]:
    """Read groups by id or code: id, code, ended_on."""
    return await fetch_with_custom_plan(driver, _GROUPS, network, ids, codes)


async def read_earlier_enrolments(
    driver: Driver, actor: Actor, refs: Sequence[str], ids: Sequence[UUID]
) -> Sequence[asyncpg.Record]:
    """Read enrolments that this sender sent under these references (`own_ref`), and those with these ids."""
    sender = actor.id if actor.kind == "client" else actor.organisation_id
    return await fetch_with_custom_plan(driver, _BY_REF_OR_ID[actor.kind], sender, refs, ids)


async def read_live_enrolments(
    driver: Driver, keys: Iterable[EnrolmentKey]
) -> dict[EnrolmentKey, asyncpg.Record]:
    """Read the live enrolments of these members, products and first months."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    rows = await fetch_with_custom_plan(driver, _LIVE, *columns)
    return {(row["member_id"], row["product"], row["from_month"]): row for row in rows}
