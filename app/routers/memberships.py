"""Memberships (tổ viên) of a group, with their pledges."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Db
from app.core.paging import Page, PageQuery
from app.core.routing import Router
from app.core.versions import IfMatch
from app.savings import membership_service as service
from app.savings.membership_change import change_membership
from app.savings.membership_schemas import MembershipFilter, MembershipIn, MembershipOut, MembershipPatch

router = Router(prefix="/v1/groups/{group_id}/memberships", tags=["memberships"])

Reader = Annotated[Actor, Depends(Require(Permission.MEMBER_READ))]
Recorder = Annotated[Actor, Depends(Require(Permission.MEMBER_RECORD))]


def _sent(out: MembershipOut, response: Response) -> MembershipOut:
    response.headers["ETag"] = f'"{out.version}"'
    return out


@router.get("", summary="Danh sách tổ viên")
async def list_memberships(
    group_id: UUID, wanted: Annotated[MembershipFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[MembershipOut]:
    """A group's memberships, past ones too unless `active_on` says otherwise, with their pledges of today."""
    return await service.list_memberships(db, actor, group_id, wanted, page)


@router.post("", status_code=201, summary="Kết nạp tổ viên")
async def join_group(
    group_id: UUID, body: MembershipIn, actor: Recorder, db: Db, response: Response
) -> MembershipOut:
    """Let a member of your network join the group (vào tổ), with what they pledge (cam kết)."""
    out = await service.join_group(db, actor, group_id, body)
    response.headers["Location"] = f"/v1/groups/{group_id}/memberships/{out.id}"
    return _sent(out, response)


@router.get("/{membership_id}", summary="Một tổ viên")
async def read_membership(
    group_id: UUID, membership_id: UUID, actor: Reader, db: Db, response: Response
) -> MembershipOut:
    """One membership with all its pledges, past ones too."""
    return _sent(await service.find_membership(db, actor, group_id, membership_id), response)


@router.patch("/{membership_id}", summary="Sửa: rời tổ, nhiệm vụ, cam kết")
async def edit_membership(
    group_id: UUID,
    membership_id: UUID,
    body: MembershipPatch,
    actor: Recorder,
    version: IfMatch,
    db: Db,
    response: Response,
) -> MembershipOut:
    """Leaving (rời tổ), a duty, or other pledges: those before end, the new begin."""
    out = await change_membership(db, actor, group_id, membership_id, version, body)
    return _sent(out, response)
