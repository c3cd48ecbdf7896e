"""Cases of requests about personal data: the union's whose register it is, over all groups of a place."""

from typing import Any
from uuid import UUID

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import GROUP_CELLS, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import create_member

cases = CaseList()
WHOLE = Visibility.WHOLE
_PATH = "/v1/data-requests"


async def person(data: CellData) -> str:
    """A member of the cell who asks for something."""

    async def make() -> UUID:
        return await create_member(data)

    return await data.row_id("asking member", make, sight=Visibility.GROUPED)


def _body(member_id: str, kind: str) -> dict[str, Any]:
    return {"member_id": member_id, "kind": kind, "requester": "self", "identity_check": "in_person"}


async def request_of(data: CellData, kind: str, status: str = "received") -> str:
    """A request of `person`, in a status."""
    id_ = await data.post_row(f"{kind} request {status}", _PATH, _body(await person(data), kind), sight=WHOLE)
    await data.scenario.owner.execute(
        "update data_request set status = $2, refusal_code = case when $2 = 'refused' then 'other' end"
        " where id = $1 and status <> $2",
        UUID(id_), status,
    )  # fmt: skip
    return id_


@cases.add("GET /v1/data-requests", P.DATA_REQUEST_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=WHOLE)
async def list_requests(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await request_of(data, "access"))


@cases.add("POST /v1/data-requests", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def receive_request(data: CellData) -> CaseRequest:
    return CaseRequest(body=_body(await person(data), "objection"))


@cases.add("GET /v1/data-requests/{request_id}", P.DATA_REQUEST_READ, ScopeCheck.ROW, sight=WHOLE)
async def read_request(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "access")})


@cases.add("POST /v1/data-requests/{request_id}/accept", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def accept_request(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "access")}, version=1)


@cases.add("POST /v1/data-requests/{request_id}/extend", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def extend_request(data: CellData) -> CaseRequest:
    path = {"request_id": await request_of(data, "copy", "accepted")}
    return CaseRequest(path, body={"reason": "Hồ sơ ở nhiều nơi"}, version=1)


@cases.add(
    "POST /v1/data-requests/{request_id}/carry-out", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE
)
async def carry_out(data: CellData) -> CaseRequest:
    path = {"request_id": await request_of(data, "deletion", "accepted")}
    return CaseRequest(path, body={}, version=1)


@cases.add("POST /v1/data-requests/{request_id}/refuse", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def refuse_request(data: CellData) -> CaseRequest:
    path = {"request_id": await request_of(data, "access")}
    return CaseRequest(path, body={"code": "other", "answer": "Không"}, version=1)


@cases.add("POST /v1/data-requests/{request_id}/withdraw", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def withdraw_request(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "access")}, version=1)


@cases.add("POST /v1/data-requests/{request_id}/reopen", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def reopen_request(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "correction", "refused")}, version=1)


@cases.add("GET /v1/data-requests/{request_id}/copy", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def copy_person(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "copy", "accepted")})


@cases.add("GET /v1/data-requests/{request_id}/obstacles", P.DATA_REQUEST_HANDLE, ScopeCheck.ROW, sight=WHOLE)
async def list_obstacles(data: CellData) -> CaseRequest:
    return CaseRequest({"request_id": await request_of(data, "deletion", "accepted")})


@cases.add(
    "GET /v1/read-audit", P.READ_AUDIT_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=Visibility.PLACED
)
async def list_reads(data: CellData) -> CaseRequest:
    member_id = await person(data)
    await data.scenario.owner.execute(
        "insert into read_audit (act, network, province_code, commune_code, member_id, actor_id, actor_kind, organisation_id)"
        " select 'record', m.network, m.province_code, m.commune_code, m.id, new_id(), 'user', m.organisation_id"
        "   from member m where m.id = $1 and not exists (select from read_audit r where r.member_id = m.id)",
        UUID(member_id),
    )
    return CaseRequest(listed_id=member_id)
