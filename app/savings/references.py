"""Resolve the references of a body to its owning organisation and to places, within the actor's own."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.values.references import choose_pointer, reference_not_found
from app.core.values.time import today
from app.models.tenancy.organisation import Organisation, OrganisationParent
from app.places import queries as places
from app.places.rules import Level
from app.places.service import place_ref_of
from app.tenancy.errors import OutsideScope
from app.tenancy.organisations.queries import find_organisation


@dataclass(frozen=True, slots=True)
class DatedPlaceRef:
    """A place on a day: its code, its province, its level, and its commune unless it is larger."""

    place_code: str
    province_code: str | None
    commune_code: str | None
    level: Level


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
        raise reference_not_found(pointer or "/organisation_id")
    if not await _is_same_or_below(db, organisation.id, actor.organisation_id):
        raise reference_not_found(pointer or "/organisation_id")
    return organisation


async def _is_same_or_below(db: AsyncSession, organisation_id: UUID, above_id: UUID) -> bool:
    """Return whether an organisation is the other one or is below it today."""
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


async def resolve_place_ref(
    db: AsyncSession, actor: Actor, code: str, day: date, pointer: str
) -> DatedPlaceRef:
    """Resolve a place code as of a day.

    Raises: InvalidInput when no place had it; OutsideScope when it is not the actor's.
    """
    row = await places.find_place_on(db, code, day)
    if row is None:
        raise InvalidInput.at(
            pointer,
            "place_unknown",
            vi="Vào ngày này không có địa danh mang mã đã ghi.",
            en="On this day no place has this code.",
        )
    place_ref = place_ref_of(row)
    if not actor.covers(place_ref.province_code, place_ref.commune_code):
        raise OutsideScope(pointer)
    return DatedPlaceRef(code, place_ref.province_code, place_ref.commune_code, Level(row.level))


async def find_last_day_of_place(db: AsyncSession, code: str) -> date:
    """Find the default day for a place: today, or the last day of one that has ended."""
    eras = await places.read_eras(db, code, today())
    ended = eras[-1].valid_to if eras else None
    return today() if ended is None or ended >= today() else ended
