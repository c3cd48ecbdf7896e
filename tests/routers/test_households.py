"""Households over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people_cast import HOUSEHOLDS, Cast, member_path, refusal
from tests.world import World


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


def path_of(household: dict[str, Any]) -> str:
    return f"{HOUSEHOLDS}/{household['id']}"


class TestCreateHousehold:
    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("viewer", 403), ("bhxh", 403), ("sibling_province_officer", 403), ("treasurer", 201)],
    )
    async def test_who_may(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        body = {"commune_code": cast.world.commune}
        assert (await cast.call("POST", HOUSEHOLDS, login, body)).status_code == status

    async def test_whole_record(self, cast: Cast):
        hamlet = await cast.world.place("hamlet", cast.world.commune)
        body = {
            "code": f"HO-{uuid4()}",
            "commune_code": cast.world.commune,
            "hamlet_code": hamlet,
            "address": "Số 5, ngõ 2",
        }
        answer = await cast.call("POST", HOUSEHOLDS, cast.officer, body)
        assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
        made = answer.json()
        assert answer.headers["location"] == path_of(made)
        assert (
            made.items() >= (body | {"province_code": cast.world.province, "network": "womens_union"}).items()
        )
        assert await cast.read(path_of(made)) == made | {"members": []}

    async def test_repeat_of_an_id(self, cast: Cast):
        body = {"id": str(uuid4()), "commune_code": cast.world.commune}
        first = await cast.made(HOUSEHOLDS, body)
        again = await cast.call("POST", HOUSEHOLDS, cast.officer, body)
        assert (again.status_code, again.json()) == (200, first)
        other = await cast.call("POST", HOUSEHOLDS, cast.officer, body | {"address": "Số 6"})
        assert refusal(other)[:2] == (409, "id_taken")

    async def test_code_is_one_network_s_own(self, cast: Cast):
        code = f"HO-{uuid4()}"
        await cast.household(code=code)
        body = {"code": code, "commune_code": cast.world.commune}
        answer = await cast.call("POST", HOUSEHOLDS, cast.officer, body)
        assert refusal(answer) == (409, "household_code_taken", [("/code", "household_code_taken")])
        assert (await cast.call("POST", HOUSEHOLDS, cast.farmers_officer, body)).status_code == 201

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
    async def test_wrong_field_is_named(self, cast: Cast, values: dict[str, Any], pointer: str, code: str):
        body = {"commune_code": cast.world.commune} | values
        assert refusal(await cast.call("POST", HOUSEHOLDS, cast.officer, body))[2] == [(pointer, code)]


class TestReadHousehold:
    async def test_people_in_order(self, cast: Cast):
        home = await cast.household()
        unknown = await cast.member(household_id=home["id"])
        young = await cast.member(household_id=home["id"], birth_date="2015-01-01", relation_to_head="child")
        old = await cast.member(household_id=home["id"], birth_date="1950-01-01", relation_to_head="parent")
        head = await cast.member(household_id=home["id"], birth_date="1984-01-01", phone="0912000111")
        answer = await cast.edited(path_of(home), 1, head_member_id=head["id"])
        assert answer.json()["head_member_id"] == head["id"]
        members = (await cast.read(path_of(home)))["members"]
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
    async def test_who_may(self, cast: Cast, who: str | None, status: int):
        home = await cast.household()
        answer = await cast.edited(member_path(cast.group.members[0]), 1, household_id=home["id"])
        assert answer.status_code == 200
        login = getattr(cast, who) if who else None
        assert (await cast.call("GET", path_of(home), login)).status_code == status


class TestListHouseholds:
    async def test_scope_filters_and_pages(self, cast: Cast):
        hamlet = await cast.world.place("hamlet", cast.world.commune)
        one = await cast.household(hamlet_code=hamlet)
        two = await cast.household(code=f"HO-{uuid4()}")
        there = await cast.made(HOUSEHOLDS, {"commune_code": cast.world.sibling_commune})

        async def listed(query: str = "", who: str = "officer") -> list[str]:
            page = await cast.read(f"{HOUSEHOLDS}?{query}", getattr(cast, who))
            return [item["id"] for item in page["items"]]

        one_id, two_id, there_id = one["id"], two["id"], there["id"]
        assert await listed() == [one_id, two_id, there_id]
        assert await listed(who="bhxh") == [one_id, two_id, there_id]
        assert await listed(who="commune_officer") == [one_id, two_id]
        assert await listed(who="farmers_officer") == []
        assert await listed(who="treasurer") == []
        assert await listed(f"hamlet_code={hamlet}") == [one_id]
        assert await listed(f"code={two['code']}") == [two_id]
        assert await listed(f"commune_code={cast.world.sibling_commune}") == [there_id]
        assert await listed(f"province_code={cast.world.sibling_province}") == []
        first = await cast.read(f"{HOUSEHOLDS}?limit=2")
        rest = await listed(f"limit=2&cursor={first['next_cursor']}")
        assert rest == [there_id]

    async def test_refusals(self, cast: Cast):
        assert (await cast.call("GET", HOUSEHOLDS, None)).status_code == 401
        assert (await cast.call("GET", HOUSEHOLDS, cast.viewer)).status_code == 403
        answer = await cast.call("GET", f"{HOUSEHOLDS}?head=x", cast.officer)
        assert refusal(answer)[2] == [("/query/head", "unknown_parameter")]


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
    async def test_who_may(self, cast: Cast, who: str | None, status: int):
        home = await cast.household()
        login = getattr(cast, who) if who else None
        answer = await cast.call("PATCH", path_of(home), login, {"address": "Số 9"}, if_match="1")
        assert answer.status_code == status

    async def test_version_is_needed_and_must_be_current(self, cast: Cast):
        home = await cast.household()
        assert (await cast.call("PATCH", path_of(home), cast.officer, {})).status_code == 428
        assert (await cast.edited(path_of(home), 1, address="Số 9")).headers["etag"] == '"2"'
        assert (await cast.edited(path_of(home), 1, address="Số 10")).status_code == 412

    async def test_head_is_one_of_its_people(self, cast: Cast):
        home, other = await cast.household(), await cast.household()
        stranger = await cast.member(household_id=other["id"])
        answer = await cast.edited(path_of(home), 1, head_member_id=stranger["id"])
        assert refusal(answer)[2] == [("/head_member_id", "head_elsewhere")]
        answer = await cast.edited(path_of(home), 1, head_member_id=str(uuid4()))
        assert refusal(answer) == (404, "not_found", [("/head_member_id", "not_found")])

    async def test_head_who_leaves_is_head_no_more(self, cast: Cast):
        home = await cast.household()
        head = await cast.member(household_id=home["id"])
        await cast.edited(path_of(home), 1, head_member_id=head["id"])
        assert (await cast.edited(member_path(head), 1, household_id=None)).status_code == 200
        left = await cast.read(path_of(home))
        assert (left["head_member_id"], left["version"], left["members"]) == (None, 3, [])

    async def test_move_takes_its_people_along(self, cast: Cast):
        home = await cast.household()
        made = await cast.member(household_id=home["id"])
        there = cast.world.sibling_commune
        moved = (await cast.edited(path_of(home), 1, commune_code=there)).json()
        assert (moved["commune_code"], moved["members"][0]["commune_code"]) == (there, there)
        event = (await cast.read(member_path(made, "history")))["items"][0]
        assert event["fields"]["commune_code"] == {"from": cast.world.commune, "to": there}

    async def test_who_sees_only_some_of_its_people_cannot_move_it(self, cast: Cast):
        home = await cast.household()
        await cast.edited(member_path(cast.group.members[0]), 1, household_id=home["id"])
        hidden = await cast.member(household_id=home["id"])
        there = cast.world.sibling_commune
        answer = await cast.edited(path_of(home), 1, cast.treasurer, commune_code=there)
        assert answer.status_code == 403
        assert (await cast.read(member_path(hidden)))["commune_code"] == cast.world.commune

    async def test_move_beyond_the_scope_is_403(self, cast: Cast):
        home = await cast.household()
        beyond = await cast.world.place("commune", cast.world.sibling_province)
        answer = await cast.edited(path_of(home), 1, commune_code=beyond)
        assert refusal(answer) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    @pytest.mark.parametrize(
        ("values", "pointer"),
        [({"commune_code": None}, "/commune_code"), ({"code": ""}, "/code"), ({"version": "2"}, "/version")],
    )
    async def test_wrong_field_is_named(self, cast: Cast, values: dict[str, Any], pointer: str):
        home = await cast.household()
        answer = await cast.call("PATCH", path_of(home), cast.officer, values, if_match="1")
        assert [found for found, _ in refusal(answer)[2]] == [pointer]

    async def test_code_of_another_household_is_taken(self, cast: Cast):
        first = await cast.household(code=f"HO-{uuid4()}")
        second = await cast.household()
        answer = await cast.edited(path_of(second), 1, code=first["code"])
        assert refusal(answer)[:2] == (409, "household_code_taken")
