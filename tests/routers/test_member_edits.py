"""Editing members over HTTP, and the history that edits leave."""

from uuid import uuid4

import httpx
import pytest

from tests.routers.people_cast import Cast, member_path, phone, refusal
from tests.world import World, national_id


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


class TestEditMember:
    async def test_anonymous_is_401(self, cast: Cast):
        path = member_path(cast.group.members[0])
        assert (await cast.call("PATCH", path, None, {}, if_match='"1"')).status_code == 401

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
    async def test_who_may_edit(self, cast: Cast, who: str, status: int):
        path = member_path(cast.group.members[0])
        assert (await cast.edited(path, 1, getattr(cast, who), occupation="May")).status_code == status

    async def test_only_given_fields_change(self, cast: Cast):
        made = await cast.member(phone=phone(), occupation="May")
        answer = await cast.edited(member_path(made), 1, full_name="Trần Thị Mai", phone=None)
        assert answer.headers["etag"] == '"2"'
        edited = answer.json()
        assert (edited["full_name"], edited["phone"], edited["occupation"]) == ("Trần Thị Mai", None, "May")
        found = await cast.read(f"/v1/members?q=tran+thi+m&commune_code={cast.world.commune}")
        assert [item["id"] for item in found["items"]] == [made["id"]]

    async def test_version_is_needed_and_must_be_current(self, cast: Cast):
        path = member_path(cast.group.members[0])
        assert (await cast.call("PATCH", path, cast.officer, {})).status_code == 428
        assert (await cast.edited(path, 1, occupation="May")).status_code == 200
        assert refusal(await cast.edited(path, 1, occupation="Gốm"))[:2] == (412, "stale_version")

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
    async def test_wrong_field_is_named(self, cast: Cast, values: dict[str, object], pointer: str, code: str):
        made = await cast.member(birth_date="1984-03-02")
        assert refusal(await cast.edited(member_path(made), 1, **values))[2] == [(pointer, code)]

    async def test_nobody_brings_themselves(self, cast: Cast):
        path = member_path(cast.group.members[0])
        answer = await cast.edited(path, 1, referrer_id=str(cast.group.members[0]))
        assert refusal(answer)[2] == [("/referrer_id", "referrer_is_self")]
        answer = await cast.edited(path, 1, referrer_id=str(uuid4()))
        assert refusal(answer) == (404, "not_found", [("/referrer_id", "not_found")])

    async def test_number_of_another_member_is_taken(self, cast: Cast):
        number = national_id()
        await cast.member(national_id=number)
        answer = await cast.edited(member_path(cast.group.members[0]), 1, national_id=number)
        assert refusal(answer) == (409, "national_id_taken", [("/national_id", "national_id_taken")])
        assert number not in answer.text


class TestMoveMember:
    async def test_to_a_commune_of_the_scope(self, cast: Cast):
        hamlet = await cast.world.place("hamlet", cast.world.commune)
        made = await cast.member(hamlet_code=hamlet)
        await cast.made(
            member_path(made, "consents"),
            {"purpose": "savings", "text_version": "v1", "method": "paper", "given_by": "self"},
        )
        moved = (await cast.edited(member_path(made), 1, commune_code=cast.world.sibling_commune)).json()
        assert (moved["commune_code"], moved["hamlet_code"]) == (cast.world.sibling_commune, None)
        assert (await cast.call("GET", member_path(made), cast.commune_officer)).status_code == 404
        there = await cast.read(member_path(made, "consents"), cast.sibling_commune_officer)
        assert len(there["items"]) == 1
        event = (await cast.read(member_path(made, "history")))["items"][0]
        assert event["event"] == "member.changed"
        assert event["fields"]["commune_code"] == {
            "from": cast.world.commune,
            "to": cast.world.sibling_commune,
        }

    async def test_beyond_the_scope_is_403(self, cast: Cast):
        path = member_path(cast.group.members[0])
        beyond = await cast.world.place("commune", cast.world.sibling_province)
        answer = await cast.edited(path, 1, commune_code=beyond)
        assert refusal(answer) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    async def test_household_does_not_come_along_unasked(self, cast: Cast):
        household = await cast.household()
        made = await cast.member(household_id=household["id"], relation_to_head="child")
        path, there = member_path(made), cast.world.sibling_commune
        answer = await cast.edited(path, 1, commune_code=there)
        assert refusal(answer)[2] == [("/household_id", "household_elsewhere")]
        moved = (await cast.edited(path, 1, commune_code=there, household_id=None)).json()
        assert (moved["household_id"], moved["relation_to_head"]) == (None, None)


class TestHistory:
    async def test_latest_first_and_nothing_that_identifies(self, cast: Cast):
        number, calls = national_id(), phone()
        made = await cast.member(full_name="Lê Thị Hoa", national_id=number)
        await cast.edited(member_path(made), 1, phone=calls, joined_on="2024-02-01")
        await cast.call("POST", member_path(made, "reveal"), cast.officer)
        answer = await cast.call("GET", member_path(made, "history"), cast.officer)
        items = answer.json()["items"]
        assert [item["event"] for item in items] == ["member.seen_whole", "member.changed", "member.created"]
        assert items[1]["fields"] == {"changed": ["joined_on", "phone"], "joined_on": "2024-02-01"}
        assert {item["actor_id"] for item in items} == {str(cast.officer.id)}
        for secret in (number, calls, "Lê Thị Hoa"):
            assert secret not in answer.text

    async def test_pages(self, cast: Cast):
        made = await cast.member()
        for version in (1, 2, 3):
            await cast.edited(member_path(made), version, occupation=f"Nghề {version}")
        first = await cast.read(member_path(made, "history?limit=3"))
        rest = await cast.read(member_path(made, f"history?limit=3&cursor={first['next_cursor']}"))
        assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)

    @pytest.mark.parametrize(
        ("who", "status"),
        [(None, 401), ("viewer", 403), ("farmers_officer", 404), ("sibling_commune_officer", 404)],
    )
    async def test_who_may_read_it(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "history")
        assert (await cast.call("GET", path, login)).status_code == status
