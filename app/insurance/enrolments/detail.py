"""One enrolment, on the hot path: one call of the function `enrolment_detail`, whose JSON is passed through."""

from typing import Final
from uuid import UUID

from app.auth.caller import Caller, join_names
from app.auth.permissions import Permission, roles_with, scopes_with

SUPPORT_GROUP_PERMISSIONS: Final = (Permission.MEMBER_SENSITIVE, Permission.ENROLMENT_SUBMIT)
"""Either of these shows the support group: who enters it, or may see the sensitive."""

_DETAIL = "select body, version from enrolment_detail($1, $2, $3, $4, $5::text::text[], $6::text::text[])"
_ROLES = join_names(sorted({role for each in SUPPORT_GROUP_PERMISSIONS for role in roles_with(each)}))
_SCOPES = join_names(sorted({scope for each in SUPPORT_GROUP_PERMISSIONS for scope in scopes_with(each)}))


async def read_enrolment_json(caller: Caller, enrolment_id: UUID) -> tuple[str, int]:
    """Read an enrolment as the JSON text of `EnrolmentOut`, and its version.

    Raises: NotFound; as the database's refusal, Unauthenticated and Forbidden.
    """
    row = await caller.call(_DETAIL, enrolment_id, _ROLES, _SCOPES)
    return row["body"], row["version"]
