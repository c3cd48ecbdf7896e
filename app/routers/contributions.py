"""Contributions (khoản đóng góp): savings, withdrawals, donations and sales of a group, and their corrections."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import REPLAY, created, shown
from app.core.hot import HotRouter, IdempotencyKey
from app.core.ids import Uuid
from app.core.paging import Page, PageQuery
from app.ledger import queries, service
from app.ledger.schemas import (
    ContributionDetailOut,
    ContributionFilter,
    ContributionIn,
    ContributionOut,
    ReversalIn,
)

router = HotRouter(prefix="/v1/contributions", tags=["contributions"])

Reader = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_READ))]
Recorder = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_RECORD))]
Reverser = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_REVERSE))]


@router.post(
    "",
    status_code=201,
    response_model=ContributionOut,
    responses=REPLAY,
    summary="Ghi một khoản đóng góp",
)
async def record_contribution(caller: Recorder, body: ContributionIn, key: IdempotencyKey = None) -> Response:
    """Record one contribution of a group (tổ), of a member (hội viên) or into the common fund (quỹ chung).

    Needs `Idempotency-Key`, or an `id` of your own in the body. The same key with the same meaning answers the first
    result again; with another it is 422 `idempotency_key_reused`.
    """
    return created(await service.record(caller, body, key))


@router.get("", response_model=Page[ContributionOut], summary="Danh sách khoản đóng góp")
async def list_contributions(
    caller: Reader, wanted: Annotated[ContributionFilter, Query()], page: PageQuery
) -> Response:
    """Contributions and reversals of your groups and places, the last recorded first."""
    return shown(await queries.list_contributions(caller, wanted, page))


@router.get("/{contribution_id}", response_model=ContributionDetailOut, summary="Một khoản đóng góp")
async def read_contribution(caller: Reader, contribution_id: Uuid) -> Response:
    """One contribution and, if it was taken back, the entry that did so."""
    return shown(await queries.read_contribution(caller, contribution_id))


@router.post(
    "/{contribution_id}/reversal",
    status_code=201,
    response_model=ContributionOut,
    responses=REPLAY,
    summary="Đảo một khoản đóng góp",
)
async def reverse_contribution(
    caller: Reverser, contribution_id: Uuid, body: ReversalIn, key: IdempotencyKey = None
) -> Response:
    """Take a contribution back by a mirrored entry (bút toán đảo), at most once. Needs `Idempotency-Key`."""
    return created(await service.reverse(caller, contribution_id, body, key))
