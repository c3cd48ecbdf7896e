"""Organisations: list, read, create, rename and close."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import Forbidden, NotFound
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.core.values.versions import apply_edit
from app.models.tenancy.network import Network
from app.models.tenancy.organisation import Organisation, OrganisationParent, OrganisationPlace
from app.tenancy.coverage import queries as coverage_queries
from app.tenancy.coverage.rules import (
    PlaceExtent,
    check_level,
    check_parent,
    lies_within,
    resolve_organisation_place_ref,
)
from app.tenancy.errors import OutsideScope, OwnRecord, rewrites_past
from app.tenancy.organisations import queries as organisation_queries
from app.tenancy.organisations.references import resolve_organisation
from app.tenancy.organisations.schemas import (
    OrganisationFilter,
    OrganisationIn,
    OrganisationOut,
    OrganisationPatch,
    ParentOut,
    PlaceCoverageOut,
)
from app.tenancy.rows import lock_row, require_same_content


async def list_organisations(
    db: AsyncSession, actor: Actor, filters: OrganisationFilter, page: PageRequest
) -> Page[OrganisationOut]:
    """List one page of the organisations that the actor sees, by code."""
    stmt = organisation_queries.select_organisations(actor, filters, today())
    rows, cursor = await fetch_page(db, stmt, columns=[col(Organisation.code)], page=page)
    return Page(items=await _to_responses(db, rows), next_cursor=cursor)


async def read_organisation(db: AsyncSession, actor: Actor, id_: UUID) -> OrganisationOut:
    """Read one organisation. Raises: NotFound."""
    return await organisation_to_response(db, await _require_visible_organisation(db, actor, id_))


async def create_organisation(db: AsyncSession, actor: Actor, body: OrganisationIn) -> OrganisationOut:
    """Create an organisation below the actor's, with its first places and its first parent.

    It belongs to the actor's network; BHXH may name another, which is how unions are added.
    Raises: InvalidInput, NotFound (a reference), Forbidden, OutsideScope, CodeTaken, IdTaken, OrganisationCycle.
    """
    if body.id and (existing := await organisation_queries.find_organisation(db, actor, id_=body.id)):
        content = body.model_dump(include={"code", "level", "name"})
        return await organisation_to_response(db, require_same_content(existing, content))
    network = await _resolve_network(db, actor, body.network)
    start = body.valid_from or today()
    places = [await _require_first_place(db, actor, body, n, start) for n in range(len(body.place_codes))]
    place_ref = resolve_organisation_place_ref(places)
    if not actor.covers(place_ref.province_code, place_ref.commune_code):
        raise OutsideScope("/place_codes")
    organisation = Organisation(
        id=body.id or uuid7(),
        code=body.code,
        network=network,
        level=body.level,
        name=body.name,
        province_code=place_ref.province_code,
        commune_code=place_ref.commune_code,
    )
    parent = await _resolve_first_parent(db, actor, body, organisation)
    await _store_organisation(db, organisation, parent, places, start)
    fields = body.model_dump(mode="json", include={"code", "level", "place_codes"})
    await record_event(db, actor, Event.ORGANISATION_CREATED, organisation, fields)
    await db.flush()
    return await organisation_to_response(db, organisation)


async def edit_organisation(
    db: AsyncSession, actor: Actor, id_: UUID, version: int, body: OrganisationPatch
) -> OrganisationOut:
    """Rename or close an organisation. Raises: NotFound, OutsideScope, OwnRecord, InvalidInput, StaleVersion."""
    organisation = await require_managed_organisation(db, actor, id_)
    values = body.model_dump(exclude_unset=True)
    if "closed_on" in values:
        if organisation.id == actor.organisation_id:
            raise OwnRecord
        if body.closed_on != organisation.closed_on and body.closed_on and body.closed_on < today():
            raise rewrites_past("/closed_on")
    before = organisation.model_dump()
    apply_edit(organisation, version, values)
    await record_event(db, actor, Event.ORGANISATION_CHANGED, organisation, diff_fields(before, values))
    await db.flush()
    return await organisation_to_response(db, organisation)


async def require_managed_organisation(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    """Get an organisation that lies wholly in the actor's places, locked.

    Raises: NotFound; OutsideScope when the actor sees it but it is, or covers places, beyond theirs.
    """
    organisation = await _require_visible_organisation(db, actor, id_)
    if not actor.covers(organisation.province_code, organisation.commune_code):
        raise OutsideScope
    await check_within_reach(db, actor, organisation)
    await lock_row(db, organisation)
    return organisation


async def check_within_reach(db: AsyncSession, actor: Actor, organisation: Organisation) -> None:
    """Refuse when the organisation covers, or will cover, more than the actor. Raises: OutsideScope."""
    if organisation.id == actor.organisation_id:
        return
    extents = await coverage_queries.read_extents(db, organisation.id, today())
    if not all(lies_within(actor, extent) for extent in extents):
        raise OutsideScope


async def require_place_in_scope(
    db: AsyncSession, actor: Actor, code: str, start: date, pointer: str
) -> PlaceExtent:
    """Require a place, as of a day, in the actor's scope. Raises: NotFound with the pointer; OutsideScope."""
    place = await coverage_queries.find_place_extent(db, code, start)
    if place is None:
        raise reference_not_found(pointer)
    if not lies_within(actor, place.extent):
        raise OutsideScope(pointer)
    return place


