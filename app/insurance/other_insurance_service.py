"""Other insurance that BHXH knows members to have: its own notes, of which no union sees more than what follows."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.creations import made_before
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.insurance.enrolment_errors import OtherInsuranceEnded
from app.insurance.other_insurance_schemas import OtherInsuranceEnd, OtherInsuranceIn, OtherInsuranceOut
from app.models.other_insurance import OtherInsurance
from app.people.errors import wrong
from app.people.member_queries import find_member

_DATES = ("Ngày cuối trước ngày đầu.", "The last day is before the first.")


async def list_other_insurance(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[OtherInsuranceOut]:
    """What BHXH noted of a member, the earliest first. Raises: NotFound."""
    await find_member(db, actor, member_id)
    columns = [col(OtherInsurance.valid_from), col(OtherInsurance.id)]
    rows, cursor = await paged(db, _noted_of(actor, member_id), columns=columns, page=page)
    return Page(items=[OtherInsuranceOut.of(row) for row in rows], next_cursor=cursor)


async def note(
    db: AsyncSession, actor: Actor, member_id: UUID, body: OtherInsuranceIn
) -> tuple[OtherInsuranceOut, bool]:
    """Note that a member has other insurance; False when this very note was made before.

    Raises: NotFound, InvalidInput, OtherInsuranceOverlaps, IdTaken.
    """
    member = await find_member(db, actor, member_id)
    _check_dates(body.valid_from, body.valid_to)
    row = OtherInsurance(
        id=body.id or uuid7(),
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=member.province_code,
        commune_code=member.commune_code,
        member_id=member.id,
        kind=body.kind.value,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        entered_by=actor.id,
    )
    before = await made_before(db, row, {"member_id", *given(body)} - {"id"})
    if before is not None:
        return OtherInsuranceOut.of(before), False
    db.add(row)
    await _tell(db, actor, row)
    return OtherInsuranceOut.of(row), True


async def end(
    db: AsyncSession, actor: Actor, member_id: UUID, noted_id: UUID, body: OtherInsuranceEnd
) -> OtherInsuranceOut:
    """Say on which day it ends; the same day again changes nothing.

    Raises: NotFound, InvalidInput, OtherInsuranceEnded.
    """
    await find_member(db, actor, member_id)
    stmt = _noted_of(actor, member_id).where(OtherInsurance.id == noted_id)
    row = (await db.exec(stmt.with_for_update(key_share=True))).first()
    if row is None:
        raise NotFound
    _check_dates(row.valid_from, body.valid_to)
    if row.valid_to is not None and row.valid_to != body.valid_to:
        raise OtherInsuranceEnded
    if row.valid_to is None:
        row.valid_to = body.valid_to
        await _tell(db, actor, row)
    return OtherInsuranceOut.of(row)


def _noted_of(actor: Actor, member_id: UUID) -> SelectOfScalar[OtherInsurance]:
    """Notes are seen with their member, by BHXH: they lie where the member lives now."""
    return select(OtherInsurance).where(
        OtherInsurance.member_id == member_id, OtherInsurance.network == actor.network
    )


def _check_dates(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise wrong("/valid_to", "dates_reversed", _DATES)


async def _tell(db: AsyncSession, actor: Actor, row: OtherInsurance) -> None:
    """In the audit of BHXH: the note is the subject, so that it is not among what happened to the union's member."""
    days = {"valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat()}
    await record(
        db,
        actor,
        Event.OTHER_INSURANCE_NOTED,
        row,
        {"member_id": str(row.member_id), "kind": row.kind, **days},
    )
    await db.flush()
