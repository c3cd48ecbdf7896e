"""Places over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from app.places.load import load_places
from tests.world import Login, World

LIST = "/v1/places"


@pytest.fixture(scope="module")
async def loaded_places(owner: Any) -> None:
    """The administrative units, beside the invented ones of the worlds."""
    await load_places(owner)


@pytest.fixture
async def reader(loaded_places: None, world: World) -> Login:
    return await world.user(await world.unit("farmers_association"), "viewer")


@pytest.fixture
async def officer(loaded_places: None, world: World) -> Login:
    """An officer of the Women's Union of the world's province."""
    return await world.user(await world.unit("womens_union"), "union_officer")


async def search_places(client: httpx.AsyncClient, login: Login, **params: Any) -> list[dict[str, Any]]:
    response = await client.get(LIST, params=params, headers=login.headers)
    assert response.status_code == 200, response.text
    places: list[dict[str, Any]] = response.json()["items"]
    return places


def place_codes(places: list[dict[str, Any]]) -> list[str]:
    return [place["code"] for place in places]


class TestListPlaces:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(LIST)).status_code == 401

    @pytest.mark.parametrize("q", ["Tượng Sơn", "tuong son", "  TUONG  SON ", "xã tượng sơn", "xa tuong s"])
    async def test_search_ignores_diacritics_case_and_kind(
        self, client: httpx.AsyncClient, reader: Login, q: str
    ):
        places = {place["code"]: place for place in await search_places(client, reader, q=q, on="2024-01-01")}
        above = places["18628"]["ancestors"]
        assert [place["full_name"] for place in above] == ["Thành phố Hà Tĩnh", "Tỉnh Hà Tĩnh"]

    async def test_d_finds_the_crossed_letter(self, client: httpx.AsyncClient, reader: Login):
        assert "18322" in place_codes(await search_places(client, reader, q="duc linh", on="2024-01-01"))

    async def test_typed_diacritics_come_first(self, client: httpx.AsyncClient, reader: Login):
        places = await search_places(
            client, reader, q="Tân Thạnh", level="commune", on="2026-01-01", limit=500
        )
        names = [place["name"] for place in places]
        exact = names.count("Tân Thạnh")
        assert exact == 4
        assert names[:exact] == ["Tân Thạnh"] * exact
        assert {"Tân Thanh", "Tân Thành"} <= set(names[exact:])

    async def test_higher_level_comes_first(self, client: httpx.AsyncClient, reader: Login):
        places = await search_places(client, reader, q="hà tĩnh", on="2024-01-01")
        assert [place["level"] for place in places[:2]] == ["province", "district"]

    async def test_matches_only_beginnings_of_words(self, client: httpx.AsyncClient, reader: Login):
        assert place_codes(await search_places(client, reader, q="ach lac", on="2026-01-01")) == []
        assert "18628" in place_codes(
            await search_places(client, reader, q="lac", on="2026-01-01", limit=500)
        )

    async def test_signs_of_patterns_are_letters(self, client: httpx.AsyncClient, reader: Login):
        for q in ("%", "_", "\\", "'", "th_ch"):
            assert await search_places(client, reader, q=q, on="2026-01-01") == []

    async def test_no_letter_finds_nothing(self, client: httpx.AsyncClient, reader: Login):
        assert await search_places(client, reader, q="\u0301") == []

    async def test_filters(self, client: httpx.AsyncClient, reader: Login):
        communes = await search_places(client, reader, parent_code="42", limit=500, on="2026-01-01")
        assert len(communes) == 69
        wards = await search_places(
            client, reader, parent_code="42", kind="phường", limit=500, on="2026-01-01"
        )
        assert 0 < len(wards) < 69
        assert {place["kind"] for place in wards} == {"phường"}
        districts = await search_places(client, reader, parent_code="42", on="2025-06-30")
        assert {place["level"] for place in districts} == {"district"}
        assert await search_places(client, reader, level="district", on="2025-07-01") == []

    async def test_today_is_the_default(self, client: httpx.AsyncClient, reader: Login):
        assert place_codes(await search_places(client, reader, q="Thạch Lạc")) == ["18628"]

    async def test_pages_join_without_gap_or_repetition(self, client: httpx.AsyncClient, reader: Login):
        whole = place_codes(await search_places(client, reader, q="an", on="2024-01-01", limit=300))
        read: list[str] = []
        params = {"q": "an", "on": "2024-01-01", "limit": "70"}
        while len(read) < 300:
            body = (await client.get(LIST, params=params, headers=reader.headers)).json()
            read += place_codes(body["items"])
            if body["next_cursor"] is None:
                break
            params["cursor"] = body["next_cursor"]
        assert read[:300] == whole
        assert len(set(read)) == len(read)

    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"level": "village"}, "/query/level"),
            ({"on": "2026-02-30"}, "/query/on"),
            ({"kind": "làng quê"}, "/query/kind"),
            ({"q": ""}, "/query/q"),
            ({"name": "x"}, "/query/name"),
            ({"limit": "0"}, "/query/limit"),
            ({"cursor": "forged"}, "/query/cursor"),
            ({"parent_code": "a b"}, "/query/parent_code"),
        ],
    )
    async def test_wrong_parameter_is_422(
        self, client: httpx.AsyncClient, reader: Login, params: dict[str, str], pointer: str
    ):
        response = await client.get(LIST, params=params, headers=reader.headers)
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


class TestReadPlace:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/18628")).status_code == 401

    async def test_code_means_what_it_meant_on_the_day(self, client: httpx.AsyncClient, reader: Login):
        for on, full_name in (
            ("2025-06-30", "Xã Tượng Sơn"),
            ("2025-07-01", "Xã Thạch Lạc"),
        ):
            response = await client.get(f"{LIST}/18628", params={"on": on}, headers=reader.headers)
            assert response.json()["full_name"] == full_name

    async def test_today_is_the_default(self, client: httpx.AsyncClient, reader: Login):
        place = (await client.get(f"{LIST}/18628", headers=reader.headers)).json()
        assert place == {
            "code": "18628",
            "level": "commune",
            "kind": "xã",
            "name": "Thạch Lạc",
            "full_name": "Xã Thạch Lạc",
            "parent_code": "42",
            "ancestors": [{"code": "42", "level": "province", "full_name": "Tỉnh Hà Tĩnh"}],
            "valid_from": "2025-07-01",
            "valid_to": None,
            "latitude": 18.3505,
            "longitude": 105.954,
            "area_km2": 27.6,
        }

    @pytest.mark.parametrize(
        ("code", "params"),
        [("00000", {}), ("18847", {}), ("18847", {"on": "2025-07-01"}), ("a%00b", {})],
    )
    async def test_none_on_the_day_is_404(
        self, client: httpx.AsyncClient, reader: Login, code: str, params: dict[str, str]
    ):
        response = await client.get(f"{LIST}/{code}", params=params, headers=reader.headers)
        assert response.status_code == 404


class TestReadHistory:
    async def test_anonymous_is_401(self, client: httpx.AsyncClient):
        assert (await client.get(f"{LIST}/18628/history")).status_code == 401

    async def test_unknown_is_404(self, client: httpx.AsyncClient, reader: Login):
        assert (await client.get(f"{LIST}/00000/history", headers=reader.headers)).status_code == 404

    async def test_code_used_again_has_two_eras(self, client: httpx.AsyncClient, reader: Login):
        history = (await client.get(f"{LIST}/18628/history", headers=reader.headers)).json()
        old, new = history["eras"]
        assert [era["place"]["name"] for era in (old, new)] == ["Tượng Sơn", "Thạch Lạc"]
        assert old["place"]["ancestors"][0]["full_name"] == "Thành phố Hà Tĩnh"
        assert (old["predecessors"], new["successors"]) == ([], [])
        assert old["successors"] == [
            {
                "code": "18628",
                "level": "commune",
                "full_name": "Xã Thạch Lạc",
                "on": "2025-07-01",
                "share": 1.0,
                "is_default": True,
            }
        ]
        assert "Xã Tượng Sơn" in [unit["full_name"] for unit in new["predecessors"]]
        assert len(new["predecessors"]) > 1

    async def test_divided_commune_names_its_default_first(self, client: httpx.AsyncClient, reader: Login):
        history = (await client.get(f"{LIST}/10798/history", headers=reader.headers)).json()
        successors = history["eras"][0]["successors"]
        assert [(unit["code"], unit["is_default"], unit["share"]) for unit in successors] == [
            ("10843", True, None),
            ("10804", False, None),
        ]

    async def test_island_district_became_a_special_zone(self, client: httpx.AsyncClient, reader: Login):
        history = (await client.get(f"{LIST}/20333/history", headers=reader.headers)).json()
        (era,) = history["eras"]
        assert [unit["full_name"] for unit in era["predecessors"]] == ["Huyện Hoàng Sa"]


class TestAddPlace:
    async def add_place(self, client: httpx.AsyncClient, login: Login, **body: Any) -> httpx.Response:
        return await client.post(
            LIST, json={"name": "Thanh Bình", "kind": "thôn"} | body, headers=login.headers
        )

    async def test_anonymous_is_401(self, client: httpx.AsyncClient, world: World):
        assert (await client.post(LIST, json={})).status_code == 401

    async def test_hamlet_of_a_commune(self, client: httpx.AsyncClient, officer: Login, world: World):
        response = await self.add_place(client, officer, parent_code=world.commune)
        assert response.status_code == 201, response.text
        place = response.json()
        assert place["code"] == f"{world.commune}.thon-thanh-binh"
        assert response.headers["Location"] == f"/v1/places/{place['code']}"
        assert (place["level"], place["full_name"]) == ("hamlet", "Thôn Thanh Bình")
        assert [above["code"] for above in place["ancestors"]] == [world.commune, world.province]
        assert await search_places(client, officer, parent_code=world.commune) == [place]

    async def test_block_of_a_hamlet(self, client: httpx.AsyncClient, officer: Login, world: World):
        hamlet = (await self.add_place(client, officer, parent_code=world.commune)).json()
        response = await self.add_place(
            client, officer, parent_code=hamlet["code"], kind="tổ liên gia", name="1", code="B-1"
        )
        assert response.status_code == 201, response.text
        block = response.json()
        assert (block["code"], block["level"]) == ("B-1", "block")
        assert [above["code"] for above in block["ancestors"]] == [
            hamlet["code"],
            world.commune,
            world.province,
        ]

    async def test_bhxh_officer_may_too(self, client: httpx.AsyncClient, loaded_places: None, world: World):
        login = await world.user(await world.unit("bhxh"), "bhxh_officer")
        assert (await self.add_place(client, login, parent_code=world.commune)).status_code == 201

    @pytest.mark.parametrize("role", ["treasurer", "collector", "viewer"])
    async def test_others_are_403(
        self, client: httpx.AsyncClient, loaded_places: None, world: World, role: str
    ):
        login = await world.user(await world.unit("womens_union"), role)
        assert (await self.add_place(client, login, parent_code=world.commune)).status_code == 403

    async def test_outside_own_places_is_403(
        self, client: httpx.AsyncClient, world: World, loaded_places: None
    ):
        unit = await world.unit("womens_union", world.sibling_commune, level="commune")
        login = await world.user(unit, "union_officer")
        assert (await self.add_place(client, login, parent_code=world.commune)).status_code == 403
        assert (await self.add_place(client, login, parent_code=world.sibling_commune)).status_code == 201

    async def test_same_name_is_409(self, client: httpx.AsyncClient, officer: Login, world: World):
        assert (await self.add_place(client, officer, parent_code=world.commune)).status_code == 201
        again = await self.add_place(client, officer, parent_code=world.commune, name="THANH BÌNH")
        assert (again.status_code, again.json()["code"]) == (409, "place_exists")
        assert (await self.add_place(client, officer, parent_code=world.sibling_commune)).status_code == 201
        assert (
            await self.add_place(client, officer, parent_code=world.commune, kind="xóm")
        ).status_code == 201

    async def test_many_at_once_add_it_once(self, client: httpx.AsyncClient, officer: Login, world: World):
        responses = await asyncio.gather(
            *(self.add_place(client, officer, parent_code=world.commune) for _ in range(8))
        )
        assert sorted(response.status_code for response in responses) == [201] + [409] * 7

    async def test_names_that_differ_in_diacritics_get_their_own_codes(
        self, client: httpx.AsyncClient, officer: Login, world: World
    ):
        created = [
            (await self.add_place(client, officer, parent_code=world.commune, name=name)).json()["code"]
            for name in ("Thanh Bình", "Thành Bình", "Thạnh Bình")
        ]
        assert created[1:] == [f"{created[0]}-2", f"{created[0]}-3"]

    async def test_same_code_is_409(self, client: httpx.AsyncClient, officer: Login, world: World):
        code = f"{world.commune}.own"
        assert (
            await self.add_place(client, officer, parent_code=world.commune, code=code)
        ).status_code == 201
        again = await self.add_place(client, officer, parent_code=world.commune, code=code, name="Khác")
        assert (again.status_code, again.json()["code"]) == (409, "place_exists")

    async def test_hamlet_follows_its_commune_through_the_reform(
        self, client: httpx.AsyncClient, loaded_places: None, world: World
    ):
        login = await world.user(await world.national("womens_union"), "union_officer")
        response = await self.add_place(
            client, login, parent_code="18553", valid_from="2023-05-01", name="Thử Nghiệm"
        )
        assert response.status_code == 201, response.text
        place = response.json()
        assert (place["valid_from"], place["valid_to"]) == ("2023-05-01", "2025-06-30")
        history = (await client.get(f"{LIST}/{place['code']}/history", headers=login.headers)).json()
        assert [era["place"]["parent_code"] for era in history["eras"]] == ["18553", "18547"]
        assert history["eras"][1]["place"]["valid_from"] == "2025-07-01"
        assert (
            await self.add_place(client, login, parent_code="18547", name="Thử Nghiệm")
        ).status_code == 409
        below = {"parent_code": place["code"], "valid_from": "2024-01-01", "kind": "tổ liên gia", "name": "1"}
        block = (await self.add_place(client, login, **below)).json()
        now = (await client.get(f"{LIST}/{block['code']}", headers=login.headers)).json()
        assert [above["code"] for above in now["ancestors"]] == [place["code"], "18547", "42"]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"parent_code": "00000"}, "/parent_code"),
            ({"parent_code": "42"}, "/parent_code"),
            ({"parent_code": "18847", "valid_from": "2025-07-01"}, "/parent_code"),
            ({"kind": "xã"}, "/kind"),
            ({"name": " "}, "/name"),
            ({"name": "a\u0000b"}, "/name"),
            ({"code": "12345"}, "/code"),
            ({"code": "VN"}, "/code"),
            ({"code": "x" * 31 + "-1"}, "/code"),
            ({"code": "bản 1"}, "/code"),
            ({"valid_from": "2026-13-01"}, "/valid_from"),
            ({"latitude": 1}, "/latitude"),
        ],
    )
    async def test_wrong_field_is_422(
        self, client: httpx.AsyncClient, loaded_places: None, world: World, body: dict[str, Any], pointer: str
    ):
        login = await world.user(await world.national("womens_union"), "union_officer")
        response = await self.add_place(client, login, **({"parent_code": world.commune} | body))
        assert response.status_code == 422, response.text
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]

    async def test_is_noted_in_the_audit(
        self, client: httpx.AsyncClient, officer: Login, world: World, owner: Any
    ):
        await self.add_place(client, officer, parent_code=world.commune)
        rows = await owner.fetch(
            "select event, province_code, commune_code, fields->>'name' as name from audit_event where actor_id = $1",
            officer.id,
        )
        assert [tuple(row) for row in rows] == [("place.added", world.province, world.commune, "Thanh Bình")]
        row = await owner.fetchrow("select created_by_org from place where parent_code = $1", world.commune)
        assert row["created_by_org"] == officer.organisation_id
