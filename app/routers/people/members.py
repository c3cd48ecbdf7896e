"""Members (hội viên, người tham gia): the register of each network.

Their list is in `member_list.py`, and the reading of one of them in `member_detail.py`.
"""

from typing import Annotated

from fastapi import Depends, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.answers import describe_existing_response
from app.core.http.if_match import IfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.people.export import MemberExport
from app.people.export import export_member as copy_record
from app.people.members import service
from app.people.members.edit import edit_member as change_fields
from app.people.members.schemas import (
    ChangeOut,
    MemberIn,
    MemberItem,
    MemberOut,
    MemberPatch,
    MemberSearch,
    MemberWhole,
)

router = StrictRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Actor, Depends(Require(Permission.MEMBER_READ))]
Seeker = Annotated[Actor, Depends(Require(Permission.MEMBER_READ, sandbox=True))]
Recorder = Annotated[Actor, Depends(Require(Permission.MEMBER_RECORD))]
Trusted = Annotated[Actor, Depends(Require(Permission.MEMBER_SENSITIVE))]


@router.post("", status_code=201, responses=describe_existing_response(MemberOut), summary="Thêm hội viên")
async def create_member(body: MemberIn, actor: Recorder, db: Db, response: Response) -> MemberOut:
    """Enter a person in your network's register; the same `id` with the same content again is answered with 200."""
    row, created = await service.create_member(db, actor, body)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/v1/members/{row.id}"
    response.headers["ETag"] = f'"{row.version}"'
    return MemberOut.of(row)


@router.post("/search", summary="Tìm chính xác một người")
async def search_members(body: MemberSearch, actor: Seeker, db: Db) -> Page[MemberItem]:
    """Who bears this number, phone, or name and birth date in a commune; BHXH finds them in every network."""
    return await service.search_members(db, actor, body)


@router.patch("/{member_id}", summary="Sửa hội viên")
async def edit_member(
    member_id: Uuid, body: MemberPatch, actor: Recorder, version: IfMatch, db: Db, response: Response
) -> MemberOut:
    """Change a member's record; another `commune_code` moves the person there."""
    row = await change_fields(db, actor, member_id, version, body)
    response.headers["ETag"] = f'"{row.version}"'
    return MemberOut.of(row)


@router.post("/{member_id}/reveal", summary="Xem đầy đủ số định danh và điện thoại")
async def reveal_member(member_id: Uuid, actor: Trusted, db: Db) -> MemberWhole:
    """A member with whole numbers; who saw them is noted in the history."""
    return MemberWhole.of(await service.reveal_member(db, actor, member_id))


@router.get("/{member_id}/export", summary="Bản sao dữ liệu của một người")
async def export_member(member_id: Uuid, actor: Trusted, db: Db) -> MemberExport:
    """Everything that is recorded of a person, to be handed to that person; noted in the history."""
    return await copy_record(db, actor, member_id)


@router.get("/{member_id}/history", summary="Lịch sử thay đổi của một hội viên")
async def read_history(member_id: Uuid, page: PageQuery, actor: Reader, db: Db) -> Page[ChangeOut]:
    """Who changed, saw whole or moved this record, the latest first; values that identify somebody are left out."""
    return await service.read_member_history(db, actor, member_id, page)