def build_coverage_row(organisation: Organisation, place: PlaceExtent, start: date) -> OrganisationPlace:
    """Build the row that covers the place from a day on."""
    return OrganisationPlace(
        organisation_id=organisation.id,
        place_code=place.place_code,
        valid_from=start,
        provinces=sorted(place.extent.provinces),
        communes=sorted(commune for commune, _ in place.extent.communes),
        nationwide=place.extent.nationwide,
    )


async def organisation_to_response(db: AsyncSession, organisation: Organisation) -> OrganisationOut:
    """Build the response for an organisation."""
    return (await _to_responses(db, [organisation]))[0]


async def _require_visible_organisation(db: AsyncSession, actor: Actor, id_: UUID) -> Organisation:
    organisation = await organisation_queries.find_organisation(db, actor, id_=id_)
    if organisation is None:
        raise NotFound
    return organisation


async def _resolve_network(db: AsyncSession, actor: Actor, code: str | None) -> str:
    if code is None or code == actor.network:
        return actor.network
    if not actor.all_networks:
        raise Forbidden
    if await db.get(Network, code) is None:
        raise reference_not_found("/network")
    return code


async def _store_organisation(
    db: AsyncSession,
    organisation: Organisation,
    parent: Organisation | None,
    places: Sequence[PlaceExtent],
    start: date,
) -> None:
    """Store an organisation with its first parent and places."""
    db.add(organisation)
    await db.flush()
    if parent is not None:
        db.add(OrganisationParent(organisation_id=organisation.id, parent_id=parent.id, valid_from=start))
    db.add_all(build_coverage_row(organisation, place, start) for place in places)


async def _require_first_place(
    db: AsyncSession, actor: Actor, body: OrganisationIn, index: int, start: date
) -> PlaceExtent:
    """Require one of the first places, at a level that the organisation may cover."""
    pointer = f"/place_codes/{index}"
    place = await require_place_in_scope(db, actor, body.place_codes[index], start, pointer)
    check_level(body.level, place.level, pointer)
    return place


async def _resolve_first_parent(
    db: AsyncSession, actor: Actor, body: OrganisationIn, organisation: Organisation
) -> Organisation | None:
    """Resolve the parent that the body names, by default the actor's own organisation.

    None for the first unit of another network.
    """
    is_named = body.parent_id is not None or body.parent_code is not None
    if not is_named and organisation.network != actor.network:
        return None
    parent = await resolve_organisation(db, actor, body.parent_id, body.parent_code, "parent")
    pointer = "/parent_code" if body.parent_code else "/parent_id"
    check_parent(organisation.level, organisation.network, parent.level, parent.network, pointer)
    return parent


async def _to_responses(db: AsyncSession, rows: Sequence[Organisation]) -> list[OrganisationOut]:
    ids = [row.id for row in rows]
    parents: dict[UUID, list[ParentOut]] = {id_: [] for id_ in ids}
    places: dict[UUID, list[PlaceCoverageOut]] = {id_: [] for id_ in ids}
    for parent in await organisation_queries.read_organisation_parents(db, ids):
        parents[parent.organisation_id].append(
            ParentOut(parent_id=parent.parent_id, valid_from=parent.valid_from, valid_to=parent.valid_to)
        )
    for place in await organisation_queries.read_organisation_places(db, ids):
        places[place.organisation_id].append(
            PlaceCoverageOut(
                place_code=place.place_code, valid_from=place.valid_from, valid_to=place.valid_to
            )
        )
    return [OrganisationOut.from_record(row, parents[row.id], places[row.id]) for row in rows]
