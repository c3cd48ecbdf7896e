"""In which administrative unit something counts on another day: units end, merge and hand on their codes."""

from bisect import bisect_right
from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.places import queries as places
from app.places.rules import ALWAYS

Sited = tuple[str, date]
"""The code of a commune and a day on which it bore it."""

_REFORMS = text("select distinct on_date from place_succession order by on_date")

_BEFORE = text("select code, place_on(code, :day) as unit from unnest(cast(:codes as text[])) given(code)")


async def units_on(db: AsyncSession, sited: Collection[Sited], day: date) -> dict[Sited, str]:
    """The commune in which each counts on *day*: itself, its default successor, or its main predecessor."""
    reforms = [row.on_date for row in await (await db.connection()).execute(_REFORMS)]
    eras = [ALWAYS, *reforms]
    by_era: dict[date, set[Sited]] = {}
    for one in sited:
        by_era.setdefault(eras[bisect_right(reforms, one[1])], set()).add(one)
    found: dict[Sited, str] = {}
    for era, group in by_era.items():
        codes = sorted({code for code, _ in group})
        units = (
            await places.heirs(db, codes, happened_on=era, on=day)
            if era <= day
            else await _units_before(db, codes, day)
        )
        found |= {one: units[one[0]] for one in group if one[0] in units}
    return found


async def _units_before(db: AsyncSession, codes: list[str], day: date) -> dict[str, str]:
    rows = await (await db.connection()).execute(_BEFORE, {"codes": codes, "day": day})
    return {row.code: row.unit for row in rows if row.unit is not None}
