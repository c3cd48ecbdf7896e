"""Editing a membership: leaving, staying after all, a duty, other pledges."""

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.errors import InvalidInput, NotFound
from app.core.time import today
from app.core.versions import apply_edit
from app.models.group import Group
from app.models.membership import Membership
from app.savings import membership_queries as queries
from app.savings.duties import not_a_member
from app.savings.group_queries import last_entry_on, read_group
from app.savings.kinds import Duty
from app.savings.membership_rules import DAY, check_between, earliest_change, last_day, pledge_change
from app.savings.membership_schemas import MembershipOut, MembershipPatch
from app.savings.membership_service import (
    AlreadyMember,
    begin_pledges,
    check_may_name,
    give_duty,
    shown,
    terms_in,
    terms_of,
)


async def change_membership(
    db: AsyncSession, actor: Actor, group_id: UUID, membership_id: UUID, version: int, body: MembershipPatch
) -> MembershipOut:
    """Edit a membership.

    Raises: NotFound, StaleVersion, InvalidInput, AlreadyMember, Forbidden (a duty, from somebody who does not
    manage groups).
    """
    group = await read_group(db, actor, group_id, lock=True)
    row = await queries.read_membership(db, actor, group_id, membership_id, lock=True)
    if group is None or row is None:
        raise NotFound
    values = given(body)
    if "duty" in values and body.duty != row.duty:
        check_may_name(actor)
    if "left_on" in values:
        await _check_leaving(db, actor, group, row, body.left_on)
    apply_edit(row, version, {name: values[name] for name in values if name == "left_on"})
    if "pledges" in values:
        await _change_pledges(db, actor, row, body)
    elif "pledges_from" in values:
        raise _without_pledges()
    await _settle(db, actor, group, row, values.get("duty"))
    audited = {name: str(value) for name, value in values.items() if name in ("left_on", "duty") and value}
    await record(
        db, actor, Event.MEMBERSHIP_CHANGED, row, {**audited, "pledges_changed": "pledges" in values}
    )
    await db.flush()
    return await shown(db, actor, row)


async def _check_leaving(
    db: AsyncSession, actor: Actor, group: Group, row: Membership, left_on: date | None
) -> None:
    """A day of the membership, not before the member's last saving; nobody is in a group twice at once."""
    known = await queries.past_and_present(db, actor, group.id, row.member_id)
    later = next((one for one in known if one.joined_on > row.joined_on), None)
    if left_on is None:
        if later is not None:
            raise AlreadyMember
        return
    first, last = row.joined_on, min(today(), group.ended_on or today())
    if later is not None:
        last = later.joined_on - DAY
    elif saved := await last_entry_on(db, actor, group.id, savings_of=row.member_id):
        first = max(first, saved)
    check_between(left_on, "/left_on", first=first, last=last)


async def _change_pledges(db: AsyncSession, actor: Actor, row: Membership, body: MembershipPatch) -> None:
    wanted = terms_of(body.pledges)
    known = (await queries.pledges_of(db, actor, [row.id]))[row.id]
    last = row.left_on or max(today(), row.joined_on)
    begins: date = body.pledges_from or last
    check_between(begins, "/pledges_from", first=earliest_change(row.joined_on, known), last=last)
    in_force = [pledge for pledge in known if pledge.valid_to is None]
    change = pledge_change([(terms_in(pledge), pledge.valid_from) for pledge in in_force], wanted, begins)
    for index in change.ending:
        in_force[index].valid_to = last_day(in_force[index].valid_from, begins - DAY)
    begin_pledges(db, row, change.beginning, begins)


async def _settle(db: AsyncSession, actor: Actor, group: Group, row: Membership, duty: Duty | None) -> None:
    """What follows: a duty is given, or taken from whoever left; the pledges of whoever left end."""
    if row.left_on is None:
        if duty is not None:
            await give_duty(db, actor, group, row.member_id, duty)
        return
    if duty not in (None, Duty.MEMBER):
        raise not_a_member("/duty")
    row.duty = Duty.MEMBER
    await db.flush()
    for pledge in (await queries.pledges_of(db, actor, [row.id]))[row.id]:
        if pledge.valid_to is None or pledge.valid_to > row.left_on:
            pledge.valid_to = last_day(pledge.valid_from, row.left_on)
    known = await queries.past_and_present(db, actor, group.id, row.member_id)
    if all(one.left_on is not None for one in known):
        await give_duty(db, actor, group, row.member_id, Duty.MEMBER)


def _without_pledges() -> InvalidInput:
    return InvalidInput.at(
        "/pledges_from",
        "without_pledges",
        vi="Chỉ ghi ngày bắt đầu khi có danh sách cam kết mới.",
        en="Give the day only together with the new pledges.",
    )
