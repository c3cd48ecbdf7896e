"""The list of members, a hot path: one call of `list_members`, whose JSON is passed through."""

import json
from uuid import UUID

from app.auth.caller import Caller
from app.core.paging import PageRequest, cursor_values
from app.core.text import search_key
from app.people.member_schemas import MemberFilter

_LIST = """
select items, last_id from list_members($1, $2, $3, $4, $5, $6,
    row($7::text, $8::text, $9::text, $10::uuid, $11::uuid, $12::text)::member_filter)
"""


async def list_members(caller: Caller, wanted: MemberFilter, page: PageRequest) -> str:
    """One page as the JSON text of `Page[MemberItem]`, in the order of the ids.

    Raises: InvalidInput for a cursor of another list; as the database's refusal, Unauthenticated, Forbidden and
    SearchTooWide.
    """
    after = cursor_values(page, UUID)
    row = await caller.call(
        _LIST,
        after and after[0],
        page.limit,
        wanted.group_id,
        wanted.commune_code,
        wanted.province_code,
        wanted.hamlet_code,
        wanted.household_id,
        wanted.referrer_id,
        search_key(wanted.q) or None if wanted.q else None,
    )
    cursor = "null" if row["last_id"] is None else json.dumps(page.cursor_after((row["last_id"],)))
    return f'{{"items":{row["items"]},"next_cursor":{cursor}}}'
