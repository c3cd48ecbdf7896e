"""Ledger reads: each is one call of a SQL function that begins the actor and answers as JSON text."""

import json
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.core.values.paging import PageRequest, get_cursor_values
from app.ledger.schemas import ContributionFilter, GroupMeetingFilter, MeetingFilter, PassbookFilter

_CONTRIBUTIONS = (
    "select items, last, more from list_contributions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)
_CONTRIBUTION = "select body from contribution_detail($1, $2, $3, $4)"
_MEETINGS = "select items, last, more from list_meetings($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_MEETING = "select body from meeting_detail($1, $2, $3, $4)"
_PASSBOOK = "select head, items, last, more from passbook($1, $2, $3, $4, $5, $6, $7, $8)"


async def list_contributions(caller: Caller, filters: ContributionFilter, page: PageRequest) -> str:
    """List a page of contributions in the caller's scope, the last recorded first, as JSON text."""
    row = await caller.call(
        _CONTRIBUTIONS,
        filters.group_id,
        filters.group_code,
        filters.member_id,
        filters.kind,
        filters.product,
        filters.from_,
        filters.to,
        filters.meeting_id,
        _before_seq(page),
        page.limit,
    )
    return _page_to_json(page, row)


async def read_contribution(caller: Caller, txn_id: UUID) -> str:
    """Read one contribution with `reversed_by`, as JSON text. Raises: NotFound."""
    return _body_text(await caller.call(_CONTRIBUTION, txn_id))


async def list_meetings(caller: Caller, filters: MeetingFilter, page: PageRequest) -> str:
    """List a page of meetings in the caller's scope, the last recorded first, as JSON text."""
    row = await caller.call(
        _MEETINGS,
        filters.group_id,
        filters.group_code,
        False,
        filters.from_,
        filters.to,
        _before_seq(page),
        page.limit,
    )
    return _page_to_json(page, row)


async def list_group_meetings(
    caller: Caller, group_id: UUID, filters: GroupMeetingFilter, page: PageRequest
) -> str:
    """List a page of one group's meetings, as JSON text. Raises: NotFound for the group."""
    row = await caller.call(
        _MEETINGS, group_id, None, True, filters.from_, filters.to, _before_seq(page), page.limit
    )
    return _page_to_json(page, row)


async def read_meeting(caller: Caller, sheet_id: UUID) -> str:
    """Read one meeting with its lines, as JSON text. Raises: NotFound."""
    return _body_text(await caller.call(_MEETING, sheet_id))


async def read_passbook(caller: Caller, member_id: UUID, filters: PassbookFilter, page: PageRequest) -> str:
    """Read a member's accounts, totals and a page of entries, the newest first, as JSON text.

    The cursor holds, for each account, the version that the page ended at. Raises: NotFound for the member.
    """
    position = get_cursor_values(page, str)
    row = await caller.call(
        _PASSBOOK,
        member_id,
        filters.group_id,
        filters.group_code,
        position[0] if position else None,
        page.limit,
    )
    cursor = page.cursor_after((row["last"],)) if row["more"] else None
    head = row["head"].rstrip()[1:-1]
    return f'{{"member_id": "{member_id}", {head}, "items": {row["items"]}, "next_cursor": {json.dumps(cursor)}}}'


def _before_seq(page: PageRequest) -> Any:
    position = get_cursor_values(page, int)
    return position[0] if position else None


def _page_to_json(page: PageRequest, row: Any) -> str:
    cursor = page.cursor_after((row["last"],)) if row["more"] else None
    return f'{{"items": {row["items"]}, "next_cursor": {json.dumps(cursor)}}}'


def _body_text(row: Any) -> str:
    return str(row["body"])
