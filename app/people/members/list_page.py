"""List members, a hot path: one call of `list_members`, whose JSON is passed through."""

import json
from uuid import UUID

from app.audit.read_acts import ReadAct
from app.audit.reads.service import note_emergency_read
from app.auth.caller import Caller
from app.core.values.paging import PageRequest, get_cursor_values
from app.core.values.search_key import search_key
from app.people.members.schemas import MemberFilter

_LIST = """
select items, last_id, emergency from list_members($1, $2, $3, $4, $5, $6,
    row($7::text, $8::text, $9::text, $10::uuid, $11::uuid, $12::text)::member_filter)
"""


async def list_members(caller: Caller, filters: MemberFilter, page: PageRequest) -> str:
    """List one page as the JSON text of `Page[MemberItem]`, in the order of the ids.

    Raises: InvalidInput for a cursor of another list; as the database's refusal, Unauthenticated, Forbidden and
    SearchTooWide.
    """
    after = get_cursor_values(page, UUID)
    name = search_key(filters.q) or None if filters.q else None
    row = await caller.call(
        _LIST,
        after and after[0],
        page.limit,
        filters.group_id,
        filters.commune_code,
        filters.province_code,
        filters.hamlet_code,
        filters.household_id,
        filters.referrer_id,
        name,
    )
    if row["emergency"] is not None:
        act = ReadAct.LISTED if name is None else ReadAct.SEARCHED
        await note_emergency_read(caller, act, row["emergency"], name)
    cursor = "null" if row["last_id"] is None else json.dumps(page.cursor_after((row["last_id"],)))
    return f'{{"items":{row["items"]},"next_cursor":{cursor}}}'
