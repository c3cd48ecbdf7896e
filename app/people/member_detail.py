"""One member, a hot path: one call of `member_detail`, whose JSON is passed through."""

from types import SimpleNamespace
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from app.auth.caller import Caller
from app.people.member_rules import warnings_of

_DETAIL: Final = """
select body, version, created_at, updated_at, national_id, social_insurance_no, health_card_no, birth_date, sex
  from member_detail($1, $2, $3, $4)
"""


async def read_member(caller: Caller, member_id: UUID) -> tuple[str, int]:
    """A member as the JSON text of `MemberOut`, and its version.

    Raises: NotFound; as the database's refusal, Unauthenticated and Forbidden.
    """
    row = await caller.call(_DETAIL, member_id)
    known = SimpleNamespace(**row)
    further = {"created_at": known.created_at, "updated_at": known.updated_at, "warnings": warnings_of(known)}
    return f"{known.body[:-1]},{to_json(further).decode()[1:]}", known.version
