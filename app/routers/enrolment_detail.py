"""One enrolment, a hot path beside the other routes of enrolments."""

from typing import Annotated

from fastapi import Depends, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import versioned
from app.core.hot import HotRouter
from app.core.ids import Uuid
from app.insurance.enrolment_detail import read_enrolment
from app.insurance.enrolment_schemas import EnrolmentOut

router = HotRouter(prefix="/v1/enrolments", tags=["enrolments"])

Reader = Annotated[Caller, Depends(Permitted(Permission.ENROLMENT_READ))]


@router.get("/{enrolment_id}", response_model=EnrolmentOut, summary="Một đăng ký")
async def read(caller: Reader, enrolment_id: Uuid) -> Response:
    """One enrolment, with BHXH's reasons where it was returned or rejected."""
    return versioned(*await read_enrolment(caller, enrolment_id))
