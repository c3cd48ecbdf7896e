"""Read one member, a hot path: one call of `member_detail`, whose JSON is passed through."""

from types import SimpleNamespace
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from app.audit.read_acts import ReadAct
from app.audit.reads.service import note_emergency_read
from app.auth.caller import Caller
from app.people.members.rules import find_member_warnings

_DETAIL: Final = """
select body, version, created_at, updated_at, national_id, social_insurance_no, health_card_no, birth_date, sex,
       number_to_check, emergency
  from member_detail($1, $2, $3, $4)
"""


async def read_member(caller: Caller, member_id: UUID) -> tuple[str, int]:
    """Read a member as the JSON text of `MemberOut`, and its version.

    Raises: NotFound; as the database's refusal, Unauthenticated and Forbidden.
    """
    row = await caller.call(_DETAIL, member_id)
    if row["emergency"]:
        await note_emergency_read(caller, ReadAct.RECORD, [member_id])
    member = SimpleNamespace(**row)
    extra = {
        "created_at": member.created_at,
        "updated_at": member.updated_at,
        "warnings": find_member_warnings(member),
    }
    return f"{member.body[:-1]},{to_json(extra).decode()[1:]}", member.version
