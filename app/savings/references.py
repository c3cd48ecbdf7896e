"""Resolve what a body refers to: organisations, models, members and places of the actor's own."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.values.time import today
from app.models.people.member import Member
from app.models.savings.savings_model import SavingsModel
from app.models.tenancy.organisation import Organisation, OrganisationParent
from app.places import queries as places
from app.places.rules import Level
from app.places.service import place_ref_of
from app.savings.savings_models.queries import select_readable_models
from app.tenancy.errors import OutsideScope
from app.tenancy.organisations.queries import find_organisation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DatedPlaceRef:
    """A place on a day: its code, its province, its level, and its commune unless it is larger."""

    place_code: str
    province_code: str | None
    commune_code: str | None
    level: Level


def savings_reference_not_found(pointer: str) -> NotFound:
    """Build the NotFound error of a field that refers to something absent or not the caller's."""
    return NotFound(errors=[FieldError(pointer, "not_found", NotFound.vi, NotFound.en)])


def choose_pointer(row_id: UUID | None, code: str | None, prefix: str) -> str | None:
    """The pointer of whichever was given of `<prefix>_id` and `<prefix>_code`; None when neither was.

    Raises: InvalidInput when both were.
    """
    if row_id is not None and code is not None:
        raise InvalidInput.at(
            f"/{prefix}_code",
            "one_of_two",
            vi="Chỉ ghi một trong hai: mã id hoặc mã code.",
            en="Give either the id or the code, not both.",
        )
    if row_id is not None:
        return f"/{prefix}_id"
    return f"/{prefix}_code" if code is not None else None


async def resolve_owning_organisation(
    db: AsyncSession, actor: Actor, organisation_id: UUID | None, organisation_code: str | None
) -> Organisation:
    """Resolve the organisation that a new record belongs to: the actor's, or a named one below it.

    Raises: NotFound with the field's pointer.
    """
    pointer = choose_pointer(organisation_id, organisation_code, "organisation")
    target_id = actor.organisation_id if pointer is None else organisation_id
    organisation = await find_organisation(db, actor, id_=target_id, code=organisation_code)
    if organisation is None or organisation.network != actor.network or organisation.closed_on is not None:
        raise savings_reference_not_found(pointer or "/organisation_id")
    if not await _is_same_or_below(db, organisation.id, actor.organisation_id):
        raise savings_reference_not_found(pointer or "/organisation_id")
    return organisation


async def _is_same_or_below(db: AsyncSession, organisation_id: UUID, above_id: UUID) -> bool:
    """Whether an organisation is the other or stands below it today."""
    if organisation_id == above_id:
        return True
    day = today()
    current_parents = select(col(OrganisationParent.parent_id)).where(
        col(OrganisationParent.valid_from) <= day,
        or_(col(OrganisationParent.valid_to).is_(None), col(OrganisationParent.valid_to) >= day),
    )
    ancestors = current_parents.where(OrganisationParent.organisation_id == organisation_id).cte(
        "line", recursive=True
    )
    ancestors = ancestors.union(
        current_parents.join(ancestors, col(OrganisationParent.organisation_id) == ancestors.c.parent_id)
    )
    return (
        await db.exec(select(ancestors.c.parent_id).where(ancestors.c.parent_id == above_id))
    ).first() is not None


async def resolve_savings_model(
    db: AsyncSession, actor: Actor, model_id: UUID | None, model_code: str | None
) -> SavingsModel | None:
    """Resolve the savings model that a body names, of the actor's own network; None when it names none.

    Raises: NotFound with the field's pointer.
    """
    pointer = choose_pointer(model_id, model_code, "model")
    if pointer is None:
        return None
    condition = (
        col(SavingsModel.id) == model_id if model_id is not None else col(SavingsModel.code) == model_code
    )
    model = (
        await db.exec(select_readable_models(actor).where(condition, SavingsModel.network == actor.network))
    ).first()
    if model is None:
        raise savings_reference_not_found(pointer)
    return model


async def require_network_member(db: AsyncSession, actor: Actor, member_id: UUID, pointer: str) -> Member:
    """Require a member of the actor's network and places. Raises: NotFound with the pointer."""
    member = (
        await db.exec(
            select_visible(actor, Member).where(Member.id == member_id, Member.network == actor.network)
        )
    ).first()
    if member is None:
        raise savings_reference_not_found(pointer)
    return member


async def resolve_place_ref(
    db: AsyncSession, actor: Actor, code: str, day: date, pointer: str
) -> DatedPlaceRef:
    """Resolve a place code as of a day.

    Raises: InvalidInput when no place bore it; OutsideScope when it is not the actor's.
    """
    row = await places.find_place_on(db, code, day)
    if row is None:
        raise InvalidInput.at(
            pointer,
            "place_unknown",
            vi="Vào ngày này không có địa danh mang mã đã ghi.",
            en="On this day no place bears this code.",
        )
    place_ref = place_ref_of(row)
    if not actor.covers(place_ref.province_code, place_ref.commune_code):
        raise OutsideScope(pointer)
    return DatedPlaceRef(code, place_ref.province_code, place_ref.commune_code, Level(row.level))


async def find_last_day_of_place(db: AsyncSession, code: str) -> date:
    """Find the default day for a place: today, or the last day of one that has ended."""
    eras = await places.select_eras(db, code, today())
    ended = eras[-1].valid_to if eras else None
    return today() if ended is None or ended >= today() else ended
