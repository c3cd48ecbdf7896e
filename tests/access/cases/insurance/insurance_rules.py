"""Cases of insurance rules: everybody reads them, BHXH writes them, its national level alone those of the state."""

from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.refusal_rules import own_places_only
from tests.access.scenario.actors import PROVINCE
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_KEY = "province_support_rate_other"


async def rule(data: CellData) -> str:
    """An unconfirmed extra (hỗ trợ thêm) of the cell's province."""

    async def make() -> UUID:
        rule_id = uuid7()
        await data.scenario.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, valid_to, legal_basis, status)"
            " values ($1, $2, 0.1, $3, date '2040-01-01', date '2040-12-31', 'Nghị quyết', 'unconfirmed')",
            rule_id, _KEY, data.place,
        )  # fmt: skip
        return rule_id

    return str(await data.get_or_create("rule", make))


@cases.add("GET /v1/insurance/rules", P.RULE_READ, ScopeCheck.OWN)
async def list_rules(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("GET /v1/insurance/rules/expiring", P.RULE_READ, ScopeCheck.OWN)
async def list_expiring_rules(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("GET /v1/insurance/rules/{rule_id}", P.RULE_READ, ScopeCheck.OWN, cells=(PROVINCE,))
async def read_rule(data: CellData) -> CaseRequest:
    return CaseRequest({"rule_id": await rule(data)})


@cases.add("POST /v1/insurance/rules", P.RULE_MANAGE, ScopeCheck.PLACE, cells=(PROVINCE,))
async def enter_rule(data: CellData) -> CaseRequest:
    body = {"key": _KEY, "value": "0.1", "province_code": data.place, "valid_from": "2041-01-01"}
    return CaseRequest(body=body | {"legal_basis": "Nghị quyết", "status": "unconfirmed"})


@cases.add(
    "POST /v1/insurance/rules/{rule_id}/confirm",
    P.RULE_MANAGE,
    ScopeCheck.OWN,
    cells=(PROVINCE,),
    but=(own_places_only,),
)
async def confirm_rule(data: CellData) -> CaseRequest:
    await data.scenario.world.owner.execute(  # makes room: of one key and place, one rule holds at a time
        "update insurance_rule set valid_to = valid_from - 1, version = version + 1"
        " where province_code = $1 and status = 'active' and valid_to >= valid_from",
        data.place,
    )
    return CaseRequest({"rule_id": await rule(data)})


@cases.add(
    "POST /v1/insurance/rules/{rule_id}/end",
    P.RULE_MANAGE,
    ScopeCheck.OWN,
    cells=(PROVINCE,),
    but=(own_places_only,),
)
async def end_rule(data: CellData) -> CaseRequest:
    return CaseRequest({"rule_id": await rule(data)}, body={"valid_to": "2040-06-30"})


async def ending_rule(data: CellData) -> str:
    """`rule`, with an end that somebody else proposed."""
    rule_id = await rule(data)
    await data.scenario.world.owner.execute(
        "update insurance_rule set end_proposed_to = date '2040-06-30', end_proposed_by = $2, end_proposed_at = now(),"
        " version = version + 1 where id = $1 and end_proposed_to is null",
        UUID(rule_id), uuid7(),
    )  # fmt: skip
    return rule_id


@cases.add(
    "POST /v1/insurance/rules/{rule_id}/end/confirm",
    P.RULE_MANAGE,
    ScopeCheck.OWN,
    cells=(PROVINCE,),
    but=(own_places_only,),
)
async def confirm_end(data: CellData) -> CaseRequest:
    return CaseRequest({"rule_id": await ending_rule(data)})


@cases.add(
    "POST /v1/insurance/rules/{rule_id}/end/withdraw",
    P.RULE_MANAGE,
    ScopeCheck.OWN,
    cells=(PROVINCE,),
    but=(own_places_only,),
)
async def withdraw_end(data: CellData) -> CaseRequest:
    return CaseRequest({"rule_id": await ending_rule(data)})
