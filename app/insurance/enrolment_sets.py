"""Statements over many rows at once: a batch of a thousand enrolments is a dozen of them.

They run on the driver's connection of the session's transaction (`driver_of`), so rights, scope and errors are those
of any other request. Rows are written in the order of their keys, so that two batches with the same people wait for
one another instead of locking each other out, and a row that is there already is passed over, never an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.core.rows import as_json
from app.insurance.enrolment_matching import Known, Namesakes
from app.insurance.enrolment_row import Key, Seat

Driver: TypeAlias = asyncpg.Connection
Rows = Sequence[Mapping[str, Any]]

_MEMBER = (
    "m.id, m.full_name, m.birth_date, m.national_id, m.social_insurance_no, m.died_on, m.province_code,"
    " m.commune_code"
)

_MEMBERS = f"""
select {_MEMBER} from unnest($2::text[]) as x join member m on m.network = $1 and m.national_id = x
union
select {_MEMBER} from unnest($3::text[]) as x join member m on m.network = $1 and m.social_insurance_no = x
union
select {_MEMBER} from unnest($4::uuid[]) as x join member m on m.network = $1 and m.id = x
"""

_NAMESAKES = f"""
select {_MEMBER}
  from unnest($2::text[], $3::text[], $4::integer[]) as x (commune_code, search_name, year)
  join member m on m.commune_code = x.commune_code and m.search_name = x.search_name
       and m.birth_date between make_date(x.year, 1, 1) and make_date(x.year, 12, 31)
 where m.network = $1
"""

# Those who cannot be told apart by a number are entered by one at a time in each commune.
_LOCK_NAMES = """
select pg_advisory_xact_lock(hashtextextended('ansinh.names ' || $1 || ' ' || x.code, 0))
  from unnest($2::text[]) as x (code)
"""

_ENTER_MEMBERS = """
insert into member (id, network, organisation_id, province_code, commune_code, full_name, search_name, birth_date, sex,
       national_id, social_insurance_no, phone, created_by)
select x.id, $2, $3, x.province_code, x.commune_code, x.full_name, x.search_name, x.birth_date, x.sex,
       x.national_id, x.social_insurance_no, x.phone, $4
  from json_to_recordset($1::text::json) as x (id uuid, province_code text, commune_code text, full_name text,
       search_name text, birth_date date, sex text, national_id text, social_insurance_no text, phone text)
 order by x.national_id, x.social_insurance_no, x.id
on conflict do nothing
returning id
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

_FOUND = "e.id, e.member_id, e.product, e.from_month, e.external_ref, e.content_hash, e.status, e.version"
_SENT = {
    kind: f"""
select true as own_ref, {_FOUND} from unnest($2::text[]) as x join enrolment e on {of_sender} and e.external_ref = x
union all
select false, {_FOUND} from unnest($3::uuid[]) as x join enrolment e on e.id = x
"""
    for kind, of_sender in (
        ("client", "e.client_id = $1"),
        ("user", "e.client_id is null and e.organisation_id = $1"),
    )
}

_LIVE = f"""
select {_FOUND}
  from unnest($1::uuid[], $2::text[], $3::date[]) as x (member_id, product, from_month)
  join enrolment e on e.member_id = x.member_id and e.product = x.product and e.from_month = x.from_month
 where e.status not in ('rejected', 'withdrawn', 'ended')
"""

_ENROL = """
insert into enrolment (id, network, organisation_id, province_code, commune_code, group_id, member_id, product, method,
       months, monthly_income, from_month, support_group, relation_to_head, covered_until, insured_since,
       supported_before, status, external_ref, client_id, batch_id, content_hash, submitted_at, submitted_by,
       created_by)
select x.id, $2, $3, x.province_code, x.commune_code, x.group_id, x.member_id, x.product, x.method,
       x.months, x.monthly_income, x.from_month, x.support_group, x.relation_to_head, x.covered_until, x.insured_since,
       coalesce(x.supported_before, 0), $4, x.external_ref, $5, $6, decode(x.content_hash, 'hex'),
       case when $4 = 'submitted' then now() end, case when $4 = 'submitted' then $7::uuid end, $7
  from json_to_recordset($1::text::json) as x (nth integer, id uuid, province_code text, commune_code text,
       group_id uuid, member_id uuid, product text, method text, months integer, monthly_income bigint,
       from_month date, support_group text, relation_to_head text, covered_until date,
       insured_since date, supported_before integer, external_ref text, content_hash text)
 order by x.member_id, x.product, x.from_month, x.nth
on conflict do nothing
returning id
"""

# An enrolment that was sent for before, with what its reference now says; passed over when BHXH or a colleague was
# there meanwhile, or when the person has another enrolment from that month on.
_AMEND = """
update enrolment e
   set province_code = x.province_code, commune_code = x.commune_code, group_id = x.group_id, method = x.method,
       months = x.months, monthly_income = x.monthly_income, from_month = x.from_month,
       support_group = x.support_group, relation_to_head = x.relation_to_head,
       content_hash = decode(x.content_hash, 'hex'), status = 'submitted', submitted_at = now(), submitted_by = $2,
       updated_at = now(), version = e.version + 1
  from json_to_recordset($1::text::json) as x (id uuid, version integer, province_code text, commune_code text,
       group_id uuid, method text, months integer, monthly_income bigint, from_month date, support_group text,
       relation_to_head text, content_hash text)
 where e.id = x.id and e.version = x.version and e.status in ('draft', 'submitted', 'returned')
   and not exists (select from enrolment o
                    where o.member_id = e.member_id and o.product = e.product and o.from_month = x.from_month
                      and o.id <> e.id and o.status not in ('rejected', 'withdrawn', 'ended'))
returning e.id
"""

