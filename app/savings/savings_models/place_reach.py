"""Resolve communes to the units of another day: units end, merge, and pass on their codes."""

from bisect import bisect_right
from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.places import queries as places
from app.places.rules import EARLIEST_DAY

CommuneOnDay = tuple[str, date]
"""The code of a commune and a day on which it had this code."""

_REFORMS = text("select distinct on_date from place_succession order by on_date")

_BEFORE = text("select code, place_on(code, :day) as unit from unnest(cast(:codes as text[])) given(code)")


async def resolve_units_on(
    db: AsyncSession, communes: Collection[CommuneOnDay], day: date
) -> dict[CommuneOnDay, str]:
    """Resolve each commune to its unit on *day*: itself, its default successor, or its main predecessor."""
    reforms = [row.on_date for row in await (await db.connection()).execute(_REFORMS)]
    eras = [EARLIEST_DAY, *reforms]
    by_era: dict[date, set[CommuneOnDay]] = {}
    for commune in communes:
        by_era.setdefault(eras[bisect_right(reforms, commune[1])], set()).add(commune)
    resolved: dict[CommuneOnDay, str] = {}
    for era, group in by_era.items():
        codes = sorted({code for code, _ in group})
        units = (
            await places.resolve_successors(db, codes, happened_on=era, on=day)
            if era <= day
            else await _resolve_units_before(db, codes, day)
        )
        resolved |= {commune: units[commune[0]] for commune in group if commune[0] in units}
    return resolved


async def _resolve_units_before(db: AsyncSession, codes: list[str], day: date) -> dict[str, str]:
    rows = await (await db.connection()).execute(_BEFORE, {"codes": codes, "day": day})
    return {row.code: row.unit for row in rows if row.unit is not None}
