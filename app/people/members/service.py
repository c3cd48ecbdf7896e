"""Members: create, read their history, reveal, search."""

from typing import Final
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.read_acts import ReadAct
from app.audit.reads.service import note_search, note_seen_whole
from app.audit.service import record_event
from app.auth.actor import Actor
from app.core.postgres.creations import find_existing
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.core.values.search_key import search_key
from app.core.values.time import today
from app.models.audit.audit_event import AuditEvent
from app.models.people.member import Member
from app.people.members.numbers import insert_member
from app.people.members.queries import require_visible_member, select_exact_matches, select_member_history
from app.people.members.rules import check_person
from app.people.members.schemas import ChangeOut, MemberIn, MemberItem, MemberSearch, RevealReason
from app.people.references import require_member, resolve_household
from app.people.residence import resolve_residence

_NOT_COMPARED: Final = {"id", "household_code"}


async def create_member(db: AsyncSession, actor: Actor, body: MemberIn) -> tuple[Member, bool]:
    """Create a person in the actor's network; the second value is False when it existed already.

    Raises: InvalidInput, OutsideScope, NotFound (household, referrer), IdTaken, NationalIdTaken,
    SocialInsuranceNoTaken.
    """
    values = get_set_fields(body) | {"id": body.id or uuid7()}
    residence = await resolve_residence(db, actor, body.commune_code, body.hamlet_code, body.joined_on)
    values["household_id"] = await _resolve_household_id(db, actor, body, residence.commune_code)
    check_person(values, values.keys(), today())
    if body.referrer_id is not None:
        await require_member(db, actor, body.referrer_id, "/referrer_id")
    values.pop("household_code", None)
    row = Member(
        **values,
        network=actor.network,
        organisation_id=actor.organisation_id,
        province_code=residence.province_code,
        search_name=search_key(body.full_name),
        created_by=actor.id,
    )
    existing = None if body.id is None else await find_existing(db, row, _compared_columns(body))
    if existing is not None:
        return existing, False
    await insert_member(db, row)
    await record_event(db, actor, Event.MEMBER_CREATED, row)
    await db.flush()
    return row, True


async def _resolve_household_id(
    db: AsyncSession, actor: Actor, body: MemberIn, commune_code: str
) -> UUID | None:
    household = await resolve_household(db, actor, body.household_id, body.household_code, commune_code)
    return household.id if household else None


def _compared_columns(body: MemberIn) -> set[str]:
    """Return the columns in which a repeated request must agree with the first one: all that a body can give."""
    return set(type(body).model_fields) - _NOT_COMPARED


async def reveal_member(db: AsyncSession, actor: Actor, member_id: UUID, reason: RevealReason) -> Member:
    """Read a member whose whole numbers are about to be shown, and note who saw them and why. Raises: NotFound."""
    row = await require_visible_member(db, actor, member_id)
    fields = {"reason": reason.value}
    await note_seen_whole(db, actor, ReadAct.REVEALED, row, reason.value, fields)
    return row


async def search_members(db: AsyncSession, actor: Actor, search: MemberSearch) -> Page[MemberItem]:
    """Search members who match exactly, in the actor's places and network (BHXH: every network), and note it."""
    rows = (await db.exec(select_exact_matches(actor, search))).all()
    await note_search(db, actor, *search.masked(), rows)
    return Page(items=[MemberItem.from_record(row) for row in rows], next_cursor=None)


async def read_member_history(
    db: AsyncSession, actor: Actor, member_id: UUID, page: PageRequest
) -> Page[ChangeOut]:
    """Read the changes of a member's record, the latest first. Raises: NotFound."""
    await require_visible_member(db, actor, member_id)
    rows, cursor = await fetch_page(
        db, select_member_history(actor, member_id), columns=[col(AuditEvent.id)], page=page, descending=True
    )
    names = ChangeOut.model_fields
    return Page(
        items=[ChangeOut(**{name: getattr(row, name) for name in names}) for row in rows], next_cursor=cursor
    )
