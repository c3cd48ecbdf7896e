"""Support groups of members over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people.member_scenario import MemberScenario, member_path, problem_of
from tests.world import Login, World

POOR: dict[str, Any] = {"kind": "poor", "valid_from": "2024-01-01", "evidence": "QĐ 12/QĐ-UBND"}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


async def post_support_group(
    scenario: MemberScenario, path: str, login: Login | None = None, /, **values: Any
) -> httpx.Response:
    return await scenario.request("POST", path, login or scenario.officer, POOR | values)


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
    async def test_who_may_set(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "support-groups")
        assert (await scenario.request("POST", path, login, POOR)).status_code == status

    async def test_recorded(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "support-groups")
        created = (await post_support_group(scenario, path)).json()
        assert (created["kind"], created["valid_to"], created["entered_by"]) == (
            "poor",
            None,
            str(scenario.officer.id),
        )
        assert (await scenario.get_json(path, scenario.bhxh))["items"] == [created]

    async def test_overlap_and_succession(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "support-groups")
        await post_support_group(scenario, path, valid_to="2024-12-31")
        assert problem_of(await post_support_group(scenario, path, valid_from="2024-12-31"))[:2] == (
            409,
            "support_group_overlaps",
        )
        assert (
            await post_support_group(scenario, path, kind="near_poor", valid_from="2024-06-01")
        ).status_code == 201
        assert (await post_support_group(scenario, path, valid_from="2025-01-01")).status_code == 201
        days = [item["valid_from"] for item in (await scenario.get_json(path))["items"]]
        assert days == ["2024-01-01", "2024-06-01", "2025-01-01"]

    async def test_repeat_of_an_id(self, scenario: MemberScenario):
        path, own = member_path(scenario.group.members[0], "support-groups"), str(uuid4())
        first = await post_support_group(scenario, path, id=own)
        again = await post_support_group(scenario, path, id=own)
        assert (again.status_code, again.json()) == (200, first.json())
        assert problem_of(await post_support_group(scenario, path, id=own, kind="other"))[:2] == (
            409,
            "id_taken",
        )

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
    async def test_wrong_field_is_named(
        self, scenario: MemberScenario, values: dict[str, Any], pointer: str, code: str
    ):
        response = await post_support_group(
            scenario, member_path(scenario.group.members[0], "support-groups"), **values
        )
        assert problem_of(response)[2] == [(pointer, code)]


class TestSensitiveKind:
    async def test_written_and_read_only_by_those_who_may(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "support-groups")
        for login in (scenario.treasurer, scenario.partner):
            response = await post_support_group(scenario, path, login, kind="ethnic_minority")
            assert problem_of(response) == (403, "forbidden", [("/kind", "forbidden")])
        created = (await post_support_group(scenario, path, kind="ethnic_minority")).json()
        assert (await scenario.get_json(path))["items"] == [created]
        assert (await scenario.get_json(path, scenario.bhxh))["items"] == [created]
        for login in (scenario.treasurer, scenario.partner, scenario.reading_partner):
            assert (await scenario.get_json(path, login))["items"] == []
        ending = {"valid_to": "2026-01-01"}
        assert (
            await scenario.request("POST", f"{path}/{created['id']}/end", scenario.treasurer, ending)
        ).status_code == 404

    async def test_its_history_does_not_tell(self, scenario: MemberScenario):
        member = scenario.group.members[0]
        await post_support_group(
            scenario, member_path(member, "support-groups"), kind="ethnic_minority", evidence="Dân tộc Thái"
        )
        response = await scenario.request("GET", member_path(member, "history"), scenario.treasurer)
        assert response.json()["items"][0]["fields"]["sensitive"] is True
        assert "ethnic" not in response.text
        assert "Thái" not in response.text


class TestEndSupportGroup:
    async def test_last_day(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "support-groups")
        created = (await post_support_group(scenario, path)).json()
        end = f"{path}/{created['id']}/end"
        for _ in range(2):
            response = await scenario.request("POST", end, scenario.treasurer, {"valid_to": "2025-03-31"})
            assert (response.status_code, response.json()["valid_to"]) == (200, "2025-03-31")
        again = await scenario.request("POST", end, scenario.officer, {"valid_to": "2025-04-30"})
        assert problem_of(again)[:2] == (409, "support_group_ended")

    async def test_not_before_the_first_day(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0], "support-groups")
        created = (await post_support_group(scenario, path)).json()
        response = await scenario.request(
            "POST", f"{path}/{created['id']}/end", scenario.officer, {"valid_to": "2023-12-31"}
        )
        assert problem_of(response)[2] == [("/valid_to", "dates_reversed")]

    @pytest.mark.parametrize(
        ("who", "status"), [(None, 401), ("bhxh", 403), ("farmers_officer", 404), ("officer", 404)]
    )
    async def test_absent(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "support-groups", uuid4(), "end")
        assert (await scenario.request("POST", path, login, {"valid_to": "2025-01-01"})).status_code == status


class TestListSupportGroups:
    @pytest.mark.parametrize(
        ("who", "status"), [(None, 401), ("viewer", 403), ("farmers_officer", 404), ("collector", 404)]
    )
    async def test_who_may_not_read(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "support-groups")
        assert (await scenario.request("GET", path, login)).status_code == status
