"""Cases of households and members, their consents and support groups."""

from typing import Any
from uuid import UUID

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import GROUP_CELLS, SIBLING, SUBJECT, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import create_member as create_register_member
from tests.access.scenario.factories import household, member

cases = CaseList()
GROUPED = Visibility.GROUPED
_CONSENT = {"purpose": "insurance", "text_version": "bhxh-2026-01", "method": "paper", "given_by": "self"}
_POOR = {"kind": "poor", "valid_from": "2026-01-01"}


@cases.add("GET /v1/households", P.MEMBER_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_households(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await household(data))


@cases.add("POST /v1/households", P.MEMBER_RECORD, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING))
async def create_household(data: CellData) -> CaseRequest:
    return CaseRequest(body={"commune_code": data.place, "address": "Xóm mới"})


@cases.add("GET /v1/households/{household_id}", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_household(data: CellData) -> CaseRequest:
    return CaseRequest({"household_id": await household(data)})


@cases.add("PATCH /v1/households/{household_id}", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def edit_household(data: CellData) -> CaseRequest:
    return CaseRequest({"household_id": await household(data)}, body={"address": "Xóm cũ"}, version=1)


@cases.add("GET /v1/members", P.MEMBER_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_members(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await member(data))


@cases.add("POST /v1/members", P.MEMBER_RECORD, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING))
async def create_member(data: CellData) -> CaseRequest:
    return CaseRequest(body={"commune_code": data.place, "full_name": "Người Mới Vào"})


@cases.add("POST /v1/members/search", P.MEMBER_READ, ScopeCheck.LIST, sight=GROUPED)
async def search_members(data: CellData) -> CaseRequest:
    person = await member(data)
    number = await data.scenario.owner.fetchval("select national_id from member where id = $1", UUID(person))
    return CaseRequest(body={"national_id": number}, listed_id=person)


async def number_pair(data: CellData) -> tuple[str, str]:
    """Two members of the cell with one number, of whom the second is pending."""
    owner = data.scenario.owner

    async def make_first() -> UUID:
        return await create_register_member(data)

    first = await data.row_id("first of the pair", make_first, sight=GROUPED)

    async def make_second() -> UUID:
        created = await create_register_member(data)
        await owner.execute(
            "update member m set national_id = f.national_id, number_claim = m.id, number_status = 'pending'"
            "  from member f where m.id = $1 and f.id = $2", created, UUID(first),
        )  # fmt: skip
        return created

    return first, await data.row_id("second of the pair", make_second, sight=GROUPED)


@cases.add("GET /v1/member-number-pairs", P.NUMBER_SETTLE, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_pairs(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=(await number_pair(data))[1])


@cases.add("POST /v1/member-number-pairs/settle", P.NUMBER_SETTLE, ScopeCheck.ROW, sight=GROUPED)
async def settle_pair(data: CellData) -> CaseRequest:
    first, second = await number_pair(data)
    return CaseRequest(body={"keep": first, "other": second, "outcome": "wrong_number"})


@cases.add("GET /v1/members/{member_id}", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_member(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)})


@cases.add("PATCH /v1/members/{member_id}", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def edit_member(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)}, body={"occupation": "làm vườn"}, version=1)


@cases.add("POST /v1/members/{member_id}/reveal", P.MEMBER_SENSITIVE, ScopeCheck.ROW, sight=GROUPED)
async def reveal_member(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)}, body={"reason": "contact"})


@cases.add("GET /v1/members/{member_id}/export", P.MEMBER_SENSITIVE, ScopeCheck.ROW, sight=GROUPED)
async def export_member(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)}, query={"reason": "person_request"})


@cases.add("GET /v1/members/{member_id}/history", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_history(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)})


async def consent(data: CellData) -> str:
    """A consent of `member`."""
    path = f"/v1/members/{await member(data)}/consents"
    return await data.post_row("consent", path, _CONSENT, sight=GROUPED)


@cases.add("GET /v1/members/{member_id}/consents", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def list_consents(data: CellData) -> CaseRequest:
    await consent(data)
    return CaseRequest({"member_id": await member(data)})


@cases.add("POST /v1/members/{member_id}/consents", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def give_consent(data: CellData) -> CaseRequest:
    body: dict[str, Any] = _CONSENT | {"purpose": "savings"}
    return CaseRequest({"member_id": await member(data)}, body=body)


@cases.add(
    "POST /v1/members/{member_id}/consents/{consent_id}/withdraw",
    P.MEMBER_RECORD,
    ScopeCheck.ROW,
    sight=GROUPED,
)
async def withdraw_consent(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data), "consent_id": await consent(data)})


async def support_group(data: CellData) -> str:
    """A support group (đối tượng) of `member`."""
    path = f"/v1/members/{await member(data)}/support-groups"
    return await data.post_row("support group", path, _POOR, sight=GROUPED)


@cases.add("GET /v1/members/{member_id}/support-groups", P.MEMBER_READ, ScopeCheck.ROW, sight=GROUPED)
async def list_support_groups(data: CellData) -> CaseRequest:
    await support_group(data)
    return CaseRequest({"member_id": await member(data)})


@cases.add("POST /v1/members/{member_id}/support-groups", P.MEMBER_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def set_support_group(data: CellData) -> CaseRequest:
    return CaseRequest({"member_id": await member(data)}, body=_POOR | {"kind": "near_poor"})


@cases.add(
    "POST /v1/members/{member_id}/support-groups/{support_group_id}/end",
    P.MEMBER_RECORD,
    ScopeCheck.ROW,
    sight=GROUPED,
)
async def end_support_group(data: CellData) -> CaseRequest:
    path = {"member_id": await member(data), "support_group_id": await support_group(data)}
    return CaseRequest(path, body={"valid_to": "2026-06-30"})
