"""Pairs of members with one number: who sees them, and how they are settled."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people.member_scenario import (
    MEMBERS,
    MemberScenario,
    member_path,
    new_insurance_no,
    problem_of,
)
from tests.world import Login, World, national_id

PAIRS = "/v1/member-number-pairs"
SETTLE = f"{PAIRS}/settle"


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


async def create_pair(scenario: MemberScenario, **numbers: str) -> tuple[Any, Any]:
    """A member of one commune, and one with the same numbers whom the officer of another one entered."""
    numbers = numbers or {"national_id": national_id()}
    first = await scenario.create_member(scenario.commune_officer, **numbers)
    there = scenario.world.sibling_commune
    second = await scenario.create_member(scenario.sibling_commune_officer, commune_code=there, **numbers)
    return first, second


async def create_three(scenario: MemberScenario) -> tuple[Any, Any, Any]:
    """Three members of three communes with one number, none of whose officers sees another."""
    number = national_id()
    first, second = await create_pair(scenario, national_id=number)
    return first, second, await create_far(scenario, number)


async def create_far(scenario: MemberScenario, number: str) -> Any:
    """A member with a number, in a commune that nobody else of the scenario covers but who covers the province."""
    far = await scenario.world.place("commune", scenario.world.province)
    unit = await scenario.world.unit("womens_union", far, level="commune")
    officer = await scenario.world.user(unit, "union_officer")
    return await scenario.create_member(officer, commune_code=far, national_id=number)


async def create_covering_officer(scenario: MemberScenario) -> Login:
    """An officer of the two communes of the pair, and of no other."""
    unit = await scenario.world.unit("womens_union", scenario.world.commune, level="commune")
    await scenario.world.owner.execute(
        "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)"
        " values ($1, $2, '2020-01-01', '{}', array[$2], false)",
        unit.id, scenario.world.sibling_commune,
    )  # fmt: skip
    return await scenario.world.user(unit, "union_officer")


async def read_pairs(scenario: MemberScenario, login: Login) -> list[list[str]]:
    """The ids of the members of each pair that somebody sees, of all pages."""
    pairs, cursor = [], None
    while True:
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        response = await scenario.client.get(PAIRS, params=query, headers=login.headers)
        assert response.status_code == 200, response.text
        pairs += [[side["member_id"] for side in pair["members"]] for pair in response.json()["items"]]
        if (cursor := response.json()["next_cursor"]) is None:
            return pairs


async def settle(
    scenario: MemberScenario, keep: Any, other: Any, outcome: str, login: Login | None = None
) -> httpx.Response:
    body = {"keep": keep["id"], "other": other["id"], "outcome": outcome}
    return await scenario.request("POST", SETTLE, login or scenario.officer, body)


async def read_record(scenario: MemberScenario, login: Login, member: Any) -> Any:
    response = await scenario.client.get(member_path(member), headers=login.headers)
    assert response.status_code == 200, response.text
    return response.json()


class TestListPairs:
    async def test_only_who_sees_both(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        expected = [[second["id"], first["id"]]]
        assert await read_pairs(scenario, scenario.officer) == expected
        assert await read_pairs(scenario, scenario.bhxh) == expected
        for login in (
            scenario.commune_officer, scenario.sibling_commune_officer, scenario.sibling_province_officer,
            scenario.farmers_officer,
        ):  # fmt: skip
            assert await read_pairs(scenario, login) == []

    async def test_what_is_shown(self, scenario: MemberScenario):
        number, insurance_no = national_id(), new_insurance_no()
        await create_pair(scenario, national_id=number, social_insurance_no=insurance_no)
        response = await scenario.client.get(PAIRS, headers=scenario.officer.headers)
        [pair] = response.json()["items"]
        assert pair["shared"] == ["national_id", "social_insurance_no"]
        assert [side["number_status"] for side in pair["members"]] == ["pending", "confirmed"]
        assert number not in response.text
        assert insurance_no not in response.text

    async def test_three_with_one_number_are_a_pair_each(self, scenario: MemberScenario):
        first, second, third = await create_three(scenario)
        assert await read_pairs(scenario, scenario.officer) == [
            [third["id"], second["id"]], [third["id"], first["id"]], [second["id"], first["id"]],
        ]  # fmt: skip

    @pytest.mark.parametrize(("who", "status"), [(None, 401), ("viewer", 403), ("treasurer", 403)])
    async def test_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        assert (await scenario.request("GET", PAIRS, login)).status_code == status


class TestSettlePair:
    @pytest.mark.parametrize("outcome", ["same_person", "wrong_number"])
    @pytest.mark.parametrize("kept", [0, 1])
    async def test_one_keeps_the_number(self, scenario: MemberScenario, outcome: str, kept: int):
        number = national_id()
        pair = await create_pair(scenario, national_id=number)
        officers = (scenario.commune_officer, scenario.sibling_commune_officer)
        keep, other = pair[kept], pair[1 - kept]
        response = await settle(scenario, keep, other, outcome)
        assert response.status_code == 200, response.text
        assert response.json()["keep"]["number_status"] == "confirmed"
        assert response.json()["other"]["national_id"] is None
        assert await read_pairs(scenario, scenario.officer) == []
        theirs = await read_record(scenario, officers[1 - kept], other)
        assert (theirs["national_id"], theirs["warnings"]) == (None, ["number_to_check"])
        assert number[:3] in (await read_record(scenario, officers[kept], keep))["national_id"]

    async def test_the_commune_reads_only_that_the_number_changed(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        await settle(scenario, first, second, "wrong_number", scenario.bhxh)
        history = await scenario.client.get(
            member_path(second, "history"), headers=scenario.sibling_commune_officer.headers
        )
        events = [(one["event"], one["fields"]) for one in history.json()["items"]]
        assert events == [("member.changed", {"changed": ["national_id"]}), ("member.created", {})]
        above = await scenario.client.get(member_path(second, "history"), headers=scenario.officer.headers)
        assert "member.number_settled" in [one["event"] for one in above.json()["items"]]

    async def test_the_right_number_ends_the_warning(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        settled = await settle(scenario, first, second, "wrong_number")
        assert settled.status_code == 200
        headers = scenario.sibling_commune_officer.headers | {"If-Match": '"2"'}
        body = {"national_id": national_id()}
        response = await scenario.client.patch(member_path(second), json=body, headers=headers)
        assert response.status_code == 200, response.text
        assert "number_to_check" not in response.json()["warnings"]

    async def test_what_the_other_has_besides_stays(self, scenario: MemberScenario):
        insurance_no, number = new_insurance_no(), national_id()
        first = await scenario.create_member(scenario.commune_officer, national_id=number)
        second = await scenario.create_member(
            scenario.sibling_commune_officer, commune_code=scenario.world.sibling_commune,
            national_id=number, social_insurance_no=insurance_no,
        )  # fmt: skip
        other = (await settle(scenario, first, second, "same_person")).json()["other"]
        assert (other["national_id"], other["number_status"]) == (None, "confirmed")
        assert other["social_insurance_no"] is not None
        record = await read_record(scenario, scenario.officer, second)
        assert record["warnings"] == ["number_to_check"]

    async def test_two_people_may_have_one_old_number(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        response = await settle(scenario, first, second, "distinct")
        assert [response.json()[name]["number_status"] for name in ("keep", "other")] == [
            "confirmed",
            "distinct",
        ]
        assert await read_pairs(scenario, scenario.officer) == []
        again = await settle(scenario, first, second, "distinct")
        assert problem_of(again)[:2] == (409, "not_a_pair")

    async def test_of_three_only_the_pair_that_was_settled_is_closed(self, scenario: MemberScenario):
        """The two later ones are distinct from each other, which says nothing of the first."""
        first, second, third = await create_three(scenario)
        response = await settle(scenario, second, third, "distinct")
        assert response.json()["other"]["number_status"] == "distinct"
        assert await read_pairs(scenario, scenario.officer) == [
            [third["id"], first["id"]],
            [second["id"], first["id"]],
        ]
        again = await settle(scenario, third, second, "wrong_number")
        assert problem_of(again)[:2] == (409, "not_a_pair")
        response = await settle(scenario, first, second, "distinct")
        assert response.json()["other"]["number_status"] == "distinct"
        assert await read_pairs(scenario, scenario.officer) == [[third["id"], first["id"]]]
        response = await settle(scenario, first, third, "distinct")
        assert response.json()["other"]["number_status"] == "distinct"
        assert await read_pairs(scenario, scenario.officer) == []

    async def test_of_three_who_loses_the_number_leaves_the_others_settled(self, scenario: MemberScenario):
        first, second, third = await create_three(scenario)
        await settle(scenario, first, third, "distinct")
        assert (await settle(scenario, first, second, "wrong_number")).status_code == 200
        assert await read_pairs(scenario, scenario.officer) == []
        statuses = await scenario.world.owner.fetch(
            "select number_status from member where id = any ($1::uuid[]) order by id",
            [each["id"] for each in (first, second, third)],
        )
        assert [row["number_status"] for row in statuses] == ["confirmed", "confirmed", "distinct"]

    async def test_of_three_one_whom_the_settler_does_not_see_stays_open(self, scenario: MemberScenario):
        """Who sees two of them closes their pair alone; who sees all finds the others."""
        number = national_id()
        first = await create_far(scenario, number)
        second, third = await create_pair(scenario, national_id=number)
        covering = await create_covering_officer(scenario)
        assert (await settle(scenario, second, third, "distinct", covering)).status_code == 200
        assert await read_pairs(scenario, scenario.officer) == [
            [third["id"], first["id"]],
            [second["id"], first["id"]],
        ]

    async def test_a_changed_number_opens_the_pair_again(self, scenario: MemberScenario):
        number = national_id()
        first, second = await create_pair(scenario, national_id=number)
        await settle(scenario, first, second, "distinct")
        for value in (None, number):
            shown = await read_record(scenario, scenario.sibling_commune_officer, second)
            headers = scenario.sibling_commune_officer.headers | {"If-Match": f'"{shown["version"]}"'}
            edit = await scenario.client.patch(
                member_path(second), json={"national_id": value}, headers=headers
            )
            assert edit.status_code == 200, edit.text
        assert await read_pairs(scenario, scenario.officer) == [[second["id"], first["id"]]]

    async def test_whoever_does_not_see_both_finds_no_pair(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        for login, pointer in (
            (scenario.commune_officer, "/other"),
            (scenario.sibling_commune_officer, "/keep"),
            (scenario.farmers_officer, "/keep"),
        ):
            response = await settle(scenario, first, second, "wrong_number", login)
            assert problem_of(response) == (404, "not_found", [(pointer, "not_found")])

    async def test_hostile(self, scenario: MemberScenario):
        first, second = await create_pair(scenario)
        other = await scenario.create_member(national_id=national_id())
        assert problem_of(await settle(scenario, first, other, "distinct"))[:2] == (409, "not_a_pair")
        assert problem_of(await settle(scenario, first, first, "distinct"))[2] == [("/other", "same_as_keep")]
        assert problem_of(await settle(scenario, first, {"id": str(uuid4())}, "distinct"))[:2] == (
            404,
            "not_found",
        )
        assert (await settle(scenario, first, second, "merge")).status_code == 422


class TestThird:
    """Whoever sees two of three with one number reads the same as if there were no third."""

    async def tell(self, scenario: MemberScenario, outcome: str, edited: int, *, third: bool) -> list[Any]:
        """What an officer reads of a pair, with a third whom they do not see or without, from the list to an edit."""
        number = national_id()
        if third:
            await create_far(scenario, number)
        pair = await create_pair(scenario, national_id=number)
        covering, names = await create_covering_officer(scenario), {}
        for name, member in zip("ab", pair, strict=True):
            names[member["id"]] = name

        async def list_sides() -> list[Any]:
            items = (await scenario.request("GET", PAIRS, covering)).json()["items"]
            return [
                [(names[side["member_id"]], side["number_status"]) for side in one["members"]]
                for one in items
            ]

        told: list[Any] = [await list_sides()]
        settled = (await settle(scenario, *pair, outcome, covering)).json()
        told += [[settled[name]["number_status"] for name in ("keep", "other")], await list_sides()]
        told.append(problem_of(await settle(scenario, pair[1], pair[0], outcome, covering))[:2])
        for values in (
            {"social_insurance_no": new_insurance_no()},
            {"national_id": None},
            {"national_id": number},
        ):
            path = member_path(pair[edited])
            version = (await scenario.request("GET", path, covering)).json()["version"]
            answer = await scenario.request("PATCH", path, covering, values, If_Match=f'"{version}"')
            told += [(answer.status_code, answer.json().get("warnings")), await list_sides()]
        return told

    @pytest.mark.parametrize("outcome", ["same_person", "wrong_number", "distinct"])
    @pytest.mark.parametrize("edited", [0, 1])
    async def test_is_not_told(self, scenario: MemberScenario, outcome: str, edited: int):
        without = await self.tell(scenario, outcome, edited, third=False)
        assert without[0] == [[("b", "pending"), ("a", "confirmed")]]
        assert await self.tell(scenario, outcome, edited, third=True) == without


class TestWhoeverSeesBoth:
    async def test_is_told_that_it_is_taken(self, scenario: MemberScenario):
        number = national_id()
        await create_pair(scenario, national_id=number)
        body = scenario.member_body(national_id=number)
        response = await scenario.request("POST", MEMBERS, scenario.officer, body)
        assert problem_of(response)[:2] == (409, "national_id_taken")
        for login in (scenario.commune_officer, scenario.officer):
            found = await scenario.request("POST", f"{MEMBERS}/search", login, {"national_id": number})
            assert len(found.json()["items"]) == (1 if login is scenario.commune_officer else 2)
