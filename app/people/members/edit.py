"""Edit members: corrections, moves to another commune, joining and leaving a household."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import StaleVersion
from app.core.values.bodies import get_set_fields
from app.core.values.search_key import search_key
from app.core.values.time import today
from app.core.values.versions import apply_edit
from app.models.people.consent import Consent
from app.models.people.household import Household
from app.models.people.member import Member, SupportGroup
from app.people.errors import invalid_field
from app.people.members.numbers import NUMBERS, claim_numbers
from app.people.members.queries import require_named_member
from app.people.members.rules import check_person
from app.people.members.schemas import MemberPatch
from app.people.references import require_member, resolve_household
from app.people.residence import Residence, resolve_residence

_AUDITED_FIELDS: Final = (
    "hamlet_code",
    "household_id",
    "relation_to_head",
    "referrer_id",
    "joined_on",
    "died_on",
    "sex",
)
"""Fields whose new values the audit records; of the others, only that they changed."""

_HOUSEHOLD_ELSEWHERE_TEXTS: Final = (
    "Hộ gia đình còn ở xã, phường cũ: hãy bỏ trống hộ gia đình hoặc ghi hộ ở nơi mới.",
    "The household stays in the old commune: give household_id as null, or one in the new commune.",
)


async def edit_member(
    db: AsyncSession, actor: Actor, member_id: UUID, version: int, body: MemberPatch
) -> Member:
    """Edit the given fields of a member, whose record must be at *version*.

    Raises: NotFound, MemberAnonymised, StaleVersion, InvalidInput, OutsideScope, NationalIdTaken,
    SocialInsuranceNoTaken.
    """
    row = await require_named_member(db, actor, member_id, to_edit=True)
    if row.version != version:
        raise StaleVersion
    values = get_set_fields(body)
    values |= await _resolve_home(db, actor, row, values)
    values |= await _resolve_household_change(db, actor, row, values)
    values.pop("household_code", None)
    if values.get("referrer_id") is not None:
        await require_member(db, actor, values["referrer_id"], "/referrer_id")
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    check_person(row.model_dump() | values, changed.keys(), today())
    if "full_name" in changed:
        values["search_name"] = search_key(body.full_name)
    await _clear_household_head(db, actor, row, changed)
    await apply_member_changes(db, actor, row, values)
    await write_changes(db, row, changed)
    return row


async def write_changes(db: AsyncSession, row: Member, changed: Collection[str]) -> None:
    """Write a member whose columns *changed* were set. Raises: NationalIdTaken, SocialInsuranceNoTaken."""
    if not set(NUMBERS).isdisjoint(changed):
        await claim_numbers(db, row, changed)
    await db.flush()


async def apply_member_changes(
    db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]
) -> None:
    """Set columns of a locked member, move the member's records to the new place, and audit the change."""
    before = row.model_dump()
    apply_edit(row, row.version, values)
    fields = build_audit_fields(
        before, row.model_dump(), values.keys() - {"search_name"}, audited=_AUDITED_FIELDS
    )
    if row.commune_code != before["commune_code"]:
        await _move_member_records(db, row)
    await record_event(db, actor, Event.MEMBER_CHANGED, row, fields)


def build_audit_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str], *, audited: Collection[str]
) -> dict[str, Any]:
    """Build the audit fields of an edit: what changed, the new values of the *audited* fields, the move."""
    changed = sorted(name for name in names if before[name] != after[name])
    fields = {"changed": changed} | diff_fields(
        before, {name: after[name] for name in changed if name in audited}
    )
    if "commune_code" in changed:
        fields["commune_code"] = {"from": before["commune_code"], "to": after["commune_code"]}
    return fields


async def _move_member_records(db: AsyncSession, row: Member) -> None:
    """Move a member's consents and support groups to where the member lives, so that the new place sees them."""
    tables: tuple[Any, ...] = (Consent, SupportGroup)
    for table in tables:
        target: type[SQLModel] = table
        statement = update(target).where(col(table.member_id) == row.id)
        connection = await db.connection()
        await connection.execute(
            statement.values(province_code=row.province_code, commune_code=row.commune_code)
        )


async def _resolve_home(
    db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Resolve the places that an edit gives; in another commune the old hamlet is cleared."""
    if values.keys().isdisjoint({"commune_code", "hamlet_code"}):
        return {}
    commune = values.get("commune_code", row.commune_code)
    hamlet = values.get("hamlet_code", row.hamlet_code if commune == row.commune_code else None)
    joined_on = values.get("joined_on", row.joined_on)
    return residence_to_columns(await resolve_residence(db, actor, commune, hamlet, joined_on))


def residence_to_columns(residence: Residence) -> dict[str, Any]:
    """Turn a residence into columns."""
    return {
        "province_code": residence.province_code,
        "commune_code": residence.commune_code,
        "hamlet_code": residence.hamlet_code,
    }


async def _resolve_household_change(
    db: AsyncSession, actor: Actor, row: Member, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Resolve the household that an edit gives; without one there is no relation to its head."""
    commune = values.get("commune_code", row.commune_code)
    if values.keys().isdisjoint({"household_id", "household_code"}):
        if row.household_id is not None and commune != row.commune_code:
            raise invalid_field("/household_id", "household_elsewhere", _HOUSEHOLD_ELSEWHERE_TEXTS)
        return {}
    household = await resolve_household(
        db, actor, values.get("household_id"), values.get("household_code"), commune
    )
    if household is not None:
        return {"household_id": household.id}
    return {"household_id": None, "relation_to_head": values.get("relation_to_head")}


async def _clear_household_head(
    db: AsyncSession, actor: Actor, row: Member, changed: Mapping[str, Any]
) -> None:
    """Clear the head of a household that its head leaves."""
    if "household_id" not in changed or row.household_id is None:
        return
    household = await db.get(Household, row.household_id, with_for_update={"key_share": True})
    if household is not None and household.head_member_id == row.id:
        apply_edit(household, household.version, {"head_member_id": None})
        await record_event(db, actor, Event.HOUSEHOLD_CHANGED, household, {"changed": ["head_member_id"]})