_JOIN = """
insert into membership (id, group_id, member_id, network, province_code, commune_code, joined_on)
select x.id, g.id, x.member_id, g.network, g.province_code, g.commune_code, greatest($2, g.started_on)
  from json_to_recordset($1::text::json) as x (id uuid, group_id uuid, member_id uuid)
  join savings_group g on g.id = x.group_id
 where not exists (select from membership m where m.group_id = g.id and m.member_id = x.member_id
                    and (m.left_on is null or m.left_on >= $2))
 order by g.id, x.member_id
on conflict (group_id, member_id) where left_on is null do nothing
returning id, province_code, commune_code, group_id, joined_on
"""


async def read_rows(driver: Driver, sql: str, *args: Any) -> Sequence[asyncpg.Record]:
    """Rows of a select that is planned for these very arguments.

    A plan that was kept from when a table was small reads the whole of it once for each row of a batch.
    """
    statement = await driver.prepare(sql)
    return await statement.fetch(*args)  # type: ignore[no-any-return]


async def read_members(
    driver: Driver, network: str, national_ids: Sequence[str], social_nos: Sequence[str], ids: Sequence[UUID]
) -> list[Known]:
    """The members with any of these numbers or ids, of those whom the actor may see."""
    rows = await read_rows(driver, _MEMBERS, network, national_ids, social_nos, ids)
    return [Known(**row) for row in rows]


async def read_namesakes(driver: Driver, network: str, keys: Iterable[Namesakes]) -> list[Known]:
    """The members of any of these communes, names and years of birth."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    return [Known(**row) for row in await read_rows(driver, _NAMESAKES, network, *columns)]


async def lock_names(driver: Driver, network: str, communes: Iterable[str]) -> None:
    """Wait until nobody else enters people without a number in these communes."""
    await driver.fetch(_LOCK_NAMES, network, sorted(set(communes)))


async def enter_members(driver: Driver, actor: Actor, members: Rows) -> set[UUID]:
    """Enter people in the register of the actor's network; returns the ids of those who were not there."""
    rows = await driver.fetch(
        _ENTER_MEMBERS, as_json(members), actor.network, actor.organisation_id, actor.id
    )
    return {row["id"] for row in rows}


async def read_communes(driver: Driver, wanted: Iterable[tuple[str, date]]) -> dict[tuple[str, date], Seat]:
    """For each code and day that mean a commune: the code of that commune on the day, and its province then."""
    columns = [list(column) for column in zip(*wanted, strict=True)] or [[], []]
    rows = await read_rows(driver, _COMMUNES, *columns)
    return {(row["code"], row["day"]): Seat(row["now_code"], row["province_code"]) for row in rows}


async def read_groups(
    driver: Driver, network: str, ids: Sequence[UUID], codes: Sequence[str]
) -> Sequence[asyncpg.Record]:
    """Groups by id or code: id, code, ended_on."""
    return await read_rows(driver, _GROUPS, network, ids, codes)


async def read_sent(
    driver: Driver, actor: Actor, refs: Sequence[str], ids: Sequence[UUID]
) -> Sequence[asyncpg.Record]:
    """Enrolments that this sender sent under these references (`own_ref`), and those with these ids."""
    sender = actor.id if actor.kind == "client" else actor.organisation_id
    return await read_rows(driver, _SENT[actor.kind], sender, refs, ids)


async def read_live(driver: Driver, keys: Iterable[Key]) -> dict[Key, asyncpg.Record]:
    """The live enrolments of these members, products and first months."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    rows = await read_rows(driver, _LIVE, *columns)
    return {(row["member_id"], row["product"], row["from_month"]): row for row in rows}


async def enrol(
    driver: Driver, actor: Actor, enrolments: Rows, *, status: str, batch_id: UUID | None
) -> set[UUID]:
    """Write enrolments; returns the ids of those that repeat none that is there."""
    client = actor.id if actor.kind == "client" else None
    rows = await driver.fetch(
        _ENROL, as_json(enrolments), actor.network, actor.organisation_id, status, client, batch_id, actor.id
    )
    return {row["id"] for row in rows}


async def amend(driver: Driver, actor: Actor, enrolments: Rows) -> set[UUID]:
    """Change enrolments that are open; returns the ids of those that were."""
    rows = await driver.fetch(_AMEND, as_json(enrolments), actor.id)
    return {row["id"] for row in rows}


async def join_groups(driver: Driver, memberships: Rows, day: date) -> Sequence[asyncpg.Record]:
    """Let members join groups in which they are not; returns the new memberships."""
    return await read_rows(driver, _JOIN, as_json(memberships), day)
