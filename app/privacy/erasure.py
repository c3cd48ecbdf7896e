"""Erase a member: the books keep a number, not a name."""

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import NotFound
from app.core.postgres.database import get_driver, get_process_key
from app.core.values.time import today
from app.privacy.registry.periods import INSURANCE_FILE_YEARS

_ERASE = "select erase_member($1, $2, $3, $4)"


async def find_erasure_obstacles(db: AsyncSession, member_id: UUID) -> list[str]:
    """Find what speaks against erasing a member now, by its codes. Raises: NotFound."""
    return await _call(db, member_id, carry_out=False)


async def erase_member(db: AsyncSession, member_id: UUID) -> list[str]:
    """Erase a member whom the actor sees, for good; nothing is done when anything speaks against it.

    Returns: the codes of what does, empty when the member is erased. Raises: NotFound.
    """
    return await _call(db, member_id, carry_out=True)


def insurance_files_kept_since(day: date, years: int) -> date:
    """The first day whose payments and coverage are still to be kept on a day. 29 February: from the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


async def _call(db: AsyncSession, member_id: UUID, *, carry_out: bool) -> list[str]:
    await db.flush()
    kept_since = insurance_files_kept_since(today(), INSURANCE_FILE_YEARS)
    driver = await get_driver(db)
    obstacles: list[str] | None = await driver.fetchval(
        _ERASE, get_process_key(db), member_id, kept_since, carry_out
    )
    if obstacles is None:
        raise NotFound
    return obstacles
