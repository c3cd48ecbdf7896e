"""Meetings (buổi sinh hoạt): the whole collection sheet of a group in one call."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller, Permitted
from app.auth.permissions import Permission
from app.core.answers import REPLAY, created, shown
from app.core.hot import HotRouter, IdempotencyKey
from app.core.ids import Uuid
from app.core.paging import Page, PageQuery
from app.ledger import queries, service
from app.ledger.schemas import MeetingFilter, MeetingHeadOut, MeetingIn, MeetingOut, Period

router = HotRouter(prefix="/v1", tags=["meetings"])

Reader = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_READ))]
Recorder = Annotated[Caller, Depends(Permitted(Permission.CONTRIBUTION_RECORD))]


@router.post(
    "/meetings",
    status_code=201,
    response_model=MeetingOut,
    responses=REPLAY,
    summary="Ghi phiếu thu của buổi sinh hoạt",
)
async def record_meeting(caller: Recorder, body: MeetingIn, key: IdempotencyKey = None) -> Response:
    """Record a meeting's collection sheet (phiếu thu) of 1 to 200 lines: all of them or none.

    A member may have several lines. Needs `Idempotency-Key`, or an `id` of your own in the body, once for the sheet.
    """
    caller.spend_rows(len(body.items))
    return created(await service.record_sheet(caller, body, key))


@router.get("/meetings", response_model=Page[MeetingHeadOut], summary="Danh sách buổi sinh hoạt")
async def list_meetings(
    caller: Reader, wanted: Annotated[MeetingFilter, Query()], page: PageQuery
) -> Response:
    """Meetings of your groups and places, the last recorded first; their lines are in each meeting."""
    return shown(await queries.list_meetings(caller, wanted, page))


@router.get("/meetings/{meeting_id}", response_model=MeetingOut, summary="Một buổi sinh hoạt")
async def read_meeting(caller: Reader, meeting_id: Uuid) -> Response:
    """One meeting with the lines of its sheet."""
    return shown(await queries.read_meeting(caller, meeting_id))


@router.get(
    "/groups/{group_id}/meetings", response_model=Page[MeetingHeadOut], summary="Các buổi sinh hoạt của tổ"
)
async def list_group_meetings(
    caller: Reader, group_id: Uuid, wanted: Annotated[Period, Query()], page: PageQuery
) -> Response:
    """The meetings of one group (tổ), the last recorded first."""
    return shown(await queries.list_group_meetings(caller, group_id, wanted, page))
