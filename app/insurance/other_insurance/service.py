"""Other insurance of members, as recorded by BHXH: no union sees more of it than the findings that follow from it."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.time import check_validity
from app.insurance.other_insurance.errors import OtherInsuranceEnded
from app.insurance.other_insurance.schemas import OtherInsuranceEnd, OtherInsuranceIn, OtherInsuranceOut
from app.models.insurance.other_insurance import OtherInsurance
from app.people.members.queries import require_visible_member


async def list_other_insurance(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[OtherInsuranceOut]:
    """List what BHXH recorded of a member, the earliest first. Raises: NotFound."""
    await require_visible_member(db, actor, member_id)
    columns = [col(OtherInsurance.valid_from), col(OtherInsurance.id)]
    rows, cursor = await fetch_page(db, _select_other_insurance(actor, member_id), columns=columns, page=page)
    return Page(items=[OtherInsuranceOut.from_record(row) for row in rows], next_cursor=cursor)


async def record_other_insurance(
    db: AsyncSession, actor: Actor, member_id: UUID, body: OtherInsuranceIn
) -> tuple[OtherInsuranceOut, bool]:
    """Record that a member has other insurance; False when this very record exists already.

    Raises: NotFound, InvalidInput, OtherInsuranceOverlaps, IdTaken.
    """
    member = await require_visible_member(db, actor, member_id)
    check_validity(body.valid_from, body.valid_to)
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
    existing = await find_existing(db, row, {"member_id", *get_set_fields(body)} - {"id"})
    if existing is not None:
        return OtherInsuranceOut.from_record(existing), False
    db.add(row)
    await _record_event(db, actor, row)
    return OtherInsuranceOut.from_record(row), True


async def end_other_insurance(
    db: AsyncSession, actor: Actor, member_id: UUID, other_insurance_id: UUID, body: OtherInsuranceEnd
) -> OtherInsuranceOut:
    """Set the last day of other insurance; the same day again changes nothing.

    Raises: NotFound, InvalidInput, OtherInsuranceEnded.
    """
    await require_visible_member(db, actor, member_id)
    stmt = _select_other_insurance(actor, member_id).where(OtherInsurance.id == other_insurance_id)
    row = (await db.exec(stmt.with_for_update(key_share=True))).first()
    if row is None:
        raise NotFound
    check_validity(row.valid_from, body.valid_to)
    if row.valid_to is not None and row.valid_to != body.valid_to:
        raise OtherInsuranceEnded
    if row.valid_to is None:
        row.valid_to = body.valid_to
        await _record_event(db, actor, row)
    return OtherInsuranceOut.from_record(row)


def _select_other_insurance(actor: Actor, member_id: UUID) -> SelectOfScalar[OtherInsurance]:
    """Select the other insurance of a member: BHXH sees it wherever the member lives now."""
    return select(OtherInsurance).where(
        OtherInsurance.member_id == member_id, OtherInsurance.network == actor.network
    )


async def _record_event(db: AsyncSession, actor: Actor, row: OtherInsurance) -> None:
    """Record it in the audit of BHXH: it is the subject itself, so that the union's member has no such event."""
    days = {"valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat()}
    await record_event(
        db,
        actor,
        Event.OTHER_INSURANCE_NOTED,
        row,
        {"member_id": str(row.member_id), "kind": row.kind, **days},
    )
    await db.flush()
