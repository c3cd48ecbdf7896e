"""Support groups of members (đối tượng hỗ trợ): from when to when the state supports whom."""

from fastapi import Response

from app.core.http.answers import describe_existing_response, set_created_status
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.people.support_groups import service
from app.people.support_groups.schemas import SupportGroupEnd, SupportGroupIn, SupportGroupOut
from app.routers.actors import MemberReader, MemberRecorder

router = StrictRouter(prefix="/v1/members/{member_id}/support-groups", tags=["members"])


@router.get("", summary="Đối tượng hỗ trợ của một hội viên")
async def list_support_groups(
    member_id: Uuid, page: PageQuery, actor: MemberReader, db: Db
) -> Page[SupportGroupOut]:
    """A member's support groups; `ethnic_minority` is shown only to those who may see sensitive data."""
    return await service.list_support_groups(db, actor, member_id, page)


@router.post(
    "", status_code=201, responses=describe_existing_response(SupportGroupOut), summary="Ghi đối tượng hỗ trợ"
)
async def set_support_group(
    member_id: Uuid, body: SupportGroupIn, actor: MemberRecorder, db: Db, response: Response
) -> SupportGroupOut:
    """Record from when to when a member belongs to a support group."""
    row, is_new = await service.record_support_group(db, actor, member_id, body)
    set_created_status(response, is_new)
    return SupportGroupOut.from_record(row)


@router.post("/{support_group_id}/end", summary="Kết thúc đối tượng hỗ trợ")
async def end_support_group(
    member_id: Uuid, support_group_id: Uuid, body: SupportGroupEnd, actor: MemberRecorder, db: Db
) -> SupportGroupOut:
    """Say which day is the last one; the same day again changes nothing."""
    return SupportGroupOut.from_record(
        await service.end_support_group(db, actor, member_id, support_group_id, body)
    )
