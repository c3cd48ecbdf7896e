"""What one network knows of a person, another does not learn from a response."""

from uuid import UUID

from app.auth.permissions import Role
from tests.access.cases.insurance.enrolments import enrolment_row
from tests.access.scenario.actors import FARMERS, OTHER_UNION, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData
from tests.access.scenario.factories import member
from tests.access.scenario.scenario import AccessScenario

OFFICER = ActorKind(FARMERS, "C1", (Role.UNION_OFFICER,))


async def national_id_of(scenario: AccessScenario, data: CellData) -> str:
    """The national id of a member of the Women's Union."""
    number: str = await scenario.owner.fetchval(
        "select national_id from member where id = $1", UUID(await member(data))
    )
    return number


async def test_entering_somebody_whom_another_network_knows(
    scenario: AccessScenario, shared_data: dict[Cell, CellData]
):
    body = {"commune_code": scenario.places["C1"], "full_name": "Người Mới Vào"}
    numbers = (await national_id_of(scenario, shared_data[SUBJECT]), "042184999999")
    known, unknown = [
        await scenario.client.post(
            "/v1/members", json=body | {"national_id": number}, headers=scenario.logins[OFFICER].headers
        )
        for number in numbers
    ]
    assert (known.status_code, unknown.status_code) == (201, 201)
    assert known.json()["warnings"] == unknown.json()["warnings"]


async def test_enrolling_somebody_whom_another_network_enrolled(
    scenario: AccessScenario, shared_data: dict[Cell, CellData]
):
    row = enrolment_row(scenario.places["C1"])
    first = await scenario.post(SUBJECT, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    again = await scenario.post(OTHER_UNION, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    fresh = enrolment_row(scenario.places["C1"]) | {"full_name": "Người Khác Hẳn"}
    other = await scenario.post(OTHER_UNION, "/v1/enrolments/batches", {"mode": "atomic", "items": [fresh]})
    (known_outcome,), (unknown_outcome,) = again["items"], other["items"]
    assert (known_outcome["status"], known_outcome["warnings"], known_outcome["errors"]) == (
        unknown_outcome["status"],
        unknown_outcome["warnings"],
        unknown_outcome["errors"],
    )
    assert known_outcome["member_id"] != first["items"][0]["member_id"]


async def test_searching_somebody_whom_another_network_knows(
    scenario: AccessScenario, shared_data: dict[Cell, CellData]
):
    number = await national_id_of(scenario, CellData(scenario, SUBJECT))
    response = await scenario.client.post(
        "/v1/members/search", json={"national_id": number}, headers=scenario.logins[OFFICER].headers
    )
    assert (response.status_code, response.json()["items"]) == (200, [])
