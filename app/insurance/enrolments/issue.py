"""What BHXH records about a paid enrolment: the book or card is issued, the insurance ends."""

from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.values.bodies import get_set_fields
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.insurance.enrolments.errors import NumberDiffers
from app.insurance.enrolments.lifecycle import check_transition, transition
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import End, EnrolmentOut, Issue
from app.insurance.enrolments.service import enrolment_to_response, lock_enrolment
from app.insurance.errors import build_field_error
from app.people.members.edit import apply_member_changes, write_changes
from app.people.members.queries import require_visible_member

_NUMBERS: Final = ("social_insurance_no", "health_card_no")


async def activate_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, body: Issue
) -> EnrolmentOut:
    """Record that the book or card is issued.

    Raises: NotFound, StaleVersion, WrongEnrolmentStatus, NumberDiffers, InvalidInput, SocialInsuranceNoTaken.
    """
    row = await lock_enrolment(db, actor, enrolment_id, version)
    check_transition(row, Action.ACTIVATE)
    await _record_issued_numbers(db, actor, row.member_id, body)
    await transition(db, actor, row, Action.ACTIVATE)
    return enrolment_to_response(actor, row)


async def end_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, body: End
) -> EnrolmentOut:
    """End the insurance. Raises: NotFound, StaleVersion, WrongEnrolmentStatus, InvalidInput for a future day."""
    row = await lock_enrolment(db, actor, enrolment_id, version)
    check_transition(row, Action.END)
    if body.date > today():
        raise InvalidInput.at(
            "/date", "date_future", vi="Ngày dừng chưa tới.", en="The last day is still to come."
        )
    await transition(db, actor, row, Action.END, ended_on=body.date, ended_why=body.reason.value)
    return enrolment_to_response(actor, row)


async def _record_issued_numbers(db: AsyncSession, actor: Actor, member_id: UUID, body: Issue) -> None:
    """Record issued numbers where the register has none; other corrections are made only by the union that keeps it."""
    issued = {name: value for name, value in get_set_fields(body).items() if value is not None}
    if not issued:
        return
    try:
        member = await require_visible_member(db, actor, member_id, to_edit=True)
    except NotFound:
        raise reference_not_found(f"/{next(iter(issued))}") from None
    differing = [
        name for name in _NUMBERS if getattr(member, name) not in (None, issued.get(name)) and name in issued
    ]
    if differing:
        raise NumberDiffers(errors=[build_field_error(f"/{name}", NumberDiffers) for name in differing])
    new_numbers = {name: value for name, value in issued.items() if getattr(member, name) is None}
    if new_numbers:
        await apply_member_changes(db, actor, member, new_numbers)
        await write_changes(db, member, new_numbers)
