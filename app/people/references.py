"""Resolve the references of a body to households and members of the caller's own network and places."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.values.references import choose_pointer, reference_not_found
from app.models.people.household import Household
from app.models.people.member import Member
from app.people.errors import invalid_field

_ELSEWHERE_TEXTS = (
    "Hộ gia đình này ở xã, phường khác; một người và hộ của mình ở cùng một nơi.",
    "This household is in another commune; people live where their household does.",
)


async def resolve_household(
    db: AsyncSession, actor: Actor, household_id: UUID | None, household_code: str | None, commune_code: str
) -> Household | None:
    """Resolve the household that a body names, in that commune; None when it names none.

    Raises: NotFound with the field's pointer; InvalidInput (both given, household elsewhere).
    """
    pointer = choose_pointer(household_id, household_code, "household")
    if pointer is None:
        return None
    condition = Household.id == household_id if household_id is not None else Household.code == household_code
    stmt = select_visible(actor, Household).where(condition, Household.network == actor.network)
    household = (await db.exec(stmt)).first()
    if household is None:
        raise reference_not_found(pointer)
    if household.commune_code != commune_code:
        raise invalid_field(pointer, "household_elsewhere", _ELSEWHERE_TEXTS)
    return household


async def require_member(db: AsyncSession, actor: Actor, member_id: UUID, pointer: str) -> Member:
    """Require a member of the caller's own network and places, not an erased one. Raises: NotFound with the pointer."""
    stmt = select_visible(actor, Member).where(
        col(Member.id) == member_id, Member.network == actor.network, col(Member.anonymised_at).is_(None)
    )
    member = (await db.exec(stmt)).first()
    if member is None:
        raise reference_not_found(pointer)
    return member
