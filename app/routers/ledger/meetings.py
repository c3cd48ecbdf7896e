"""Meetings (buổi sinh hoạt): the whole collection sheet of a group in one call."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.auth.caller import Caller
from app.auth.guards.require import RequireCaller
from app.auth.permissions import Permission
from app.core.http.answers import HOT_REPLAY_RESPONSES, created_response, json_response
from app.core.http.hot import HotIdempotencyKey, HotRouter
from app.core.http.page_query import PageQuery
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.ledger import queries, service
from app.ledger.schemas import GroupMeetingFilter, MeetingFilter, MeetingHeadOut, MeetingIn, MeetingOut

router = HotRouter(prefix="/v1", tags=["meetings"])

Reader = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_READ))]
Recorder = Annotated[Caller, Depends(RequireCaller(Permission.CONTRIBUTION_RECORD))]


@router.post(
    "/meetings",
    status_code=201,
    response_model=MeetingOut,
    responses=HOT_REPLAY_RESPONSES,
    summary="Ghi phiếu thu của buổi sinh hoạt",
)
async def record_meeting(caller: Recorder, body: MeetingIn, key: HotIdempotencyKey = None) -> Response:
    """Record a meeting's collection sheet (phiếu thu) of 1 to 200 lines: all of them or none.

    A member may have several lines. Needs `Idempotency-Key`, or an `id` of your own in the body, once for the sheet.
    """
    caller.consume_rows(len(body.items))
    return created_response(await service.record_sheet(caller, body, key))


@router.get("/meetings", response_model=Page[MeetingHeadOut], summary="Danh sách buổi sinh hoạt")
async def list_meetings(
    caller: Reader, filters: Annotated[MeetingFilter, Query()], page: PageQuery
) -> Response:
    """Meetings of your groups and places, the last recorded first; their lines are in each meeting."""
    return json_response(await queries.list_meetings(caller, filters, page))


@router.get("/meetings/{meeting_id}", response_model=MeetingOut, summary="Một buổi sinh hoạt")
async def read_meeting(caller: Reader, meeting_id: Uuid) -> Response:
    """One meeting with the lines of its sheet."""
    return json_response(await queries.read_meeting(caller, meeting_id))


@router.get(
    "/groups/{group_id}/meetings", response_model=Page[MeetingHeadOut], summary="Các buổi sinh hoạt của tổ"
)
async def list_group_meetings(
    caller: Reader, group_id: Uuid, filters: Annotated[GroupMeetingFilter, Query()], page: PageQuery
) -> Response:
    """The meetings of one group (tổ), the last recorded first."""
    return json_response(await queries.list_group_meetings(caller, group_id, filters, page))
