"""A member's insurance as a whole (quá trình tham gia)."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.time import today
from app.insurance.coverage import service
from app.insurance.coverage.schemas import MemberInsurance

router = StrictRouter(prefix="/v1/members", tags=["coverages"])

Reader = Annotated[Actor, Depends(Require(Permission.PREMIUM_READ))]


@router.get("/{member_id}/insurance", summary="Quá trình tham gia của hội viên")
async def read(member_id: Uuid, actor: Reader, db: Db, request: Request) -> MemberInsurance:
    """Months paid, months with support used and left, validity, unbroken time, five-year date and what is due next."""
    return await service.read_member_insurance(
        db, actor, await request.app.state.rules.book(), member_id, today()
    )
