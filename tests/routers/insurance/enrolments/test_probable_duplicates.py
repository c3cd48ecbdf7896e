"""Probable duplicates of two unions, over HTTP: one name, birth date and commune, and no number that tells them apart."""

from typing import Any

import httpx
import pytest

from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

DUPLICATES = "/v1/enrolment-duplicates"
MERGE = f"{DUPLICATES}/merge"
NAME = {"full_name": "Trần Thị Na", "national_id": None}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def create_pair(
    scenario: EnrolmentScenario, ours: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None
) -> Any:
    """Submitted by the women's union first and then by the farmers' association."""
    return (
        await scenario.create_submitted(**NAME | (ours or {})),
        await scenario.create_submitted(scenario.farmers, **NAME | (theirs or {})),
    )


async def list_pairs(scenario: EnrolmentScenario, who: Login | None = None, /, **filters: Any) -> list[Any]:
    response = await scenario.get(DUPLICATES, who or scenario.bhxh, **{"certainty": "probable"} | filters)
    items: list[Any] = expect_json(response)["items"]
    return items


def pair_sides(item: Any) -> list[str]:
    return [side["enrolment_id"] for side in item["enrolments"]]


class TestListProbable:
    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner", "sibling_officer"])
    async def test_unions_see_nothing(self, scenario: EnrolmentScenario, who: str):
        await create_pair(scenario)
        response = await scenario.get(DUPLICATES, getattr(scenario, who), certainty="probable")
        expect_problem(response, 403, "forbidden")

    async def test_anonymous_is_401(self, scenario: EnrolmentScenario):
        assert (await scenario.client.get(DUPLICATES, params={"certainty": "probable"})).status_code == 401

    async def test_wrong_certainty_is_422(self, scenario: EnrolmentScenario):
        response = await scenario.get(DUPLICATES, scenario.bhxh, certainty="maybe")
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/query/certainty")

    async def test_with_score_and_reason(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(
            scenario, {"national_id": national_id()}, {"full_name": "TRAN THI NA"}
        )
        [item] = await list_pairs(scenario)
        assert (item["certainty"], item["score"]) == ("probable", "0.95")
        assert item["shared"] == ["name", "birth_date", "commune"]
        assert pair_sides(item) == [theirs["id"], ours["id"]]
        assert expect_json(await scenario.get(DUPLICATES, scenario.bhxh))["items"] == []

    async def test_day_and_month_swapped(self, scenario: EnrolmentScenario):
        await create_pair(scenario, theirs={"birth_date": "1984-02-03"})
        [item] = await list_pairs(scenario)
        assert (item["score"], item["shared"]) == ("0.80", ["name", "birth_date_swapped", "commune"])

    @pytest.mark.parametrize(
        "theirs",
        [
            {"national_id": "042184990001"},
            {"full_name": "Trần Thị Nụ"},
            {"birth_date": "1984-03-03"},
            {"birth_date": "1985-03-02"},
            {"from_month": "2028-12"},
        ],
    )
    async def test_what_is_none(self, scenario: EnrolmentScenario, theirs: dict[str, Any]):
        await create_pair(scenario, {"national_id": national_id()}, theirs)
        assert await list_pairs(scenario) == []

    async def test_of_another_commune_none(self, scenario: EnrolmentScenario):
        await create_pair(scenario, theirs={"commune_code": scenario.world.sibling_commune})
        assert await list_pairs(scenario) == []

    async def test_a_certain_one_is_not_probable_as_well(self, scenario: EnrolmentScenario):
        number = {"national_id": national_id()}
        await create_pair(scenario, number, number)
        assert await list_pairs(scenario) == []
        [item] = await list_pairs(scenario, certainty="certain")
        assert (item["certainty"], item["score"]) == ("certain", "1.00")

    async def test_pages_and_filters(self, scenario: EnrolmentScenario):
        created = [
            {one["id"] for one in await create_pair(scenario, *[{"full_name": f"Trần Thị Na {nth}"}] * 2)}
            for nth in range(3)
        ]
        filters = {"certainty": "probable", "limit": 2}
        first = expect_json(await scenario.get(DUPLICATES, scenario.bhxh, **filters))
        rest = expect_json(
            await scenario.get(DUPLICATES, scenario.bhxh, **filters, cursor=first["next_cursor"])
        )
        assert [set(pair_sides(item)) for item in first["items"] + rest["items"]] == created[::-1]
        assert rest["next_cursor"] is None
        borrowed = await scenario.get(DUPLICATES, scenario.bhxh, limit=2, cursor=first["next_cursor"])
        expect_problem(borrowed, 422, "cursor", "/query/cursor")
        assert len(await list_pairs(scenario, province_code=scenario.world.province, product="bhxh_tn")) == 3
        assert await list_pairs(scenario, province_code=scenario.world.sibling_province) == []
        assert await list_pairs(scenario, product="bhyt_hgd") == []

    async def test_elsewhere_they_are_not_seen(self, scenario: EnrolmentScenario):
        await create_pair(scenario)
        far = await scenario.world.unit("bhxh", scenario.world.sibling_province)
        assert await list_pairs(scenario, await scenario.world.user(far, "bhxh_officer")) == []


class TestMergeProbable:
    async def test_merged_and_undone(self, scenario: EnrolmentScenario):
        ours, theirs = await create_pair(scenario)
        created = expect_json(
            await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=theirs["id"]), 201
        )
        assert (created["certainty"], created["score"]) == ("probable", "0.95")
        assert created["shared"] == ["name", "birth_date", "commune"]
        assert await list_pairs(scenario) == []
        assert [item["merge_id"] for item in await list_pairs(scenario, status="merged")] == [
            created["merge_id"]
        ]
        assert await list_pairs(scenario, status="merged", certainty="certain") == []
        dropped = expect_json(await scenario.get(f"/v1/enrolments/{theirs['id']}", scenario.farmers))
        assert [reason["code"] for reason in dropped["reasons"]] == ["already_registered"]
        undone = expect_json(await scenario.post(f"{DUPLICATES}/{created['merge_id']}/undo", scenario.bhxh))
        assert (undone["status"], undone["score"]) == ("open", "0.95")
        [item] = await list_pairs(scenario)
        assert set(pair_sides(item)) == {ours["id"], theirs["id"]}

    @pytest.mark.parametrize("theirs", [{"birth_date": "1984-03-03"}, {"national_id": "042184990002"}])
    async def test_of_two_people_is_409(self, scenario: EnrolmentScenario, theirs: dict[str, Any]):
        ours, other = await create_pair(scenario, {"national_id": national_id()}, theirs)
        response = await scenario.post(MERGE, scenario.bhxh, keep=ours["id"], drop=other["id"])
        expect_problem(response, 409, "not_duplicates")
