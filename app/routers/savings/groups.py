"""Groups (tổ, câu lạc bộ, tổ liên gia, quỹ)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import ContributionReader, GroupManager, GroupReader
from app.savings.groups import service
from app.savings.groups.edit import edit_savings_group
from app.savings.groups.schemas import AccountsOut, GroupFilter, GroupIn, GroupOut, GroupPatch

router = StrictRouter(prefix="/v1/groups", tags=["groups"])


@router.get("", summary="Danh sách tổ")
async def list_groups(
    filters: Annotated[GroupFilter, Query()], page: PageQuery, actor: GroupReader, db: Db
) -> Page[GroupOut]:
    """Groups in your places; a treasurer's or collector's own. `code` finds one by its code."""
    return await service.list_groups(db, actor, filters, page)


@router.post("", status_code=201, summary="Thành lập tổ")
async def open_group(body: GroupIn, actor: GroupManager, db: Db, response: Response) -> GroupOut:
    """Open a group (tổ) in one of your communes. Leader and treasurer join it on its first day."""
    row = await service.create_group(db, actor, body)
    return created(response, "/v1/groups", GroupOut.from_record(row))


@router.get("/{group_id}", summary="Một tổ")
async def read_group(group_id: UUID, actor: GroupReader, db: Db, response: Response) -> GroupOut:
    """One group."""
    return with_etag(response, GroupOut.from_record(await service.require_group(db, actor, group_id)))


@router.patch("/{group_id}", summary="Sửa, kết thúc hoặc mở lại tổ")
async def edit_group(
    group_id: UUID, body: GroupPatch, actor: GroupManager, version: IfMatch, db: Db, response: Response
) -> GroupOut:
    """Edit a group. `ended_on` ends it, once no money is left; its memberships end with it."""
    return with_etag(
        response, GroupOut.from_record(await edit_savings_group(db, actor, group_id, version, body))
    )


@router.get("/{group_id}/accounts", summary="Sổ quỹ của tổ")
async def read_accounts(group_id: UUID, page: PageQuery, actor: ContributionReader, db: Db) -> AccountsOut:
    """What lies in the group's box, its common fund, and a page of its members' savings."""
    return await service.read_accounts(db, actor, group_id, page)
