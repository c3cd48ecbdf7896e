"""Advances for premiums (trả góp): what members owe their group's fund, and its repayment."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Db
from app.core.hot import key_or_id
from app.core.idempotency import REPLAYED, IdempotencyKey
from app.core.ids import Uuid
from app.core.paging import Page, PageQuery
from app.core.routing import Router
from app.insurance import premium_advance_service as service
from app.insurance.premium_advance_schemas import (
    PremiumAdvanceDetail,
    PremiumAdvanceFilter,
    PremiumAdvanceOut,
    RepaymentIn,
    RepaymentOut,
)

router = Router(prefix="/v1/premium-advances", tags=["premium-payments"])

Reader = Annotated[Actor, Depends(Require(Permission.PREMIUM_READ))]
Recorder = Annotated[Actor, Depends(Require(Permission.PREMIUM_RECORD))]


@router.get("", summary="Danh sách khoản trả góp")
async def list_advances(
    wanted: Annotated[PremiumAdvanceFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[PremiumAdvanceOut]:
    """Advances that you may see, the newest first, with schedule, what is outstanding and what is overdue."""
    return await service.list_advances(db, actor, wanted, page)


@router.get("/{advance_id}", summary="Một khoản trả góp")
async def read(advance_id: Uuid, actor: Reader, db: Db) -> PremiumAdvanceDetail:
    """One advance with its repayments."""
    return await service.read_advance(db, actor, advance_id)


@router.post("/{advance_id}/repayments", status_code=201, summary="Trả nợ", responses=REPLAYED)
async def repay(
    advance_id: Uuid,
    body: RepaymentIn,
    actor: Recorder,
    db: Db,
    response: Response,
    key: IdempotencyKey = None,
) -> RepaymentOut:
    """Pay an advance back to the fund, in cash or out of the member's savings."""
    made, replayed = await service.repay(db, actor, advance_id, body, key_or_id(key, None))
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return made
