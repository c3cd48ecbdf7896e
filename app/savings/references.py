"""What a body refers to: organisations, models, members and places, found within the actor's own."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.time import today
from app.models.member import Member
from app.models.organisation import Organisation, OrganisationParent
from app.models.savings_model import SavingsModel
from app.places import queries as places
from app.places.rules import Level
from app.places.service import seat_of
from app.savings.savings_model_queries import readable_models
from app.tenancy.errors import OutsideScope
from app.tenancy.organisation_queries import find_organisation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seat:
    """Where something lies: the place as given, its province, and its commune unless it is larger."""

    place_code: str
    province_code: str | None
    commune_code: str | None
    level: Level


def absent(pointer: str) -> NotFound:
    """What a field refers to is absent or not the caller's."""
    return NotFound(errors=[FieldError(pointer, "not_found", NotFound.vi, NotFound.en)])


def one_of(row_id: UUID | None, code: str | None, noun: str) -> str | None:
    """The pointer of the one that was given of `<noun>_id` and `<noun>_code`; None when neither was.

    Raises: InvalidInput when both were.
    """
    if row_id is not None and code is not None:
        raise InvalidInput.at(
            f"/{noun}_code",
            "one_of_two",
            vi="Chỉ ghi một trong hai: mã id hoặc mã code.",
            en="Give either the id or the code, not both.",
        )
    if row_id is not None:
        return f"/{noun}_id"
    return f"/{noun}_code" if code is not None else None


async def organisation_of(
    db: AsyncSession, actor: Actor, organisation_id: UUID | None, organisation_code: str | None
) -> Organisation:
    """The organisation that a new record belongs to: the actor's, or the named one if it stands below it.

    Raises: NotFound with the field's pointer.
    """
    pointer = one_of(organisation_id, organisation_code, "organisation")
    wanted = actor.organisation_id if pointer is None else organisation_id
    found = await find_organisation(db, actor, id_=wanted, code=organisation_code)
    if found is None or found.network != actor.network or found.closed_on is not None:
        raise absent(pointer or "/organisation_id")
    if not await _stands_below(db, found.id, actor.organisation_id):
        raise absent(pointer or "/organisation_id")
    return found


async def _stands_below(db: AsyncSession, organisation_id: UUID, above_id: UUID) -> bool:
    """Whether an organisation is the other or stands below it today."""
    if organisation_id == above_id:
        return True
    day = today()
    here = select(col(OrganisationParent.parent_id)).where(
        col(OrganisationParent.valid_from) <= day,
        or_(col(OrganisationParent.valid_to).is_(None), col(OrganisationParent.valid_to) >= day),
    )
    line = here.where(OrganisationParent.organisation_id == organisation_id).cte("line", recursive=True)
    line = line.union(here.join(line, col(OrganisationParent.organisation_id) == line.c.parent_id))
    return (await db.exec(select(line.c.parent_id).where(line.c.parent_id == above_id))).first() is not None


async def model_of(
    db: AsyncSession, actor: Actor, model_id: UUID | None, model_code: str | None
) -> SavingsModel | None:
    """The savings model that a body names, of the actor's own network; None when it names none.

    Raises: NotFound with the field's pointer.
    """
    pointer = one_of(model_id, model_code, "model")
    if pointer is None:
        return None
    named = col(SavingsModel.id) == model_id if model_id is not None else col(SavingsModel.code) == model_code
    found = (
        await db.exec(readable_models(actor).where(named, SavingsModel.network == actor.network))
    ).first()
    if found is None:
        raise absent(pointer)
    return found


async def member_of(db: AsyncSession, actor: Actor, member_id: UUID, pointer: str) -> Member:
    """A member of the actor's network and places. Raises: NotFound with the pointer."""
    found = (
        await db.exec(scoped(actor, Member).where(Member.id == member_id, Member.network == actor.network))
    ).first()
    if found is None:
        raise absent(pointer)
    return found


async def seat_on(db: AsyncSession, actor: Actor, code: str, day: date, pointer: str) -> Seat:
    """Where a place lay on a day on which it bore the code.

    Raises: InvalidInput when no place bore it; OutsideScope when it is not the actor's.
    """
    row = await places.place_on(db, code, day)
    if row is None:
        raise InvalidInput.at(
            pointer,
            "place_unknown",
            vi="Vào ngày này không có địa danh mang mã đã ghi.",
            en="On this day no place bears this code.",
        )
    seat = seat_of(row)
    if not actor.covers(seat.province_code, seat.commune_code):
        raise OutsideScope(pointer)
    return Seat(code, seat.province_code, seat.commune_code, Level(row.level))


async def last_day_of(db: AsyncSession, code: str) -> date:
    """Today, or the last day of a place that has ended: the day that is meant when none is given."""
    eras = await places.eras(db, code, today())
    ended = eras[-1].valid_to if eras else None
    return today() if ended is None or ended >= today() else ended
