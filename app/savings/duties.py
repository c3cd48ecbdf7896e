"""Leader and treasurer (tổ trưởng, thủ quỹ): the group names them, their memberships show it."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.versions import apply_edit
from app.models.group import Group
from app.savings import membership_queries as queries
from app.savings.membership_rules import duty_of


def not_a_member(pointer: str) -> InvalidInput:
    """A duty for somebody who is not in the group now."""
    return InvalidInput.at(
        pointer,
        "not_a_member",
        vi="Người này hiện không phải thành viên của tổ.",
        en="This person is not a present member of the group.",
    )


async def check_present(
    db: AsyncSession, actor: Actor, group: Group, member_id: UUID | None, pointer: str
) -> None:
    """Refuses a leader or treasurer who is not in the group. Raises: InvalidInput at the pointer."""
    if member_id is None:
        return
    known = await queries.past_and_present(db, actor, group.id, member_id)
    if all(membership.left_on is not None for membership in known):
        raise not_a_member(pointer)


async def show_duties(db: AsyncSession, actor: Actor, group: Group) -> None:
    """Let the present memberships say what the group says. The caller holds the group's lock."""
    await db.flush()
    named = {member for member in (group.leader_id, group.treasurer_id) if member is not None}
    for membership in await queries.present_with_duty(db, actor, group.id, named):
        duty = duty_of(membership.member_id, group.leader_id, group.treasurer_id)
        if membership.duty != duty:
            apply_edit(membership, membership.version, {"duty": duty})
    await db.flush()
