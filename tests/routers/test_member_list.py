"""The list of members over HTTP, and the exact search."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.text import mask_id, mask_phone
from tests.routers.people_cast import MEMBERS, Cast, insurance_no, member_path, phone, refusal
from tests.world import Login, World, national_id


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def listed(cast: Cast, login: Login | None = None, /, **params: Any) -> list[str]:
    """The ids of all pages of the list, two a page."""
    ids: list[str] = []
    cursor = None
    while True:
        asked = params | {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await cast.client.get(MEMBERS, params=asked, headers=(login or cast.officer).headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 2
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return ids


class TestListMembers:
    async def test_anonymous_is_401(self, cast: Cast):
        assert refusal(await cast.call("GET", MEMBERS, None))[:2] == (401, "unauthenticated")

    async def test_wrong_role_is_403(self, cast: Cast):
        assert refusal(await cast.call("GET", MEMBERS, cast.viewer))[:2] == (403, "forbidden")

    async def test_item_is_the_member_with_masked_numbers(self, cast: Cast):
        household = await cast.household()
        brought = await cast.member()
        numbers = {"national_id": national_id(), "phone": phone(), "social_insurance_no": insurance_no()}
        made = await cast.member(
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
        item = (await cast.read(f"{MEMBERS}?household_id={household['id']}"))["items"][0]
        assert item == {name: made[name] for name in item}
        assert set(made) - set(item) == {"created_at", "updated_at", "warnings"}
        assert item["national_id"] == mask_id(numbers["national_id"])

    async def test_scope_of_each(self, cast: Cast):
        here = [str(member) for member in cast.group.members]
        beside = (await cast.member(commune_code=cast.world.sibling_commune))["id"]
        theirs = (await cast.member(cast.farmers_officer))["id"]
        own = (await cast.member(cast.collector))["id"]
        assert await listed(cast) == [*here, beside, own]
        assert await listed(cast, cast.partner) == [*here, beside, own]
        assert await listed(cast, cast.commune_officer) == [*here, own]
        assert await listed(cast, cast.sibling_commune_officer) == [beside]
        assert await listed(cast, cast.farmers_officer) == [theirs]
        assert await listed(cast, cast.bhxh) == [*here, beside, theirs, own]
        assert await listed(cast, cast.treasurer) == here
        assert await listed(cast, cast.collector) == [own]
        assert await listed(cast, cast.sibling_province_officer) == []

    async def test_scope_of_many_places_comes_in_one_order(self, cast: Cast):
        old = await cast.world.old_commune()
        unit = await cast.world.unit("womens_union", cast.world.commune, level="commune")
        officer = await cast.world.user(unit, "union_officer")
        made = [
            (await cast.member(commune_code=commune, joined_on="2024-01-01"))["id"]
            for commune in (old, cast.world.commune, old, cast.world.commune)
        ]
        assert await listed(cast, officer) == [*map(str, cast.group.members), *made]

    async def test_national_actors(self, cast: Cast):
        country = await cast.world.national("womens_union")
        everywhere = await cast.world.user(country, "union_officer")
        insurance = await cast.world.user(await cast.world.national("bhxh"), "bhxh_officer")
        mine = await cast.member()
        theirs = await cast.member(cast.farmers_officer)
        in_province = {"province_code": cast.world.province}
        women = [*map(str, cast.group.members), mine["id"]]
        assert await listed(cast, everywhere, **in_province) == women
        assert await listed(cast, insurance, **in_province) == [*women, theirs["id"]]
        for login, expected in [(everywhere, set(women)), (insurance, {*women, theirs["id"]})]:
            page = await cast.read(f"{MEMBERS}?limit=500", login)
            ids = [item["id"] for item in page["items"]]
            assert ids == sorted(ids)
            assert {item["network"] for item in page["items"]} >= {"womens_union"}
            assert page["next_cursor"] is not None or expected <= set(ids)
            answer = await cast.call("GET", f"{MEMBERS}?q=thi", login)
            assert refusal(answer) == (422, "search_too_wide", [("/query/q", "search_too_wide")])
            assert await listed(cast, login, q="thi", **in_province)

    async def test_filters(self, cast: Cast):
        world = cast.world
        hamlet = await world.place("hamlet", world.sibling_commune)
        household = await cast.made("/v1/households", {"commune_code": world.sibling_commune})
        there = {"commune_code": world.sibling_commune}
        a = await cast.member(full_name="Lê Đức Anh", hamlet_code=hamlet, **there)
        b = await cast.member(full_name="Anh Thơ", household_id=household["id"], **there)
        c = await cast.member(full_name="Trần Oanh", referrer_id=a["id"], **there)
        group = await world.group(cast.unit, commune=world.sibling_commune)
        for member in (b, c):
            await world.join(group, member["id"])
        await world.owner.execute(
            "update membership set left_on = current_date where member_id = $1 and group_id = $2",
            c["id"], group.id,
        )  # fmt: skip
        a, b, c = a["id"], b["id"], c["id"]
        assert await listed(cast, **there) == [a, b, c]
        assert await listed(cast, **there, province_code=world.province) == [a, b, c]
        assert await listed(cast, **there, province_code=world.sibling_province) == []
        assert await listed(cast, cast.sibling_commune_officer, province_code=world.province) == [a, b, c]
        assert await listed(cast, hamlet_code=hamlet) == [a]
        assert await listed(cast, household_id=household["id"]) == [b]
        assert await listed(cast, referrer_id=a) == [c]
        assert await listed(cast, group_id=group.id) == [b]
        assert await listed(cast, group_id=group.id, q="tho") == [b]
        assert await listed(cast, group_id=group.id, household_id=uuid4()) == []
        assert await listed(cast, **there, q="anh") == [a, b]
        assert await listed(cast, **there, q="  ĐỨC   a") == [a]
        assert await listed(cast, **there, q="nh") == []
        assert await listed(cast, cast.collector, q="anh") == []
        assert await listed(cast, cast.farmers_officer, group_id=group.id) == []
        assert await listed(cast, cast.farmers_officer, **there) == []

    async def test_treasurer_filters_own_people(self, cast: Cast):
        named = await cast.member(cast.treasurer, full_name="Vi Thị Én")
        assert await listed(cast, cast.treasurer, q="en") == [named["id"]]
        assert await listed(cast, cast.treasurer, commune_code=cast.world.commune) == [
            *map(str, cast.group.members),
            named["id"],
        ]
        assert await listed(cast, cast.treasurer, commune_code=cast.world.sibling_commune) == []

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
    async def test_wrong_parameter_is_named(self, cast: Cast, query: str, pointer: str):
        status, _, errors = refusal(await cast.call("GET", f"{MEMBERS}?{query}", cast.officer))
        assert (status, [found for found, _ in errors]) == (422, [pointer])

    async def test_cursor_belongs_to_its_filters(self, cast: Cast):
        page = await cast.read(f"{MEMBERS}?limit=1")
        query = f"limit=1&q=thi&cursor={page['next_cursor']}"
        status, _, errors = refusal(await cast.call("GET", f"{MEMBERS}?{query}", cast.officer))
        assert (status, errors) == (422, [("/query/cursor", "cursor")])

    async def test_revoked_session_is_401(self, cast: Cast):
        await cast.world.owner.execute(
            "update auth_session set revoked_at = now() where id = $1", cast.officer.session_id
        )
        assert (await cast.call("GET", MEMBERS, cast.officer)).status_code == 401


@pytest.mark.parametrize("length", range(16))
async def test_sql_masks_as_python_does(owner: Any, length: int):
    value = "0421840001234567"[:length]
    row = await owner.fetchrow("select mask_id($1) as id, mask_phone($1) as phone", value)
    assert (row["id"], row["phone"]) == (mask_id(value), mask_phone(value))


async def test_sql_masks_nothing_of_nothing(owner: Any):
    assert await owner.fetchval("select coalesce(mask_id(null), mask_phone(null))") is None


class TestSearchMembers:
    async def found(self, cast: Cast, login: Login, **body: Any) -> list[str]:
        answer = await cast.call("POST", f"{MEMBERS}/search", login, body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["next_cursor"] is None
        return [item["id"] for item in answer.json()["items"]]

    async def test_anonymous_is_401_and_wrong_role_403(self, cast: Cast):
        body = {"national_id": national_id()}
        assert (await cast.call("POST", f"{MEMBERS}/search", None, body)).status_code == 401
        assert (await cast.call("POST", f"{MEMBERS}/search", cast.viewer, body)).status_code == 403

    async def test_each_way_within_the_scope(self, cast: Cast):
        numbers = {"national_id": national_id(), "social_insurance_no": insurance_no(), "phone": phone()}
        born = {"birth_date": "1984-03-02", "commune_code": cast.world.commune}
        mine = (await cast.member(**numbers, **born))["id"]
        theirs = (await cast.member(cast.farmers_officer, **numbers, **born))["id"]
        ways: list[dict[str, str]] = [{name: value} for name, value in numbers.items()]
        for way in [*ways, born | {"full_name": "nguyen thi dao"}]:
            assert await self.found(cast, cast.officer, **way) == [mine]
            assert await self.found(cast, cast.farmers_officer, **way) == [theirs]
            assert await self.found(cast, cast.bhxh, **way) == [mine, theirs]
            assert await self.found(cast, cast.reading_partner, **way) == [mine]
            for elsewhere in (cast.treasurer, cast.sibling_commune_officer, cast.sibling_province_officer):
                assert await self.found(cast, elsewhere, **way) == []

    async def test_numbers_stay_masked(self, cast: Cast):
        number, calls = national_id(), phone()
        await cast.member(national_id=number, phone=calls)
        answer = await cast.call("POST", f"{MEMBERS}/search", cast.officer, {"national_id": number})
        assert answer.json()["items"][0]["phone"] == mask_phone(calls)
        assert number not in answer.text

    async def test_other_name_day_or_commune_is_somebody_else(self, cast: Cast):
        person = {"full_name": "Nguyễn Thị Đào", "birth_date": "1984-03-02"}
        await cast.member(**person)
        here = person | {"commune_code": cast.world.commune}
        assert len(await self.found(cast, cast.officer, **here)) == 1
        for other in (
            {"full_name": "Nguyễn Thị"},
            {"birth_date": "1984-03-03"},
            {"commune_code": cast.world.sibling_commune},
        ):
            assert await self.found(cast, cast.officer, **here | other) == []

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
    async def test_exactly_one_way(self, cast: Cast, body: dict[str, str]):
        answer = await cast.call("POST", f"{MEMBERS}/search", cast.officer, body)
        assert refusal(answer)[2] == [("", "one_way")]

    async def test_wrong_number_is_named_and_not_repeated(self, cast: Cast):
        answer = await cast.call("POST", f"{MEMBERS}/search", cast.officer, {"national_id": "04218400012"})
        assert refusal(answer)[2] == [("/national_id", "national_id")]
        assert "04218400012" not in answer.text


async def test_list_and_record_agree_on_every_member(cast: Cast):
    """What SQL writes in the list is what Python writes for one member."""
    for item in (await cast.read(MEMBERS))["items"]:
        one = await cast.read(member_path(item))
        assert item == {name: one[name] for name in item}
