"""Consents of members (sự đồng ý): for one purpose each, and withdrawable."""

from fastapi import Response

from app.core.http.answers import describe_existing_response, set_created_status
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.people.consents import service
from app.people.consents.schemas import ConsentIn, ConsentOut
from app.routers.actors import MemberReader, MemberRecorder

router = StrictRouter(prefix="/v1/members/{member_id}/consents", tags=["members"])


@router.get("", summary="Các lần đồng ý của một hội viên")
async def list_consents(member_id: Uuid, page: PageQuery, actor: MemberReader, db: Db) -> Page[ConsentOut]:
    """What a member agreed to, standing and withdrawn."""
    return await service.list_consents(db, actor, member_id, page)


@router.post(
    "", status_code=201, responses=describe_existing_response(ConsentOut), summary="Ghi nhận sự đồng ý"
)
async def give_consent(
    member_id: Uuid, body: ConsentIn, actor: MemberRecorder, db: Db, response: Response
) -> ConsentOut:
    """Record that a member, a guardian or both agreed to one text for one purpose."""
    row, is_new = await service.record_consent(db, actor, member_id, body)
    set_created_status(response, is_new)
    return ConsentOut.from_record(row)


@router.post("/{consent_id}/withdraw", summary="Rút lại sự đồng ý")
async def withdraw_consent(member_id: Uuid, consent_id: Uuid, actor: MemberRecorder, db: Db) -> ConsentOut:
    """Take a consent back from now on; again changes nothing."""
    return ConsentOut.from_record(await service.withdraw_consent(db, actor, member_id, consent_id))
