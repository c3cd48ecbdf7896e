"""Reads the part of a network's register in which a row's person may be found, for all rows at once."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from app.core.postgres.bulk import fetch_with_custom_plan
from app.insurance.matching.rules import Candidate, KnownMember, NamesakesKey, Register, build_namesakes_key

_MEMBER_COLUMNS: Final = (
    "m.id, m.full_name, m.birth_date, m.national_id, m.social_insurance_no, m.died_on, m.province_code,"
    " m.commune_code, m.number_claim is not null as number_pending"
)

# (`offset 0` keeps each look-up an index scan of its own. Under row-level security the planner takes for dear what it
# may never look at, a member's groups for a treasurer, and from some hundred thousand members on would read them all.)
_MEMBERS: Final = f"""
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
_NAMESAKES: Final = f"""
select {_MEMBER_COLUMNS}
  from unnest($2::text[], $3::text[], $4::integer[]) as x (commune_code, search_name, year) cross join lateral
       (select * from member m
         where m.commune_code = x.commune_code and m.search_name = x.search_name
           and m.birth_date between make_date(x.year, 1, 1) and make_date(x.year, 12, 31) offset 0) m
 where m.network = $1
"""

# Those who cannot be told apart by a number are entered by one at a time in each commune.
_LOCK_NAMES: Final = """
select pg_advisory_xact_lock(hashtextextended('ansinh.names ' || $1 || ' ' || x.code, 0))
  from unnest($2::text[]) as x (code)
"""


async def read_members(
    driver: asyncpg.Connection,
    network: str,
    national_ids: Sequence[str],
    social_nos: Sequence[str],
    ids: Sequence[UUID],
) -> list[KnownMember]:
    """Read the members with any of these numbers or ids, of those whom the actor may see."""
    rows = await fetch_with_custom_plan(driver, _MEMBERS, network, national_ids, social_nos, ids)
    return [KnownMember(**row) for row in rows]


async def read_namesakes(
    driver: asyncpg.Connection, network: str, keys: Iterable[NamesakesKey]
) -> list[KnownMember]:
    """Read the members of any of these communes, names and years of birth."""
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
    return [KnownMember(**row) for row in await fetch_with_custom_plan(driver, _NAMESAKES, network, *columns)]


async def lock_communes_for_names(driver: asyncpg.Connection, network: str, communes: Iterable[str]) -> None:
    """Lock these communes for inserting people without a number; waits for others who do."""
    await driver.fetch(_LOCK_NAMES, network, sorted(set(communes)))


async def read_candidates(driver: asyncpg.Connection, network: str, member_id: UUID) -> list[Candidate]:
    """Read who else in a register, as far as the actor sees it, may be the same person as a member."""
    members = await read_members(driver, network, [], [], [member_id])
    for member in members:
        if key := build_namesakes_key(member, member.commune_code):
            register = Register(await read_namesakes(driver, network, {key}))
            return register.find_candidates(member, member.commune_code, member.id)
    return []
