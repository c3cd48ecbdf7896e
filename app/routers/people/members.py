"""Members (hội viên, người tham gia): the register of each network."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import (
    created,
    describe_existing_response,
    json_response,
    versioned_response,
    with_etag,
)
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.people.export import MemberExport
from app.people.export import export_member as copy_record
from app.people.members import service
from app.people.members.detail import read_member as read_member_json
from app.people.members.edit import edit_member as change_fields
from app.people.members.list_page import list_members as list_members_json
from app.people.members.schemas import (
    ChangeOut,
    MemberFilter,
    MemberIn,
    MemberItem,
    MemberOut,
    MemberPatch,
    MemberSearch,
    MemberWhole,
    RevealIn,
    RevealReason,
)
from app.routers.actors import (
    MemberHotReader,
    MemberReader,
    MemberRecorder,
    MemberRevealer,
    MemberSandboxSearcher,
)

router = StrictRouter(prefix="/v1/members", tags=["members"])


@router.get("", summary="Danh sách hội viên", response_model=Page[MemberItem], hot=True)
async def list_members(
    filters: Annotated[MemberFilter, Query()], page: PageQuery, caller: MemberHotReader
) -> Response:
    """Your members in the order in which they were entered, their numbers masked.

    To look for a name (`q`) in the whole country, name a province, a commune or a group as well.
    """
    return json_response(await list_members_json(caller, filters, page))


@router.post("", status_code=201, responses=describe_existing_response(MemberOut), summary="Thêm hội viên")
async def create_member(body: MemberIn, actor: MemberRecorder, db: Db, response: Response) -> MemberOut:
    """Enter a person in your network's register; the same `id` with the same content again is answered with 200."""
    row, is_new = await service.create_member(db, actor, body)
    return created(response, "/v1/members", MemberOut.from_record(row), is_new=is_new)


@router.post("/search", summary="Tìm chính xác một người")
async def search_members(body: MemberSearch, actor: MemberSandboxSearcher, db: Db) -> Page[MemberItem]:
    """Who bears this number, phone, or name and birth date in a commune; BHXH finds them in every network."""
    return await service.search_members(db, actor, body)


@router.get("/{member_id}", response_model=MemberOut, summary="Một hội viên", hot=True)
async def read_member(caller: MemberHotReader, member_id: Uuid) -> Response:
    """A member with masked numbers."""
    return versioned_response(*await read_member_json(caller, member_id))


@router.patch("/{member_id}", summary="Sửa hội viên")
async def edit_member(
    member_id: Uuid, body: MemberPatch, actor: MemberRecorder, version: IfMatch, db: Db, response: Response
) -> MemberOut:
    """Change a member's record; another `commune_code` moves the person there."""
    row = await change_fields(db, actor, member_id, version, body)
    return with_etag(response, MemberOut.from_record(row))


@router.post("/{member_id}/reveal", summary="Xem đầy đủ số định danh và điện thoại")
async def reveal_member(member_id: Uuid, body: RevealIn, actor: MemberRevealer, db: Db) -> MemberWhole:
    """A member with whole numbers; who saw them and why is noted in the history."""
    return MemberWhole.from_record(await service.reveal_member(db, actor, member_id, body.reason))


@router.get("/{member_id}/export", summary="Bản sao dữ liệu của một người")
async def export_member(
    member_id: Uuid,
    reason: Annotated[RevealReason, Query(description="Lý do xem, kept in the audit")],
    actor: MemberRevealer,
    db: Db,
) -> MemberExport:
    """Everything that is recorded of a person, to be handed to that person; noted in the history."""
    return await copy_record(db, actor, member_id, reason)


@router.get("/{member_id}/history", summary="Lịch sử thay đổi của một hội viên")
async def read_history(member_id: Uuid, page: PageQuery, actor: MemberReader, db: Db) -> Page[ChangeOut]:
    """Who changed, saw whole or moved this record, the latest first; values that identify somebody are left out."""
    return await service.read_member_history(db, actor, member_id, page)
