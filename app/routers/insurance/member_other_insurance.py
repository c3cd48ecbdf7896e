"""Other insurance of members (bảo hiểm khác): BHXH's own notes, which no union sees."""

from fastapi import Response

from app.core.http.answers import set_created_status
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.other_insurance import service
from app.insurance.other_insurance.schemas import OtherInsuranceEnd, OtherInsuranceIn, OtherInsuranceOut
from app.routers.actors import EnrolmentDecider

router = StrictRouter(prefix="/v1/members/{member_id}/other-insurance", tags=["members"])


@router.get("", summary="Bảo hiểm khác của một hội viên")
async def list_other_insurance(
    member_id: Uuid, page: PageQuery, actor: EnrolmentDecider, db: Db
) -> Page[OtherInsuranceOut]:
    """Compulsory insurance and pensions of a member that BHXH knows of; for BHXH alone."""
    return await service.list_other_insurance(db, actor, member_id, page)


@router.post("", status_code=201, summary="Ghi bảo hiểm khác")
async def note_other_insurance(
    member_id: Uuid, body: OtherInsuranceIn, actor: EnrolmentDecider, db: Db, response: Response
) -> OtherInsuranceOut:
    """Note from when to when a member is in compulsory insurance (bắt buộc) or has a pension (lương hưu).

    It holds for this person in every union's register that has one of their numbers. Enrolments that begin in that
    time are refused; those that were paid before stay as they are.
    """
    entry, is_new = await service.record_other_insurance(db, actor, member_id, body)
    set_created_status(response, is_new)
    return entry


@router.post("/{other_insurance_id}/end", summary="Ghi kết thúc bảo hiểm khác")
async def end_other_insurance(
    member_id: Uuid, other_insurance_id: Uuid, body: OtherInsuranceEnd, actor: EnrolmentDecider, db: Db
) -> OtherInsuranceOut:
    """Say which day is the last one; the same day again changes nothing."""
    return await service.end_other_insurance(db, actor, member_id, other_insurance_id, body)
