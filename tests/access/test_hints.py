"""What one network knows of a person, another does not learn from an answer."""

from uuid import UUID

from app.auth.permissions import Role
from tests.access.actors import FARMERS, OTHER_UNION, SUBJECT, Cell, Kind
from tests.access.lines_enrolments import person
from tests.access.rows import member
from tests.access.spots import Spot
from tests.access.stage import Stage

OFFICER = Kind(FARMERS, "C1", (Role.UNION_OFFICER,))


async def number_of(stage: Stage, spot: Spot) -> str:
    """The national id of a member of the Women's Union."""
    known: str = await stage.owner.fetchval(
        "select national_id from member where id = $1", UUID(await member(spot))
    )
    return known


async def test_entering_somebody_whom_another_network_knows(stage: Stage, standing: dict[Cell, Spot]):
    body = {"commune_code": stage.places["C1"], "full_name": "Người Mới Vào"}
    numbers = (await number_of(stage, standing[SUBJECT]), "042184999999")
    known, unknown = [
        await stage.client.post(
            "/v1/members", json=body | {"national_id": number}, headers=stage.logins[OFFICER].headers
        )
        for number in numbers
    ]
    assert (known.status_code, unknown.status_code) == (201, 201)
    assert known.json()["warnings"] == unknown.json()["warnings"]


async def test_enrolling_somebody_whom_another_network_enrolled(stage: Stage, standing: dict[Cell, Spot]):
    row = person(stage.places["C1"])
    first = await stage.post(SUBJECT, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    again = await stage.post(OTHER_UNION, "/v1/enrolments/batches", {"mode": "atomic", "items": [row]})
    fresh = person(stage.places["C1"]) | {"full_name": "Người Khác Hẳn"}
    other = await stage.post(OTHER_UNION, "/v1/enrolments/batches", {"mode": "atomic", "items": [fresh]})
    (told,), (usual,) = again["items"], other["items"]
    assert (told["status"], told["warnings"], told["errors"]) == (
        usual["status"],
        usual["warnings"],
        usual["errors"],
    )
    assert told["member_id"] != first["items"][0]["member_id"]


async def test_searching_somebody_whom_another_network_knows(stage: Stage, standing: dict[Cell, Spot]):
    number = await number_of(stage, Spot(stage, SUBJECT))
    found = await stage.client.post(
        "/v1/members/search", json={"national_id": number}, headers=stage.logins[OFFICER].headers
    )
    assert (found.status_code, found.json()["items"]) == (200, [])
