"""Lines of households and members, their consents and support groups."""

from typing import Any
from uuid import UUID

from app.auth.permissions import P
from tests.access.actors import COMMUNAL, SIBLING, SUBJECT, Sight
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rows import household, member
from tests.access.spots import Spot

lines = Matrix()
GROUPED = Sight.GROUPED
_CONSENT = {"purpose": "insurance", "text_version": "bhxh-2026-01", "method": "paper", "given_by": "self"}
_POOR = {"kind": "poor", "valid_from": "2026-01-01"}


@lines.line("GET /v1/households", P.MEMBER_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_households(at: Spot) -> Sent:
    return Sent(shown=await household(at))


@lines.line("POST /v1/households", P.MEMBER_RECORD, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def create_household(at: Spot) -> Sent:
    return Sent(body={"commune_code": at.place, "address": "Xóm mới"})


@lines.line("GET /v1/households/{household_id}", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def read_household(at: Spot) -> Sent:
    return Sent({"household_id": await household(at)})


@lines.line("PATCH /v1/households/{household_id}", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED)
async def edit_household(at: Spot) -> Sent:
    return Sent({"household_id": await household(at)}, body={"address": "Xóm cũ"}, version=1)


@lines.line("GET /v1/members", P.MEMBER_READ, Reach.LIST, cells=COMMUNAL, sight=GROUPED)
async def list_members(at: Spot) -> Sent:
    return Sent(shown=await member(at))


@lines.line("POST /v1/members", P.MEMBER_RECORD, Reach.PLACE, cells=(SUBJECT, SIBLING))
async def create_member(at: Spot) -> Sent:
    return Sent(body={"commune_code": at.place, "full_name": "Người Mới Vào"})


@lines.line("POST /v1/members/search", P.MEMBER_READ, Reach.LIST, sight=GROUPED)
async def search_members(at: Spot) -> Sent:
    person = await member(at)
    number = await at.stage.owner.fetchval("select national_id from member where id = $1", UUID(person))
    return Sent(body={"national_id": number}, shown=person)


@lines.line("GET /v1/members/{member_id}", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def read_member(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)})


@lines.line("PATCH /v1/members/{member_id}", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED)
async def edit_member(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)}, body={"occupation": "làm vườn"}, version=1)


@lines.line("POST /v1/members/{member_id}/reveal", P.MEMBER_SENSITIVE, Reach.ROW, sight=GROUPED)
async def reveal_member(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)})


@lines.line("GET /v1/members/{member_id}/export", P.MEMBER_SENSITIVE, Reach.ROW, sight=GROUPED)
async def export_member(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)})


@lines.line("GET /v1/members/{member_id}/history", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def read_history(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)})


async def consent(at: Spot) -> str:
    """A consent of `member`."""
    path = f"/v1/members/{await member(at)}/consents"
    return await at.posted("consent", path, _CONSENT, sight=GROUPED)


@lines.line("GET /v1/members/{member_id}/consents", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def list_consents(at: Spot) -> Sent:
    await consent(at)
    return Sent({"member_id": await member(at)})


@lines.line("POST /v1/members/{member_id}/consents", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED)
async def give_consent(at: Spot) -> Sent:
    body: dict[str, Any] = _CONSENT | {"purpose": "savings"}
    return Sent({"member_id": await member(at)}, body=body)


@lines.line(
    "POST /v1/members/{member_id}/consents/{consent_id}/withdraw", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED
)
async def withdraw_consent(at: Spot) -> Sent:
    return Sent({"member_id": await member(at), "consent_id": await consent(at)})


async def support_group(at: Spot) -> str:
    """A support group (đối tượng) of `member`."""
    path = f"/v1/members/{await member(at)}/support-groups"
    return await at.posted("support group", path, _POOR, sight=GROUPED)


@lines.line("GET /v1/members/{member_id}/support-groups", P.MEMBER_READ, Reach.ROW, sight=GROUPED)
async def list_support_groups(at: Spot) -> Sent:
    await support_group(at)
    return Sent({"member_id": await member(at)})


@lines.line("POST /v1/members/{member_id}/support-groups", P.MEMBER_RECORD, Reach.ROW, sight=GROUPED)
async def set_support_group(at: Spot) -> Sent:
    return Sent({"member_id": await member(at)}, body=_POOR | {"kind": "near_poor"})


@lines.line(
    "POST /v1/members/{member_id}/support-groups/{support_group_id}/end",
    P.MEMBER_RECORD,
    Reach.ROW,
    sight=GROUPED,
)
async def end_support_group(at: Spot) -> Sent:
    path = {"member_id": await member(at), "support_group_id": await support_group(at)}
    return Sent(path, body={"valid_to": "2026-06-30"})
