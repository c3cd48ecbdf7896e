"""Campaigns (chiến dịch, phong trào) and their events (sự kiện)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.campaigns.campaigns import service
from app.campaigns.campaigns.schemas import (
    CampaignDetailOut,
    CampaignFilter,
    CampaignIn,
    CampaignOut,
    CampaignPatch,
)
from app.campaigns.events import service as events
from app.campaigns.events.schemas import EventIn, EventOut, EventPatch
from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import CampaignManager, CampaignReader

router = StrictRouter(prefix="/v1/campaigns", tags=["campaigns"])


@router.get("", summary="Danh sách chiến dịch, phong trào")
async def list_campaigns(
    filters: Annotated[CampaignFilter, Query()], page: PageQuery, actor: CampaignReader, db: Db
) -> Page[CampaignOut]:
    """Campaigns of your network in your places and of the whole network; BHXH sees those of all networks."""
    return await service.list_campaigns(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm chiến dịch, phong trào")
async def create_campaign(
    body: CampaignIn, actor: CampaignManager, db: Db, response: Response
) -> CampaignOut:
    """Add a campaign (chiến dịch, phong trào) of your network."""
    row = await service.create_campaign(db, actor, body)
    return created(response, "/v1/campaigns", CampaignOut.from_record(row))


@router.get("/{campaign_id}", summary="Một chiến dịch và kết quả")
async def read_campaign(
    campaign_id: UUID, actor: CampaignReader, db: Db, response: Response
) -> CampaignDetailOut:
    """One campaign with Σ attendance (min–max), awards by level and Σ payouts, as far as you see them."""
    campaign = await service.read_campaign(db, actor, campaign_id)
    return with_etag(response, campaign)


@router.patch("/{campaign_id}", summary="Sửa chiến dịch")
async def change_campaign(
    campaign_id: UUID,
    actor: CampaignManager,
    body: CampaignPatch,
    version: IfMatch,
    db: Db,
    response: Response,
) -> CampaignOut:
    """Edit a campaign of your own network and places; those of others you only read."""
    return with_etag(
        response, CampaignOut.from_record(await service.edit_campaign(db, actor, campaign_id, version, body))
    )


@router.get("/{campaign_id}/events", summary="Danh sách sự kiện")
async def list_events(campaign_id: UUID, page: PageQuery, actor: CampaignReader, db: Db) -> Page[EventOut]:
    """Events (sự kiện) of a campaign."""
    return await events.list_campaign_events(db, actor, campaign_id, page)


@router.post("/{campaign_id}/events", status_code=201, summary="Thêm sự kiện")
async def create_event(
    campaign_id: UUID, body: EventIn, actor: CampaignManager, db: Db, response: Response
) -> EventOut:
    """Add an event (sự kiện) to a campaign of your network, with its attendance as it was told."""
    row = await events.create_campaign_event(db, actor, campaign_id, body)
    return created(response, f"/v1/campaigns/{campaign_id}/events", EventOut.from_record(row))


@router.get("/{campaign_id}/events/{event_id}", summary="Một sự kiện")
async def read_event(
    campaign_id: UUID, event_id: UUID, actor: CampaignReader, db: Db, response: Response
) -> EventOut:
    """One event of a campaign."""
    return with_etag(
        response, EventOut.from_record(await events.require_campaign_event(db, actor, campaign_id, event_id))
    )


@router.patch("/{campaign_id}/events/{event_id}", summary="Sửa sự kiện")
async def change_event(
    campaign_id: UUID,
    event_id: UUID,
    actor: CampaignManager,
    body: EventPatch,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EventOut:
    """Edit an event of your own network and places, such as the attendance when it is known."""
    return with_etag(
        response,
        EventOut.from_record(
            await events.edit_campaign_event(db, actor, campaign_id, event_id, version, body)
        ),
    )
