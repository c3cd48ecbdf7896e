"""Entering, reading and finding members."""

from typing import Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record
from app.auth.actor import Actor
from app.core.bodies import given
from app.core.creations import made_before
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.core.text import search_key
from app.core.time import today
from app.models.audit_event import AuditEvent
from app.models.member import Member
from app.people.member_queries import find_member, history_of, sought
from app.people.member_rules import check_person
from app.people.member_schemas import ChangeOut, MemberIn, MemberItem, MemberSearch
from app.people.references import household_of, member_of
from app.people.residence import residence_of

_NO_COLUMN: Final = {"id", "household_code"}


async def create_member(db: AsyncSession, actor: Actor, body: MemberIn) -> tuple[Member, bool]:
    """Enter a person in the actor's network; False when this very record was entered before.

    Raises: InvalidInput, OutsideScope, NotFound (household, referrer), IdTaken, NationalIdTaken,
    SocialInsuranceNoTaken.
    """
    member_id = body.id or uuid7()
    values = given(body) | {"id": member_id}
    home = await residence_of(db, actor, body.commune_code, body.hamlet_code, body.joined_on)
    household = await household_of(db, actor, body.household_id, body.household_code, home.commune_code)
    values["household_id"] = household.id if household else None
    check_person(values, values.keys(), today())
    if body.referrer_id is not None:
        await member_of(db, actor, body.referrer_id, "/referrer_id")
    columns = {name: value for name, value in values.items() if name != "household_code"}
    row = Member(
        **columns,
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=home.province_code,
        search_name=search_key(body.full_name),
        created_by=actor.id,
    )
    if body.id is not None and (before := await made_before(db, row, _compared(body))) is not None:
        return before, False
    db.add(row)
    await record(db, actor, Event.MEMBER_CREATED, row)
    await db.flush()
    return row, True


def _compared(body: MemberIn) -> set[str]:
    """The columns in which a repeated request must agree with the first one: all that a body can give."""
    return set(type(body).model_fields) - _NO_COLUMN


async def reveal_member(db: AsyncSession, actor: Actor, member_id: UUID) -> Member:
    """A member whose whole numbers are about to be shown: it is noted who saw them. Raises: NotFound."""
    row = await find_member(db, actor, member_id)
    await record(db, actor, Event.MEMBER_SEEN_WHOLE, row)
    return row


async def search_members(db: AsyncSession, actor: Actor, wanted: MemberSearch) -> Page[MemberItem]:
    """Who is exactly this person, within the actor's places and network (BHXH: every network)."""
    rows = (await db.exec(sought(actor, wanted))).all()
    return Page(items=[MemberItem.of(row) for row in rows], next_cursor=None)


async def read_history(db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest) -> Page[ChangeOut]:
    """What happened to a member's record, the latest first. Raises: NotFound."""
    await find_member(db, actor, member_id)
    rows, cursor = await paged(
        db, history_of(actor, member_id), columns=[col(AuditEvent.id)], page=page, descending=True
    )
    names = ChangeOut.model_fields
    return Page(
        items=[ChangeOut(**{name: getattr(row, name) for name in names}) for row in rows], next_cursor=cursor
    )
