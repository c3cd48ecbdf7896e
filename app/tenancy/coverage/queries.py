"""Select the extent of places, as the database computes it for scopes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.tenancy.coverage.rules import Extent, PlaceExtent

# Upwards from the unit that bears the code on the day; no row's level when there is none.
_COVERED = text("""
with recursive up as (
    select p.code, p.level, p.parent_code, 0 as step from place p
     where p.code = :code and p.valid_from <= :on and (p.valid_to is null or p.valid_to >= :on)
    union all
    select q.code, q.level, q.parent_code, up.step + 1 from up join place q on q.code = up.parent_code
     where up.level not in ('country', 'province') and q.valid_from <= :on and (q.valid_to is null or q.valid_to >= :on)
)
select (select level from up where step = 0) as level,
       (select code from up where level = 'province') as province_code,
       (select code from up where level = 'commune') as commune_code,
       e.provinces, e.nationwide, e.communes,
       array(select province_of(c) from unnest(e.communes) with ordinality u (c, n) order by n) as commune_provinces
  from expand_place(:code) e
""")

_EXTENTS = text("""
select p.provinces, p.nationwide, p.communes,
       array(select province_of(c) from unnest(p.communes) with ordinality u (c, n) order by n) as commune_provinces
  from organisation_place p
 where p.organisation_id = :organisation_id and (p.valid_to is null or p.valid_to >= :today)
""")


async def find_place_extent(db: AsyncSession, code: str, on: date) -> PlaceExtent | None:
    """Find the place that has the code on the day; None if there is none."""
    row = (await db.execute(_COVERED, {"code": code, "on": on})).one()
    if row.level is None:
        return None
    return PlaceExtent(code, row.level, row.province_code, row.commune_code, _to_extent(row))


async def read_extents(db: AsyncSession, organisation_id: UUID, today: date) -> Sequence[Extent]:
    """Read what the organisation covers today and will cover, entry by entry."""
    rows = await db.execute(_EXTENTS, {"organisation_id": organisation_id, "today": today})
    return [_to_extent(row) for row in rows]


def _to_extent(row: Row[Any]) -> Extent:
    return Extent(
        provinces=frozenset(row.provinces),
        communes=frozenset(zip(row.communes, row.commune_provinces, strict=True)),
        nationwide=row.nationwide,
    )
