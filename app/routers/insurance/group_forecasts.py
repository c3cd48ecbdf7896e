"""Forecasts of groups (dự báo tiết kiệm của tổ)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.language import negotiate_language
from app.insurance.forecasts import service
from app.insurance.forecasts.schemas import ForecastFilter, GroupForecastOut

router = StrictRouter(prefix="/v1/groups", tags=["groups"])

Accountant = Annotated[Actor, Depends(Require(Permission.CONTRIBUTION_READ))]


@router.get("/{group_id}/forecast", summary="Dự báo tiết kiệm của tổ")
async def forecast_group(
    group_id: UUID,
    filters: Annotated[ForecastFilter, Query()],
    page: PageQuery,
    actor: Accountant,
    db: Db,
    request: Request,
) -> GroupForecastOut:
    """Whether each member's savings reach what they have to pay next (đúng tiến độ, thiếu, đã đủ), the worst first.

    From the ledger as it stands, at the pace of the last 90 days, by the rules of the due date.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    forecast_query = service.ForecastQuery(actor, await request.app.state.rules.book(), language, filters.due)
    return await service.forecast_group(db, forecast_query, group_id, page)
