"""What BHXH says of an enrolment after it was paid: the book or card is issued, the insurance ended."""

from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.bodies import given
from app.core.errors import InvalidInput, NotFound
from app.core.time import today
from app.insurance.enrolment_errors import NumberDiffers, at
from app.insurance.enrolment_life import check_step, take
from app.insurance.enrolment_rules import Action
from app.insurance.enrolment_schemas import End, EnrolmentOut, Issue
from app.insurance.enrolment_service import locked, shown
from app.people.errors import absent
from app.people.member_edit import change_member
from app.people.member_queries import find_member

_NUMBERS: Final = ("social_insurance_no", "health_card_no")


async def activate(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, body: Issue
) -> EnrolmentOut:
    """The book or card is issued.

    Raises: NotFound, StaleVersion, EnrolmentStatus, NumberDiffers, InvalidInput, SocialInsuranceNoTaken.
    """
    row = await locked(db, actor, enrolment_id, version)
    check_step(row, Action.ACTIVATE)
    await _note_numbers(db, actor, row.member_id, body)
    await take(db, actor, row, Action.ACTIVATE)
    return shown(actor, row)


async def end(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, body: End
) -> EnrolmentOut:
    """The insurance ended. Raises: NotFound, StaleVersion, EnrolmentStatus, InvalidInput for a day still to come."""
    row = await locked(db, actor, enrolment_id, version)
    check_step(row, Action.END)
    if body.date > today():
        raise InvalidInput.at(
            "/date", "date_future", vi="Ngày dừng chưa tới.", en="The last day is still to come."
        )
    await take(db, actor, row, Action.END, ended_on=body.date, ended_why=body.reason.value)
    return shown(actor, row)


async def _note_numbers(db: AsyncSession, actor: Actor, member_id: UUID, body: Issue) -> None:
    """Put issued numbers where the register has none; it is corrected by the union that keeps it, never from here."""
    told = {name: value for name, value in given(body).items() if value is not None}
    if not told:
        return
    try:
        member = await find_member(db, actor, member_id, to_edit=True)
    except NotFound:
        raise absent(f"/{next(iter(told))}") from None
    differing = [
        name for name in _NUMBERS if getattr(member, name) not in (None, told.get(name)) and name in told
    ]
    if differing:
        raise NumberDiffers(errors=[at(f"/{name}", NumberDiffers) for name in differing])
    fresh = {name: value for name, value in told.items() if getattr(member, name) is None}
    if fresh:
        await change_member(db, actor, member, fresh)
        await db.flush()
