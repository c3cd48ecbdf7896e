"""Entering, reading and editing households."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.core.bodies import given
from app.core.creations import made_before
from app.core.errors import Forbidden, NotFound, StaleVersion
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.versions import apply_edit
from app.models.household import Household
from app.models.member import Member
from app.people.errors import wrong
from app.people.household_schemas import (
    HouseholdEdit,
    HouseholdFilter,
    HouseholdIn,
    HouseholdOut,
    HouseholdWithMembers,
)
from app.people.member_edit import change_member, edited_fields, home_values
from app.people.member_schemas import MemberItem
from app.people.references import member_of
from app.people.residence import residence_of

_HEAD_ELSEWHERE: Final = (
    "Chủ hộ phải là người trong hộ này.",
    "The head must be one of the people of this household.",
)


async def list_households(
    db: AsyncSession, actor: Actor, wanted: HouseholdFilter, page: PageRequest
) -> Page[HouseholdOut]:
    """One page of the actor's households, in the order of their ids."""
    stmt = scoped(actor, Household).where(
        *(getattr(Household, name) == value for name, value in wanted if value is not None)
    )
    rows, cursor = await paged(db, stmt, columns=[col(Household.id)], page=page)
    return Page(items=[HouseholdOut.of(row) for row in rows], next_cursor=cursor)


async def read_household(db: AsyncSession, actor: Actor, household_id: UUID) -> HouseholdWithMembers:
    """A household with its people. Raises: NotFound."""
    return await with_members(db, actor, await _find(db, actor, household_id))


async def with_members(db: AsyncSession, actor: Actor, row: Household) -> HouseholdWithMembers:
    """A household's answer with those of its people whom the actor sees."""
    people = await _people(db, actor, row)
    return HouseholdWithMembers.of(row, members=[MemberItem.of(person) for person in people])


async def create_household(db: AsyncSession, actor: Actor, body: HouseholdIn) -> tuple[Household, bool]:
    """Enter a household in the actor's network; False when this very record was entered before.

    Raises: InvalidInput, OutsideScope, IdTaken, HouseholdCodeTaken.
    """
    home = await residence_of(db, actor, body.commune_code, body.hamlet_code, None)
    values = given(body) | {"id": body.id or uuid7(), "province_code": home.province_code}
    row = Household(
        **values, network=actor.network, organisation_id=actor.organisation_id, created_by=actor.id
    )
    compared = set(type(body).model_fields) - {"id"}
    if body.id is not None and (before := await made_before(db, row, compared)) is not None:
        return before, False
    db.add(row)
    await record(db, actor, Event.HOUSEHOLD_CREATED, row)
    await db.flush()
    return row, True


async def edit_household(
    db: AsyncSession, actor: Actor, household_id: UUID, version: int, body: HouseholdEdit
) -> Household:
    """Change the given fields of a household at *version*; in another commune its people come along.

    Raises: NotFound, StaleVersion, InvalidInput, OutsideScope, HouseholdCodeTaken; Forbidden when somebody who
    may not see all of its people would move them.
    """
    row = await _find(db, actor, household_id, to_edit=True)
    if row.version != version:
        raise StaleVersion
    values = given(body)
    if values.get("head_member_id") is not None:
        head = await member_of(db, actor, values["head_member_id"], "/head_member_id")
        if head.household_id != row.id:
            raise wrong("/head_member_id", "head_elsewhere", _HEAD_ELSEWHERE)
    if not values.keys().isdisjoint({"commune_code", "hamlet_code"}):
        values |= await _move(db, actor, row, values)
    before = row.model_dump()
    apply_edit(row, version, values)
    told = edited_fields(before, row.model_dump(), values, told=("code", "hamlet_code"))
    await record(db, actor, Event.HOUSEHOLD_CHANGED, row, told)
    await db.flush()
    return row


async def _move(db: AsyncSession, actor: Actor, row: Household, values: Mapping[str, Any]) -> dict[str, Any]:
    """The household's places as given, checked; its people come along to another commune."""
    commune = values.get("commune_code", row.commune_code)
    stays = commune == row.commune_code
    hamlet = values.get("hamlet_code", row.hamlet_code if stays else None)
    home = home_values(await residence_of(db, actor, commune, hamlet, None))
    if not stays:
        if actor.groups is not None:
            raise Forbidden
        for person in await _people(db, actor, row, to_edit=True):
            await change_member(db, actor, person, home)
    return home


async def _find(db: AsyncSession, actor: Actor, household_id: UUID, *, to_edit: bool = False) -> Household:
    stmt = scoped(actor, Household).where(Household.id == household_id)
    if to_edit:
        stmt = stmt.with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def _people(
    db: AsyncSession, actor: Actor, row: Household, *, to_edit: bool = False
) -> Sequence[Member]:
    """The people of a household: the head first, then the oldest first."""
    stmt = scoped(actor, Member).where(Member.household_id == row.id)
    if to_edit:
        stmt = stmt.order_by(col(Member.id)).with_for_update(key_share=True)
    else:
        head = col(Member.id).is_distinct_from(row.head_member_id)
        stmt = stmt.order_by(head, col(Member.birth_date).nulls_last(), col(Member.id))
    return (await db.exec(stmt)).all()
