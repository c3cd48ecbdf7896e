"""Refunds (hoàn trả): decided by BHXH, received by the member."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core.http.answers import set_location
from app.core.http.parameters.idempotency import IdempotencyKey, set_replayed
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.idempotency import resolve_idempotency_key
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.premiums.refunds import service
from app.insurance.premiums.refunds.schemas import (
    PremiumRefundFilter,
    PremiumRefundIn,
    PremiumRefundOut,
    ReceiveIn,
)
from app.routers.actors import EnrolmentDecider, PremiumReader, PremiumRecorder

router = StrictRouter(prefix="/v1/premium-refunds", tags=["premium-payments"])


@router.post("", status_code=201, summary="BHXH quyết định hoàn trả")
async def decide(
    body: PremiumRefundIn, actor: EnrolmentDecider, db: Db, request: Request, response: Response
) -> PremiumRefundOut:
    """Give the unused months of a payment back, in a case of the law and by the payment's own rules (BHXH).

    The participant gets their own money; support goes back to the budget, and remuneration of the refund is taken
    back. Coverage and enrolment end with the month before. A payment is refunded at most once.
    """
    refund = await service.decide_refund(db, actor, await request.app.state.rules.book(), body)
    set_location(response, "/v1/premium-refunds", refund.id)
    return refund


@router.get("", summary="Danh sách khoản hoàn trả")
async def list_refunds(
    filters: Annotated[PremiumRefundFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[PremiumRefundOut]:
    """Refunds that you may see, the newest first; `from` and `to` are days of decision."""
    return await service.list_refunds(db, actor, filters, page)


@router.get("/{refund_id}", summary="Một khoản hoàn trả")
async def read(refund_id: Uuid, actor: PremiumReader, db: Db) -> PremiumRefundOut:
    """One refund."""
    return await service.read_refund(db, actor, refund_id)


@router.post("/{refund_id}/receive", summary="Nhận tiền hoàn trả")
async def receive(
    refund_id: Uuid,
    body: ReceiveIn,
    actor: PremiumRecorder,
    db: Db,
    response: Response,
    key: IdempotencyKey = None,
) -> PremiumRefundOut:
    """Book a refund into the member's savings, or note that the person got it directly."""
    refund, replayed = await service.receive_refund(
        db, actor, refund_id, body, resolve_idempotency_key(key, None)
    )
    set_replayed(response, replayed)
    return refund
