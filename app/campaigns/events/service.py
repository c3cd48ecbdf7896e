"""Events of a campaign: list, read, create, edit."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.scope import select_visible
from app.campaigns.events.schemas import AttendanceIn, EventIn, EventOut, EventPatch
from app.campaigns.numbers import Qualifier
from app.campaigns.records import create_record, edit_record, lock_record, ownership_columns, require_record
from app.campaigns.references import build_place_columns, resolve_record_place
from app.campaigns.shapes import check_day_or_period, check_range, missing_content
from app.core.errors import Forbidden, IdTaken, NotFound, register_constraint
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.campaigns.campaign import Campaign, CampaignEvent
from app.tenancy.errors import OutsideScope

_AUDITED_FIELDS = (
    "campaign_id", "kind", "held_on", "period_from", "period_to", "place_code", "sessions",
    "attendance_min", "attendance_max", "attendance_qualifier",
)  # fmt: skip
_COPIED_FIELDS = {"kind", "name", "held_on", "period_from", "period_to", "sessions", "note"}

register_constraint("campaign_event_pkey", IdTaken)


async def list_campaign_events(
    db: AsyncSession, actor: Actor, campaign_id: UUID, page: PageRequest
) -> Page[EventOut]:
    """List one page of a campaign's events. Raises: NotFound for the campaign."""
    await require_record(db, actor, Campaign, campaign_id)
    stmt = select_visible(actor, CampaignEvent, shared=True).where(CampaignEvent.campaign_id == campaign_id)
    rows, cursor = await fetch_page(db, stmt, columns=[col(CampaignEvent.id)], page=page)
    return Page(items=[EventOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_campaign_event(
    db: AsyncSession, actor: Actor, campaign_id: UUID, event_id: UUID
) -> CampaignEvent:
    """Find one event of a campaign. Raises: NotFound."""
    row = await require_record(db, actor, CampaignEvent, event_id)
    if row.campaign_id != campaign_id:
        raise NotFound
    return row


async def create_campaign_event(
    db: AsyncSession, actor: Actor, campaign_id: UUID, body: EventIn
) -> CampaignEvent:
    """Create an event of a campaign; the same body with the same id again returns the existing one.

    Raises: NotFound, Forbidden (another network's campaign), InvalidInput, OutsideScope, IdTaken.
    """
    campaign = await require_record(db, actor, Campaign, campaign_id)
    if campaign.network != actor.network:
        raise Forbidden
    check_day_or_period(body.held_on, body.period_from, body.period_to, "held_on")
    row = CampaignEvent(
        **ownership_columns(actor),
        **body.model_dump(include=_COPIED_FIELDS),
        **await _resolve_place(db, actor, campaign, body),
        **_attendance_to_columns(body.attendance),
        id=body.id or uuid7(),
        campaign_id=campaign.id,
    )
    return await create_record(db, actor, row, Event.CAMPAIGN_EVENT_HELD, _AUDITED_FIELDS, body.id)


async def edit_campaign_event(
    db: AsyncSession, actor: Actor, campaign_id: UUID, event_id: UUID, version: int, body: EventPatch
) -> CampaignEvent:
    """Edit an event of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    await require_campaign_event(db, actor, campaign_id, event_id)
    row = await lock_record(db, actor, CampaignEvent, event_id)
    values = get_set_fields(body)
    if "attendance" in values:
        values |= _attendance_to_columns(values.pop("attendance"))
    held_on, begins, ends = (
        values.get(name, getattr(row, name)) for name in ("held_on", "period_from", "period_to")
    )
    check_day_or_period(held_on, begins, ends, "held_on")
    await edit_record(db, actor, row, version, values, Event.CAMPAIGN_EVENT_CHANGED, _AUDITED_FIELDS)
    return row


async def _resolve_place(db: AsyncSession, actor: Actor, campaign: Campaign, body: EventIn) -> dict[str, Any]:
    if body.place_code is not None:
        return await resolve_record_place(db, actor, body.place_code, body.held_on or body.period_from)
    if not actor.covers(campaign.province_code, campaign.commune_code):
        raise OutsideScope("/place_code")
    return build_place_columns(campaign.place_code, campaign.province_code, campaign.commune_code)


def _attendance_to_columns(attendance: AttendanceIn | None) -> dict[str, Any]:
    """Turn an attendance into columns. Raises: InvalidInput."""
    if attendance is None:
        return dict.fromkeys(f"attendance_{name}" for name in ("min", "max", "qualifier", "text", "of"))
    if attendance.min is None and (attendance.text is None or attendance.max is not None):
        raise missing_content("/attendance/min")
    high = attendance.min if attendance.max is None else attendance.max
    check_range(attendance.min, high, "/attendance/max")
    single = attendance.min is not None and attendance.min == high
    return {
        "attendance_min": attendance.min,
        "attendance_max": high,
        "attendance_qualifier": attendance.qualifier
        or (Qualifier.EXACT if single else Qualifier.UNSPECIFIED),
        "attendance_text": attendance.text,
        "attendance_of": attendance.of,
    }
