"""Events of a campaign: list, read, add, edit."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import scoped
from app.campaigns.campaign_event_schemas import AttendanceIn, EventIn, EventOut, EventPatch
from app.campaigns.number_rules import Qualifier
from app.campaigns.records import edit, find, locked, owned, store
from app.campaigns.references import columns_of, place_columns
from app.campaigns.shapes import check_when
from app.core.bodies import given
from app.core.errors import Forbidden, IdTaken, InvalidInput, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.models.campaign import Campaign, CampaignEvent
from app.tenancy.errors import OutsideScope

_NOTED = (
    "campaign_id", "kind", "held_on", "period_from", "period_to", "place_code", "sessions",
    "attendance_min", "attendance_max", "attendance_qualifier",
)  # fmt: skip
_PLAIN = {"kind", "name", "held_on", "period_from", "period_to", "sessions", "note"}

register_constraint("campaign_event_pkey", IdTaken)


async def list_events(db: AsyncSession, actor: Actor, campaign_id: UUID, page: PageRequest) -> Page[EventOut]:
    """One page of a campaign's events. Raises: NotFound for the campaign."""
    await find(db, actor, Campaign, campaign_id)
    stmt = scoped(actor, CampaignEvent, shared=True).where(CampaignEvent.campaign_id == campaign_id)
    rows, cursor = await paged(db, stmt, columns=[col(CampaignEvent.id)], page=page)
    return Page(items=[EventOut.of(row) for row in rows], next_cursor=cursor)


async def find_event(db: AsyncSession, actor: Actor, campaign_id: UUID, event_id: UUID) -> CampaignEvent:
    """One event of a campaign. Raises: NotFound."""
    row = await find(db, actor, CampaignEvent, event_id)
    if row.campaign_id != campaign_id:
        raise NotFound
    return row


async def create_event(db: AsyncSession, actor: Actor, campaign_id: UUID, body: EventIn) -> CampaignEvent:
    """Add an event to a campaign of the actor's network; the same body with the same id again adds nothing.

    Raises: NotFound, Forbidden (another network's campaign), InvalidInput, OutsideScope, IdTaken.
    """
    campaign = await find(db, actor, Campaign, campaign_id)
    if campaign.network != actor.network:
        raise Forbidden
    check_when(body.held_on, body.period_from, body.period_to, "held_on")
    row = CampaignEvent(
        **owned(actor),
        **body.model_dump(include=_PLAIN),
        **await _place(db, actor, campaign, body),
        **_attendance(body.attendance),
        id=body.id or uuid7(),
        campaign_id=campaign.id,
    )
    return await store(db, actor, row, Event.CAMPAIGN_EVENT_HELD, _NOTED, body.id)


async def change_event(
    db: AsyncSession, actor: Actor, campaign_id: UUID, event_id: UUID, version: int, body: EventPatch
) -> CampaignEvent:
    """Edit an event of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    await find_event(db, actor, campaign_id, event_id)
    row = await locked(db, actor, CampaignEvent, event_id)
    values = given(body)
    if "attendance" in values:
        values |= _attendance(values.pop("attendance"))
    held_on, begins, ends = (
        values.get(name, getattr(row, name)) for name in ("held_on", "period_from", "period_to")
    )
    check_when(held_on, begins, ends, "held_on")
    await edit(db, actor, row, version, values, Event.CAMPAIGN_EVENT_CHANGED, _NOTED)
    return row


async def _place(db: AsyncSession, actor: Actor, campaign: Campaign, body: EventIn) -> dict[str, Any]:
    if body.place_code is not None:
        return await place_columns(db, actor, body.place_code, body.held_on or body.period_from)
    if not actor.covers(campaign.province_code, campaign.commune_code):
        raise OutsideScope("/place_code")
    return columns_of(campaign.place_code, campaign.province_code, campaign.commune_code)


def _attendance(told: AttendanceIn | None) -> dict[str, Any]:
    """The columns of an attendance. Raises: InvalidInput."""
    if told is None:
        return dict.fromkeys(f"attendance_{name}" for name in ("min", "max", "qualifier", "text", "of"))
    if told.min is None and (told.text is None or told.max is not None):
        raise InvalidInput.at(
            "/attendance/min",
            "number_or_words",
            vi="Cần một con số, hoặc lời ghi đúng như nguồn.",
            en="A number is needed, or the words of the source.",
        )
    high = told.min if told.max is None else told.max
    if told.min is not None and high is not None and high < told.min:
        raise InvalidInput.at(
            "/attendance/max",
            "range",
            vi="Số lớn nhất nhỏ hơn số nhỏ nhất.",
            en="The largest is less than the smallest.",
        )
    single = told.min is not None and told.min == high
    return {
        "attendance_min": told.min,
        "attendance_max": high,
        "attendance_qualifier": told.qualifier or (Qualifier.EXACT if single else Qualifier.UNSPECIFIED),
        "attendance_text": told.text,
        "attendance_of": told.of,
    }
