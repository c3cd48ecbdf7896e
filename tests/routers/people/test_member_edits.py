"""Editing members over HTTP, and the history that edits leave."""

from uuid import uuid4

import httpx
import pytest

from tests.routers.people.member_scenario import MemberScenario, member_path, new_phone, problem_of
from tests.world import World, national_id


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


class TestEditMember:
    async def test_anonymous_is_401(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0])
        assert (await scenario.request("PATCH", path, None, {}, if_match='"1"')).status_code == 401

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("officer", 200),
            ("commune_officer", 200),
            ("treasurer", 200),
            ("partner", 200),
            ("reading_partner", 403),
            ("viewer", 403),
            ("bhxh", 403),
            ("collector", 404),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("sibling_province_officer", 404),
        ],
    )
    async def test_who_may_edit(self, scenario: MemberScenario, who: str, status: int):
        path = member_path(scenario.group.members[0])
        assert (await scenario.patch(path, 1, getattr(scenario, who), occupation="May")).status_code == status

    async def test_only_given_fields_change(self, scenario: MemberScenario):
        created = await scenario.create_member(phone=new_phone(), occupation="May")
        response = await scenario.patch(member_path(created), 1, full_name="Trần Thị Mai", phone=None)
        assert response.headers["etag"] == '"2"'
        edited = response.json()
        assert (edited["full_name"], edited["phone"], edited["occupation"]) == ("Trần Thị Mai", None, "May")
        body = await scenario.get_json(f"/v1/members?q=tran+thi+m&commune_code={scenario.world.commune}")
        assert [item["id"] for item in body["items"]] == [created["id"]]

    async def test_version_is_needed_and_must_be_current(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0])
        assert (await scenario.request("PATCH", path, scenario.officer, {})).status_code == 428
        assert (await scenario.patch(path, 1, occupation="May")).status_code == 200
        assert problem_of(await scenario.patch(path, 1, occupation="Gốm"))[:2] == (412, "stale_version")

    @pytest.mark.parametrize(
        ("values", "pointer", "code"),
        [
            ({"full_name": None}, "/full_name", "string_type"),
            ({"commune_code": None}, "/commune_code", "string_type"),
            ({"birth_date": "2100-01-01"}, "/birth_date", "birth_in_future"),
            ({"died_on": "1980-01-01"}, "/died_on", "death_before_birth"),
            ({"national_id": "183456789"}, "/national_id", "old_id_card"),
            ({"hamlet_code": "khong-co"}, "/hamlet_code", "hamlet_elsewhere"),
            ({"organisation_id": "x"}, "/organisation_id", "extra_forbidden"),
            ({"version": 7}, "/version", "extra_forbidden"),
        ],
    )
    async def test_wrong_field_is_named(
        self, scenario: MemberScenario, values: dict[str, object], pointer: str, code: str
    ):
        created = await scenario.create_member(birth_date="1984-03-02")
        assert problem_of(await scenario.patch(member_path(created), 1, **values))[2] == [(pointer, code)]

    async def test_nobody_brings_themselves(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0])
        response = await scenario.patch(path, 1, referrer_id=str(scenario.group.members[0]))
        assert problem_of(response)[2] == [("/referrer_id", "referrer_is_self")]
        response = await scenario.patch(path, 1, referrer_id=str(uuid4()))
        assert problem_of(response) == (404, "not_found", [("/referrer_id", "not_found")])

    async def test_number_of_another_member_is_taken(self, scenario: MemberScenario):
        number = national_id()
        await scenario.create_member(national_id=number)
        response = await scenario.patch(member_path(scenario.group.members[0]), 1, national_id=number)
        assert problem_of(response) == (409, "national_id_taken", [("/national_id", "national_id_taken")])
        assert number not in response.text


class TestMoveMember:
    async def test_to_a_commune_of_the_scope(self, scenario: MemberScenario):
        hamlet = await scenario.world.place("hamlet", scenario.world.commune)
        created = await scenario.create_member(hamlet_code=hamlet)
        await scenario.create_row(
            member_path(created, "consents"),
            {"purpose": "savings", "text_version": "v1", "method": "paper", "given_by": "self"},
        )
        moved = (
            await scenario.patch(member_path(created), 1, commune_code=scenario.world.sibling_commune)
        ).json()
        assert (moved["commune_code"], moved["hamlet_code"]) == (scenario.world.sibling_commune, None)
        assert (
            await scenario.request("GET", member_path(created), scenario.commune_officer)
        ).status_code == 404
        there = await scenario.get_json(member_path(created, "consents"), scenario.sibling_commune_officer)
        assert len(there["items"]) == 1
        event = (await scenario.get_json(member_path(created, "history")))["items"][0]
        assert event["event"] == "member.changed"
        assert event["fields"]["commune_code"] == {
            "from": scenario.world.commune,
            "to": scenario.world.sibling_commune,
        }

    async def test_beyond_the_scope_is_403(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0])
        beyond = await scenario.world.place("commune", scenario.world.sibling_province)
        response = await scenario.patch(path, 1, commune_code=beyond)
        assert problem_of(response) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    async def test_household_does_not_come_along_unasked(self, scenario: MemberScenario):
        household = await scenario.create_household()
        created = await scenario.create_member(household_id=household["id"], relation_to_head="child")
        path, there = member_path(created), scenario.world.sibling_commune
        response = await scenario.patch(path, 1, commune_code=there)
        assert problem_of(response)[2] == [("/household_id", "household_elsewhere")]
        moved = (await scenario.patch(path, 1, commune_code=there, household_id=None)).json()
        assert (moved["household_id"], moved["relation_to_head"]) == (None, None)


class TestHistory:
    async def test_latest_first_and_nothing_that_identifies(self, scenario: MemberScenario):
        number, calls = national_id(), new_phone()
        created = await scenario.create_member(full_name="Lê Thị Hoa", national_id=number)
        await scenario.patch(member_path(created), 1, phone=calls, joined_on="2024-02-01")
        await scenario.request(
            "POST", member_path(created, "reveal"), scenario.officer, {"reason": "contact"}
        )
        response = await scenario.request("GET", member_path(created, "history"), scenario.officer)
        items = response.json()["items"]
        assert [item["event"] for item in items] == ["member.seen_whole", "member.changed", "member.created"]
        assert items[1]["fields"] == {"changed": ["joined_on", "phone"], "joined_on": "2024-02-01"}
        assert {item["actor_id"] for item in items} == {str(scenario.officer.id)}
        for secret in (number, calls, "Lê Thị Hoa"):
            assert secret not in response.text

    async def test_pages(self, scenario: MemberScenario):
        created = await scenario.create_member()
        for version in (1, 2, 3):
            await scenario.patch(member_path(created), version, occupation=f"Nghề {version}")
        first = await scenario.get_json(member_path(created, "history?limit=3"))
        rest = await scenario.get_json(member_path(created, f"history?limit=3&cursor={first['next_cursor']}"))
        assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)

    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("viewer", 403), ("farmers_officer", 404), ("sibling_commune_officer", 404)],
    )
    async def test_who_may_read_it(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "history")
        assert (await scenario.request("GET", path, login)).status_code == status
