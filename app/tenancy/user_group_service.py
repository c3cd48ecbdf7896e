"""Which groups a treasurer or collector serves, from day to day."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.paging import Page, PageRequest, paged
from app.core.time import today
from app.models.user import User, UserGroup
from app.tenancy import user_queries
from app.tenancy.dated_rules import Ending, ending
from app.tenancy.errors import unknown_reference
from app.tenancy.organisation_schemas import EndIn
from app.tenancy.rows import require_one
from app.tenancy.user_schemas import GroupDuty, UserGroupIn, UserGroupOut
from app.tenancy.user_service import managed


async def list_groups(db: AsyncSession, actor: Actor, id_: UUID, page: PageRequest) -> Page[UserGroupOut]:
    """One page of the groups that a user serves or served, by group and day. Raises: NotFound."""
    user = await user_queries.find_user(db, actor, id_)
    if user is None:
        raise NotFound
    columns = [col(UserGroup.group_id), col(UserGroup.valid_from)]
    rows, cursor = await paged(db, user_queries.groups_of(user), columns=columns, page=page)
    return Page(items=[_out(row) for row in rows], next_cursor=cursor)


async def assign_group(db: AsyncSession, actor: Actor, id_: UUID, body: UserGroupIn) -> UserGroupOut:
    """Let a user serve a group from a day on; holds at their next request.

    Raises: NotFound (user or group), OutsideScope, InvalidInput, DatesOverlap.
    """
    pointer = "/group_code" if body.group_code else "/group_id"
    require_one(body.group_id, body.group_code, pointer)
    user = await managed(db, actor, id_)
    _check_duty(user, body.duty)
    group = await user_queries.find_group(db, actor, user, body.group_id, body.group_code)
    if group is None:
        raise unknown_reference(pointer)
    start = body.valid_from or today()
    if body.valid_to is not None and body.valid_to < start:
        raise InvalidInput.at(
            "/valid_to",
            "before_start",
            vi="Ngày cuối ở trước ngày đầu.",
            en="The last day is before the first.",
        )
    made = UserGroup(
        user_id=user.id, group_id=group.id, duty=body.duty, valid_from=start, valid_to=body.valid_to
    )
    if any(_out(entry) == _out(made) for entry in await user_queries.entries(db, user, group.id)):
        return _out(made)
    db.add(made)
    fields = {"group_id": str(group.id), "duty": body.duty.value, "valid_from": start.isoformat()}
    await record(db, actor, Event.USER_CHANGED, user, fields)
    await db.flush()
    return _out(made)


async def end_group(db: AsyncSession, actor: Actor, id_: UUID, group_id: UUID, body: EndIn) -> None:
    """End a user's service for a group: at once, or with a later last day.

    Service that never held before today is withdrawn. Raises: NotFound, OutsideScope, InvalidInput.
    """
    user = await managed(db, actor, id_)
    found = await user_queries.entries(db, user, group_id)
    if not found:
        raise NotFound
    entry = found[-1]
    last_day = body.valid_to or today() - timedelta(days=1)
    match ending(entry, last_day, today()):
        case Ending.NONE:
            return
        case Ending.CUT:
            entry.valid_to = last_day
        case Ending.WITHDRAW:
            await db.delete(entry)
    fields = {"group_id": str(group_id), "valid_to": last_day.isoformat()}
    await record(db, actor, Event.USER_CHANGED, user, fields)
    await db.flush()


def _check_duty(user: User, duty: GroupDuty) -> None:
    if duty.value not in user.roles:
        raise InvalidInput.at(
            "/duty",
            "duty_role",
            vi="Người dùng không có vai trò này.",
            en="The user does not have this role.",
        )


def _out(entry: UserGroup) -> UserGroupOut:
    return UserGroupOut(
        user_id=entry.user_id,
        group_id=entry.group_id,
        duty=GroupDuty(entry.duty),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )
