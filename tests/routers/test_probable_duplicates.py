"""Probable duplicates of two unions, over HTTP: one name, birth date and commune, and no number that tells them apart."""

from typing import Any

import httpx
import pytest

from tests.insurance.rows import Cast
from tests.routers.answers import got, refused
from tests.world import Login, World, national_id

DUPLICATES = "/v1/enrolment-duplicates"
MERGE = f"{DUPLICATES}/merge"
NAME = {"full_name": "Trần Thị Na", "national_id": None}


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def pair(cast: Cast, ours: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None) -> Any:
    """Submitted by the women's union first and then by the farmers' association."""
    return (
        await cast.submitted(**NAME | (ours or {})),
        await cast.submitted(cast.farmers, **NAME | (theirs or {})),
    )


async def found(cast: Cast, who: Login | None = None, /, **wanted: Any) -> list[Any]:
    answer = await cast.get(DUPLICATES, who or cast.bhxh, **{"certainty": "probable"} | wanted)
    items: list[Any] = got(answer)["items"]
    return items


def sides(item: Any) -> list[str]:
    return [side["enrolment_id"] for side in item["enrolments"]]


class TestListProbable:
    @pytest.mark.parametrize("who", ["officer", "farmers", "treasurer", "partner", "sibling_officer"])
    async def test_unions_see_nothing(self, cast: Cast, who: str):
        await pair(cast)
        answer = await cast.get(DUPLICATES, getattr(cast, who), certainty="probable")
        refused(answer, 403, "forbidden")

    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.client.get(DUPLICATES, params={"certainty": "probable"})).status_code == 401

    async def test_wrong_certainty_is_422(self, cast: Cast):
        answer = await cast.get(DUPLICATES, cast.bhxh, certainty="maybe")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/certainty")

    async def test_with_score_and_reason(self, cast: Cast):
        ours, theirs = await pair(cast, {"national_id": national_id()}, {"full_name": "TRAN THI NA"})
        [item] = await found(cast)
        assert (item["certainty"], item["score"]) == ("probable", "0.95")
        assert item["shared"] == ["name", "birth_date", "commune"]
        assert sides(item) == [theirs["id"], ours["id"]]
        assert got(await cast.get(DUPLICATES, cast.bhxh))["items"] == []

    async def test_day_and_month_swapped(self, cast: Cast):
        await pair(cast, theirs={"birth_date": "1984-02-03"})
        [item] = await found(cast)
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
    async def test_what_is_none(self, cast: Cast, theirs: dict[str, Any]):
        await pair(cast, {"national_id": national_id()}, theirs)
        assert await found(cast) == []

    async def test_of_another_commune_none(self, cast: Cast):
        await pair(cast, theirs={"commune_code": cast.world.sibling_commune})
        assert await found(cast) == []

    async def test_a_certain_one_is_not_probable_as_well(self, cast: Cast):
        number = {"national_id": national_id()}
        await pair(cast, number, number)
        assert await found(cast) == []
        [item] = await found(cast, certainty="certain")
        assert (item["certainty"], item["score"]) == ("certain", "1.00")

    async def test_pages_and_filters(self, cast: Cast):
        made = [
            {one["id"] for one in await pair(cast, *[{"full_name": f"Trần Thị Na {nth}"}] * 2)}
            for nth in range(3)
        ]
        wanted = {"certainty": "probable", "limit": 2}
        first = got(await cast.get(DUPLICATES, cast.bhxh, **wanted))
        rest = got(await cast.get(DUPLICATES, cast.bhxh, **wanted, cursor=first["next_cursor"]))
        assert [set(sides(item)) for item in first["items"] + rest["items"]] == made[::-1]
        assert rest["next_cursor"] is None
        borrowed = await cast.get(DUPLICATES, cast.bhxh, limit=2, cursor=first["next_cursor"])
        refused(borrowed, 422, "cursor", "/query/cursor")
        assert len(await found(cast, province_code=cast.world.province, product="bhxh_tn")) == 3
        assert await found(cast, province_code=cast.world.sibling_province) == []
        assert await found(cast, product="bhyt_hgd") == []

    async def test_elsewhere_they_are_not_seen(self, cast: Cast):
        await pair(cast)
        far = await cast.world.unit("bhxh", cast.world.sibling_province)
        assert await found(cast, await cast.world.user(far, "bhxh_officer")) == []


class TestMergeProbable:
    async def test_merged_and_undone(self, cast: Cast):
        ours, theirs = await pair(cast)
        made = got(await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=theirs["id"]), 201)
        assert (made["certainty"], made["score"]) == ("probable", "0.95")
        assert made["shared"] == ["name", "birth_date", "commune"]
        assert await found(cast) == []
        assert [item["merge_id"] for item in await found(cast, status="merged")] == [made["merge_id"]]
        assert await found(cast, status="merged", certainty="certain") == []
        dropped = got(await cast.get(f"/v1/enrolments/{theirs['id']}", cast.farmers))
        assert [reason["code"] for reason in dropped["reasons"]] == ["already_registered"]
        undone = got(await cast.call(f"{DUPLICATES}/{made['merge_id']}/undo", cast.bhxh))
        assert (undone["status"], undone["score"]) == ("open", "0.95")
        [item] = await found(cast)
        assert set(sides(item)) == {ours["id"], theirs["id"]}

    @pytest.mark.parametrize("theirs", [{"birth_date": "1984-03-03"}, {"national_id": "042184990002"}])
    async def test_of_two_people_is_409(self, cast: Cast, theirs: dict[str, Any]):
        ours, other = await pair(cast, {"national_id": national_id()}, theirs)
        answer = await cast.call(MERGE, cast.bhxh, keep=ours["id"], drop=other["id"])
        refused(answer, 409, "not_duplicates")
