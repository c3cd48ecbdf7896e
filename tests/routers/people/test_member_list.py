"""The list of members over HTTP, and the exact search."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.values.text import mask_id, mask_phone
from tests.routers.people.member_scenario import (
    MEMBERS,
    MemberScenario,
    member_path,
    new_insurance_no,
    new_phone,
    problem_of,
)
from tests.world import Login, World, national_id


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


async def list_ids(scenario: MemberScenario, login: Login | None = None, /, **params: Any) -> list[str]:
    """The ids of all pages of the list, two a page."""
    ids: list[str] = []
    cursor = None
    while True:
        query = params | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        response = await scenario.client.get(
            MEMBERS, params=query, headers=(login or scenario.officer).headers
        )
        assert response.status_code == 200, response.text
        page = response.json()
        assert len(page["items"]) <= 2
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids


class TestListMembers:
    async def test_anonymous_is_401(self, scenario: MemberScenario):
        assert problem_of(await scenario.request("GET", MEMBERS, None))[:2] == (401, "unauthenticated")

    async def test_wrong_role_is_403(self, scenario: MemberScenario):
        assert problem_of(await scenario.request("GET", MEMBERS, scenario.viewer))[:2] == (403, "forbidden")

    async def test_item_is_the_member_with_masked_numbers(self, scenario: MemberScenario):
        household = await scenario.create_household()
        brought = await scenario.create_member()
        numbers = {
            "national_id": national_id(),
            "phone": new_phone(),
            "social_insurance_no": new_insurance_no(),
        }
        created = await scenario.create_member(
            full_name='Hồ "Ý" \\ Nhi',
            birth_date="1984-03-02",
            sex="female",
            household_id=household["id"],
            relation_to_head="child",
            referrer_id=brought["id"],
            occupation="Đan lát",
            joined_on="2024-05-06",
            health_card_no=numbers["social_insurance_no"],
            **numbers,
        )
        item = (await scenario.get_json(f"{MEMBERS}?household_id={household['id']}"))["items"][0]
        assert item == {name: created[name] for name in item}
        assert set(created) - set(item) == {"created_at", "updated_at", "warnings"}
        assert item["national_id"] == mask_id(numbers["national_id"])

    async def test_scope_of_each(self, scenario: MemberScenario):
        here = [str(member) for member in scenario.group.members]
        beside = (await scenario.create_member(commune_code=scenario.world.sibling_commune))["id"]
        theirs = (await scenario.create_member(scenario.farmers_officer))["id"]
        own = (await scenario.create_member(scenario.collector))["id"]
        assert await list_ids(scenario) == [*here, beside, own]
        assert await list_ids(scenario, scenario.partner) == [*here, beside, own]
        assert await list_ids(scenario, scenario.commune_officer) == [*here, own]
        assert await list_ids(scenario, scenario.sibling_commune_officer) == [beside]
        assert await list_ids(scenario, scenario.farmers_officer) == [theirs]
        assert await list_ids(scenario, scenario.bhxh) == [*here, beside, theirs, own]
        assert await list_ids(scenario, scenario.treasurer) == here
        assert await list_ids(scenario, scenario.collector) == [own]
        assert await list_ids(scenario, scenario.sibling_province_officer) == []

    async def test_scope_of_many_places_comes_in_one_order(self, scenario: MemberScenario):
        old = await scenario.world.old_commune()
        unit = await scenario.world.unit("womens_union", scenario.world.commune, level="commune")
        officer = await scenario.world.user(unit, "union_officer")
        created = [
            (await scenario.create_member(commune_code=commune, joined_on="2024-01-01"))["id"]
            for commune in (old, scenario.world.commune, old, scenario.world.commune)
        ]
        assert await list_ids(scenario, officer) == [*map(str, scenario.group.members), *created]

    async def test_national_actors(self, scenario: MemberScenario):
        country = await scenario.world.national("womens_union")
        everywhere = await scenario.world.user(country, "union_officer")
        insurance = await scenario.world.user(await scenario.world.national("bhxh"), "bhxh_officer")
        mine = await scenario.create_member()
        theirs = await scenario.create_member(scenario.farmers_officer)
        in_province = {"province_code": scenario.world.province}
        women = [*map(str, scenario.group.members), mine["id"]]
        assert await list_ids(scenario, everywhere, **in_province) == women
        assert await list_ids(scenario, insurance, **in_province) == [*women, theirs["id"]]
        for login, expected in [(everywhere, set(women)), (insurance, {*women, theirs["id"]})]:
            page = await scenario.get_json(f"{MEMBERS}?limit=500", login)
            ids = [item["id"] for item in page["items"]]
            assert ids == sorted(ids)
            assert {item["network"] for item in page["items"]} >= {"womens_union"}
            assert page["next_cursor"] is not None or expected <= set(ids)
            response = await scenario.request("GET", f"{MEMBERS}?q=thi", login)
            assert problem_of(response) == (422, "search_too_wide", [("/query/q", "search_too_wide")])
            assert await list_ids(scenario, login, q="thi", **in_province)

    async def test_filters(self, scenario: MemberScenario):
        world = scenario.world
        hamlet = await world.place("hamlet", world.sibling_commune)
        household = await scenario.create_row("/v1/households", {"commune_code": world.sibling_commune})
        there = {"commune_code": world.sibling_commune}
        a = await scenario.create_member(full_name="Lê Đức Anh", hamlet_code=hamlet, **there)
        b = await scenario.create_member(full_name="Anh Thơ", household_id=household["id"], **there)
        c = await scenario.create_member(full_name="Trần Oanh", referrer_id=a["id"], **there)
        group = await world.group(scenario.unit, commune=world.sibling_commune)
        for member in (b, c):
            await world.join(group, member["id"])
        await world.owner.execute(
            "update membership set left_on = current_date where member_id = $1 and group_id = $2",
            c["id"], group.id,
        )  # fmt: skip
        a, b, c = a["id"], b["id"], c["id"]
        assert await list_ids(scenario, **there) == [a, b, c]
        assert await list_ids(scenario, **there, province_code=world.province) == [a, b, c]
        assert await list_ids(scenario, **there, province_code=world.sibling_province) == []
        assert await list_ids(scenario, scenario.sibling_commune_officer, province_code=world.province) == [
            a,
            b,
            c,
        ]
        assert await list_ids(scenario, hamlet_code=hamlet) == [a]
        assert await list_ids(scenario, household_id=household["id"]) == [b]
        assert await list_ids(scenario, referrer_id=a) == [c]
        assert await list_ids(scenario, group_id=group.id) == [b]
        assert await list_ids(scenario, group_id=group.id, q="tho") == [b]
        assert await list_ids(scenario, group_id=group.id, household_id=uuid4()) == []
        assert await list_ids(scenario, **there, q="anh") == [a, b]
        assert await list_ids(scenario, **there, q="  ĐỨC   a") == [a]
        assert await list_ids(scenario, **there, q="nh") == []
        assert await list_ids(scenario, scenario.collector, q="anh") == []
        assert await list_ids(scenario, scenario.farmers_officer, group_id=group.id) == []
        assert await list_ids(scenario, scenario.farmers_officer, **there) == []

    async def test_treasurer_filters_own_people(self, scenario: MemberScenario):
        named = await scenario.create_member(scenario.treasurer, full_name="Vi Thị Én")
        assert await list_ids(scenario, scenario.treasurer, q="en") == [named["id"]]
        assert await list_ids(scenario, scenario.treasurer, commune_code=scenario.world.commune) == [
            *map(str, scenario.group.members),
            named["id"],
        ]
        assert await list_ids(scenario, scenario.treasurer, commune_code=scenario.world.sibling_commune) == []

    @pytest.mark.parametrize(
        ("query", "pointer"),
        [
            ("limit=0", "/query/limit"),
            ("limit=501", "/query/limit"),
            ("cursor=x", "/query/cursor"),
            ("national_id=042184000123", "/query/national_id"),
            ("group_id=x", "/query/group_id"),
            ("q=", "/query/q"),
            ("q=%00", "/query/q"),
            ("commune_code=%20", "/query/commune_code"),
            ("q=a&q=b", "/query/q"),
        ],
    )
    async def test_wrong_parameter_is_named(self, scenario: MemberScenario, query: str, pointer: str):
        status, _, errors = problem_of(await scenario.request("GET", f"{MEMBERS}?{query}", scenario.officer))
        assert (status, [found_pointer for found_pointer, _ in errors]) == (422, [pointer])

    async def test_cursor_belongs_to_its_filters(self, scenario: MemberScenario):
        page = await scenario.get_json(f"{MEMBERS}?limit=1")
        query = f"limit=1&q=thi&cursor={page['next_cursor']}"
        status, _, errors = problem_of(await scenario.request("GET", f"{MEMBERS}?{query}", scenario.officer))
        assert (status, errors) == (422, [("/query/cursor", "cursor")])

    async def test_revoked_session_is_401(self, scenario: MemberScenario):
        await scenario.world.owner.execute(
            "update auth_session set revoked_at = now() where id = $1", scenario.officer.session_id
        )
        assert (await scenario.request("GET", MEMBERS, scenario.officer)).status_code == 401


@pytest.mark.parametrize("length", range(16))
async def test_sql_masks_as_python_does(owner: Any, length: int):
    value = "0421840001234567"[:length]
    row = await owner.fetchrow("select mask_id($1) as id, mask_phone($1) as phone", value)
    assert (row["id"], row["phone"]) == (mask_id(value), mask_phone(value))


async def test_sql_masks_nothing_of_nothing(owner: Any):
    assert await owner.fetchval("select coalesce(mask_id(null), mask_phone(null))") is None


class TestSearchMembers:
    async def search_ids(self, scenario: MemberScenario, login: Login, **body: Any) -> list[str]:
        response = await scenario.request("POST", f"{MEMBERS}/search", login, body)
        assert response.status_code == 200, response.text
        assert response.json()["next_cursor"] is None
        return [item["id"] for item in response.json()["items"]]

    async def test_anonymous_is_401_and_wrong_role_403(self, scenario: MemberScenario):
        body = {"national_id": national_id()}
        assert (await scenario.request("POST", f"{MEMBERS}/search", None, body)).status_code == 401
        assert (await scenario.request("POST", f"{MEMBERS}/search", scenario.viewer, body)).status_code == 403

    async def test_each_way_within_the_scope(self, scenario: MemberScenario):
        numbers = {
            "national_id": national_id(),
            "social_insurance_no": new_insurance_no(),
            "phone": new_phone(),
        }
        born = {"birth_date": "1984-03-02", "commune_code": scenario.world.commune}
        mine = (await scenario.create_member(**numbers, **born))["id"]
        theirs = (await scenario.create_member(scenario.farmers_officer, **numbers, **born))["id"]
        ways: list[dict[str, str]] = [{name: value} for name, value in numbers.items()]
        for way in [*ways, born | {"full_name": "nguyen thi dao"}]:
            assert await self.search_ids(scenario, scenario.officer, **way) == [mine]
            assert await self.search_ids(scenario, scenario.farmers_officer, **way) == [theirs]
            assert await self.search_ids(scenario, scenario.bhxh, **way) == [mine, theirs]
            assert await self.search_ids(scenario, scenario.reading_partner, **way) == [mine]
            for elsewhere in (
                scenario.treasurer,
                scenario.sibling_commune_officer,
                scenario.sibling_province_officer,
            ):
                assert await self.search_ids(scenario, elsewhere, **way) == []

    async def test_numbers_stay_masked(self, scenario: MemberScenario):
        number, calls = national_id(), new_phone()
        await scenario.create_member(national_id=number, phone=calls)
        response = await scenario.request(
            "POST", f"{MEMBERS}/search", scenario.officer, {"national_id": number}
        )
        assert response.json()["items"][0]["phone"] == mask_phone(calls)
        assert number not in response.text

    async def test_other_name_day_or_commune_is_somebody_else(self, scenario: MemberScenario):
        person = {"full_name": "Nguyễn Thị Đào", "birth_date": "1984-03-02"}
        await scenario.create_member(**person)
        here = person | {"commune_code": scenario.world.commune}
        assert len(await self.search_ids(scenario, scenario.officer, **here)) == 1
        for other in (
            {"full_name": "Nguyễn Thị"},
            {"birth_date": "1984-03-03"},
            {"commune_code": scenario.world.sibling_commune},
        ):
            assert await self.search_ids(scenario, scenario.officer, **here | other) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"full_name": "Nguyễn Thị Đào"},
            {"full_name": "Nguyễn Thị Đào", "birth_date": "1984-03-02"},
            {"national_id": "042184000123", "phone": "0912000111"},
            {"national_id": "042184000123", "birth_date": "1984-03-02"},
        ],
    )
    async def test_exactly_one_way(self, scenario: MemberScenario, body: dict[str, str]):
        response = await scenario.request("POST", f"{MEMBERS}/search", scenario.officer, body)
        assert problem_of(response)[2] == [("", "one_way")]

    async def test_wrong_number_is_named_and_not_repeated(self, scenario: MemberScenario):
        response = await scenario.request(
            "POST", f"{MEMBERS}/search", scenario.officer, {"national_id": "04218400012"}
        )
        assert problem_of(response)[2] == [("/national_id", "national_id")]
        assert "04218400012" not in response.text


async def test_list_and_record_agree_on_every_member(scenario: MemberScenario):
    """What SQL writes in the list is what Python writes for one member."""
    for item in (await scenario.get_json(MEMBERS))["items"]:
        one = await scenario.get_json(member_path(item))
        assert item == {name: one[name] for name in item}
