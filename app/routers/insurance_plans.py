"""Savings plans (kế hoạch tiết kiệm): open to everybody as quotes are, and out of the same limit."""

from fastapi import Response

from app.core.hot import HotRouter
from app.insurance import plan_service as service
from app.insurance.plan_schemas import PlanIn, PlanOut
from app.insurance.visitor import TOO_MANY, AnyVisitor

router = HotRouter(prefix="/v1/insurance/plans", tags=["insurance"])


@router.post("", response_model=PlanOut, responses=TOO_MANY, summary="Lập kế hoạch tiết kiệm")
async def plan(caller: AnyVisitor, body: PlanIn) -> Response:
    """How much to put by each day, week or month until the due date; or what a pledge (mức tiết kiệm) buys, and when.

    Prices are those of the due date, by confirmed rules. Days on which they change are named; values that await
    confirmation are warned of and never counted with. `assets`: how many trees, or kilograms, it takes.
    """
    return caller.answer(service.plan(await caller.rules.book(), body, caller.language))
