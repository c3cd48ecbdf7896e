"""Memberships (tổ viên) of a group, with their pledges."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import MemberReader, MemberRecorder
from app.savings.memberships import service
from app.savings.memberships.edit import edit_group_membership
from app.savings.memberships.schemas import MembershipFilter, MembershipIn, MembershipOut, MembershipPatch

router = StrictRouter(prefix="/v1/groups/{group_id}/memberships", tags=["memberships"])


@router.get("", summary="Danh sách tổ viên")
async def list_memberships(
    group_id: UUID,
    filters: Annotated[MembershipFilter, Query()],
    page: PageQuery,
    actor: MemberReader,
    db: Db,
) -> Page[MembershipOut]:
    """A group's memberships, past ones too unless `active_on` says otherwise, with their pledges of today."""
    return await service.list_memberships(db, actor, group_id, filters, page)


@router.post("", status_code=201, summary="Kết nạp tổ viên")
async def join_group(
    group_id: UUID, body: MembershipIn, actor: MemberRecorder, db: Db, response: Response
) -> MembershipOut:
    """Let a member of your network join the group (vào tổ), with what they pledge (cam kết)."""
    membership = await service.join_group(db, actor, group_id, body)
    return created(response, f"/v1/groups/{group_id}/memberships", membership)


@router.get("/{membership_id}", summary="Một tổ viên")
async def read_membership(
    group_id: UUID, membership_id: UUID, actor: MemberReader, db: Db, response: Response
) -> MembershipOut:
    """One membership with all its pledges, past ones too."""
    return with_etag(response, await service.read_membership(db, actor, group_id, membership_id))


@router.patch("/{membership_id}", summary="Sửa: rời tổ, nhiệm vụ, cam kết")
async def edit_membership(
    group_id: UUID,
    membership_id: UUID,
    body: MembershipPatch,
    actor: MemberRecorder,
    version: IfMatch,
    db: Db,
    response: Response,
) -> MembershipOut:
    """Leaving (rời tổ), a duty, or other pledges: those before end, the new begin."""
    membership = await edit_group_membership(db, actor, group_id, membership_id, version, body)
    return with_etag(response, membership)
