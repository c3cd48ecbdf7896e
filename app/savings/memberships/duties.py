"""Duties of leader and treasurer (tổ trưởng, thủ quỹ): set on the group, copied to its memberships."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.values.versions import apply_edit
from app.models.savings.group import Group
from app.savings.memberships import queries
from app.savings.memberships.rules import derive_duty


def not_a_member_error(pointer: str) -> InvalidInput:
    """Build the error for a leader or treasurer who is not in the group now."""
    return InvalidInput.at(
        pointer,
        "not_a_member",
        vi="Người này hiện không phải thành viên của tổ.",
        en="This person is not a present member of the group.",
    )


async def check_present_member(
    db: AsyncSession, actor: Actor, group: Group, member_id: UUID | None, pointer: str
) -> None:
    """Refuse a leader or treasurer who is not in the group. Raises: InvalidInput at the pointer."""
    if member_id is None:
        return
    memberships = await queries.read_member_memberships(db, actor, group.id, member_id)
    if all(membership.left_on is not None for membership in memberships):
        raise not_a_member_error(pointer)


async def sync_duties(db: AsyncSession, actor: Actor, group: Group) -> None:
    """Set the duties of the present memberships to those on the group. The caller holds the group's lock."""
    await db.flush()
    holders = {member for member in (group.leader_id, group.treasurer_id) if member is not None}
    for membership in await queries.read_present_with_duty(db, actor, group.id, holders):
        duty = derive_duty(membership.member_id, group.leader_id, group.treasurer_id)
        if membership.duty != duty:
            apply_edit(membership, membership.version, {"duty": duty})
    await db.flush()
