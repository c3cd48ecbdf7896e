"""Forecasts (dự báo tiết kiệm): whether savings reach what is to be paid next, of a group and of one membership."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.insurance.forecasts import service
from app.insurance.forecasts.schemas import ForecastFilter, GroupForecastOut, MembershipForecastOut
from app.routers.actors import ContributionReader

router = StrictRouter(prefix="/v1")


@router.get("/groups/{group_id}/forecast", summary="Dự báo tiết kiệm của tổ", tags=["groups"])
async def forecast_group(
    group_id: UUID,
    filters: Annotated[ForecastFilter, Query()],
    page: PageQuery,
    actor: ContributionReader,
    db: Db,
    request: Request,
) -> GroupForecastOut:
    """Whether each member's savings reach what they have to pay next (đúng tiến độ, thiếu, đã đủ), the worst first.

    From the ledger as it stands, at the pace of the last 90 days, by the rules of the due date.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    forecast_query = service.ForecastQuery(actor, await request.app.state.rules.book(), language, filters.due)
    return await service.forecast_group(db, forecast_query, group_id, page)


@router.get(
    "/memberships/{membership_id}/forecast", summary="Dự báo tiết kiệm của tổ viên", tags=["memberships"]
)
async def forecast_membership(
    membership_id: UUID,
    filters: Annotated[ForecastFilter, Query()],
    actor: ContributionReader,
    db: Db,
    request: Request,
) -> MembershipForecastOut:
    """Whether a member's savings reach what they have to pay next: short by how much, or reached by which date."""
    language = negotiate_language(request.headers.get("accept-language"))
    forecast_query = service.ForecastQuery(actor, await request.app.state.rules.book(), language, filters.due)
    return await service.forecast_membership(db, forecast_query, membership_id)
