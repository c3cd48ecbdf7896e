"""Households over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people.member_scenario import HOUSEHOLDS, MemberScenario, member_path, problem_of
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


def household_path(household: dict[str, Any]) -> str:
    return f"{HOUSEHOLDS}/{household['id']}"


class TestCreateHousehold:
    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("viewer", 403), ("bhxh", 403), ("sibling_province_officer", 403), ("treasurer", 201)],
    )
    async def test_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        body = {"commune_code": scenario.world.commune}
        assert (await scenario.request("POST", HOUSEHOLDS, login, body)).status_code == status

    async def test_whole_record(self, scenario: MemberScenario):
        hamlet = await scenario.world.place("hamlet", scenario.world.commune)
        body = {
            "code": f"HO-{uuid4()}",
            "commune_code": scenario.world.commune,
            "hamlet_code": hamlet,
            "address": "Số 5, ngõ 2",
        }
        response = await scenario.request("POST", HOUSEHOLDS, scenario.officer, body)
        assert (response.status_code, response.headers["etag"]) == (201, '"1"')
        created = response.json()
        assert response.headers["location"] == household_path(created)
        assert (
            created.items()
            >= (body | {"province_code": scenario.world.province, "network": "womens_union"}).items()
        )
        assert await scenario.get_json(household_path(created)) == created | {"members": []}

    async def test_repeat_of_an_id(self, scenario: MemberScenario):
        body = {"id": str(uuid4()), "commune_code": scenario.world.commune}
        first = await scenario.create_row(HOUSEHOLDS, body)
        again = await scenario.request("POST", HOUSEHOLDS, scenario.officer, body)
        assert (again.status_code, again.json()) == (200, first)
        other = await scenario.request("POST", HOUSEHOLDS, scenario.officer, body | {"address": "Số 6"})
        assert problem_of(other)[:2] == (409, "id_taken")

    async def test_code_is_one_network_s_own(self, scenario: MemberScenario):
        code = f"HO-{uuid4()}"
        await scenario.create_household(code=code)
        body = {"code": code, "commune_code": scenario.world.commune}
        response = await scenario.request("POST", HOUSEHOLDS, scenario.officer, body)
        assert problem_of(response) == (409, "household_code_taken", [("/code", "household_code_taken")])
        assert (await scenario.request("POST", HOUSEHOLDS, scenario.farmers_officer, body)).status_code == 201

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"commune_code": None}, "/commune_code", "string_type"),
            ({"commune_code": "khong-co"}, "/commune_code", "place_unknown"),
            ({"hamlet_code": "khong-co"}, "/hamlet_code", "hamlet_elsewhere"),
            ({"code": "mã hộ"}, "/code", "code"),
            ({"address": ""}, "/address", "empty"),
            ({"head_member_id": str(uuid4())}, "/head_member_id", "extra_forbidden"),
        ],
    )
    async def test_wrong_field_is_named(
        self, scenario: MemberScenario, values: dict[str, Any], pointer: str, code: str
    ):
        body = {"commune_code": scenario.world.commune} | values
        assert problem_of(await scenario.request("POST", HOUSEHOLDS, scenario.officer, body))[2] == [
            (pointer, code)
        ]


class TestReadHousehold:
    async def test_people_in_order(self, scenario: MemberScenario):
        household = await scenario.create_household()
        unknown = await scenario.create_member(household_id=household["id"])
        young = await scenario.create_member(
            household_id=household["id"], birth_date="2015-01-01", relation_to_head="child"
        )
        old = await scenario.create_member(
            household_id=household["id"], birth_date="1950-01-01", relation_to_head="parent"
        )
        head = await scenario.create_member(
            household_id=household["id"], birth_date="1984-01-01", phone="0912000111"
        )
        response = await scenario.patch(household_path(household), 1, head_member_id=head["id"])
        assert response.json()["head_member_id"] == head["id"]
        members = (await scenario.get_json(household_path(household)))["members"]
        assert [one["id"] for one in members] == [one["id"] for one in (head, old, young, unknown)]
        assert members[0]["phone"] == "*******111"

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (None, 401),
            ("viewer", 403),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("collector", 404),
            ("treasurer", 200),
            ("bhxh", 200),
            ("reading_partner", 200),
        ],
    )
    async def test_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        household = await scenario.create_household()
        response = await scenario.patch(
            member_path(scenario.group.members[0]), 1, household_id=household["id"]
        )
        assert response.status_code == 200
        login = getattr(scenario, who) if who else None
        assert (await scenario.request("GET", household_path(household), login)).status_code == status


class TestListHouseholds:
    async def test_scope_filters_and_pages(self, scenario: MemberScenario):
        hamlet = await scenario.world.place("hamlet", scenario.world.commune)
        one = await scenario.create_household(hamlet_code=hamlet)
        two = await scenario.create_household(code=f"HO-{uuid4()}")
        there = await scenario.create_row(HOUSEHOLDS, {"commune_code": scenario.world.sibling_commune})

        async def listed(query: str = "", who: str = "officer") -> list[str]:
            page = await scenario.get_json(f"{HOUSEHOLDS}?{query}", getattr(scenario, who))
            return [item["id"] for item in page["items"]]

        one_id, two_id, there_id = one["id"], two["id"], there["id"]
        assert await listed() == [one_id, two_id, there_id]
        assert await listed(who="bhxh") == [one_id, two_id, there_id]
        assert await listed(who="commune_officer") == [one_id, two_id]
        assert await listed(who="farmers_officer") == []
        assert await listed(who="treasurer") == []
        assert await listed(f"hamlet_code={hamlet}") == [one_id]
        assert await listed(f"code={two['code']}") == [two_id]
        assert await listed(f"commune_code={scenario.world.sibling_commune}") == [there_id]
        assert await listed(f"province_code={scenario.world.sibling_province}") == []
        first = await scenario.get_json(f"{HOUSEHOLDS}?limit=2")
        rest = await listed(f"limit=2&cursor={first['next_cursor']}")
        assert rest == [there_id]

    async def test_refusals(self, scenario: MemberScenario):
        assert (await scenario.request("GET", HOUSEHOLDS, None)).status_code == 401
        assert (await scenario.request("GET", HOUSEHOLDS, scenario.viewer)).status_code == 403
        response = await scenario.request("GET", f"{HOUSEHOLDS}?head=x", scenario.officer)
        assert problem_of(response)[2] == [("/query/head", "unknown_parameter")]


class TestEditHousehold:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (None, 401),
            ("viewer", 403),
            ("bhxh", 403),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("treasurer", 404),
            ("officer", 200),
            ("commune_officer", 200),
        ],
    )
    async def test_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        household = await scenario.create_household()
        login = getattr(scenario, who) if who else None
        response = await scenario.request(
            "PATCH", household_path(household), login, {"address": "Số 9"}, if_match="1"
        )
        assert response.status_code == status

    async def test_version_is_needed_and_must_be_current(self, scenario: MemberScenario):
        household = await scenario.create_household()
        assert (
            await scenario.request("PATCH", household_path(household), scenario.officer, {})
        ).status_code == 428
        assert (await scenario.patch(household_path(household), 1, address="Số 9")).headers["etag"] == '"2"'
        assert (await scenario.patch(household_path(household), 1, address="Số 10")).status_code == 412

    async def test_head_is_one_of_its_people(self, scenario: MemberScenario):
        household, other = await scenario.create_household(), await scenario.create_household()
        stranger = await scenario.create_member(household_id=other["id"])
        response = await scenario.patch(household_path(household), 1, head_member_id=stranger["id"])
        assert problem_of(response)[2] == [("/head_member_id", "head_elsewhere")]
        response = await scenario.patch(household_path(household), 1, head_member_id=str(uuid4()))
        assert problem_of(response) == (404, "not_found", [("/head_member_id", "not_found")])

    async def test_head_who_leaves_is_head_no_more(self, scenario: MemberScenario):
        household = await scenario.create_household()
        head = await scenario.create_member(household_id=household["id"])
        await scenario.patch(household_path(household), 1, head_member_id=head["id"])
        assert (await scenario.patch(member_path(head), 1, household_id=None)).status_code == 200
        left = await scenario.get_json(household_path(household))
        assert (left["head_member_id"], left["version"], left["members"]) == (None, 3, [])

    async def test_move_takes_its_people_along(self, scenario: MemberScenario):
        household = await scenario.create_household()
        created = await scenario.create_member(household_id=household["id"])
        there = scenario.world.sibling_commune
        moved = (await scenario.patch(household_path(household), 1, commune_code=there)).json()
        assert (moved["commune_code"], moved["members"][0]["commune_code"]) == (there, there)
        event = (await scenario.get_json(member_path(created, "history")))["items"][0]
        assert event["fields"]["commune_code"] == {"from": scenario.world.commune, "to": there}

    async def test_who_sees_only_some_of_its_people_cannot_move_it(self, scenario: MemberScenario):
        household = await scenario.create_household()
        await scenario.patch(member_path(scenario.group.members[0]), 1, household_id=household["id"])
        hidden = await scenario.create_member(household_id=household["id"])
        there = scenario.world.sibling_commune
        response = await scenario.patch(household_path(household), 1, scenario.treasurer, commune_code=there)
        assert response.status_code == 403
        assert (await scenario.get_json(member_path(hidden)))["commune_code"] == scenario.world.commune

    async def test_move_beyond_the_scope_is_403(self, scenario: MemberScenario):
        household = await scenario.create_household()
        beyond = await scenario.world.place("commune", scenario.world.sibling_province)
        response = await scenario.patch(household_path(household), 1, commune_code=beyond)
        assert problem_of(response) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [({"commune_code": None}, "/commune_code"), ({"code": ""}, "/code"), ({"version": "2"}, "/version")],
    )
    async def test_wrong_field_is_named(self, scenario: MemberScenario, values: dict[str, Any], pointer: str):
        household = await scenario.create_household()
        response = await scenario.request(
            "PATCH", household_path(household), scenario.officer, values, if_match="1"
        )
        assert [found_pointer for found_pointer, _ in problem_of(response)[2]] == [pointer]

    async def test_code_of_another_household_is_taken(self, scenario: MemberScenario):
        first = await scenario.create_household(code=f"HO-{uuid4()}")
        second = await scenario.create_household()
        response = await scenario.patch(household_path(second), 1, code=first["code"])
        assert problem_of(response)[:2] == (409, "household_code_taken")
