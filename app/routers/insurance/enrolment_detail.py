"""One enrolment, a hot path beside the other routes of enrolments."""

from typing import Annotated

from fastapi import Depends, Response

from app.auth.caller import Caller
from app.auth.guards.require import RequireCaller
from app.auth.permissions import Permission
from app.core.http.answers import versioned_response
from app.core.http.hot import HotRouter
from app.core.values.ids import Uuid
from app.insurance.enrolments.detail import read_enrolment_json
from app.insurance.enrolments.schemas import EnrolmentOut

router = HotRouter(prefix="/v1/enrolments", tags=["enrolments"])

Reader = Annotated[Caller, Depends(RequireCaller(Permission.ENROLMENT_READ))]


@router.get("/{enrolment_id}", response_model=EnrolmentOut, summary="Một đăng ký")
async def read(caller: Reader, enrolment_id: Uuid) -> Response:
    """One enrolment, with BHXH's reasons where it was returned or rejected."""
    return versioned_response(*await read_enrolment_json(caller, enrolment_id))
