"""Contributions (khoản đóng góp): savings, withdrawals, donations and sales of a group, and their corrections."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created_response, json_response
from app.core.http.parameters.idempotency import HOT_REPLAY_RESPONSES, HotIdempotencyKey
from app.core.http.parameters.page_query import PageQuery
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.ledger import queries, service
from app.ledger.schemas import (
    ContributionDetailOut,
    ContributionFilter,
    ContributionIn,
    ContributionOut,
    ReversalIn,
)
from app.routers.actors import ContributionHotReader, ContributionHotRecorder, ContributionHotReverser

router = StrictRouter(prefix="/v1/contributions", tags=["contributions"])


@router.post(
    "",
    status_code=201,
    response_model=ContributionOut,
    responses=HOT_REPLAY_RESPONSES,
    summary="Ghi một khoản đóng góp",
    hot=True,
)
async def record_contribution(
    caller: ContributionHotRecorder, body: ContributionIn, key: HotIdempotencyKey = None
) -> Response:
    """Record one contribution of a group (tổ), of a member (hội viên) or into the common fund (quỹ chung).

    Needs `Idempotency-Key`, or an `id` of your own in the body. The same key with the same meaning answers the first
    result again; with another it is 422 `idempotency_key_reused`.
    """
    return created_response(await service.record_contribution(caller, body, key))


@router.get("", response_model=Page[ContributionOut], summary="Danh sách khoản đóng góp", hot=True)
async def list_contributions(
    caller: ContributionHotReader, filters: Annotated[ContributionFilter, Query()], page: PageQuery
) -> Response:
    """Contributions and reversals of your groups and places, the last recorded first."""
    return json_response(await queries.list_contributions(caller, filters, page))


@router.get(
    "/{contribution_id}", response_model=ContributionDetailOut, summary="Một khoản đóng góp", hot=True
)
async def read_contribution(caller: ContributionHotReader, contribution_id: Uuid) -> Response:
    """One contribution and, if it was taken back, the entry that did so."""
    return json_response(await queries.read_contribution(caller, contribution_id))


@router.post(
    "/{contribution_id}/reversal",
    status_code=201,
    response_model=ContributionOut,
    responses=HOT_REPLAY_RESPONSES,
    summary="Đảo một khoản đóng góp",
    hot=True,
)
async def reverse_contribution(
    caller: ContributionHotReverser, contribution_id: Uuid, body: ReversalIn, key: HotIdempotencyKey = None
) -> Response:
    """Take a contribution back by a mirrored entry (bút toán đảo), at most once. Needs `Idempotency-Key`."""
    return created_response(await service.reverse_contribution(caller, contribution_id, body, key))
