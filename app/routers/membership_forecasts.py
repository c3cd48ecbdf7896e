"""Forecasts of memberships (dự báo tiết kiệm của tổ viên)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Db
from app.core.language import negotiate
from app.core.routing import Router
from app.insurance import forecast_service as service
from app.insurance.forecast_schemas import ForecastFilter, MembershipForecastOut

router = Router(prefix="/v1/memberships", tags=["memberships"])

Accountant = Annotated[Actor, Depends(Require(Permission.CONTRIBUTION_READ))]


@router.get("/{membership_id}/forecast", summary="Dự báo tiết kiệm của tổ viên")
async def forecast_membership(
    membership_id: UUID,
    wanted: Annotated[ForecastFilter, Query()],
    actor: Accountant,
    db: Db,
    request: Request,
) -> MembershipForecastOut:
    """Whether a member's savings reach what they have to pay next: short by how much, or reached by which date."""
    language = negotiate(request.headers.get("accept-language"))
    asked = service.Asked(actor, await request.app.state.rules.book(), language, wanted.due)
    return await service.forecast_membership(db, asked, membership_id)
