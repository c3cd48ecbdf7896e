"""Passbooks (sổ tiết kiệm): what a member has saved, by group, with the running balance."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import json_response
from app.core.http.parameters.page_query import PageQuery
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.ledger import queries
from app.ledger.schemas import PassbookFilter, PassbookOut
from app.routers.actors import ContributionHotReader

router = StrictRouter(prefix="/v1/members", tags=["members"])


@router.get(
    "/{member_id}/passbook", response_model=PassbookOut, summary="Sổ tiết kiệm của hội viên", hot=True
)
async def read_passbook(
    caller: ContributionHotReader,
    member_id: Uuid,
    filters: Annotated[PassbookFilter, Query()],
    page: PageQuery,
) -> Response:
    """A member's passbook: balances by group, totals, and every change of them, the newest first."""
    return json_response(await queries.read_passbook(caller, member_id, filters, page))
