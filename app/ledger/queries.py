"""What the ledger shows: each one call of a SQL function that begins the actor and answers as JSON text."""

import json
from typing import Any
from uuid import UUID

from app.auth.caller import Caller
from app.core.paging import PageRequest, cursor_values
from app.ledger.schemas import ContributionFilter, MeetingFilter, PassbookFilter, Period

_CONTRIBUTIONS = (
    "select items, last, more from list_contributions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)
_CONTRIBUTION = "select body from contribution_detail($1, $2, $3, $4)"
_MEETINGS = "select items, last, more from list_meetings($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_MEETING = "select body from meeting_detail($1, $2, $3, $4)"
_PASSBOOK = "select head, items, last, more from passbook($1, $2, $3, $4, $5, $6, $7, $8)"


async def list_contributions(caller: Caller, wanted: ContributionFilter, page: PageRequest) -> str:
    """A page of contributions in the caller's scope, the last recorded first, as JSON text."""
    row = await caller.call(
        _CONTRIBUTIONS,
        wanted.group_id,
        wanted.group_code,
        wanted.member_id,
        wanted.kind,
        wanted.product,
        wanted.from_,
        wanted.to,
        wanted.meeting_id,
        _before(page),
        page.limit,
    )
    return _page(page, row)


async def read_contribution(caller: Caller, txn_id: UUID) -> str:
    """One contribution with `reversed_by`, as JSON text. Raises: NotFound."""
    return _text(await caller.call(_CONTRIBUTION, txn_id))


async def list_meetings(caller: Caller, wanted: MeetingFilter, page: PageRequest) -> str:
    """A page of meetings in the caller's scope, the last recorded first, as JSON text."""
    row = await caller.call(
        _MEETINGS,
        wanted.group_id,
        wanted.group_code,
        False,
        wanted.from_,
        wanted.to,
        _before(page),
        page.limit,
    )
    return _page(page, row)


async def list_group_meetings(caller: Caller, group_id: UUID, wanted: Period, page: PageRequest) -> str:
    """A page of one group's meetings, as JSON text. Raises: NotFound for the group."""
    row = await caller.call(
        _MEETINGS, group_id, None, True, wanted.from_, wanted.to, _before(page), page.limit
    )
    return _page(page, row)


async def read_meeting(caller: Caller, sheet_id: UUID) -> str:
    """One meeting with its lines, as JSON text. Raises: NotFound."""
    return _text(await caller.call(_MEETING, sheet_id))


async def read_passbook(caller: Caller, member_id: UUID, wanted: PassbookFilter, page: PageRequest) -> str:
    """A member's accounts, totals and a page of entries, the newest first, as JSON text.

    The cursor holds, for each account, the version that the page ended at. Raises: NotFound for the member.
    """
    at = cursor_values(page, str)
    row = await caller.call(
        _PASSBOOK,
        member_id,
        wanted.group_id,
        wanted.group_code,
        at[0] if at else None,
        page.limit,
    )
    cursor = page.cursor_after((row["last"],)) if row["more"] else None
    head = row["head"].rstrip()[1:-1]
    return f'{{"member_id": "{member_id}", {head}, "items": {row["items"]}, "next_cursor": {json.dumps(cursor)}}}'


def _before(page: PageRequest) -> Any:
    at = cursor_values(page, int)
    return at[0] if at else None


def _page(page: PageRequest, row: Any) -> str:
    cursor = page.cursor_after((row["last"],)) if row["more"] else None
    return f'{{"items": {row["items"]}, "next_cursor": {json.dumps(cursor)}}}'


def _text(row: Any) -> str:
    return str(row["body"])
