"""Passbooks (sổ tiết kiệm): what a member has saved, by group, with the running balance."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller
from app.auth.guards.require import RequireCaller
from app.auth.permissions import Permission
from app.core.http.answers import json_response
from app.core.http.hot import HotRouter
from app.core.http.page_query import PageQuery
from app.core.values.ids import Uuid
from app.ledger import queries
from app.ledger.schemas import PassbookFilter, PassbookOut

router = HotRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_READ))]


@router.get("/{member_id}/passbook", response_model=PassbookOut, summary="Sổ tiết kiệm của hội viên")
async def read_passbook(
    caller: Reader, member_id: Uuid, filters: Annotated[PassbookFilter, Query()], page: PageQuery
) -> Response:
    """A member's passbook: balances by group, totals, and every change of them, the newest first."""
    return json_response(await queries.read_passbook(caller, member_id, filters, page))
