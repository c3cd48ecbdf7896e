"""Cases of one's own account and of places."""

from itertools import count

from app.auth.permissions import P
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.scenario.actors import SIBLING, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_names = count(1)


@cases.add("GET /v1/auth/me", P.SELF, ScopeCheck.OWN)
async def me(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("POST /v1/auth/logout", P.SELF, ScopeCheck.OWN, spends=True)
async def log_out(_data: CellData) -> CaseRequest:
    return CaseRequest()


def _refuse_password_change(kind: ActorKind, _cell: Cell) -> int | None:
    """A partner system has secrets, no password; for people the new one here is too short, which is checked after the guard."""
    return 403 if kind.scopes else 422


@cases.add("POST /v1/auth/password", P.SELF, ScopeCheck.OWN, but=(_refuse_password_change,))
async def change_password(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"current_password": "một mật khẩu", "new_password": "ngắn"})


@cases.add("GET /v1/places", P.PLACE_READ, ScopeCheck.OWN)
async def list_places(data: CellData) -> CaseRequest:
    return CaseRequest(query={"parent_code": data.scenario.places["P1"]})


@cases.add("GET /v1/places/{code}", P.PLACE_READ, ScopeCheck.OWN)
async def read_place(data: CellData) -> CaseRequest:
    return CaseRequest({"code": data.place})


@cases.add("GET /v1/places/{code}/history", P.PLACE_READ, ScopeCheck.OWN)
async def read_place_history(data: CellData) -> CaseRequest:
    return CaseRequest({"code": data.place})


@cases.add("POST /v1/places", P.PLACE_ADD, ScopeCheck.PLACE, cells=(SUBJECT, SIBLING))
async def add_place(data: CellData) -> CaseRequest:
    return CaseRequest(body={"parent_code": data.place, "name": f"Xóm {next(_names)}", "kind": "thôn"})
