"""Passbooks (sổ tiết kiệm): what a member has saved, by group, with the running balance."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import shown
from app.core.hot import HotRouter
from app.core.ids import Uuid
from app.core.paging import PageQuery
from app.ledger import queries
from app.ledger.schemas import PassbookFilter, PassbookOut

router = HotRouter(prefix="/v1/members", tags=["members"])

Reader = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_READ))]


@router.get("/{member_id}/passbook", response_model=PassbookOut, summary="Sổ tiết kiệm của hội viên")
async def read_passbook(
    caller: Reader, member_id: Uuid, wanted: Annotated[PassbookFilter, Query()], page: PageQuery
) -> Response:
    """A member's passbook: balances by group, totals, and every change of them, the newest first."""
    return shown(await queries.read_passbook(caller, member_id, wanted, page))
