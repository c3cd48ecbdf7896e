"""What a body refers to: households and members, found within the caller's own network and places."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import scoped
from app.models.household import Household
from app.models.member import Member
from app.people.errors import absent, wrong

_ONE_OF_TWO = ("Chỉ ghi một trong hai: mã id hoặc mã code.", "Give either the id or the code, not both.")
_ELSEWHERE = (
    "Hộ gia đình này ở xã, phường khác; một người và hộ của mình ở cùng một nơi.",
    "This household is in another commune; people live where their household does.",
)


async def household_of(
    db: AsyncSession, actor: Actor, household_id: UUID | None, household_code: str | None, commune_code: str
) -> Household | None:
    """The household that a body names, in that commune; None when it names none.

    Raises: NotFound with the field's pointer; InvalidInput (both given, household elsewhere).
    """
    if household_id is None and household_code is None:
        return None
    if household_id is not None and household_code is not None:
        raise wrong("/household_code", "one_of_two", _ONE_OF_TWO)
    pointer = "/household_id" if household_id is not None else "/household_code"
    named = Household.id == household_id if household_id is not None else Household.code == household_code
    own = scoped(actor, Household).where(named, Household.network == actor.network)
    found = (await db.exec(own)).first()
    if found is None:
        raise absent(pointer)
    if found.commune_code != commune_code:
        raise wrong(pointer, "household_elsewhere", _ELSEWHERE)
    return found


async def member_of(db: AsyncSession, actor: Actor, member_id: UUID, pointer: str) -> Member:
    """A member of the caller's own network and places. Raises: NotFound with the pointer."""
    own = scoped(actor, Member).where(col(Member.id) == member_id, Member.network == actor.network)
    found = (await db.exec(own)).first()
    if found is None:
        raise absent(pointer)
    return found
