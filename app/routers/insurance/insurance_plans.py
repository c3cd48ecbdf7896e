"""Savings plans (kế hoạch tiết kiệm): open to everybody as quotes are, and out of the same limit."""

from fastapi import Response

from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.insurance.plans import service
from app.insurance.plans.schemas import PlanIn, PlanOut
from app.routers.visitor import TOO_MANY, AnyVisitor

router = StrictRouter(prefix="/v1/insurance/plans", tags=["insurance"])


@router.post(
    "",
    response_model=PlanOut,
    responses=TOO_MANY,
    summary="Lập kế hoạch tiết kiệm",
    hot=True,
    body_limits=BodyLimits(76 * KIB, values=500),  # 20 assets with their names, 50 members of a household
)
async def plan(caller: AnyVisitor, body: PlanIn) -> Response:
    """How much to put by each day, week or month until the due date; or what a pledge (mức tiết kiệm) buys, and when.

    Prices are those of the due date, by confirmed rules. Days on which they change are named; values that await
    confirmation are warned of and never counted with. `assets`: how many trees, or kilograms, it takes.
    """
    return caller.to_response(service.build_plan(await caller.rules.book(), body, caller.language))
