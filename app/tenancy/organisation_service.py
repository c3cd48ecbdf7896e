"""Organisations: read, made, renamed and closed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.errors import Forbidden, NotFound
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.time import today
from app.core.versions import apply_edit
from app.models.network import Network
from app.models.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy import coverage_queries, organisation_queries
from app.tenancy.coverage_rules import (
    Covered,
    OrganisationLevel,
    check_level,
    check_parent,
    lies_within,
    seat_of,
)
from app.tenancy.errors import OutsideScope, OwnRecord, rewrites_past, unknown_reference
from app.tenancy.organisation_schemas import (
    OrganisationEdit,
    OrganisationFilter,
    OrganisationIn,
    OrganisationOut,
    ParentOut,
    PlaceCoverageOut,
)
from app.tenancy.rows import lock, organisation_for, same_or_taken


async def list_organisations(
    db: AsyncSession, actor: Actor, wanted: OrganisationFilter, page: PageRequest
) -> Page[OrganisationOut]:
    """One page of the organisations that the actor sees, by code."""
    stmt = organisation_queries.listed(actor, wanted, today())
    rows, cursor = await paged(db, stmt, columns=[col(Organisation.code)], page=page)
    return Page(items=await _out(db, rows), next_cursor=cursor)


async def read_organisation(db: AsyncSession, actor: Actor, id_: UUID) -> OrganisationOut:
    """Raises: NotFound."""
    return await organisation_out(db, await _seen(db, actor, id_))


async def create_organisation(db: AsyncSession, actor: Actor, body: OrganisationIn) -> OrganisationOut:
    """Add a unit below the actor, with its first places and its first parent.

    It belongs to the actor's network; BHXH may name another, which is how unions come into the system.
    Raises: InvalidInput, NotFound (a reference), Forbidden, OutsideScope, CodeTaken, IdTaken, OrganisationCycle.
    """
    if body.id and (made := await organisation_queries.find_organisation(db, actor, id_=body.id)):
        same = body.model_dump(include={"code", "level", "name"})
        return await organisation_out(db, same_or_taken(made, same))
    network = await _network(db, actor, body.network)
    start = body.valid_from or today()
    places = [await _covered(db, actor, body, index, start) for index in range(len(body.place_codes))]
    seat = seat_of(places)
    if not actor.covers(seat.province_code, seat.commune_code):
        raise OutsideScope("/place_codes")
    organisation = Organisation(
        id=body.id or uuid7(),
        code=body.code,
        network=network,
        level=body.level,
        name=body.name,
        province_code=seat.province_code,
        commune_code=seat.commune_code,
    )
    parent = await _first_parent(db, actor, body, organisation)
    db.add(organisation)
    await db.flush()
    if parent is not None:
        db.add(OrganisationParent(organisation_id=organisation.id, parent_id=parent.id, valid_from=start))
    db.add_all(coverage_row(organisation, place, start) for place in places)
    fields = body.model_dump(mode="json", include={"code", "level", "place_codes"})
    await record(db, actor, Event.ORGANISATION_CREATED, organisation, fields)
    await db.flush()
    return await organisation_out(db, organisation)


async def edit_organisation(
    db: AsyncSession, actor: Actor, id_: UUID, version: int, body: OrganisationEdit
) -> OrganisationOut:
    """Rename or close. Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, StaleVersion."""
    organisation = await managed(db, actor, id_)
    values = body.model_dump(exclude_unset=True)
    if "closed_on" in values:
        if organisation.id == actor.organisation_id:
            raise OwnRecord
        if body.closed_on != organisation.closed_on and body.closed_on and body.closed_on < today():
            raise rewrites_past("/closed_on")
    before = organisation.model_dump()
    apply_edit(organisation, version, values)
    await record(db, actor, Event.ORGANISATION_CHANGED, organisation, changes(before, values))
    await db.flush()
    return await organisation_out(db, organisation)


async def managed(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    """An organisation that lies wholly in the actor's places, locked.

    Raises: NotFound; OutsideScope when the actor sees it but it sits or reaches beyond their places.
    """
    organisation = await _seen(db, actor, id_)
    if not actor.covers(organisation.province_code, organisation.commune_code):
        raise OutsideScope
    await require_reach(db, actor, organisation)
    await lock(db, organisation)
    return organisation


async def require_reach(db: AsyncSession, actor: Actor, organisation: Organisation) -> None:
    """Refuse when the organisation covers, or will cover, more than the actor. Raises: OutsideScope."""
    if organisation.id == actor.organisation_id:
        return
    reach = await coverage_queries.extents(db, organisation.id, today())
    if not all(lies_within(actor, extent) for extent in reach):
        raise OutsideScope


async def covered_in_scope(db: AsyncSession, actor: Actor, code: str, start: date, pointer: str) -> Covered:
    """The place of that code on the day. Raises: NotFound with the pointer; OutsideScope."""
    place = await coverage_queries.covered(db, code, start)
    if place is None:
        raise unknown_reference(pointer)
    if not lies_within(actor, place.extent):
        raise OutsideScope(pointer)
    return place


def coverage_row(organisation: Organisation, place: Covered, start: date) -> OrganisationPlace:
    """Coverage of the place from a day on."""
    return OrganisationPlace(
        organisation_id=organisation.id,
        place_code=place.place_code,
        valid_from=start,
        provinces=sorted(place.extent.provinces),
        communes=sorted(commune for commune, _ in place.extent.communes),
        nationwide=place.extent.nationwide,
    )


async def organisation_out(db: AsyncSession, organisation: Organisation) -> OrganisationOut:
    """The organisation as it is answered."""
    return (await _out(db, [organisation]))[0]


async def _seen(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    found = await organisation_queries.find_organisation(db, actor, id_=id_)
    if found is None:
        raise NotFound
    return found


async def _network(db: AsyncSession, actor: Actor, code: str | None) -> str:
    if code is None or code == actor.network:
        return actor.network
    if not actor.all_networks:
        raise Forbidden
    if await db.get(Network, code) is None:
        raise unknown_reference("/network")
    return code


async def _covered(db: AsyncSession, actor: Actor, body: OrganisationIn, index: int, start: date) -> Covered:
    """One of the first places, of a fitting level."""
    pointer = f"/place_codes/{index}"
    place = await covered_in_scope(db, actor, body.place_codes[index], start, pointer)
    check_level(body.level, place.level, pointer)
    return place


async def _first_parent(
    db: AsyncSession, actor: Actor, body: OrganisationIn, organisation: Organisation
) -> Organisation | None:
    """Whom the body names, or the creator's organisation; none for the first unit of another network."""
    named = body.parent_id is not None or body.parent_code is not None
    if not named and organisation.network != actor.network:
        return None
    parent = await organisation_for(db, actor, body.parent_id, body.parent_code, "parent")
    pointer = "/parent_code" if body.parent_code else "/parent_id"
    check_parent(organisation.level, organisation.network, parent.level, parent.network, pointer)
    return parent


async def _out(db: AsyncSession, rows: Sequence[Organisation]) -> list[OrganisationOut]:
    ids = [row.id for row in rows]
    parents: dict[UUID, list[ParentOut]] = {id_: [] for id_ in ids}
    places: dict[UUID, list[PlaceCoverageOut]] = {id_: [] for id_ in ids}
    for parent in await organisation_queries.parents(db, ids):
        parents[parent.organisation_id].append(
            ParentOut(parent_id=parent.parent_id, valid_from=parent.valid_from, valid_to=parent.valid_to)
        )
    for place in await organisation_queries.places(db, ids):
        places[place.organisation_id].append(
            PlaceCoverageOut(
                place_code=place.place_code, valid_from=place.valid_from, valid_to=place.valid_to
            )
        )
    return [
        OrganisationOut(
            id=row.id,
            code=row.code,
            network=row.network,
            level=OrganisationLevel(row.level),
            name=row.name,
            province_code=row.province_code,
            commune_code=row.commune_code,
            closed_on=row.closed_on,
            parents=parents[row.id],
            places=places[row.id],
            created_at=row.created_at,
            version=row.version,
        )
        for row in rows
    ]
