"""Advances for premiums (trả góp): what members owe their group's fund, and its repayment."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.parameters.idempotency import REPLAY_RESPONSES, IdempotencyKey, set_replayed
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.idempotency import resolve_idempotency_key
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
from app.routers.actors import PremiumReader, PremiumRecorder

router = StrictRouter(prefix="/v1/premium-advances", tags=["premium-payments"])


@router.get("", summary="Danh sách khoản trả góp")
async def list_advances(
    filters: Annotated[PremiumAdvanceFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[PremiumAdvanceOut]:
    """Advances that you may see, the newest first, with schedule, what is outstanding and what is overdue."""
    return await service.list_advances(db, actor, filters, page)


@router.get("/{advance_id}", summary="Một khoản trả góp")
async def read(advance_id: Uuid, actor: PremiumReader, db: Db) -> PremiumAdvanceDetail:
    """One advance with its repayments."""
    return await service.read_advance(db, actor, advance_id)


@router.post("/{advance_id}/repayments", status_code=201, summary="Trả nợ", responses=REPLAY_RESPONSES)
async def repay(
    advance_id: Uuid,
    body: RepaymentIn,
    actor: PremiumRecorder,
    db: Db,
    response: Response,
    key: IdempotencyKey = None,
) -> RepaymentOut:
    """Pay an advance back to the fund, in cash or out of the member's savings."""
    repayment, replayed = await service.repay_advance(
        db, actor, advance_id, body, resolve_idempotency_key(key, None)
    )
    set_replayed(response, replayed)
    return repayment
