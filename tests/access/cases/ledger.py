"""Cases of contributions, meetings, passbooks and closings."""

from datetime import date

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import BHXH_CELL, GROUP_CELLS, PROVINCE, WOMEN, Cell, Visibility
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import contribution, contribution_body, meeting, meeting_body, member

cases = CaseList()
GROUPED = Visibility.GROUPED
_OPENED = {PROVINCE: date(1985, 3, 7), BHXH_CELL: date(1986, 4, 8)}
_CLOSED = {PROVINCE: date(1987, 1, 5), BHXH_CELL: date(1988, 2, 6)}
"""Days that tell the closings of two networks apart."""


@cases.add("GET /v1/contributions", P.CONTRIBUTION_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_contributions(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await contribution(data))


@cases.add("POST /v1/contributions", P.CONTRIBUTION_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def record_contribution(data: CellData) -> CaseRequest:
    return CaseRequest(body=await contribution_body(data), keyed=True)


@cases.add("GET /v1/contributions/{contribution_id}", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_contribution(data: CellData) -> CaseRequest:
    return CaseRequest({"contribution_id": await contribution(data)})


@cases.add(
    "POST /v1/contributions/{contribution_id}/reversal", P.CONTRIBUTION_REVERSE, ScopeCheck.ROW, sight=GROUPED
)
async def reverse_contribution(data: CellData) -> CaseRequest:
    return CaseRequest({"contribution_id": await contribution(data)}, body={"note": "Ghi nhầm"}, keyed=True)


@cases.add("GET /v1/meetings", P.CONTRIBUTION_READ, ScopeCheck.LIST, cells=GROUP_CELLS, sight=GROUPED)
async def list_meetings(data: CellData) -> CaseRequest:
    return CaseRequest(listed_id=await meeting(data))


@cases.add("POST /v1/meetings", P.CONTRIBUTION_RECORD, ScopeCheck.ROW, sight=GROUPED)
async def record_meeting(data: CellData) -> CaseRequest:
    return CaseRequest(body=await meeting_body(data), keyed=True)


@cases.add("GET /v1/meetings/{meeting_id}", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_meeting(data: CellData) -> CaseRequest:
    return CaseRequest({"meeting_id": await meeting(data)})


@cases.add("GET /v1/groups/{group_id}/meetings", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def list_group_meetings(data: CellData) -> CaseRequest:
    await meeting(data)
    return CaseRequest({"group_id": await data.group()})


@cases.add("GET /v1/members/{member_id}/passbook", P.CONTRIBUTION_READ, ScopeCheck.ROW, sight=GROUPED)
async def read_passbook(data: CellData) -> CaseRequest:
    await contribution(data)
    return CaseRequest({"member_id": await member(data)})


@cases.add("GET /v1/ledger/closings", P.CONTRIBUTION_READ, ScopeCheck.LIST, cells=tuple(_CLOSED))
async def list_closings(data: CellData) -> CaseRequest:
    day = _CLOSED[data.cell]

    async def make() -> None:
        await data.scenario.owner.execute(
            "insert into closed_period (network, province_code, closed_through) values ($1, $2, $3)",
            data.cell.network, data.place, day,
        )  # fmt: skip

    await data.get_or_create("closing", make)
    return CaseRequest(listed_id=day.isoformat())


@cases.add("POST /v1/ledger/closings", P.PERIOD_CLOSE, ScopeCheck.PLACE, cells=(Cell(WOMEN, "P2"),))
async def close_period(data: CellData) -> CaseRequest:
    return CaseRequest(body={"province_code": data.place, "closed_through": "1990-01-01"})


@cases.add("GET /v1/ledger/openings", P.CONTRIBUTION_READ, ScopeCheck.LIST, cells=tuple(_OPENED))
async def list_openings(data: CellData) -> CaseRequest:
    day = _OPENED[data.cell]

    async def make() -> None:
        await data.scenario.owner.execute(
            "insert into books_opening (network, province_code, begins_on) values ($1, $2, $3)",
            data.cell.network, data.place, day,
        )  # fmt: skip

    await data.get_or_create("opening", make)
    return CaseRequest(listed_id=day.isoformat())


@cases.add("POST /v1/ledger/openings", P.PERIOD_CLOSE, ScopeCheck.PLACE, cells=(Cell(WOMEN, "P2"),))
async def open_books(data: CellData) -> CaseRequest:
    return CaseRequest(body={"province_code": data.place, "begins_on": "1990-01-01"})
