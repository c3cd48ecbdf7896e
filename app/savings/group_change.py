"""Editing a group, ending it, opening it again."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.time import today
from app.core.versions import apply_edit
from app.models.group import Group
from app.savings import group_queries as queries
from app.savings.duties import check_present, show_duties
from app.savings.group_schemas import GroupPatch
from app.savings.group_service import audited, check_hamlet, commune_seat
from app.savings.membership_rules import check_between
from app.savings.naming_rules import search_text
from app.savings.references import model_of


class GroupHasMoney(DomainError):
    """A group ends once its box is empty: afterwards nothing more can be booked."""

    status, code = 409, "group_has_money"
    vi = "Tổ còn tiền. Hãy rút hoặc chi hết trước khi kết thúc."
    en = "The group still holds money. Withdraw or spend it first."


async def change_group(
    db: AsyncSession, actor: Actor, group_id: UUID, version: int, body: GroupPatch
) -> Group:
    """Edit a group.

    Raises: NotFound (group, model), StaleVersion, InvalidInput, GroupHasMoney.
    """
    row = await queries.read_group(db, actor, group_id, lock=True)
    if row is None:
        raise NotFound
    values = await _columns(db, actor, body)
    for name in ("leader_id", "treasurer_id"):
        if name in values:
            await check_present(db, actor, row, values[name], f"/{name}")
    before = audited(row)
    with db.no_autoflush:
        apply_edit(row, version, values)
        await _check(db, actor, row, values)
    row.search_name = search_text(row.name, row.code)
    await show_duties(db, actor, row)
    await record(db, actor, Event.GROUP_CHANGED, row, changes(before, audited(row)))
    await db.flush()
    return row


async def _columns(db: AsyncSession, actor: Actor, body: GroupPatch) -> dict[str, Any]:
    """What the edit sets, with the model's id for its code."""
    values = given(body)
    if "model_id" in values or "model_code" in values:
        model = await model_of(db, actor, body.model_id, body.model_code)
        values.pop("model_code", None)
        values["model_id"] = model.id if model else None
    return values


async def _check(db: AsyncSession, actor: Actor, row: Group, values: dict[str, Any]) -> None:
    """Whether the edited group is one that there can be."""
    first, last = await queries.joined_between(db, actor, row.id)
    if "started_on" in values:
        check_between(values["started_on"], "/started_on", first=None, last=first or row.ended_on)
        if (await commune_seat(db, actor, row)).province_code != row.province_code:
            raise _commune_moved()
    if "started_on" in values or "hamlet_code" in values:
        await check_hamlet(db, actor, row)
    if values.get("ended_on") is not None:
        entry = await queries.last_entry_on(db, actor, row.id)
        possible = [day for day in (row.started_on, last, entry) if day is not None]
        check_between(values["ended_on"], "/ended_on", first=max(possible, default=None), last=today())
        if await queries.has_money(db, actor, row.id):
            raise GroupHasMoney


def _commune_moved() -> InvalidInput:
    return InvalidInput.at(
        "/started_on",
        "commune_moved",
        vi="Vào ngày này mã xã của tổ chỉ một nơi khác.",
        en="On this day the group's commune code meant another place.",
    )
