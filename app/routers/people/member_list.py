"""The list of members, a hot path beside the other routes of members."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller
from app.auth.guards.require import RequireCaller
from app.auth.permissions import Permission
from app.core.http.hot import HotRouter
from app.core.http.page_query import PageQuery
from app.core.values.paging import Page
from app.people.members.list_page import list_members as list_page
from app.people.members.schemas import MemberFilter, MemberItem

router = HotRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Caller, Depends(RequireCaller(Permission.MEMBER_READ))]


@router.get("", summary="Danh sách hội viên", response_model=Page[MemberItem])
async def list_members(
    filters: Annotated[MemberFilter, Query()], page: PageQuery, caller: Reader
) -> Response:
    """Your members in the order in which they were entered, their numbers masked.

    To look for a name (`q`) in the whole country, name a province, a commune or a group as well.
    """
    return Response(await list_page(caller, filters, page), media_type="application/json")
