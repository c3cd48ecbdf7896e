"""Lines of the law's values: everybody's to read, BHXH's to write, the state's by its national level alone."""

from uuid import UUID

from app.auth.permissions import P
from app.core.ids import uuid7
from tests.access.actors import ABOVE
from tests.access.lines import Matrix, Reach, Sent
from tests.access.rules import own_places_only
from tests.access.spots import Spot

lines = Matrix()
_KEY = "province_support_rate_other"


async def rule(at: Spot) -> str:
    """An unconfirmed extra (hỗ trợ thêm) of the cell's province."""

    async def make() -> UUID:
        rule_id = uuid7()
        await at.stage.world.owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, valid_to, legal_basis, status)"
            " values ($1, $2, 0.1, $3, date '2040-01-01', date '2040-12-31', 'Nghị quyết', 'unconfirmed')",
            rule_id, _KEY, at.place,
        )  # fmt: skip
        return rule_id

    return str(await at.once("rule", make))


@lines.line("GET /v1/insurance/rules", P.RULE_READ, Reach.OWN)
async def list_rules(_at: Spot) -> Sent:
    return Sent()


@lines.line("GET /v1/insurance/rules/{rule_id}", P.RULE_READ, Reach.OWN, cells=(ABOVE,))
async def read_rule(at: Spot) -> Sent:
    return Sent({"rule_id": await rule(at)})


@lines.line("POST /v1/insurance/rules", P.RULE_MANAGE, Reach.PLACE, cells=(ABOVE,))
async def enter_rule(at: Spot) -> Sent:
    body = {"key": _KEY, "value": "0.1", "province_code": at.place, "valid_from": "2041-01-01"}
    return Sent(body=body | {"legal_basis": "Nghị quyết", "status": "unconfirmed"})


@lines.line(
    "POST /v1/insurance/rules/{rule_id}/confirm",
    P.RULE_MANAGE,
    Reach.OWN,
    cells=(ABOVE,),
    but=(own_places_only,),
)
async def confirm_rule(at: Spot) -> Sent:
    await at.stage.world.owner.execute(  # makes room: of one key and place, one rule holds at a time
        "update insurance_rule set valid_to = valid_from - 1, version = version + 1"
        " where province_code = $1 and status = 'active' and valid_to >= valid_from",
        at.place,
    )
    return Sent({"rule_id": await rule(at)})


@lines.line(
    "POST /v1/insurance/rules/{rule_id}/end", P.RULE_MANAGE, Reach.OWN, cells=(ABOVE,), but=(own_places_only,)
)
async def end_rule(at: Spot) -> Sent:
    return Sent({"rule_id": await rule(at)}, body={"valid_to": "2040-06-30"})
