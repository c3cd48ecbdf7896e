"""Editing members: corrections, moves to another commune, joining and leaving a household."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.errors import StaleVersion
from app.core.text import search_key
from app.core.time import today
from app.core.versions import apply_edit
from app.models.consent import Consent
from app.models.household import Household
from app.models.member import Member, SupportGroup
from app.people.errors import wrong
from app.people.member_queries import find_member
from app.people.member_rules import check_person
from app.people.member_schemas import MemberEdit
from app.people.references import household_of, member_of
from app.people.residence import Residence, residence_of

_TOLD: Final = (
    "hamlet_code",
    "household_id",
    "relation_to_head",
    "referrer_id",
    "joined_on",
    "died_on",
    "sex",
)
"""Fields whose new values the audit keeps; of the others only that they changed."""

_LEFT_BEHIND: Final = (
    "Hộ gia đình còn ở xã, phường cũ: hãy ghi household_id là null hoặc hộ ở nơi mới.",
    "The household stays in the old commune: give household_id as null, or one in the new commune.",
)


async def edit_member(
    db: AsyncSession, actor: Actor, member_id: UUID, version: int, body: MemberEdit
) -> Member:
    """Change the given fields of a member who is at *version*.

    Raises: NotFound, StaleVersion, InvalidInput, OutsideScope, NationalIdTaken, SocialInsuranceNoTaken.
    """
    row = await find_member(db, actor, member_id, to_edit=True)
    if row.version != version:
        raise StaleVersion
    values = given(body)
    values |= await _home(db, actor, row, values)
    values |= await _household(db, actor, row, values)
    values.pop("household_code", None)
    if values.get("referrer_id") is not None:
        await member_of(db, actor, values["referrer_id"], "/referrer_id")
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    check_person(row.model_dump() | values, changed.keys(), today())
    if "full_name" in changed:
        values["search_name"] = search_key(body.full_name)
    await _leave_head_behind(db, actor, row, changed)
    await change_member(db, actor, row, values)
    await db.flush()
    return row


async def change_member(db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]) -> None:
    """Set columns of a locked member, take along what lies where the member lives, and note it."""
    before = row.model_dump()
    apply_edit(row, row.version, values)
    fields = edited_fields(before, row.model_dump(), values.keys() - {"search_name"}, told=_TOLD)
    if row.commune_code != before["commune_code"]:
        await _take_along(db, row)
    await record(db, actor, Event.MEMBER_CHANGED, row, fields)


def edited_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str], *, told: Collection[str]
) -> dict[str, Any]:
    """What the audit keeps of an edit: what changed, the new values of the fields that may be told, the move."""
    changed = sorted(name for name in names if before[name] != after[name])
    fields = {"changed": changed} | changes(before, {name: after[name] for name in changed if name in told})
    if "commune_code" in changed:
        fields["commune_code"] = {"from": before["commune_code"], "to": after["commune_code"]}
    return fields


async def _take_along(db: AsyncSession, row: Member) -> None:
    """A member's consents and support groups lie where the member lives, so that the new place sees them."""
    tables: tuple[Any, ...] = (Consent, SupportGroup)
    for table in tables:
        here: type[SQLModel] = table
        moved = update(here).where(col(table.member_id) == row.id)
        connection = await db.connection()
        await connection.execute(moved.values(province_code=row.province_code, commune_code=row.commune_code))


async def _home(db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]) -> dict[str, Any]:
    """The places that an edit gives, checked; in another commune the old hamlet is left."""
    if values.keys().isdisjoint({"commune_code", "hamlet_code"}):
        return {}
    commune = values.get("commune_code", row.commune_code)
    hamlet = values.get("hamlet_code", row.hamlet_code if commune == row.commune_code else None)
    joined_on = values.get("joined_on", row.joined_on)
    return home_values(await residence_of(db, actor, commune, hamlet, joined_on))


def home_values(home: Residence) -> dict[str, Any]:
    """A residence as columns."""
    return {
        "province_code": home.province_code,
        "commune_code": home.commune_code,
        "hamlet_code": home.hamlet_code,
    }


async def _household(
    db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The household that an edit gives, checked; without one there is no relation to its head."""
    commune = values.get("commune_code", row.commune_code)
    if values.keys().isdisjoint({"household_id", "household_code"}):
        if row.household_id is not None and commune != row.commune_code:
            raise wrong("/household_id", "household_elsewhere", _LEFT_BEHIND)
        return {}
    found = await household_of(db, actor, values.get("household_id"), values.get("household_code"), commune)
    if found is not None:
        return {"household_id": found.id}
    return {"household_id": None, "relation_to_head": values.get("relation_to_head")}


async def _leave_head_behind(db: AsyncSession, actor: Actor, row: Member, changed: Mapping[str, Any]) -> None:
    """A household whose head leaves has none until another is named."""
    if "household_id" not in changed or row.household_id is None:
        return
    left = await db.get(Household, row.household_id, with_for_update={"key_share": True})
    if left is not None and left.head_member_id == row.id:
        apply_edit(left, left.version, {"head_member_id": None})
        await record(db, actor, Event.HOUSEHOLD_CHANGED, left, {"changed": ["head_member_id"]})
