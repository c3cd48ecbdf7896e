"""Members over HTTP: entering, revealing, exporting."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people.member_scenario import (
    MEMBERS,
    MemberScenario,
    member_path,
    new_insurance_no,
    new_phone,
    problem_of,
)
from tests.world import World, national_id

_REASON = {"reason": "identity_check"}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


class TestCreateMember:
    async def test_anonymous_is_401(self, scenario: MemberScenario):
        assert (await scenario.request("POST", MEMBERS, None, scenario.member_body())).status_code == 401

    @pytest.mark.parametrize("who", ["viewer", "bhxh", "reading_partner"])
    async def test_wrong_role_is_403(self, scenario: MemberScenario, who: str):
        response = await scenario.request("POST", MEMBERS, getattr(scenario, who), scenario.member_body())
        assert problem_of(response) == (403, "forbidden", [])

    async def test_whole_record(self, scenario: MemberScenario):
        number, insurance, calls = national_id(), new_insurance_no(), new_phone()
        household = await scenario.create_household()
        body = scenario.member_body(
            full_name="  Nguyễn  Thị Đào ",
            birth_date="1984-03-02",
            sex="female",
            national_id=number,
            social_insurance_no=insurance,
            health_card_no=f"GD442{insurance}",
            phone="+84" + calls[1:],
            occupation="Trồng rau",
            joined_on="2023-05-01",
            household_id=household["id"],
            relation_to_head="spouse",
        )
        response = await scenario.request("POST", MEMBERS, scenario.officer, body)
        assert response.status_code == 201
        assert response.headers["etag"] == '"1"'
        created = response.json()
        assert response.headers["location"] == member_path(created)
        assert created["full_name"] == "Nguyễn Thị Đào"
        assert (created["network"], created["province_code"]) == ("womens_union", scenario.world.province)
        assert created["national_id"] == f"042******{number[-3:]}"
        assert created["social_insurance_no"] == f"420****{insurance[-3:]}"
        assert created["health_card_no"] == f"GD4*********{insurance[-3:]}"
        assert created["phone"] == f"*******{calls[-3:]}"
        assert created["warnings"] == []
        assert number not in response.text
        assert await scenario.get_json(member_path(created)) == created

    async def test_disagreement_is_a_warning(self, scenario: MemberScenario):
        created = await scenario.create_member(national_id=national_id(), birth_date="1990-01-01", sex="male")
        assert created["warnings"] == ["national_id_birth_year", "national_id_sex"]

    async def test_treasurer_sees_whom_they_entered(self, scenario: MemberScenario):
        created = await scenario.create_member(scenario.treasurer)
        assert (await scenario.get_json(member_path(created), scenario.treasurer))["id"] == created["id"]
        assert (await scenario.request("GET", member_path(created), scenario.collector)).status_code == 404

    async def test_partner_enters_members(self, scenario: MemberScenario):
        created = await scenario.create_member(scenario.partner)
        assert created["organisation_id"] == str(scenario.unit.id)

    async def test_repeat_of_an_id_gives_the_same_record(self, scenario: MemberScenario):
        body = scenario.member_body(id=str(uuid4()), national_id=national_id(), joined_on="2024-01-02")
        first = await scenario.create_row(MEMBERS, body)
        again = await scenario.request("POST", MEMBERS, scenario.officer, body)
        assert (again.status_code, again.json()) == (200, first)
        other = await scenario.request(
            "POST", MEMBERS, scenario.officer, body | {"full_name": "Trần Thị Mai"}
        )
        assert problem_of(other)[:2] == (409, "id_taken")

    async def test_id_of_another_network_is_taken(self, scenario: MemberScenario):
        theirs = await scenario.create_member(scenario.farmers_officer)
        response = await scenario.request(
            "POST", MEMBERS, scenario.officer, scenario.member_body(id=theirs["id"])
        )
        assert problem_of(response)[:2] == (409, "id_taken")

    @pytest.mark.parametrize("field", ["national_id", "social_insurance_no"])
    async def test_number_of_the_same_network_is_taken(self, scenario: MemberScenario, field: str):
        number = {"national_id": national_id, "social_insurance_no": new_insurance_no}[field]()
        await scenario.create_member(**{field: number})
        body = scenario.member_body(commune_code=scenario.world.sibling_commune, **{field: number})
        response = await scenario.request("POST", MEMBERS, scenario.officer, body)
        assert problem_of(response) == (409, f"{field}_taken", [(f"/{field}", f"{field}_taken")])
        assert number not in response.text

    async def test_number_of_another_network_is_free(self, scenario: MemberScenario):
        number = national_id()
        await scenario.create_member(national_id=number)
        assert (await scenario.create_member(scenario.farmers_officer, national_id=number))["warnings"] == []

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("full_name", " ", "empty"),
            ("full_name", "A\u0000", "nul"),
            ("full_name", 5, "string_type"),
            ("birth_date", "2100-01-01", "birth_in_future"),
            ("birth_date", "1984-02-30", "day"),
            ("died_on", "2100-01-01", "death_in_future"),
            ("joined_on", "2100-01-01", "joining_in_future"),
            ("sex", "other", "enum"),
            ("national_id", "123", "national_id"),
            ("national_id", "999184000123", "national_id_province"),
            ("national_id", "183456789", "old_id_card"),
            ("social_insurance_no", "12345", "social_insurance_no"),
            ("health_card_no", "XX", "health_card_no"),
            ("phone", "0212345678", "phone"),
            ("relation_to_head", "child", "relation_without_household"),
            ("relation_to_head", "friend", "enum"),
            ("commune_code", "khong-co", "place_unknown"),
            ("hamlet_code", "khong-co", "hamlet_elsewhere"),
            ("network", "bhxh", "extra_forbidden"),
            ("id", "x", "uuid"),
        ],
    )
    async def test_wrong_field_is_named(self, scenario: MemberScenario, field: str, value: Any, code: str):
        response = await scenario.request(
            "POST", MEMBERS, scenario.officer, scenario.member_body(**{field: value})
        )
        assert problem_of(response) == (422, "invalid_input", [(f"/{field}", code)])

    async def test_old_id_card_of_who_joined_before_2025(self, scenario: MemberScenario):
        created = await scenario.create_member(national_id="183456789", joined_on="2019-03-01")
        assert (created["national_id"], created["warnings"]) == ("183***789", ["old_id_card"])

    async def test_commune_outside_the_scope_is_403(self, scenario: MemberScenario):
        for login in (scenario.sibling_province_officer, scenario.sibling_commune_officer):
            response = await scenario.request("POST", MEMBERS, login, scenario.member_body())
            assert problem_of(response) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    async def test_province_is_no_commune(self, scenario: MemberScenario):
        response = await scenario.request(
            "POST", MEMBERS, scenario.officer, scenario.member_body(commune_code=scenario.world.province)
        )
        assert problem_of(response)[2] == [("/commune_code", "place_unknown")]

    async def test_hamlet_in_the_commune(self, scenario: MemberScenario):
        hamlet = await scenario.world.place("hamlet", scenario.world.commune)
        assert (await scenario.create_member(hamlet_code=hamlet))["hamlet_code"] == hamlet
        body = scenario.member_body(commune_code=scenario.world.sibling_commune, hamlet_code=hamlet)
        response = await scenario.request("POST", MEMBERS, scenario.officer, body)
        assert problem_of(response)[2] == [("/hamlet_code", "hamlet_elsewhere")]

    async def test_unit_that_ended_counts_on_the_day_of_joining(self, scenario: MemberScenario):
        old = await scenario.world.old_commune()
        assert (await scenario.create_member(commune_code=old, joined_on="2023-05-01"))["commune_code"] == old
        response = await scenario.request(
            "POST", MEMBERS, scenario.officer, scenario.member_body(commune_code=old)
        )
        assert problem_of(response)[2] == [("/commune_code", "place_ended")]

    async def test_references_that_are_absent_or_not_ours(self, scenario: MemberScenario):
        theirs = await scenario.create_member(scenario.farmers_officer)
        foreign = await scenario.create_row(
            "/v1/households", {"commune_code": scenario.world.commune}, scenario.farmers_officer
        )
        for field, value in [
            ("referrer_id", str(uuid4())),
            ("referrer_id", theirs["id"]),
            ("household_id", foreign["id"]),
            ("household_code", "khong-co"),
        ]:
            response = await scenario.request(
                "POST", MEMBERS, scenario.officer, scenario.member_body(**{field: value})
            )
            assert problem_of(response) == (404, "not_found", [(f"/{field}", "not_found")])

    async def test_household_by_code_and_elsewhere(self, scenario: MemberScenario):
        household = await scenario.create_household(code=f"HO-{uuid4()}")
        created = await scenario.create_member(household_code=household["code"])
        assert created["household_id"] == household["id"]
        both = scenario.member_body(household_id=household["id"], household_code=household["code"])
        response = await scenario.request("POST", MEMBERS, scenario.officer, both)
        assert problem_of(response)[2] == [("/household_code", "one_of_two")]
        away = scenario.member_body(commune_code=scenario.world.sibling_commune, household_id=household["id"])
        response = await scenario.request("POST", MEMBERS, scenario.officer, away)
        assert problem_of(response)[2] == [("/household_id", "household_elsewhere")]

    async def test_nobody_brings_themselves(self, scenario: MemberScenario):
        own = str(uuid4())
        response = await scenario.request(
            "POST", MEMBERS, scenario.officer, scenario.member_body(id=own, referrer_id=own)
        )
        assert problem_of(response)[2] == [("/referrer_id", "referrer_is_self")]


class TestRevealMember:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (None, 401),
            ("treasurer", 403),
            ("partner", 403),
            ("viewer", 403),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("commune_officer", 200),
            ("bhxh", 200),
        ],
    )
    async def test_who_sees_whole_numbers(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "reveal")
        assert (await scenario.request("POST", path, login, _REASON)).status_code == status

    async def test_whole_numbers_and_a_note(self, scenario: MemberScenario):
        number, calls = national_id(), new_phone()
        created = await scenario.create_member(national_id=number, phone=calls)
        response = await scenario.request("POST", member_path(created, "reveal"), scenario.bhxh, _REASON)
        assert (response.json()["national_id"], response.json()["phone"]) == (number, calls)
        latest = (await scenario.get_json(member_path(created, "history")))["items"][0]
        assert (latest["event"], latest["actor_id"]) == ("member.seen_whole", str(scenario.bhxh.id))
        assert latest["fields"] == _REASON

    @pytest.mark.parametrize("body", [{}, {"reason": None}, {"reason": ""}, {"reason": "vì tôi muốn xem"}])
    async def test_without_a_reason_nothing_is_shown(self, scenario: MemberScenario, body: dict[str, Any]):
        created = await scenario.create_member(national_id=national_id())
        response = await scenario.request("POST", member_path(created, "reveal"), scenario.bhxh, body)
        assert response.status_code == 422
        assert [pointer for pointer, _code in problem_of(response)[2]] == ["/reason"]
        assert created["national_id"][-3:] not in response.text
        history = await scenario.get_json(member_path(created, "history"))
        assert [item["event"] for item in history["items"]] == ["member.created"]


class TestExportMember:
    async def test_everything_of_one_person(self, scenario: MemberScenario):
        member = scenario.group.members[0]
        await scenario.create_row(
            member_path(member, "consents"),
            {"purpose": "insurance", "text_version": "v1", "method": "paper", "given_by": "self"},
        )
        await scenario.create_row(
            member_path(member, "support-groups"), {"kind": "ethnic_minority", "valid_from": "2024-01-01"}
        )
        copy = await scenario.get_json(member_path(member, "export?reason=person_request"))
        assert copy["member"]["id"] == str(member)
        assert [consent["purpose"] for consent in copy["consents"]] == ["insurance"]
        assert [one["kind"] for one in copy["support_groups"]] == ["ethnic_minority"]
        assert [one["group_code"] for one in copy["memberships"]] == [scenario.group.code]
        history = await scenario.get_json(member_path(member, "history"))
        assert history["items"][0]["fields"] == {"exported": True, "reason": "person_request"}

    @pytest.mark.parametrize(("who", "status"), [(None, 401), ("treasurer", 403), ("farmers_officer", 404)])
    async def test_only_for_those_who_may(self, scenario: MemberScenario, who: str | None, status: int):
        login = getattr(scenario, who) if who else None
        path = member_path(scenario.group.members[0], "export?reason=person_request")
        assert (await scenario.request("GET", path, login)).status_code == status

    @pytest.mark.parametrize("query", ["", "?reason=", "?reason=0912000111"])
    async def test_without_a_reason_nothing_is_copied(self, scenario: MemberScenario, query: str):
        path = member_path(scenario.group.members[0], "export" + query)
        response = await scenario.request("GET", path, scenario.officer)
        assert response.status_code == 422
        assert len(problem_of(response)[2]) == 1
        assert "0912000111" not in response.text
