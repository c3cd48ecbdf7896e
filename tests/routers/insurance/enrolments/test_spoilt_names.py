"""Names that a wrong encoding spoilt enter no register, and one person is one however their name is typed."""

from typing import Any

import httpx
import pytest

from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World

SPOILT = [
    ("NguyÔn ThÞ §µo", "name_encoding"),
    ("Nguyeãn Thò Ñaøo", "name_encoding"),
    ("Nguyá»…n Thá»‹ HoÃ\xa0n", "name_encoding"),
    ("Nguy?n Th? ?ào", "name_damaged"),
    ("Nguy\ufffdn Th\ufffd Hoa", "name_damaged"),
]
ALIKE = [
    ("Đào Thị Đẹp", "Ðào Thị Ðẹp"),
    ("Đặng Thị Sen", "Ɖặng Thị Sen"),
    ("H'Hen Niê", "H\u2019Hen Niê"),
    ("H'Bông Êban", "H\u02bcBông Êban"),
    ("Nguyễn Thị Hoà", "Nguyễn  Thị Hòa"),
    ("Nguyễn Thuý Vân", "NGUYỄN THÚY VÂN"),
]


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def send(scenario: EnrolmentScenario, *rows: dict[str, Any], mode: str = "partial") -> list[Any]:
    body = {"mode": mode, "items": list(rows)}
    headers = scenario.partner.headers | {"Idempotency-Key": f"names-{rows[0]['external_ref']}"}
    answer = await scenario.client.post(f"{ENROLMENTS}/batches", json=body, headers=headers)
    items: list[Any] = expect_json(answer)["items"]
    return items


class TestRefused:
    @pytest.mark.parametrize(("name", "code"), SPOILT)
    async def test_in_a_batch(self, scenario: EnrolmentScenario, name: str, code: str):
        spoilt, good = await send(
            scenario, scenario.row(full_name=name), scenario.row(full_name="Y Thông Ayŭn")
        )
        assert (spoilt["status"], good["status"]) == ("rejected", "created")
        assert [(error["pointer"], error["code"]) for error in spoilt["errors"]] == [
            ("/items/0/full_name", code)
        ]

    @pytest.mark.parametrize(("name", "code"), SPOILT)
    async def test_of_a_member(self, scenario: EnrolmentScenario, name: str, code: str):
        body = {"full_name": name, "commune_code": scenario.world.commune, "birth_date": "1984-03-02"}
        answer = await scenario.client.post(
            "/v1/members",
            json=body,
            headers=scenario.officer.headers | {"Idempotency-Key": f"m-{code}-{name!a}"[:60]},
        )
        expect_problem(answer, 422, code, "/full_name")

    async def test_proposes_what_was_meant(self, scenario: EnrolmentScenario):
        [spoilt] = await send(scenario, scenario.row(full_name="NguyÔn ThÞ §µo"))
        assert spoilt["errors"][0]["detail"] == (
            "Họ tên viết theo bảng mã TCVN3 (ABC); đúng ra là “Nguyễn Thị Đào”."
        )


class TestOnePerson:
    @pytest.mark.parametrize(("first", "second"), ALIKE)
    async def test_however_the_name_is_typed(self, scenario: EnrolmentScenario, first: str, second: str):
        [created] = await send(scenario, scenario.row(full_name=first, national_id=None))
        [again] = await send(scenario, scenario.row(full_name=second, national_id=None), mode="validate")
        assert created["status"] == "created"
        assert again["status"] == "duplicate" or again["candidates"]
        query = {"q": second.lower(), "commune_code": scenario.world.commune}
        found = await scenario.get("/v1/members", scenario.officer, **query)
        assert [item["full_name"] for item in expect_json(found)["items"]] == [first]
