"""Create many people at once, each with a membership and pledges."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_events
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import DomainError, FieldError
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7
from app.core.values.references import reference_not_found
from app.core.values.search_key import search_key
from app.core.values.time import today
from app.models.savings.group import Group
from app.people.members.bulk import NewMember, insert_members
from app.people.members.rules import check_person
from app.people.residence import Residence, resolve_residence
from app.savings.entrants.bulk import insert_memberships, insert_pledges
from app.savings.entrants.schemas import EntrantIn
from app.savings.memberships.rules import check_day_between
from app.savings.memberships.service import parse_pledge_terms

_Rows = list[dict[str, Any]]

_PERSON_FIELDS = {
    "full_name",
    "birth_date",
    "sex",
    "national_id",
    "social_insurance_no",
    "phone",
    "occupation",
    "joined_on",
}


async def create_entrants(db: AsyncSession, actor: Actor, entrants: Sequence[EntrantIn]) -> list[UUID]:
    """Create people and their memberships, all of them or none; return the members' ids in the same order.

    Raises, with pointers such as /3/group_id: NotFound (group), InvalidInput (days, places, pledges), OutsideScope;
    NationalIdTaken, SocialInsuranceNoTaken, IdTaken when one of them is in the register already.
    """
    await db.flush()
    groups = await _lock_groups(db, actor, entrants)
    residences: dict[tuple[object, ...], Residence] = {}
    members: list[NewMember] = []
    memberships, pledges = _Rows(), _Rows()
    for index, entrant in enumerate(entrants):
        try:
            group = _require_group(groups, entrant)
            residence = await _resolve_home(db, actor, group, entrant, residences)
            person = _build_member(entrant, residence)
            membership = _build_membership_row(group, entrant, person.id)
            pledges += _build_pledge_rows(membership, entrant)
        except DomainError as error:
            raise _prefix_pointers(error, f"/{index}") from None
        members.append(person)
        memberships.append(membership)
    driver = await get_driver(db)
    await insert_members(driver, actor, members)
    await insert_memberships(driver, actor, memberships)
    await insert_pledges(driver, actor, pledges)
    await _record_events(driver, actor, groups, memberships)
    return [person.id for person in members]


async def _lock_groups(db: AsyncSession, actor: Actor, entrants: Iterable[EntrantIn]) -> Mapping[UUID, Group]:
    """Lock the groups of the entrants, so that they cannot end meanwhile."""
    ids = {entrant.group_id for entrant in entrants}
    stmt = select_visible(actor, Group).where(col(Group.id).in_(ids), Group.network == actor.network)
    rows = await db.exec(stmt.order_by(col(Group.id)).with_for_update(key_share=True))
    return {row.id: row for row in rows}


def _require_group(groups: Mapping[UUID, Group], entrant: EntrantIn) -> Group:
    group = groups.get(entrant.group_id)
    if group is None:
        raise reference_not_found("/group_id")
    last = min(today(), group.ended_on or today())
    check_day_between(entrant.joined_on, "/joined_on", first=group.started_on, last=last)
    return group


async def _resolve_home(
    db: AsyncSession,
    actor: Actor,
    group: Group,
    entrant: EntrantIn,
    cache: dict[tuple[object, ...], Residence],
) -> Residence:
    """Resolve where an entrant lives; each place is looked up once."""
    commune = entrant.commune_code or group.commune_code
    day: date = entrant.joined_on
    key = (commune, entrant.hamlet_code, day)
    if key not in cache:
        cache[key] = await resolve_residence(db, actor, commune, entrant.hamlet_code, day)
    return cache[key]


def _build_member(entrant: EntrantIn, residence: Residence) -> NewMember:
    """Build a new member of the register. Raises: InvalidInput for data that cannot be true of a person."""
    columns = {name: getattr(entrant, name) for name in _PERSON_FIELDS}
    check_person(columns, columns.keys(), today())
    return NewMember(
        **columns,
        id=entrant.id or uuid7(),
        search_name=search_key(entrant.full_name),
        province_code=residence.province_code,
        commune_code=residence.commune_code,
        hamlet_code=residence.hamlet_code,
    )


def _build_membership_row(group: Group, entrant: EntrantIn, member_id: UUID) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "group_id": group.id,
        "member_id": member_id,
        "province_code": group.province_code,
        "commune_code": group.commune_code,
        "joined_on": entrant.joined_on,
    }


def _build_pledge_rows(membership: Mapping[str, Any], entrant: EntrantIn) -> _Rows:
    """Build the pledges of a new membership. Raises: InvalidInput when two are of one kind for one product."""
    place = {name: membership[name] for name in ("group_id", "province_code", "commune_code")}
    start = {"membership_id": membership["id"], "valid_from": entrant.joined_on}
    return [
        {"id": uuid7(), **place, **start, **{name: getattr(terms, name) for name in type(terms).__slots__}}
        for terms in parse_pledge_terms(entrant.pledges)
    ]


async def _record_events(driver: Any, actor: Actor, groups: Mapping[UUID, Group], memberships: _Rows) -> None:
    fields = [
        {"group": groups[membership["group_id"]].code, "joined_on": str(membership["joined_on"])}
        for membership in memberships
    ]
    await record_events(driver, actor, Event.MEMBERSHIP_STARTED, zip(memberships, fields, strict=True))


def _prefix_pointers(refusal: DomainError, prefix: str) -> DomainError:
    """Prefix the pointers of one entrant's error, so that they point into the list."""
    refusal.errors = [
        FieldError(prefix + error.pointer, error.code, error.vi, error.en) for error in refusal.errors
    ]
    return refusal
