"""Edit a membership: an earlier joining, leaving, no longer leaving, the duty, the pledges."""

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.errors import InvalidInput, NotFound
from app.core.values.bodies import get_set_fields
from app.core.values.time import today
from app.core.values.versions import apply_edit
from app.models.savings.group import Group
from app.models.savings.membership import Membership
from app.savings.kinds import Duty
from app.savings.memberships import queries
from app.savings.memberships.duties import not_a_member_error
from app.savings.memberships.errors import AlreadyMember
from app.savings.memberships.rules import (
    ONE_DAY,
    check_day_between,
    compute_earliest_change,
    compute_pledge_end,
    diff_pledges,
)
from app.savings.memberships.schemas import MembershipOut, MembershipPatch
from app.savings.memberships.service import (
    add_pledges,
    assign_duty,
    check_may_assign_duty,
    membership_to_response,
    parse_pledge_terms,
    pledge_to_terms,
)
from app.savings.visible_groups import find_entry_days, find_group


async def edit_group_membership(
    db: AsyncSession, actor: Actor, group_id: UUID, membership_id: UUID, version: int, body: MembershipPatch
) -> MembershipOut:
    """Edit a membership.

    Raises: NotFound, StaleVersion, InvalidInput, AlreadyMember, Forbidden (a duty, from somebody who does not
    manage groups).
    """
    group = await find_group(db, actor, group_id, lock=True)
    row = await queries.find_membership(db, actor, group_id, membership_id, lock=True)
    if group is None or row is None:
        raise NotFound
    values = get_set_fields(body)
    if "duty" in values and body.duty != row.duty:
        check_may_assign_duty(actor)
    if "left_on" in values:
        await _check_leaving(db, actor, group, row, body.left_on)
    if "joined_on" in values:
        await _check_joining(db, actor, group, row, values["joined_on"])
    apply_edit(row, version, {name: values[name] for name in values if name in ("joined_on", "left_on")})
    if "pledges" in values:
        await _change_pledges(db, actor, row, body)
    elif "pledges_from" in values:
        raise _pledges_missing_error()
    await _apply_duty_and_leaving(db, actor, group, row, values.get("duty"))
    audited = {
        name: str(value)
        for name, value in values.items()
        if name in ("joined_on", "left_on", "duty") and value
    }
    await record_event(
        db, actor, Event.MEMBERSHIP_CHANGED, row, {**audited, "pledges_changed": "pledges" in values}
    )
    await db.flush()
    return await membership_to_response(db, actor, row)


async def _check_leaving(
    db: AsyncSession, actor: Actor, group: Group, row: Membership, left_on: date | None
) -> None:
    """Check the last day: not before the member's last saving, and no overlap with another membership."""
    memberships = await queries.read_member_memberships(db, actor, group.id, row.member_id)
    later = next((membership for membership in memberships if membership.joined_on > row.joined_on), None)
    if left_on is None:
        if later is not None:
            raise AlreadyMember
        return
    first, last = row.joined_on, min(today(), group.ended_on or today())
    if later is not None:
        last = later.joined_on - ONE_DAY
    else:
        _, last_saving_day = await find_entry_days(db, actor, group.id, credited_member_id=row.member_id)
        first = max(first, last_saving_day or first)
    check_day_between(left_on, "/left_on", first=first, last=last)


async def _check_joining(
    db: AsyncSession, actor: Actor, group: Group, row: Membership, joined_on: date
) -> None:
    """Check the first day: earlier than noted, but within the group's life and after an earlier membership."""
    memberships = await queries.read_member_memberships(db, actor, group.id, row.member_id)
    earlier = [other.left_on for other in memberships if other.joined_on < row.joined_on and other.left_on]
    first = max(earlier) + ONE_DAY if earlier else group.started_on
    check_day_between(joined_on, "/joined_on", first=first, last=row.joined_on)


async def _change_pledges(db: AsyncSession, actor: Actor, row: Membership, body: MembershipPatch) -> None:
    new_terms = parse_pledge_terms(body.pledges)
    pledges = (await queries.read_pledges(db, actor, [row.id]))[row.id]
    last = row.left_on or max(today(), row.joined_on)
    start: date = body.pledges_from or last
    check_day_between(
        start, "/pledges_from", first=compute_earliest_change(row.joined_on, pledges), last=last
    )
    in_force = [pledge for pledge in pledges if pledge.valid_to is None]
    change = diff_pledges(
        [(pledge_to_terms(pledge), pledge.valid_from) for pledge in in_force], new_terms, start
    )
    for index in change.ended_indexes:
        in_force[index].valid_to = compute_pledge_end(in_force[index].valid_from, start - ONE_DAY)
    add_pledges(db, row, change.new_terms, start)


async def _apply_duty_and_leaving(
    db: AsyncSession, actor: Actor, group: Group, row: Membership, duty: Duty | None
) -> None:
    """Assign the duty; of a member who has left, remove the duty and end the pledges."""
    if row.left_on is None:
        if duty is not None:
            await assign_duty(db, actor, group, row.member_id, duty)
        return
    if duty not in (None, Duty.MEMBER):
        raise not_a_member_error("/duty")
    row.duty = Duty.MEMBER
    await db.flush()
    for pledge in (await queries.read_pledges(db, actor, [row.id]))[row.id]:
        if pledge.valid_to is None or pledge.valid_to > row.left_on:
            pledge.valid_to = compute_pledge_end(pledge.valid_from, row.left_on)
    memberships = await queries.read_member_memberships(db, actor, group.id, row.member_id)
    if all(membership.left_on is not None for membership in memberships):
        await assign_duty(db, actor, group, row.member_id, Duty.MEMBER)


def _pledges_missing_error() -> InvalidInput:
    return InvalidInput.at(
        "/pledges_from",
        "without_pledges",
        vi="Chỉ ghi ngày bắt đầu khi có danh sách cam kết mới.",
        en="Give the day only together with the new pledges.",
    )
