"""Change the dated parents and places of an organisation. Days that have passed stay."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.values.time import today
from app.models.tenancy.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy.coverage.rules import OrganisationLevel, check_level, check_parent
from app.tenancy.dated_rules import EndEffect, decide_end, find_entry_to_cut
from app.tenancy.errors import OwnRecord
from app.tenancy.organisations import queries as organisation_queries
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.schemas import CoverageIn, EndIn, OrganisationOut, ParentIn
from app.tenancy.organisations.service import (
    build_coverage_row,
    organisation_to_response,
    require_managed_organisation,
    require_place_in_scope,
)
from app.tenancy.rows import check_exactly_one


async def set_parent(db: AsyncSession, actor: Actor, id_: UUID, body: ParentIn) -> OrganisationOut:
    """Set the parent of an organisation from a day on; the earlier parent ends on the day before.

    A parent that begins today or later may still be replaced from the same day.
    Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, DatesOverlap, OrganisationCycle.
    """
    pointer = "/parent_code" if body.parent_code else "/parent_id"
    check_exactly_one(body.parent_id, body.parent_code, pointer)
    organisation = await _require_managed_below(db, actor, id_)
    parent = await resolve_organisation(db, actor, body.parent_id, body.parent_code, "parent")
    check_parent(organisation.level, organisation.network, parent.level, parent.network, pointer)
    start = body.valid_from or today()
    if not await _store_parent(db, organisation, parent, start):
        return await organisation_to_response(db, organisation)
    fields = {"parent_id": str(parent.id), "valid_from": start.isoformat()}
    await _record_change(db, actor, organisation, fields)
    return await organisation_to_response(db, organisation)


async def add_organisation_place(
    db: AsyncSession, actor: Actor, id_: UUID, body: CoverageIn
) -> OrganisationOut:
    """Add a place that an organisation covers from a day on.

    Raises: NotFound, OutsideScope (of the organisation or of the place), OwnRecord, InvalidInput, DatesOverlap.
    """
    organisation = await _require_managed_below(db, actor, id_)
    start = body.valid_from or today()
    place = await require_place_in_scope(db, actor, body.place_code, start, "/place_code")
    check_level(OrganisationLevel(organisation.level), place.level, "/place_code")
    for entry in await organisation_queries.read_organisation_places(db, [organisation.id]):
        if (entry.place_code, entry.valid_from) == (body.place_code, start):
            return await organisation_to_response(db, organisation)
    db.add(build_coverage_row(organisation, place, start))
    fields = {"place_code": body.place_code, "valid_from": start.isoformat()}
    await _record_change(db, actor, organisation, fields)
    return await organisation_to_response(db, organisation)


async def end_organisation_place(
    db: AsyncSession, actor: Actor, id_: UUID, place_code: str, body: EndIn
) -> OrganisationOut:
    """End the coverage of a place, at once unless a later last day is given.

    Coverage that was never in force before today is deleted. Raises: NotFound, OutsideScope, OwnRecord, InvalidInput.
    """
    organisation = await _require_managed_below(db, actor, id_)
    last_day = body.valid_to or today() - timedelta(days=1)
    entry = await _find_last_coverage(db, organisation, place_code)
    match decide_end(entry, last_day, today()):
        case EndEffect.NONE:
            return await organisation_to_response(db, organisation)
        case EndEffect.CUT:
            entry.valid_to = last_day
        case EndEffect.WITHDRAW:
            await db.delete(entry)
    fields = {"place_code": place_code, "valid_to": last_day.isoformat()}
    await _record_change(db, actor, organisation, fields)
    return await organisation_to_response(db, organisation)


async def _require_managed_below(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    """Get an organisation below the actor's own, locked."""
    organisation = await require_managed_organisation(db, actor, id_)
    if organisation.id == actor.organisation_id:
        raise OwnRecord
    return organisation


async def _store_parent(
    db: AsyncSession, organisation: Organisation, parent: Organisation, start: date
) -> bool:
    """Store the new parent; False when the organisation has it from that day already."""
    entries = await organisation_queries.read_organisation_parents(db, [organisation.id])
    same = next((entry for entry in entries if entry.valid_from == start), None)
    if same is not None and same.parent_id == parent.id:
        return False
    if same is not None and start >= today():
        same.parent_id = parent.id
        return True
    current = find_entry_to_cut(entries, start, today())
    if current is not None:
        current.valid_to = start - timedelta(days=1)
        await db.flush()
    db.add(OrganisationParent(organisation_id=organisation.id, parent_id=parent.id, valid_from=start))
    return True


async def _find_last_coverage(
    db: AsyncSession, organisation: Organisation, place_code: str
) -> OrganisationPlace:
    matches = [
        entry
        for entry in await organisation_queries.read_organisation_places(db, [organisation.id])
        if entry.place_code == place_code
    ]
    if not matches:
        raise NotFound
    return matches[-1]


async def _record_change(
    db: AsyncSession, actor: Actor, organisation: Organisation, fields: dict[str, str]
) -> None:
    """Audit the change and raise the organisation's version."""
    organisation.version += 1
    await record_event(db, actor, Event.ORGANISATION_CHANGED, organisation, fields)
    await db.flush()
