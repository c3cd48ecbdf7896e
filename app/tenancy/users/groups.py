"""Assign groups to treasurers and collectors, from one day to another."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.models.tenancy.user import User, UserGroup
from app.tenancy.dated_rules import EndEffect, decide_end
from app.tenancy.organisations.schemas import EndIn
from app.tenancy.rows import check_exactly_one
from app.tenancy.users import queries as user_queries
from app.tenancy.users.schemas import GroupDuty, UserGroupIn, UserGroupOut
from app.tenancy.users.service import require_managed_user


async def list_user_groups(
    db: AsyncSession, actor: Actor, id_: UUID, page: PageRequest
) -> Page[UserGroupOut]:
    """List one page of the groups that a user serves or served, by group and day. Raises: NotFound."""
    user = await user_queries.find_user(db, actor, id_)
    if user is None:
        raise NotFound
    columns = [col(UserGroup.group_id), col(UserGroup.valid_from)]
    rows, cursor = await fetch_page(db, user_queries.select_user_groups(user), columns=columns, page=page)
    return Page(items=[_to_response(row) for row in rows], next_cursor=cursor)


async def assign_user_group(db: AsyncSession, actor: Actor, id_: UUID, body: UserGroupIn) -> UserGroupOut:
    """Assign a group to a user from a day on; it applies from their next request on.

    Raises: NotFound (user or group), OutsideScope, InvalidInput, DatesOverlap.
    """
    pointer = "/group_code" if body.group_code else "/group_id"
    check_exactly_one(body.group_id, body.group_code, pointer)
    user = await require_managed_user(db, actor, id_)
    _check_duty(user, body.duty)
    group = await user_queries.find_group_for_user(db, actor, user, body.group_id, body.group_code)
    if group is None:
        raise reference_not_found(pointer)
    start = body.valid_from or today()
    _check_last_day(start, body.valid_to)
    assignment = UserGroup(
        user_id=user.id, group_id=group.id, duty=body.duty, valid_from=start, valid_to=body.valid_to
    )
    response = _to_response(assignment)
    entries = await user_queries.read_user_group_entries(db, user, group.id)
    if any(_to_response(entry) == response for entry in entries):
        return response
    db.add(assignment)
    fields = {"group_id": str(group.id), "duty": body.duty.value, "valid_from": start.isoformat()}
    await record_event(db, actor, Event.USER_CHANGED, user, fields)
    await db.flush()
    return response


def _check_last_day(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise InvalidInput.at(
            "/valid_to",
            "before_start",
            vi="Ngày cuối ở trước ngày đầu.",
            en="The last day is before the first.",
        )


async def end_user_group(db: AsyncSession, actor: Actor, id_: UUID, group_id: UUID, body: EndIn) -> None:
    """End a user's assignment to a group: at once, or on a later last day.

    An assignment that was never in force before today is deleted. Raises: NotFound, OutsideScope, InvalidInput.
    """
    user = await require_managed_user(db, actor, id_)
    entries = await user_queries.read_user_group_entries(db, user, group_id)
    if not entries:
        raise NotFound
    entry = entries[-1]
    last_day = body.valid_to or today() - timedelta(days=1)
    match decide_end(entry, last_day, today()):
        case EndEffect.NONE:
            return
        case EndEffect.CUT:
            entry.valid_to = last_day
        case EndEffect.WITHDRAW:
            await db.delete(entry)
    fields = {"group_id": str(group_id), "valid_to": last_day.isoformat()}
    await record_event(db, actor, Event.USER_CHANGED, user, fields)
    await db.flush()


def _check_duty(user: User, duty: GroupDuty) -> None:
    if duty.value not in user.roles:
        raise InvalidInput.at(
            "/duty",
            "duty_role",
            vi="Người dùng không có vai trò này.",
            en="The user does not have this role.",
        )


def _to_response(entry: UserGroup) -> UserGroupOut:
    return UserGroupOut(
        user_id=entry.user_id,
        group_id=entry.group_id,
        duty=GroupDuty(entry.duty),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )
