"""Edit a group, end it, or reopen it."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.values.bodies import get_set_fields
from app.core.values.time import today
from app.core.values.versions import apply_edit
from app.models.savings.group import Group
from app.savings.groups import queries
from app.savings.groups.errors import GroupHasMoney
from app.savings.groups.schemas import GroupPatch
from app.savings.groups.service import check_hamlet, group_to_audit_fields, resolve_commune
from app.savings.memberships.duties import check_present_member, sync_duties
from app.savings.memberships.rules import check_day_between
from app.savings.naming import build_search_text
from app.savings.savings_models.references import resolve_savings_model
from app.savings.visible_groups import find_entry_days, find_group


async def edit_savings_group(
    db: AsyncSession, actor: Actor, group_id: UUID, version: int, body: GroupPatch
) -> Group:
    """Edit a group.

    Raises: NotFound (group, model), StaleVersion, InvalidInput, GroupHasMoney.
    """
    row = await find_group(db, actor, group_id, lock=True)
    if row is None:
        raise NotFound
    values = await _patch_to_columns(db, actor, body)
    for name in ("leader_id", "treasurer_id"):
        if name in values:
            await check_present_member(db, actor, row, values[name], f"/{name}")
    before = group_to_audit_fields(row)
    with db.no_autoflush:
        apply_edit(row, version, values)
        await _check_edited_group(db, actor, row, values)
    row.search_name = build_search_text(row.name, row.code)
    await sync_duties(db, actor, row)
    await record_event(db, actor, Event.GROUP_CHANGED, row, diff_fields(before, group_to_audit_fields(row)))
    await db.flush()
    return row


async def _patch_to_columns(db: AsyncSession, actor: Actor, body: GroupPatch) -> dict[str, Any]:
    """Build the columns that the edit sets, with the model's id for its code."""
    values = get_set_fields(body)
    if "model_id" in values or "model_code" in values:
        model = await resolve_savings_model(db, actor, body.model_id, body.model_code)
        values.pop("model_code", None)
        values["model_id"] = model.id if model else None
    return values


async def _check_edited_group(db: AsyncSession, actor: Actor, row: Group, values: dict[str, Any]) -> None:
    """Check the edited group's places, days and money."""
    first, last = await queries.find_joining_range(db, actor, row.id)
    if "started_on" in values:
        first_entry, _ = await find_entry_days(db, actor, row.id)
        days = [day for day in (first, first_entry, row.ended_on) if day is not None]
        check_day_between(values["started_on"], "/started_on", first=None, last=min(days, default=None))
        if (await resolve_commune(db, actor, row)).province_code != row.province_code:
            raise _commune_moved_error()
    if "started_on" in values or "hamlet_code" in values:
        await check_hamlet(db, actor, row)
    if values.get("ended_on") is not None:
        _, last_entry = await find_entry_days(db, actor, row.id)
        earliest_days = [day for day in (row.started_on, last, last_entry) if day is not None]
        check_day_between(
            values["ended_on"], "/ended_on", first=max(earliest_days, default=None), last=today()
        )
        if await queries.has_money(db, actor, row.id):
            raise GroupHasMoney


def _commune_moved_error() -> InvalidInput:
    return InvalidInput.at(
        "/started_on",
        "commune_moved",
        vi="Vào ngày này mã xã của tổ chỉ một nơi khác.",
        en="On this day the group's commune code meant another place.",
    )
