"""Households: list, read, create and edit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.core.errors import Forbidden, NotFound, StaleVersion
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.versions import apply_edit
from app.models.people.household import Household
from app.models.people.member import Member
from app.people.errors import invalid_field
from app.people.households.schemas import (
    HouseholdFilter,
    HouseholdIn,
    HouseholdOut,
    HouseholdPatch,
    HouseholdWithMembers,
)
from app.people.members.edit import apply_member_changes, build_audit_fields, residence_to_columns
from app.people.members.schemas import MemberItem
from app.people.references import require_member
from app.people.residence import resolve_residence

_HEAD_ELSEWHERE_TEXTS: Final = (
    "Chủ hộ phải là người trong hộ này.",
    "The head must be one of the people of this household.",
)


async def list_households(
    db: AsyncSession, actor: Actor, filters: HouseholdFilter, page: PageRequest
) -> Page[HouseholdOut]:
    """List one page of the actor's households, in the order of their ids."""
    stmt = select_visible(actor, Household).where(
        *(getattr(Household, name) == value for name, value in filters if value is not None)
    )
    rows, cursor = await fetch_page(db, stmt, columns=[col(Household.id)], page=page)
    return Page(items=[HouseholdOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_household(db: AsyncSession, actor: Actor, household_id: UUID) -> HouseholdWithMembers:
    """Read one household with its people. Raises: NotFound."""
    return await household_to_response(db, actor, await _require_household(db, actor, household_id))


async def household_to_response(db: AsyncSession, actor: Actor, row: Household) -> HouseholdWithMembers:
    """Build the response for a household with those of its people whom the actor sees."""
    people = await _read_people(db, actor, row)
    return HouseholdWithMembers.from_record(
        row, members=[MemberItem.from_record(person) for person in people]
    )


async def create_household(db: AsyncSession, actor: Actor, body: HouseholdIn) -> tuple[Household, bool]:
    """Create a household in the actor's network; the second value is False when it existed already.

    Raises: InvalidInput, OutsideScope, IdTaken, HouseholdCodeTaken.
    """
    residence = await resolve_residence(db, actor, body.commune_code, body.hamlet_code, None)
    values = get_set_fields(body) | {"id": body.id or uuid7(), "province_code": residence.province_code}
    row = Household(
        **values, network=actor.network, organisation_id=actor.organisation_id, created_by=actor.id
    )
    compared_fields = set(type(body).model_fields) - {"id"}
    if body.id is not None and (existing := await find_existing(db, row, compared_fields)) is not None:
        return existing, False
    db.add(row)
    await record_event(db, actor, Event.HOUSEHOLD_CREATED, row)
    await db.flush()
    return row, True


async def edit_household(
    db: AsyncSession, actor: Actor, household_id: UUID, version: int, body: HouseholdPatch
) -> Household:
    """Edit the given fields of a household at *version*; its people move with it to another commune.

    Raises: NotFound, StaleVersion, InvalidInput, OutsideScope, HouseholdCodeTaken; Forbidden when somebody who
    may not see all of its people would move them.
    """
    row = await _require_household(db, actor, household_id, to_edit=True)
    if row.version != version:
        raise StaleVersion
    values = get_set_fields(body)
    if values.get("head_member_id") is not None:
        head = await require_member(db, actor, values["head_member_id"], "/head_member_id")
        if head.household_id != row.id:
            raise invalid_field("/head_member_id", "head_elsewhere", _HEAD_ELSEWHERE_TEXTS)
    if not values.keys().isdisjoint({"commune_code", "hamlet_code"}):
        values |= await _resolve_move(db, actor, row, values)
    before = row.model_dump()
    apply_edit(row, version, values)
    audited = build_audit_fields(before, row.model_dump(), values, audited=("code", "hamlet_code"))
    await record_event(db, actor, Event.HOUSEHOLD_CHANGED, row, audited)
    await db.flush()
    return row


async def _resolve_move(
    db: AsyncSession, actor: Actor, row: Household, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Resolve the household's new places; its people move along to another commune."""
    commune = values.get("commune_code", row.commune_code)
    same_commune = commune == row.commune_code
    hamlet = values.get("hamlet_code", row.hamlet_code if same_commune else None)
    residence = residence_to_columns(await resolve_residence(db, actor, commune, hamlet, None))
    if not same_commune:
        if actor.groups is not None:
            raise Forbidden
        for person in await _read_people(db, actor, row, to_edit=True):
            await apply_member_changes(db, actor, person, residence)
    return residence


async def _require_household(
    db: AsyncSession, actor: Actor, household_id: UUID, *, to_edit: bool = False
) -> Household:
    stmt = select_visible(actor, Household).where(Household.id == household_id)
    if to_edit:
        stmt = stmt.with_for_update(key_share=True)
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row


async def _read_people(
    db: AsyncSession, actor: Actor, row: Household, *, to_edit: bool = False
) -> Sequence[Member]:
    """Read the people of a household: the head first, then the oldest first."""
    stmt = select_visible(actor, Member).where(Member.household_id == row.id)
    if to_edit:
        stmt = stmt.order_by(col(Member.id)).with_for_update(key_share=True)
    else:
        head = col(Member.id).is_distinct_from(row.head_member_id)
        stmt = stmt.order_by(head, col(Member.birth_date).nulls_last(), col(Member.id))
    return (await db.exec(stmt)).all()
