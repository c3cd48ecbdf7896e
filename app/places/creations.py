"""Checks before a place is created: whether its name and code are free in the commune."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models.place import Place
from app.places.queries import fetch_rows

_NAMESAKE = text("""
select true from place p
 where p.parent_code = :parent_code and p.level = :level and p.kind = :kind and lower(p.name) = lower(:name)
   and daterange(p.valid_from, p.valid_to, '[]')
       && daterange(cast(:valid_from as date), cast(:valid_to as date), '[]')
 limit 1
""")

_CODES_LIKE = text("select distinct code from place where starts_with(code, :stem)")

# One at a time in one commune, so that two requests cannot both find a name or a code free.
_LOCK_COMMUNE = text("select pg_advisory_xact_lock(hashtext('place.add ' || :code))")


async def lock_commune(db: AsyncSession, code: str) -> None:
    """Wait until no other transaction adds a place in this commune."""
    await fetch_rows(db, _LOCK_COMMUNE, {"code": code})


async def has_namesake(db: AsyncSession, row: Place) -> bool:
    """Return whether the parent has a place of the same kind and name at any time within the row's."""
    keys = ("parent_code", "level", "kind", "name", "valid_from", "valid_to")
    values = {key: getattr(row, key) for key in keys}
    return bool(await fetch_rows(db, _NAMESAKE, values))


async def read_codes_like(db: AsyncSession, stem: str) -> set[str]:
    """Read the codes that begin with the stem."""
    return {row.code for row in await fetch_rows(db, _CODES_LIKE, {"stem": stem})}
