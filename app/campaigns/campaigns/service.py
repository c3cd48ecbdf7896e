"""Campaigns: list, read, create, edit."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.campaigns.campaigns import queries
from app.campaigns.campaigns.rules import check_details
from app.campaigns.campaigns.schemas import (
    AwardCountOut,
    CampaignDetailOut,
    CampaignDetails,
    CampaignFilter,
    CampaignIn,
    CampaignOut,
    CampaignPatch,
    PayoutSumOut,
    ReachOut,
)
from app.campaigns.events.attendance import sum_attendance
from app.campaigns.kinds import CampaignKind
from app.campaigns.numbers import qualify_sum
from app.campaigns.records import create_record, edit_record, lock_record, ownership_columns, require_record
from app.campaigns.references import resolve_model_id, resolve_party, resolve_record_place
from app.campaigns.shapes import check_range
from app.core.errors import IdTaken, register_constraint
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest
from app.core.values.time import check_day_order
from app.models.campaigns.campaign import Campaign

_AUDITED_FIELDS = (
    "kind", "level", "products", "place_code", "model_id", "organiser_id", "starts_on", "ends_on", "details",
)  # fmt: skip
_COPIED_FIELDS = {"kind", "name", "level", "partners", "products", "starts_on", "ends_on", "goal", "note"}
_ORGANISER_FIELDS = ("organiser_id", "organiser_code", "organiser_name")

register_constraint("campaign_pkey", IdTaken)


async def list_campaigns(
    db: AsyncSession, actor: Actor, filters: CampaignFilter, page: PageRequest
) -> Page[CampaignOut]:
    """List one page of campaigns."""
    rows, cursor = await queries.read_campaigns(db, actor, filters, page)
    return Page(items=[CampaignOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_campaign(db: AsyncSession, actor: Actor, campaign_id: UUID) -> CampaignDetailOut:
    """Read one campaign with its reach, awards and payouts. Raises: NotFound."""
    row = await require_record(db, actor, Campaign, campaign_id)
    reach = sum_attendance(*await queries.read_attendances(db, actor, campaign_id))
    awards = await queries.count_awards_by_level(db, actor, campaign_id)
    paid = await queries.read_paid_amounts(db, actor, campaign_id)
    return CampaignDetailOut(
        **CampaignOut.from_record(row).model_dump(),
        reach=ReachOut(
            events=reach.events,
            counted=reach.counted,
            min=reach.low,
            max=reach.high,
            qualifier=reach.qualifier,
            smallest=reach.smallest,
            largest=reach.largest,
        ),
        awards=[
            AwardCountOut.model_validate({"level": level, "count": count}) for level, count in awards.items()
        ],
        payouts=PayoutSumOut(
            count=len(paid),
            amount=sum(amount for amount, _ in paid),
            qualifier=qualify_sum(qualifier for _, qualifier in paid),
        ),
    )


async def create_campaign(db: AsyncSession, actor: Actor, body: CampaignIn) -> Campaign:
    """Create a campaign; the same body with the same id again returns the existing one.

    Raises: InvalidInput, NotFound (organiser, model), OutsideScope, IdTaken.
    """
    check_day_order(body.starts_on, body.ends_on, "/ends_on")
    row = Campaign(
        **ownership_columns(actor),
        **body.model_dump(include=_COPIED_FIELDS),
        **await resolve_record_place(db, actor, body.place_code, body.starts_on),
        **await _resolve_organiser(db, actor, body),
        id=body.id or uuid7(),
        details=_dump_details(body.kind, body.details),
        model_id=await resolve_model_id(db, actor, body.model_id, body.model_code),
    )
    return await create_record(db, actor, row, Event.CAMPAIGN_CREATED, _AUDITED_FIELDS, body.id)


async def edit_campaign(
    db: AsyncSession, actor: Actor, campaign_id: UUID, version: int, body: CampaignPatch
) -> Campaign:
    """Edit a campaign of the actor's own network and places.

    Raises: NotFound; Forbidden for one that the actor only reads; StaleVersion; InvalidInput.
    """
    row = await lock_record(db, actor, Campaign, campaign_id)
    values = {name: value for name, value in get_set_fields(body).items() if name not in _ORGANISER_FIELDS}
    if "details" in values:
        values["details"] = _dump_details(CampaignKind(row.kind), body.details)
    if not body.model_fields_set.isdisjoint(_ORGANISER_FIELDS):
        values |= await _resolve_organiser(db, actor, body)
    check_day_order(values.get("starts_on", row.starts_on), values.get("ends_on", row.ends_on), "/ends_on")
    await edit_record(db, actor, row, version, values, Event.CAMPAIGN_CHANGED, _AUDITED_FIELDS)
    return row


async def _resolve_organiser(
    db: AsyncSession, actor: Actor, body: CampaignIn | CampaignPatch
) -> dict[str, Any]:
    return await resolve_party(
        db, actor, "organiser", body.organiser_id, body.organiser_code, body.organiser_name
    )


def _dump_details(kind: CampaignKind, details: CampaignDetails | None) -> dict[str, Any]:
    """Dump the details that are stored: only those that are set."""
    if details is None:
        return {}
    values = details.model_dump(mode="json", exclude_none=True)
    check_details(kind, values)
    check_range(details.recruits_min, details.recruits_max, "/details/recruits_max")
    return values
