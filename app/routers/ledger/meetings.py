"""Meetings (buổi sinh hoạt): the whole collection sheet of a group in one call."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created_response, json_response
from app.core.http.parameters.idempotency import HOT_REPLAY_RESPONSES, HotIdempotencyKey
from app.core.http.parameters.page_query import PageQuery
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.ledger import queries, service
from app.ledger.schemas import GroupMeetingFilter, MeetingFilter, MeetingHeadOut, MeetingIn, MeetingOut
from app.routers.actors import ContributionHotReader, ContributionHotRecorder

router = StrictRouter(prefix="/v1", tags=["meetings"])

_SHEET_BODY = BodyLimits(4096 * KIB, values=3_000)
"""200 lines with a note each."""


@router.post(
    "/meetings",
    status_code=201,
    response_model=MeetingOut,
    responses=HOT_REPLAY_RESPONSES,
    summary="Ghi phiếu thu của buổi sinh hoạt",
    hot=True,
    body_limits=_SHEET_BODY,
)
async def record_meeting(
    caller: ContributionHotRecorder, body: MeetingIn, key: HotIdempotencyKey = None
) -> Response:
    """Record a meeting's collection sheet (phiếu thu) of 1 to 200 lines: all of them or none.

    A member may have several lines. Needs `Idempotency-Key`, or an `id` of your own in the body, once for the sheet.
    """
    await caller.consume_rows(len(body.items))
    return created_response(await service.record_sheet(caller, body, key))


@router.get("/meetings", response_model=Page[MeetingHeadOut], summary="Danh sách buổi sinh hoạt", hot=True)
async def list_meetings(
    caller: ContributionHotReader, filters: Annotated[MeetingFilter, Query()], page: PageQuery
) -> Response:
    """Meetings of your groups and places, the last recorded first; their lines are in each meeting."""
    return json_response(await queries.list_meetings(caller, filters, page))


@router.get("/meetings/{meeting_id}", response_model=MeetingOut, summary="Một buổi sinh hoạt", hot=True)
async def read_meeting(caller: ContributionHotReader, meeting_id: Uuid) -> Response:
    """One meeting with the lines of its sheet."""
    return json_response(await queries.read_meeting(caller, meeting_id))


@router.get(
    "/groups/{group_id}/meetings",
    response_model=Page[MeetingHeadOut],
    summary="Các buổi sinh hoạt của tổ",
    hot=True,
)
async def list_group_meetings(
    caller: ContributionHotReader,
    group_id: Uuid,
    filters: Annotated[GroupMeetingFilter, Query()],
    page: PageQuery,
) -> Response:
    """The meetings of one group (tổ), the last recorded first."""
    return json_response(await queries.list_group_meetings(caller, group_id, filters, page))
