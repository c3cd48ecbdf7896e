"""Reads the part of a network's register in which a row's person may be found, for all rows at once."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from app.core.postgres.bulk import fetch_with_custom_plan
from app.insurance.matching.namesakes import KnownMember, swap_day_and_month
from app.insurance.matching.rules import Candidate, NamesakesKey, Register, build_namesakes_key

MAX_NAMESAKES: Final = 20
"""Of one commune, name and year of birth, and of one day where the year has more: real communes have a few."""

BirthKey = tuple[NamesakesKey, date]
"""What people share who can be taken for one another, and a day of birth."""
_BirthRange = tuple[NamesakesKey, date, date]
"""The same, and the first and the last day of birth."""

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
       (select {_MEMBER_COLUMNS} from member m where m.network = $1 and m.id = x and m.anonymised_at is null offset 0) m
"""

# (The network is compared outside, where it tempts nobody to an index of communes and networks; the index of namesakes
# has them in this order, so that those beyond the limit are not looked at.)
_NAMESAKES: Final = f"""
select x.nth, {_MEMBER_COLUMNS}
  from unnest($2::text[], $3::text[], $4::date[], $5::date[]) with ordinality
       as x (commune_code, search_name, first_day, last_day, nth) cross join lateral
       (select * from
               (select * from member m
                 where m.commune_code = x.commune_code and m.search_name = x.search_name
                   and m.birth_date between x.first_day and x.last_day order by m.birth_date, m.id offset 0) m
         where m.network = $1 limit $6) m
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
    # Each is looked up once, however many rows name it.
    keys = [list(dict.fromkeys(values)) for values in (national_ids, social_nos, ids)]
    rows = await fetch_with_custom_plan(driver, _MEMBERS, network, *keys)
    return [KnownMember(**row) for row in rows]


class ReadNamesakes(NamedTuple):
    """Members who may be taken for one another. crowds: keys and days of which there are more than were read."""

    members: list[KnownMember]
    crowds: set[BirthKey]


async def read_namesakes(driver: asyncpg.Connection, network: str, wanted: Set[BirthKey]) -> ReadNamesakes:
    """Read the members of any of these communes, names and years of birth: `MAX_NAMESAKES` of each, and of each day
    where the year has more."""
    years = {key: (date(key[2], 1, 1), date(key[2], 12, 31)) for key, _ in wanted}
    members, full = await _read_ranges(driver, network, [(key, *days) for key, days in years.items()])
    crowded_keys = {key for key, _, _ in full}
    if not crowded_keys:
        return ReadNamesakes(members, set())
    days = {
        (key, day, day)
        for key, birth_date in wanted
        if key in crowded_keys
        for day in (birth_date, swap_day_and_month(birth_date))
        if day is not None
    }
    of_days, full_days = await _read_ranges(driver, network, list(days))
    return ReadNamesakes(members + of_days, {(key, day) for key, day, _ in full_days})


async def _read_ranges(
    driver: asyncpg.Connection, network: str, ranges: Sequence[_BirthRange]
) -> tuple[list[KnownMember], list[_BirthRange]]:
    """Read the members born between two days, at most `MAX_NAMESAKES` of each range; also the ranges that have more."""
    columns = [
        [key[0] for key, _, _ in ranges],
        [key[1] for key, _, _ in ranges],
        [first_day for _, first_day, _ in ranges],
        [last_day for _, _, last_day in ranges],
    ]
    rows = await fetch_with_custom_plan(driver, _NAMESAKES, network, *columns, MAX_NAMESAKES + 1)
    counts = Counter(row["nth"] for row in rows)
    full = [ranges[nth - 1] for nth, count in counts.items() if count > MAX_NAMESAKES]
    return [KnownMember(*row[1:]) for row in map(tuple, rows)], full


async def lock_communes_for_names(driver: asyncpg.Connection, network: str, communes: Iterable[str]) -> None:
    """Lock these communes for inserting people without a number; waits for others who do."""
    await driver.fetch(_LOCK_NAMES, network, sorted(set(communes)))


async def read_candidates(driver: asyncpg.Connection, network: str, member_id: UUID) -> list[Candidate]:
    """Read who else in a register, as far as the actor sees it, may be the same person as a member."""
    members = await read_members(driver, network, [], [], [member_id])
    for member in members:
        key = build_namesakes_key(member, member.commune_code)
        if key and member.birth_date:
            register = Register((await read_namesakes(driver, network, {(key, member.birth_date)})).members)
            return register.find_candidates(member, member.commune_code, member.id)
    return []
