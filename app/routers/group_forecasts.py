"""Forecasts of groups (dự báo tiết kiệm của tổ)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Db
from app.core.language import negotiate
from app.core.paging import PageQuery
from app.core.routing import Router
from app.insurance import forecast_service as service
from app.insurance.forecast_schemas import ForecastFilter, GroupForecastOut

router = Router(prefix="/v1/groups", tags=["groups"])

Accountant = Annotated[Actor, Depends(Require(Permission.CONTRIBUTION_READ))]


@router.get("/{group_id}/forecast", summary="Dự báo tiết kiệm của tổ")
async def forecast_group(
    group_id: UUID,
    wanted: Annotated[ForecastFilter, Query()],
    page: PageQuery,
    actor: Accountant,
    db: Db,
    request: Request,
) -> GroupForecastOut:
    """Whether each member's savings reach what they have to pay next (đúng tiến độ, thiếu, đã đủ), the worst first.

    From the ledger as it stands, at the pace of the last 90 days, by the rules of the due date.
    """
    language = negotiate(request.headers.get("accept-language"))
    asked = service.Asked(actor, await request.app.state.rules.book(), language, wanted.due)
    return await service.forecast_group(db, asked, group_id, page)
