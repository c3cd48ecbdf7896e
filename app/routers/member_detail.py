"""One member, a hot path beside the other routes of members."""

from typing import Annotated

from fastapi import Depends, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import versioned
from app.core.hot import HotRouter
from app.core.ids import Uuid
from app.people.member_detail import read_member as read_text
from app.people.member_schemas import MemberOut

router = HotRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Caller, Depends(Permitted(Permission.MEMBER_READ))]


@router.get("/{member_id}", response_model=MemberOut, summary="Một hội viên")
async def read_member(caller: Reader, member_id: Uuid) -> Response:
    """A member with masked numbers."""
    return versioned(*await read_text(caller, member_id))
