"""Resolve where people live: a commune in the caller's scope and a hamlet or block inside it."""

from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.postgres.database import get_driver
from app.core.values.time import today
from app.people.errors import invalid_field
from app.places import queries as places
from app.places.ended import commune_ended, read_ended_communes
from app.places.rules import Level
from app.places.service import place_ref_of
from app.tenancy.errors import OutsideScope

_UNKNOWN_TEXTS = (
    "Vào ngày này không có xã, phường, đặc khu mang mã đã ghi.",
    "On this day no commune has this code.",
)
_ELSEWHERE_TEXTS = (
    "Thôn, tổ này không thuộc xã, phường đã ghi.",
    "This hamlet or block is not in the commune.",
)


@dataclass(frozen=True, slots=True)
class Residence:
    """Codes of the province, the commune and, where known, the hamlet or block."""

    province_code: str
    commune_code: str
    hamlet_code: str | None


async def resolve_residence(
    db: AsyncSession, actor: Actor, commune_code: str, hamlet_code: str | None, joined_on: date | None
) -> Residence:
    """Resolve codes to a residence as of today, or of the day of joining when the unit has ended since.

    Raises: InvalidInput (no such commune, hamlet elsewhere), OutsideScope.
    """
    for day in (today(), joined_on):
        row = await places.find_place_on(db, commune_code, day) if day else None
        if row is not None:
            break
    province = place_ref_of(row).province_code if row is not None and row.level == Level.COMMUNE else None
    if day is None or province is None:
        if before := (await read_ended_communes(await get_driver(db), [commune_code], today())).get(
            commune_code
        ):
            raise InvalidInput(errors=[commune_ended("/commune_code", before)])
        raise invalid_field("/commune_code", "place_unknown", _UNKNOWN_TEXTS)
    if not actor.covers(province, commune_code):
        raise OutsideScope("/commune_code")
    if hamlet_code is not None:
        hamlet = await places.find_place_on(db, hamlet_code, day)
        inside = hamlet is not None and place_ref_of(hamlet).commune_code == commune_code
        if hamlet is None or not inside or hamlet.level == Level.COMMUNE:
            raise invalid_field("/hamlet_code", "hamlet_elsewhere", _ELSEWHERE_TEXTS)
    return Residence(province, commune_code, hamlet_code)
