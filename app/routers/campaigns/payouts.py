"""Payouts outside commission (chi hỗ trợ ngoài thù lao)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.campaigns.payouts import service
from app.campaigns.payouts.schemas import PayoutFilter, PayoutIn, PayoutOut
from app.core.http.answers import set_location
from app.core.http.parameters.idempotency import IdempotencyKeyOrId, set_replayed
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import CampaignManager, RecognitionReader

router = StrictRouter(prefix="/v1/payouts", tags=["payouts"])


@router.get("", summary="Danh sách khoản chi ngoài thù lao")
async def list_payouts(
    filters: Annotated[PayoutFilter, Query()], page: PageQuery, actor: RecognitionReader, db: Db
) -> Page[PayoutOut]:
    """Payouts recorded by your network in your places; those that were corrected only if asked for."""
    return await service.list_payouts(db, actor, filters, page)


@router.post("", status_code=201, summary="Ghi khoản chi ngoài thù lao")
async def create_payout(
    body: PayoutIn, actor: CampaignManager, db: Db, response: Response, key: IdempotencyKeyOrId = None
) -> PayoutOut:
    """Record money paid outside commission once, or correct what was recorded.

    `Idempotency-Key` or `id` is needed. The same key and body again give the first answer with
    `Idempotency-Replayed: true`.
    """
    row, replayed = await service.record_payout(db, actor, body, key)
    set_location(response, "/v1/payouts", row.id)
    set_replayed(response, replayed)
    return await service.payout_to_response(db, row)


@router.get("/{payout_id}", summary="Một khoản chi ngoài thù lao")
async def read_payout(payout_id: UUID, actor: RecognitionReader, db: Db) -> PayoutOut:
    """One payout, and which one corrects it."""
    return await service.read_payout(db, actor, payout_id)
