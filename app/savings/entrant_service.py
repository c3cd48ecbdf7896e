"""Entering many people at once, each with a group and pledges: what `create_member` and `join_group` do, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_all
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.db import driver_of
from app.core.errors import DomainError, FieldError
from app.core.ids import uuid7
from app.core.text import search_key
from app.core.time import today
from app.models.group import Group
from app.people.member_rules import check_person
from app.people.residence import Residence, residence_of
from app.savings.entrant_schemas import EntrantIn
from app.savings.entrant_sets import insert_members, insert_memberships, insert_pledges
from app.savings.membership_rules import check_between
from app.savings.membership_service import terms_of
from app.savings.references import absent

Rows = list[dict[str, Any]]

_OF_PERSON = {
    "full_name",
    "birth_date",
    "sex",
    "national_id",
    "social_insurance_no",
    "phone",
    "occupation",
    "joined_on",
}


async def enter_members(db: AsyncSession, actor: Actor, entrants: Sequence[EntrantIn]) -> list[UUID]:
    """Enter people and let each join their group: all of them or none. The members' ids, in their order.

    Raises, with pointers such as /3/group_id: NotFound (group), InvalidInput (days, places, pledges), OutsideScope;
    NationalIdTaken, SocialInsuranceNoTaken, IdTaken when one of them is in the register already.
    """
    await db.flush()
    groups = await _locked_groups(db, actor, entrants)
    homes: dict[tuple[object, ...], Residence] = {}
    members, memberships, pledges = Rows(), Rows(), Rows()
    for index, entrant in enumerate(entrants):
        try:
            group = _group_for(groups, entrant)
            home = await _home_of(db, actor, group, entrant, homes)
            person = _person(entrant, home)
            joining = _membership(group, entrant, person["id"])
            pledges += _pledges(joining, entrant)
        except DomainError as refused:
            raise _beneath(refused, f"/{index}") from None
        members.append(person)
        memberships.append(joining)
    driver = await driver_of(db)
    await insert_members(driver, actor, members)
    await insert_memberships(driver, actor, memberships)
    await insert_pledges(driver, actor, pledges)
    await _note(driver, actor, groups, members, memberships)
    return [person["id"] for person in members]


async def _locked_groups(
    db: AsyncSession, actor: Actor, entrants: Iterable[EntrantIn]
) -> Mapping[UUID, Group]:
    """The groups that are named, kept from ending meanwhile."""
    ids = {entrant.group_id for entrant in entrants}
    stmt = scoped(actor, Group).where(col(Group.id).in_(ids), Group.network == actor.network)
    rows = await db.exec(stmt.order_by(col(Group.id)).with_for_update(key_share=True))
    return {row.id: row for row in rows}


def _group_for(groups: Mapping[UUID, Group], entrant: EntrantIn) -> Group:
    group = groups.get(entrant.group_id)
    if group is None:
        raise absent("/group_id")
    last = min(today(), group.ended_on or today())
    check_between(entrant.joined_on, "/joined_on", first=group.started_on, last=last)
    return group


async def _home_of(
    db: AsyncSession,
    actor: Actor,
    group: Group,
    entrant: EntrantIn,
    known: dict[tuple[object, ...], Residence],
) -> Residence:
    """Where somebody lives; many live in one place, which is looked up once."""
    commune = entrant.commune_code or group.commune_code
    day: date = entrant.joined_on
    key = (commune, entrant.hamlet_code, day)
    if key not in known:
        known[key] = await residence_of(db, actor, commune, entrant.hamlet_code, day)
    return known[key]


def _person(entrant: EntrantIn, home: Residence) -> dict[str, Any]:
    """A new line of the register. Raises: InvalidInput for what cannot be true of a person."""
    columns = {name: getattr(entrant, name) for name in _OF_PERSON}
    check_person(columns, columns.keys(), today())
    return columns | {
        "id": entrant.id or uuid7(),
        "search_name": search_key(entrant.full_name),
        "province_code": home.province_code,
        "commune_code": home.commune_code,
        "hamlet_code": home.hamlet_code,
    }


def _membership(group: Group, entrant: EntrantIn, member_id: UUID) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "group_id": group.id,
        "member_id": member_id,
        "province_code": group.province_code,
        "commune_code": group.commune_code,
        "joined_on": entrant.joined_on,
    }


def _pledges(joining: Mapping[str, Any], entrant: EntrantIn) -> Rows:
    """The pledges of a new membership. Raises: InvalidInput when two are for the same."""
    place = {name: joining[name] for name in ("group_id", "province_code", "commune_code")}
    begin = {"membership_id": joining["id"], "valid_from": entrant.joined_on}
    return [
        {"id": uuid7(), **place, **begin, **{name: getattr(terms, name) for name in type(terms).__slots__}}
        for terms in terms_of(entrant.pledges)
    ]


async def _note(
    driver: Any, actor: Actor, groups: Mapping[UUID, Group], members: Rows, memberships: Rows
) -> None:
    nothing: Rows = [{}] * len(members)
    await record_all(driver, actor, Event.MEMBER_CREATED, zip(members, nothing, strict=True))
    about = [
        {"group": groups[one["group_id"]].code, "joined_on": str(one["joined_on"])} for one in memberships
    ]
    await record_all(driver, actor, Event.MEMBERSHIP_STARTED, zip(memberships, about, strict=True))


def _beneath(refused: DomainError, prefix: str) -> DomainError:
    """The refusal of one entrant, its fields told as those of the list."""
    refused.errors = [
        FieldError(prefix + error.pointer, error.code, error.vi, error.en) for error in refused.errors
    ]
    return refused
