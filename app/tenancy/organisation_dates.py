"""What an organisation has from day to day: its parent and its places. The days that have passed stay."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.time import today
from app.models.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy import organisation_queries
from app.tenancy.coverage_rules import OrganisationLevel, check_level, check_parent
from app.tenancy.dated_rules import Ending, cut_by, ending
from app.tenancy.errors import OwnRecord
from app.tenancy.organisation_schemas import CoverageIn, EndIn, OrganisationOut, ParentIn
from app.tenancy.organisation_service import coverage_row, covered_in_scope, managed, organisation_out
from app.tenancy.rows import organisation_for, require_one


async def set_parent(db: AsyncSession, actor: Actor, id_: UUID, body: ParentIn) -> OrganisationOut:
    """Put an organisation under another one from a day on; what it stood under ends on the day before.

    A parent that begins today or later may still be exchanged for another from the same day.
    Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, DatesOverlap, OrganisationCycle.
    """
    pointer = "/parent_code" if body.parent_code else "/parent_id"
    require_one(body.parent_id, body.parent_code, pointer)
    organisation = await _below(db, actor, id_)
    parent = await organisation_for(db, actor, body.parent_id, body.parent_code, "parent")
    check_parent(organisation.level, organisation.network, parent.level, parent.network, pointer)
    start = body.valid_from or today()
    if not await _put_under(db, organisation, parent, start):
        return await organisation_out(db, organisation)
    fields = {"parent_id": str(parent.id), "valid_from": start.isoformat()}
    await _note(db, actor, organisation, fields)
    return await organisation_out(db, organisation)


async def add_place(db: AsyncSession, actor: Actor, id_: UUID, body: CoverageIn) -> OrganisationOut:
    """Let an organisation cover a further place from a day on.

    Raises: NotFound, OutsideScope (of the organisation or of the place), OwnRecord, InvalidInput, DatesOverlap.
    """
    organisation = await _below(db, actor, id_)
    start = body.valid_from or today()
    place = await covered_in_scope(db, actor, body.place_code, start, "/place_code")
    check_level(OrganisationLevel(organisation.level), place.level, "/place_code")
    for entry in await organisation_queries.places(db, [organisation.id]):
        if (entry.place_code, entry.valid_from) == (body.place_code, start):
            return await organisation_out(db, organisation)
    db.add(coverage_row(organisation, place, start))
    fields = {"place_code": body.place_code, "valid_from": start.isoformat()}
    await _note(db, actor, organisation, fields)
    return await organisation_out(db, organisation)


async def end_place(
    db: AsyncSession, actor: Actor, id_: UUID, place_code: str, body: EndIn
) -> OrganisationOut:
    """End the coverage of a place, at once unless a later last day is given.

    Coverage that never held before today is withdrawn. Raises: NotFound, OutsideScope, OwnRecord, InvalidInput.
    """
    organisation = await _below(db, actor, id_)
    last_day = body.valid_to or today() - timedelta(days=1)
    entry = await _last_coverage(db, organisation, place_code)
    match ending(entry, last_day, today()):
        case Ending.NONE:
            return await organisation_out(db, organisation)
        case Ending.CUT:
            entry.valid_to = last_day
        case Ending.WITHDRAW:
            await db.delete(entry)
    fields = {"place_code": place_code, "valid_to": last_day.isoformat()}
    await _note(db, actor, organisation, fields)
    return await organisation_out(db, organisation)


async def _below(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    """An organisation below the actor's own, locked."""
    organisation = await managed(db, actor, id_)
    if organisation.id == actor.organisation_id:
        raise OwnRecord
    return organisation


async def _put_under(db: AsyncSession, organisation: Organisation, parent: Organisation, start: date) -> bool:
    """Write the new parent; False when it stands there from that day already."""
    entries = await organisation_queries.parents(db, [organisation.id])
    same = next((entry for entry in entries if entry.valid_from == start), None)
    if same is not None and same.parent_id == parent.id:
        return False
    if same is not None and start >= today():
        same.parent_id = parent.id
        return True
    current = cut_by(entries, start, today())
    if current is not None:
        current.valid_to = start - timedelta(days=1)
        await db.flush()
    db.add(OrganisationParent(organisation_id=organisation.id, parent_id=parent.id, valid_from=start))
    return True


async def _last_coverage(db: AsyncSession, organisation: Organisation, place_code: str) -> OrganisationPlace:
    found = [
        entry
        for entry in await organisation_queries.places(db, [organisation.id])
        if entry.place_code == place_code
    ]
    if not found:
        raise NotFound
    return found[-1]


async def _note(db: AsyncSession, actor: Actor, organisation: Organisation, fields: dict[str, str]) -> None:
    """The record as a whole has changed: its version goes on."""
    organisation.version += 1
    await record(db, actor, Event.ORGANISATION_CHANGED, organisation, fields)
    await db.flush()
