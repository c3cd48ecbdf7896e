"""Memberships: who is in a group, joining it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.creations import made_before
from app.core.errors import DomainError, FieldError, Forbidden, IdTaken, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest
from app.core.time import today
from app.core.versions import apply_edit
from app.models.group import Group
from app.models.membership import Membership, Pledge
from app.savings import membership_queries as queries
from app.savings.duties import show_duties
from app.savings.group_queries import read_group
from app.savings.kinds import Duty
from app.savings.membership_rules import Terms, check_between, check_distinct, duties_after
from app.savings.membership_schemas import MembershipFilter, MembershipIn, MembershipOut, PledgeIn
from app.savings.references import member_of


class AlreadyMember(DomainError):
    """A person is in a group once at a time."""

    status, code = 409, "already_member"
    vi = "Người này đã là thành viên của tổ trong thời gian đó."
    en = "This person is a member of the group at that time already."


register_constraint("uq_membership_current", AlreadyMember)
register_constraint("membership_pkey", IdTaken)


async def list_memberships(
    db: AsyncSession, actor: Actor, group_id: UUID, wanted: MembershipFilter, page: PageRequest
) -> Page[MembershipOut]:
    """One page of a group's memberships with their pledges of today. Raises: NotFound."""
    if await read_group(db, actor, group_id) is None:
        raise NotFound
    rows, cursor = await queries.list_memberships(db, actor, group_id, wanted, page)
    return Page(items=await _shown(db, actor, rows, on=today()), next_cursor=cursor)


async def find_membership(
    db: AsyncSession, actor: Actor, group_id: UUID, membership_id: UUID
) -> MembershipOut:
    """One membership with all its pledges, past ones too. Raises: NotFound."""
    group = await read_group(db, actor, group_id)
    row = await queries.read_membership(db, actor, group_id, membership_id)
    if group is None or row is None:
        raise NotFound
    return await shown(db, actor, row)


async def shown(db: AsyncSession, actor: Actor, row: Membership) -> MembershipOut:
    """A membership as it goes out, with all its pledges."""
    return (await _shown(db, actor, [row]))[0]


async def _shown(
    db: AsyncSession, actor: Actor, rows: list[Membership], on: date | None = None
) -> list[MembershipOut]:
    names = await queries.names_of(db, actor, {row.member_id for row in rows})
    pledges = await queries.pledges_of(db, actor, [row.id for row in rows], on)
    return [MembershipOut.of(row, names.get(row.member_id), pledges[row.id]) for row in rows]


async def join_group(db: AsyncSession, actor: Actor, group_id: UUID, body: MembershipIn) -> MembershipOut:
    """Let a member join; the same body with the same id again gives the membership that is there.

    Raises: NotFound (group, member), Forbidden (a duty, from somebody who does not manage groups), InvalidInput
    (days, pledges), AlreadyMember, IdTaken.
    """
    if body.duty is not Duty.MEMBER:
        check_may_name(actor)
    group = await read_group(db, actor, group_id, lock=True)
    if group is None:
        raise NotFound
    member = await member_of(db, actor, body.member_id, "/member_id")
    row = new_membership(group, member.id, body.joined_on or _usual_day(group), body.id)
    if body.id is not None:
        given = ["group_id", "member_id", *(["joined_on"] if body.joined_on else [])]
        before = await made_before(db, row, given)
        if before is not None:
            await _check_same_pledges(db, actor, before, body)
            return await shown(db, actor, before)
    check_between(row.joined_on, "/joined_on", first=group.started_on, last=_usual_day(group))
    await _check_not_in(db, actor, group.id, member.id, row.joined_on)
    await add_membership(db, actor, group, row)
    begin_pledges(db, row, terms_of(body.pledges), row.joined_on)
    if body.duty is not Duty.MEMBER:
        await give_duty(db, actor, group, member.id, body.duty)
    await db.flush()
    return await shown(db, actor, row)


def new_membership(group: Group, member_id: UUID, joined_on: date, row_id: UUID | None = None) -> Membership:
    """A membership of a group, not yet stored."""
    return Membership(
        id=row_id or uuid7(),
        group_id=group.id,
        member_id=member_id,
        network=group.network,
        province_code=group.province_code,
        commune_code=group.commune_code,
        joined_on=joined_on,
    )


async def add_membership(db: AsyncSession, actor: Actor, group: Group, row: Membership) -> None:
    """Store a membership; the database opens the member's account in the group."""
    db.add(row)
    await record(
        db, actor, Event.MEMBERSHIP_STARTED, row, {"group": group.code, "joined_on": str(row.joined_on)}
    )
    await db.flush()


def check_may_name(actor: Actor) -> None:
    """Refuses a duty from somebody who does not manage groups: nobody makes themselves the leader."""
    if not actor.may(Permission.GROUP_MANAGE):
        raise Forbidden(errors=[FieldError("/duty", Forbidden.code, Forbidden.vi, Forbidden.en)])


async def give_duty(db: AsyncSession, actor: Actor, group: Group, member_id: UUID, duty: Duty) -> None:
    """Make a present member leader, treasurer or neither; who was it before no longer is."""
    leader, treasurer = duties_after(member_id, duty, group.leader_id, group.treasurer_id)
    if (leader, treasurer) != (group.leader_id, group.treasurer_id):
        apply_edit(group, group.version, {"leader_id": leader, "treasurer_id": treasurer})
        fields = {"leader_named": leader is not None, "treasurer_named": treasurer is not None}
        await record(db, actor, Event.GROUP_CHANGED, group, fields)
    await show_duties(db, actor, group)


def terms_of(pledges: Iterable[PledgeIn]) -> list[Terms]:
    """What a body pledges. Raises: InvalidInput when two are for the same."""
    wanted = [Terms(**pledge.model_dump()) for pledge in pledges]
    check_distinct(wanted)
    return wanted


def begin_pledges(db: AsyncSession, row: Membership, wanted: Iterable[Terms], begins: date) -> None:
    """Store pledges of a membership from a day on."""
    for terms in wanted:
        columns = {name: getattr(terms, name) for name in Terms.__slots__}
        db.add(
            Pledge(
                **columns,
                id=uuid7(),
                membership_id=row.id,
                group_id=row.group_id,
                network=row.network,
                province_code=row.province_code,
                commune_code=row.commune_code,
                valid_from=begins,
            )
        )


def terms_in(pledge: Pledge) -> Terms:
    """What a stored pledge promises."""
    return Terms(**{name: getattr(pledge, name) for name in Terms.__slots__})


def _usual_day(group: Group) -> date:
    """Today, or the nearest day of the group's life: meant when none is given, and the latest possible."""
    day = max(today(), group.started_on or today())
    return min(day, group.ended_on) if group.ended_on else day


async def _check_not_in(
    db: AsyncSession, actor: Actor, group_id: UUID, member_id: UUID, joined_on: date
) -> None:
    for known in await queries.past_and_present(db, actor, group_id, member_id):
        if known.left_on is None or known.left_on >= joined_on:
            raise AlreadyMember


async def _check_same_pledges(db: AsyncSession, actor: Actor, row: Membership, body: MembershipIn) -> None:
    if "pledges" in body.model_fields_set:
        known = (await queries.pledges_of(db, actor, [row.id]))[row.id]
        if not set(terms_of(body.pledges)) <= {terms_in(pledge) for pledge in known}:
            raise IdTaken
