"""Advances for premiums (trả góp): what members owe their group's fund, and its repayment."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.hot import resolve_idempotency_key
from app.core.http.idempotency import REPLAY_RESPONSES, IdempotencyKey
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.premiums.advances import service
from app.insurance.premiums.advances.schemas import (
    PremiumAdvanceDetail,
    PremiumAdvanceFilter,
    PremiumAdvanceOut,
    RepaymentIn,
    RepaymentOut,
)

router = StrictRouter(prefix="/v1/premium-advances", tags=["premium-payments"])

Reader = Annotated[Actor, Depends(Require(Permission.PREMIUM_READ))]
Recorder = Annotated[Actor, Depends(Require(Permission.PREMIUM_RECORD))]


@router.get("", summary="Danh sách khoản trả góp")
async def list_advances(
    filters: Annotated[PremiumAdvanceFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[PremiumAdvanceOut]:
    """Advances that you may see, the newest first, with schedule, what is outstanding and what is overdue."""
    return await service.list_advances(db, actor, filters, page)


@router.get("/{advance_id}", summary="Một khoản trả góp")
async def read(advance_id: Uuid, actor: Reader, db: Db) -> PremiumAdvanceDetail:
    """One advance with its repayments."""
    return await service.read_advance(db, actor, advance_id)


@router.post("/{advance_id}/repayments", status_code=201, summary="Trả nợ", responses=REPLAY_RESPONSES)
async def repay(
    advance_id: Uuid,
    body: RepaymentIn,
    actor: Recorder,
    db: Db,
    response: Response,
    key: IdempotencyKey = None,
) -> RepaymentOut:
    """Pay an advance back to the fund, in cash or out of the member's savings."""
    repayment, replayed = await service.repay_advance(
        db, actor, advance_id, body, resolve_idempotency_key(key, None)
    )
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return repayment
