"""Support groups of members over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people_cast import Cast, member_path, refusal
from tests.world import Login, World

POOR: dict[str, Any] = {"kind": "poor", "valid_from": "2024-01-01", "evidence": "QĐ 12/QĐ-UBND"}


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


async def put(cast: Cast, path: str, login: Login | None = None, /, **values: Any) -> httpx.Response:
    return await cast.call("POST", path, login or cast.officer, POOR | values)


class TestSetSupportGroup:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (None, 401),
            ("viewer", 403),
            ("bhxh", 403),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("treasurer", 201),
            ("officer", 201),
        ],
    )
    async def test_who_may_set(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "support-groups")
        assert (await cast.call("POST", path, login, POOR)).status_code == status

    async def test_recorded(self, cast: Cast):
        path = member_path(cast.group.members[0], "support-groups")
        made = (await put(cast, path)).json()
        assert (made["kind"], made["valid_to"], made["entered_by"]) == ("poor", None, str(cast.officer.id))
        assert (await cast.read(path, cast.bhxh))["items"] == [made]

    async def test_overlap_and_succession(self, cast: Cast):
        path = member_path(cast.group.members[0], "support-groups")
        await put(cast, path, valid_to="2024-12-31")
        assert refusal(await put(cast, path, valid_from="2024-12-31"))[:2] == (409, "support_group_overlaps")
        assert (await put(cast, path, kind="near_poor", valid_from="2024-06-01")).status_code == 201
        assert (await put(cast, path, valid_from="2025-01-01")).status_code == 201
        days = [item["valid_from"] for item in (await cast.read(path))["items"]]
        assert days == ["2024-01-01", "2024-06-01", "2025-01-01"]

    async def test_repeat_of_an_id(self, cast: Cast):
        path, own = member_path(cast.group.members[0], "support-groups"), str(uuid4())
        first = await put(cast, path, id=own)
        again = await put(cast, path, id=own)
        assert (again.status_code, again.json()) == (200, first.json())
        assert refusal(await put(cast, path, id=own, kind="other"))[:2] == (409, "id_taken")

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"kind": "rich"}, "/kind", "enum"),
            ({"valid_from": "2024-02-30"}, "/valid_from", "day"),
            ({"valid_to": "2023-12-31"}, "/valid_to", "dates_reversed"),
            ({"evidence": "\u0007"}, "/evidence", "invisible_character"),
            ({"network": "bhxh"}, "/network", "extra_forbidden"),
        ],
    )
    async def test_wrong_field_is_named(self, cast: Cast, values: dict[str, Any], pointer: str, code: str):
        answer = await put(cast, member_path(cast.group.members[0], "support-groups"), **values)
        assert refusal(answer)[2] == [(pointer, code)]


class TestSensitiveKind:
    async def test_written_and_read_only_by_those_who_may(self, cast: Cast):
        path = member_path(cast.group.members[0], "support-groups")
        for login in (cast.treasurer, cast.partner):
            answer = await put(cast, path, login, kind="ethnic_minority")
            assert refusal(answer) == (403, "forbidden", [("/kind", "forbidden")])
        made = (await put(cast, path, kind="ethnic_minority")).json()
        assert (await cast.read(path))["items"] == [made]
        assert (await cast.read(path, cast.bhxh))["items"] == [made]
        for login in (cast.treasurer, cast.partner, cast.reading_partner):
            assert (await cast.read(path, login))["items"] == []
        ending = {"valid_to": "2026-01-01"}
        assert (
            await cast.call("POST", f"{path}/{made['id']}/end", cast.treasurer, ending)
        ).status_code == 404

    async def test_its_history_does_not_tell(self, cast: Cast):
        member = cast.group.members[0]
        await put(
            cast, member_path(member, "support-groups"), kind="ethnic_minority", evidence="Dân tộc Thái"
        )
        answer = await cast.call("GET", member_path(member, "history"), cast.treasurer)
        assert answer.json()["items"][0]["fields"]["sensitive"] is True
        assert "ethnic" not in answer.text
        assert "Thái" not in answer.text


class TestEndSupportGroup:
    async def test_last_day(self, cast: Cast):
        path = member_path(cast.group.members[0], "support-groups")
        made = (await put(cast, path)).json()
        end = f"{path}/{made['id']}/end"
        for _ in range(2):
            answer = await cast.call("POST", end, cast.treasurer, {"valid_to": "2025-03-31"})
            assert (answer.status_code, answer.json()["valid_to"]) == (200, "2025-03-31")
        again = await cast.call("POST", end, cast.officer, {"valid_to": "2025-04-30"})
        assert refusal(again)[:2] == (409, "support_group_ended")

    async def test_not_before_the_first_day(self, cast: Cast):
        path = member_path(cast.group.members[0], "support-groups")
        made = (await put(cast, path)).json()
        answer = await cast.call("POST", f"{path}/{made['id']}/end", cast.officer, {"valid_to": "2023-12-31"})
        assert refusal(answer)[2] == [("/valid_to", "dates_reversed")]

    @pytest.mark.parametrize(
        ("who", "status"), [(None, 401), ("bhxh", 403), ("farmers_officer", 404), ("officer", 404)]
    )
    async def test_absent(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "support-groups", uuid4(), "end")
        assert (await cast.call("POST", path, login, {"valid_to": "2025-01-01"})).status_code == status


class TestListSupportGroups:
    @pytest.mark.parametrize(
        ("who", "status"), [(None, 401), ("viewer", 403), ("farmers_officer", 404), ("collector", 404)]
    )
    async def test_who_may_not_read(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "support-groups")
        assert (await cast.call("GET", path, login)).status_code == status
