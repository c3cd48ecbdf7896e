"""Memberships: list and read them, and join a group."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, Forbidden, IdTaken, NotFound, register_constraint
from app.core.postgres.creations import find_existing
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.time import today
from app.core.values.versions import apply_edit
from app.models.savings.group import Group
from app.models.savings.membership import Membership, Pledge
from app.people.references import require_member
from app.savings.kinds import Duty
from app.savings.memberships import queries
from app.savings.memberships.duties import sync_duties
from app.savings.memberships.errors import AlreadyMember
from app.savings.memberships.rules import PledgeTerms, check_day_between, check_distinct, compute_duty_holders
from app.savings.memberships.schemas import MembershipFilter, MembershipIn, MembershipOut, PledgeIn
from app.savings.visible_groups import find_group

register_constraint("uq_membership_current", AlreadyMember)
register_constraint("membership_pkey", IdTaken)


async def list_memberships(
    db: AsyncSession, actor: Actor, group_id: UUID, filters: MembershipFilter, page: PageRequest
) -> Page[MembershipOut]:
    """List one page of a group's memberships with their pledges of today. Raises: NotFound."""
    if await find_group(db, actor, group_id) is None:
        raise NotFound
    rows, cursor = await queries.read_memberships(db, actor, group_id, filters, page)
    return Page(items=await _to_responses(db, actor, rows, on=today()), next_cursor=cursor)


async def read_membership(
    db: AsyncSession, actor: Actor, group_id: UUID, membership_id: UUID
) -> MembershipOut:
    """Read one membership with all its pledges, past ones too. Raises: NotFound."""
    group = await find_group(db, actor, group_id)
    row = await queries.find_membership(db, actor, group_id, membership_id)
    if group is None or row is None:
        raise NotFound
    return await membership_to_response(db, actor, row)


async def membership_to_response(db: AsyncSession, actor: Actor, row: Membership) -> MembershipOut:
    """Build the response for a membership, with all its pledges."""
    return (await _to_responses(db, actor, [row]))[0]


async def _to_responses(
    db: AsyncSession, actor: Actor, rows: list[Membership], on: date | None = None
) -> list[MembershipOut]:
    names = await queries.read_member_names(db, actor, {row.member_id for row in rows})
    pledges = await queries.read_pledges(db, actor, [row.id for row in rows], on)
    return [MembershipOut.from_record(row, names.get(row.member_id), pledges[row.id]) for row in rows]


async def join_group(db: AsyncSession, actor: Actor, group_id: UUID, body: MembershipIn) -> MembershipOut:
    """Let a member join; the same body with the same id again returns the existing membership.

    Raises: NotFound (group, member), Forbidden (a duty, from somebody who does not manage groups), InvalidInput
    (days, pledges), AlreadyMember, IdTaken.
    """
    if body.duty is not Duty.MEMBER:
        check_may_assign_duty(actor)
    group = await find_group(db, actor, group_id, lock=True)
    if group is None:
        raise NotFound
    member = await require_member(db, actor, body.member_id, "/member_id")
    row = build_membership(group, member.id, body.joined_on or _default_joining_day(group), body.id)
    if body.id is not None:
        compared = ["group_id", "member_id", *(["joined_on"] if body.joined_on else [])]
        existing = await find_existing(db, row, compared)
        if existing is not None:
            await _check_same_pledges(db, actor, existing, body)
            return await membership_to_response(db, actor, existing)
    check_day_between(row.joined_on, "/joined_on", first=group.started_on, last=_default_joining_day(group))
    await _check_not_member(db, actor, group.id, member.id, row.joined_on)
    await store_membership(db, actor, group, row)
    add_pledges(db, row, parse_pledge_terms(body.pledges), row.joined_on)
    if body.duty is not Duty.MEMBER:
        await assign_duty(db, actor, group, member.id, body.duty)
    await db.flush()
    return await membership_to_response(db, actor, row)


def build_membership(
    group: Group, member_id: UUID, joined_on: date, row_id: UUID | None = None
) -> Membership:
    """Build a membership of a group, not yet stored."""
    return Membership(
        id=row_id or uuid7(),
        group_id=group.id,
        member_id=member_id,
        network=group.network,
        province_code=group.province_code,
        commune_code=group.commune_code,
        joined_on=joined_on,
    )


async def store_membership(db: AsyncSession, actor: Actor, group: Group, row: Membership) -> None:
    """Store a membership; the database opens the member's account in the group."""
    db.add(row)
    await record_event(
        db, actor, Event.MEMBERSHIP_STARTED, row, {"group": group.code, "joined_on": str(row.joined_on)}
    )
    await db.flush()


def check_may_assign_duty(actor: Actor) -> None:
    """Refuse a duty from an actor who does not manage groups, so that nobody makes themselves the leader."""
    if not actor.has_permission(Permission.GROUP_MANAGE):
        raise Forbidden(errors=[FieldError("/duty", Forbidden.code, Forbidden.vi, Forbidden.en)])


async def assign_duty(db: AsyncSession, actor: Actor, group: Group, member_id: UUID, duty: Duty) -> None:
    """Make a present member leader, treasurer or neither; whoever was it before no longer is."""
    leader, treasurer = compute_duty_holders(member_id, duty, group.leader_id, group.treasurer_id)
    if (leader, treasurer) != (group.leader_id, group.treasurer_id):
        apply_edit(group, group.version, {"leader_id": leader, "treasurer_id": treasurer})
        fields = {"leader_named": leader is not None, "treasurer_named": treasurer is not None}
        await record_event(db, actor, Event.GROUP_CHANGED, group, fields)
    await sync_duties(db, actor, group)


def parse_pledge_terms(pledges: Iterable[PledgeIn]) -> list[PledgeTerms]:
    """Parse a body's pledges. Raises: InvalidInput when two are of one kind for one product."""
    all_terms = [PledgeTerms(**pledge.model_dump()) for pledge in pledges]
    check_distinct(all_terms)
    return all_terms


def add_pledges(db: AsyncSession, row: Membership, all_terms: Iterable[PledgeTerms], start: date) -> None:
    """Store pledges of a membership from a day on."""
    for terms in all_terms:
        columns = {name: getattr(terms, name) for name in PledgeTerms.__slots__}
        db.add(
            Pledge(
                **columns,
                id=uuid7(),
                membership_id=row.id,
                group_id=row.group_id,
                network=row.network,
                province_code=row.province_code,
                commune_code=row.commune_code,
                valid_from=start,
            )
        )


def pledge_to_terms(pledge: Pledge) -> PledgeTerms:
    """Return the terms of a stored pledge."""
    return PledgeTerms(**{name: getattr(pledge, name) for name in PledgeTerms.__slots__})


def _default_joining_day(group: Group) -> date:
    """Return the default and latest possible joining day: today, or the nearest day on which the group exists."""
    day = max(today(), group.started_on or today())
    return min(day, group.ended_on) if group.ended_on else day


async def _check_not_member(
    db: AsyncSession, actor: Actor, group_id: UUID, member_id: UUID, joined_on: date
) -> None:
    for membership in await queries.read_member_memberships(db, actor, group_id, member_id):
        if membership.left_on is None or membership.left_on >= joined_on:
            raise AlreadyMember


async def _check_same_pledges(db: AsyncSession, actor: Actor, row: Membership, body: MembershipIn) -> None:
    if "pledges" in body.model_fields_set:
        pledges = (await queries.read_pledges(db, actor, [row.id]))[row.id]
        if not set(parse_pledge_terms(body.pledges)) <= {pledge_to_terms(pledge) for pledge in pledges}:
            raise IdTaken
