"""The read audit over HTTP: what notes who was seen, and who reads it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.privacy.request_scenario import REQUESTS, PrivacyScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World

PATH = "/v1/read-audit"


@pytest.fixture
async def privacy(world: World, client: Any) -> PrivacyScenario:
    return await PrivacyScenario.create(world, client)


@pytest.fixture
async def person(privacy: PrivacyScenario) -> dict[str, Any]:
    return await privacy.create_person()


@pytest.fixture
async def officer(privacy: PrivacyScenario) -> Login:
    """The data protection officer of the union."""
    return await privacy.world.user(privacy.unit, "union_data_officer")


async def reads(privacy: PrivacyScenario, officer: Login, **params: Any) -> list[dict[str, Any]]:
    """What the read audit shows an officer."""
    response = await privacy.client.get(PATH, params=params, headers=officer.headers)
    items: list[dict[str, Any]] = expect_json(response)["items"]
    return items


async def search(privacy: PrivacyScenario, login: Login, **body: Any) -> list[dict[str, Any]]:
    response = await privacy.client.post("/v1/members/search", json=body, headers=login.headers)
    items: list[dict[str, Any]] = expect_json(response)["items"]
    return items


class TestWhatIsNoted:
    async def test_a_record_that_is_read(self, privacy: PrivacyScenario, person, officer):
        expect_json(await privacy.client.get(f"/v1/members/{person['id']}", headers=privacy.officer.headers))
        (line,) = await reads(privacy, officer, member_id=person["id"])
        assert line | {"seq": 0, "at": ""} == {
            "seq": 0, "at": "", "act": "record", "reason": None, "network": "womens_union",
            "province_code": person["province_code"], "commune_code": person["commune_code"],
            "member_id": person["id"], "actor_id": str(privacy.officer.id), "actor_kind": "user",
            "organisation_id": str(privacy.unit.id), "searched_by": None, "searched_for": None, "shown": None,
            "emergency_access_id": None,
        }  # fmt: skip

    async def test_every_time_it_is_read(self, privacy: PrivacyScenario, person, officer):
        for _ in range(3):
            await privacy.client.get(f"/v1/members/{person['id']}", headers=privacy.officer.headers)
        assert len(await reads(privacy, officer, member_id=person["id"])) == 3

    async def test_a_partner_system(self, privacy: PrivacyScenario, person, officer):
        partner = await privacy.world.partner(privacy.unit, "members:read")
        expect_json(await privacy.client.get(f"/v1/members/{person['id']}", headers=partner.headers))
        (line,) = await reads(privacy, officer, actor_id=str(partner.id))
        assert (line["actor_kind"], line["member_id"]) == ("client", person["id"])

    async def test_nothing_that_was_refused(self, privacy: PrivacyScenario, person, owner):
        path = f"/v1/members/{person['id']}"
        expect_problem(await privacy.client.get(path, headers=privacy.farmers.headers), 404, "not_found")
        expect_problem(await privacy.client.get(path), 401, "unauthenticated")
        await owner.execute("select fold_reads()")
        lines = "select count(*) from read_audit where member_id = $1"
        assert await owner.fetchval(lines, UUID(person["id"])) == 0

    async def test_whole_numbers_and_why(self, privacy: PrivacyScenario, person, officer):
        path = f"/v1/members/{person['id']}"
        headers = privacy.officer.headers
        await privacy.client.post(f"{path}/reveal", json={"reason": "complaint"}, headers=headers)
        await privacy.client.get(f"{path}/export", params={"reason": "person_request"}, headers=headers)
        lines = await reads(privacy, officer, member_id=person["id"])
        assert [(line["act"], line["reason"]) for line in lines] == [
            ("exported", "person_request"),
            ("revealed", "complaint"),
        ]

    async def test_the_copy_of_a_request(self, privacy: PrivacyScenario, person, officer):
        accepted = await privacy.accept(person, "copy")
        copied = await privacy.client.get(
            f"{REQUESTS}/{accepted['id']}/copy", headers=privacy.officer.headers
        )
        assert expect_json(copied)["member_id"] == person["id"]
        assert [line["act"] for line in await reads(privacy, officer, member_id=person["id"])] == ["copied"]

    async def test_lists_are_leafed_through_and_not_noted(self, privacy: PrivacyScenario, person, officer):
        await privacy.client.get("/v1/members", headers=privacy.officer.headers)
        assert await reads(privacy, officer, actor_id=str(privacy.officer.id)) == []


class TestSearches:
    async def test_for_a_number_that_somebody_bears(self, privacy: PrivacyScenario, person, officer, owner):
        number = await owner.fetchval("select national_id from member where id = $1", UUID(person["id"]))
        assert [item["id"] for item in await search(privacy, privacy.officer, national_id=number)] == [
            person["id"]
        ]
        (line,) = await reads(privacy, officer, member_id=person["id"])
        masked = f"{number[:3]}******{number[-3:]}"
        assert (line["act"], line["searched_by"], line["searched_for"], line["shown"]) == (
            "searched", "national_id", masked, 1,
        )  # fmt: skip

    async def test_for_a_number_that_nobody_bears(self, privacy: PrivacyScenario, officer):
        assert await search(privacy, privacy.officer, phone="0987654321") == []
        (line,) = await reads(privacy, officer, actor_id=str(privacy.officer.id))
        assert (line["member_id"], line["shown"], line["network"]) == (None, 0, "womens_union")
        assert "0987654" not in line["searched_for"]

    async def test_by_the_beginning_of_a_name(self, privacy: PrivacyScenario, person, officer):
        query = {"q": person["full_name"], "commune_code": privacy.world.commune}
        await privacy.client.get("/v1/members", params=query, headers=privacy.officer.headers)
        (line,) = await reads(privacy, officer, member_id=person["id"])
        assert (line["searched_by"], line["shown"]) == ("name", 1)
        assert line["searched_for"].startswith("t… t… ")

    async def test_by_who_works_for_some_groups_and_reads_no_audit(
        self, privacy: PrivacyScenario, person, officer, owner
    ):
        await privacy.join(person)
        number = await owner.fetchval("select national_id from member where id = $1", UUID(person["id"]))
        assert len(await search(privacy, privacy.treasurer, national_id=number)) == 1
        (line,) = await reads(privacy, officer, actor_id=str(privacy.treasurer.id))
        assert line["member_id"] == person["id"]

    async def test_that_shows_many_is_one_line(self, privacy: PrivacyScenario, officer):
        for _ in range(11):
            await privacy.create_person()
        query = {"q": "Trần", "commune_code": privacy.world.commune}
        page = expect_json(
            await privacy.client.get("/v1/members", params=query, headers=privacy.officer.headers)
        )
        assert len(page["items"]) >= 11
        (line,) = await reads(privacy, officer, act="searched")
        assert (line["member_id"], line["shown"]) == (None, len(page["items"]))

    async def test_bhxh_who_looks_for_somebody_is_seen_by_the_union(
        self, privacy: PrivacyScenario, person, officer, owner
    ):
        number = await owner.fetchval("select national_id from member where id = $1", UUID(person["id"]))
        await search(privacy, privacy.bhxh, national_id=number)
        (line,) = await reads(privacy, officer, member_id=person["id"])
        assert (line["actor_id"], line["network"]) == (str(privacy.bhxh.id), "womens_union")


class TestWhoReadsIt:
    async def test_anonymous_and_wrong_roles(self, privacy: PrivacyScenario):
        expect_problem(await privacy.client.get(PATH), 401, "unauthenticated")
        for login in (privacy.officer, privacy.admin, privacy.treasurer, privacy.bhxh):
            expect_problem(await privacy.client.get(PATH, headers=login.headers), 403, "forbidden")

    async def test_the_officers_of_their_network_and_places_and_bhxhs_administrators(
        self, privacy: PrivacyScenario, person, officer
    ):
        await privacy.client.get(f"/v1/members/{person['id']}", headers=privacy.officer.headers)
        world = privacy.world
        bhxh_officer = await world.user(await world.unit("bhxh"), "bhxh_data_officer")
        for login in (officer, bhxh_officer, privacy.bhxh_admin):
            assert len(await reads(privacy, login, member_id=person["id"])) == 1
        farmers = await world.user(await world.unit("farmers_association"), "union_data_officer")
        sibling = await world.unit("womens_union", world.sibling_commune, level="commune")
        for login in (farmers, await world.user(sibling, "union_data_officer")):
            assert await reads(privacy, login, member_id=person["id"]) == []

    async def test_page_by_page_the_latest_first(self, privacy: PrivacyScenario, officer):
        people = [await privacy.create_person() for _ in range(3)]
        for one in people:
            await privacy.client.get(f"/v1/members/{one['id']}", headers=privacy.officer.headers)
        params: dict[str, Any] = {"actor_id": str(privacy.officer.id), "limit": 2}
        page = expect_json(await privacy.client.get(PATH, params=params, headers=officer.headers))
        params["cursor"] = page["next_cursor"]
        rest = expect_json(await privacy.client.get(PATH, params=params, headers=officer.headers))
        assert [line["member_id"] for line in page["items"] + rest["items"]] == [
            one["id"] for one in reversed(people)
        ]
        assert rest["next_cursor"] is None

    async def test_filters(self, privacy: PrivacyScenario, person, officer):
        await privacy.client.get(f"/v1/members/{person['id']}", headers=privacy.officer.headers)
        day = today()
        for params, count in (
            ({"from": str(day), "to": str(day)}, 1),
            ({"from": str(day + timedelta(days=1))}, 0),
            ({"to": str(day - timedelta(days=1))}, 0),
            ({"act": "record"}, 1),
            ({"act": "revealed"}, 0),
            ({"actor_id": str(uuid7())}, 0),
        ):
            assert len(await reads(privacy, officer, member_id=person["id"], **params)) == count, params

    async def test_hostile_parameters(self, privacy: PrivacyScenario, officer):
        for params in (
            {"act": "x"},
            {"member_id": "1"},
            {"cursor": "x"},
            {"national_id": "1"},
            {"from": "x"},
        ):
            expect_problem(
                await privacy.client.get(PATH, params=params, headers=officer.headers), 422, "invalid_input"
            )


class TestTheTable:
    async def test_nothing_is_changed_or_taken_away(self, privacy: PrivacyScenario, person, officer, owner):
        await privacy.client.get(f"/v1/members/{person['id']}", headers=privacy.officer.headers)
        (line,) = await reads(privacy, officer, member_id=person["id"])
        for change in (
            "update read_audit set member_id = new_id() where seq = $1",
            "update read_audit set searched_for = 'x' where seq = $1",
            "delete from read_audit where seq = $1",
        ):
            with pytest.raises(asyncpg.PostgresError) as refused:
                await owner.execute(change, line["seq"])
            assert refused.value.sqlstate == "AS409"

    async def test_an_erased_person_leaves_a_number_and_no_name(
        self, privacy: PrivacyScenario, person, officer
    ):
        query = {"q": person["full_name"], "commune_code": privacy.world.commune}
        await privacy.client.get("/v1/members", params=query, headers=privacy.officer.headers)
        expect_json(await privacy.carry_out(person, "deletion"))
        lines = await reads(privacy, officer, member_id=person["id"])
        assert [(line["act"], line["searched_for"]) for line in lines] == [("searched", None)]
