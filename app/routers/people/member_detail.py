"""One member, a hot path beside the other routes of members."""

from typing import Annotated

from fastapi import Depends, Response

from app.auth.caller import Caller
from app.auth.guards.require import RequireCaller
from app.auth.permissions import Permission
from app.core.http.answers import versioned_response
from app.core.http.hot import HotRouter
from app.core.values.ids import Uuid
from app.people.members.detail import read_member as read_text
from app.people.members.schemas import MemberOut

router = HotRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Caller, Depends(RequireCaller(Permission.MEMBER_READ))]


@router.get("/{member_id}", response_model=MemberOut, summary="Một hội viên")
async def read_member(caller: Reader, member_id: Uuid) -> Response:
    """A member with masked numbers."""
    return versioned_response(*await read_text(caller, member_id))
