"""Forecasts of memberships (dự báo tiết kiệm của tổ viên)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.language import negotiate_language
from app.insurance.forecasts import service
from app.insurance.forecasts.schemas import ForecastFilter, MembershipForecastOut

router = StrictRouter(prefix="/v1/memberships", tags=["memberships"])

Accountant = Annotated[Actor, Depends(Require(Permission.CONTRIBUTION_READ))]


@router.get("/{membership_id}/forecast", summary="Dự báo tiết kiệm của tổ viên")
async def forecast_membership(
    membership_id: UUID,
    filters: Annotated[ForecastFilter, Query()],
    actor: Accountant,
    db: Db,
    request: Request,
) -> MembershipForecastOut:
    """Whether a member's savings reach what they have to pay next: short by how much, or reached by which date."""
    language = negotiate_language(request.headers.get("accept-language"))
    forecast_query = service.ForecastQuery(actor, await request.app.state.rules.book(), language, filters.due)
    return await service.forecast_membership(db, forecast_query, membership_id)
