"""Campaigns (chiến dịch, phong trào) and their events (sự kiện)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.campaigns import campaign_event_service as events
from app.campaigns import campaign_service as service
from app.campaigns.campaign_event_schemas import EventIn, EventOut, EventPatch
from app.campaigns.campaign_schemas import (
    CampaignDetailOut,
    CampaignFilter,
    CampaignIn,
    CampaignOut,
    CampaignPatch,
)
from app.core.db import Db
from app.core.paging import Page, PageQuery
from app.core.routing import Router
from app.core.versions import IfMatch
from app.models.campaign import Campaign, CampaignEvent

router = Router(prefix="/v1/campaigns", tags=["campaigns"])

Reader = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_READ))]
Manager = Annotated[Actor, Depends(Require(Permission.CAMPAIGN_MANAGE))]


def _campaign(row: Campaign, response: Response) -> CampaignOut:
    response.headers["ETag"] = f'"{row.version}"'
    return CampaignOut.of(row)


def _event(row: CampaignEvent, response: Response) -> EventOut:
    response.headers["ETag"] = f'"{row.version}"'
    return EventOut.of(row)


@router.get("", summary="Danh sách chiến dịch, phong trào")
async def list_campaigns(
    wanted: Annotated[CampaignFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[CampaignOut]:
    """Campaigns of your network in your places and of the whole network; BHXH sees those of all networks."""
    return await service.list_campaigns(db, actor, wanted, page)


@router.post("", status_code=201, summary="Thêm chiến dịch, phong trào")
async def create_campaign(body: CampaignIn, actor: Manager, db: Db, response: Response) -> CampaignOut:
    """Add a campaign (chiến dịch, phong trào) of your network."""
    row = await service.create_campaign(db, actor, body)
    response.headers["Location"] = f"/v1/campaigns/{row.id}"
    return _campaign(row, response)


@router.get("/{campaign_id}", summary="Một chiến dịch và kết quả")
async def read_campaign(campaign_id: UUID, actor: Reader, db: Db, response: Response) -> CampaignDetailOut:
    """One campaign with Σ attendance (min–max), awards by level and Σ payouts, as far as you see them."""
    found = await service.read_campaign(db, actor, campaign_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.patch("/{campaign_id}", summary="Sửa chiến dịch")
async def change_campaign(
    campaign_id: UUID, actor: Manager, body: CampaignPatch, version: IfMatch, db: Db, response: Response
) -> CampaignOut:
    """Edit a campaign of your own network and places; those of others you only read."""
    return _campaign(await service.change_campaign(db, actor, campaign_id, version, body), response)


@router.get("/{campaign_id}/events", summary="Danh sách sự kiện")
async def list_events(campaign_id: UUID, page: PageQuery, actor: Reader, db: Db) -> Page[EventOut]:
    """Events (sự kiện) of a campaign."""
    return await events.list_events(db, actor, campaign_id, page)


@router.post("/{campaign_id}/events", status_code=201, summary="Thêm sự kiện")
async def create_event(
    campaign_id: UUID, body: EventIn, actor: Manager, db: Db, response: Response
) -> EventOut:
    """Add an event (sự kiện) to a campaign of your network, with its attendance as it was told."""
    row = await events.create_event(db, actor, campaign_id, body)
    response.headers["Location"] = f"/v1/campaigns/{campaign_id}/events/{row.id}"
    return _event(row, response)


@router.get("/{campaign_id}/events/{event_id}", summary="Một sự kiện")
async def read_event(
    campaign_id: UUID, event_id: UUID, actor: Reader, db: Db, response: Response
) -> EventOut:
    """One event of a campaign."""
    return _event(await events.find_event(db, actor, campaign_id, event_id), response)


@router.patch("/{campaign_id}/events/{event_id}", summary="Sửa sự kiện")
async def change_event(
    campaign_id: UUID,
    event_id: UUID,
    actor: Manager,
    body: EventPatch,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EventOut:
    """Edit an event of your own network and places, such as the attendance when it is known."""
    return _event(await events.change_event(db, actor, campaign_id, event_id, version, body), response)
