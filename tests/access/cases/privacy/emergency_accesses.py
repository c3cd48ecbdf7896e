"""Cases of emergency accesses: of the place that is asked for, and of the organisation that asks."""

from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.tenancy import user
from tests.access.scenario.actors import PLACE_CELLS, PROVINCE, SIBLING, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_BOTH = (SUBJECT, PROVINCE)
_PATH = "/v1/emergency-accesses"
_SOMEWHERE = "C3"
_INSERT = """
insert into emergency_access (id, network, organisation_id, place_code, province_code, commune_code, provinces, communes,
       requested_by, reason_kind, reason, minutes, status, decided_by, decided_at, starts_at, ends_at, review_by)
select $1::uuid, $2, $3, $4, $5, $6, '{}', '{}', u.id, 'other', 'Một lý do đủ dài để ghi', 60, $7::text,
       case when $7::text = 'approved' then $1::uuid end, case when $7::text = 'approved' then now() end, t.at, t.at + interval '1 hour', t.at
  from (select $9::uuid as id) u left join (select now() - $8 * interval '1 minute' as at) t on $7::text = 'approved'
"""


async def access(data: CellData, state: str) -> str:
    """An access to the cell's place that somebody asked for: requested, active or over."""

    asker = UUID(await user(data))

    async def make() -> UUID:
        created, unit = uuid7(), data.scenario.units[data.cell]
        status, ago = {"requested": ("requested", 0), "active": ("approved", 0), "over": ("approved", 90)}[
            state
        ]
        await data.scenario.owner.execute(
            _INSERT,
            created,
            unit.network,
            unit.id,
            data.place,
            unit.province,
            unit.commune,
            status,
            ago,
            asker,
        )
        return created

    return await data.row_id(f"emergency access {state}", make)


def _refuse_own_place(kind: ActorKind, _cell: Cell) -> int | None:
    """Whose place it is already needs none."""
    return 422 if kind.covers(_SOMEWHERE) else None


def _refuse_others(_kind: ActorKind, _cell: Cell) -> int:
    """Only who asked cancels and enters: tests/routers/people/test_emergency_accesses.py."""
    return 403


@cases.add(f"GET {_PATH}", P.EMERGENCY_READ, ScopeCheck.LIST, cells=PLACE_CELLS)
async def list_accesses(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await access(data, "requested"))


@cases.add(f"POST {_PATH}", P.EMERGENCY_REQUEST, ScopeCheck.OWN, but=(_refuse_own_place,))
async def request_access(data: CellData) -> CaseRequest:
    place = data.scenario.places[_SOMEWHERE]
    body = {"place_code": place, "reason_kind": "other", "reason": "Một lý do đủ dài để ghi", "minutes": 60}
    return CaseRequest(body=body)


@cases.add(f"GET {_PATH}/{{access_id}}", P.EMERGENCY_READ, ScopeCheck.ROW, cells=(*_BOTH, SIBLING))
async def read_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "requested")})


@cases.add(f"POST {_PATH}/{{access_id}}/approve", P.EMERGENCY_DECIDE, ScopeCheck.ROW, cells=_BOTH)
async def approve_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "requested")}, body={}, version=1)


@cases.add(f"POST {_PATH}/{{access_id}}/refuse", P.EMERGENCY_DECIDE, ScopeCheck.ROW, cells=_BOTH)
async def refuse_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "requested")}, body={}, version=1)


@cases.add(
    f"POST {_PATH}/{{access_id}}/cancel",
    P.EMERGENCY_REQUEST,
    ScopeCheck.ROW,
    cells=_BOTH,
    but=(_refuse_others,),
)
async def cancel_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "requested")}, version=1)


@cases.add(f"POST {_PATH}/{{access_id}}/end", P.EMERGENCY_END, ScopeCheck.ROW, cells=_BOTH)
async def end_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "active")}, version=1)


@cases.add(f"POST {_PATH}/{{access_id}}/review", P.EMERGENCY_REVIEW, ScopeCheck.ROW, cells=_BOTH)
async def review_access(data: CellData) -> CaseRequest:
    body = {"outcome": "justified", "note": "Đúng"}
    return CaseRequest({"access_id": await access(data, "over")}, body=body, version=1)


@cases.add(
    f"POST {_PATH}/{{access_id}}/session",
    P.EMERGENCY_REQUEST,
    ScopeCheck.ROW,
    cells=_BOTH,
    but=(_refuse_others,),
)
async def enter_access(data: CellData) -> CaseRequest:
    return CaseRequest({"access_id": await access(data, "active")})
