"""Members over HTTP: entering, showing whole, exporting."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.routers.people_cast import MEMBERS, Cast, insurance_no, member_path, phone, refusal
from tests.world import World, national_id


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


class TestCreateMember:
    async def test_anonymous_is_401(self, cast: Cast):
        assert (await cast.call("POST", MEMBERS, None, cast.person())).status_code == 401

    @pytest.mark.parametrize("who", ["viewer", "bhxh", "reading_partner"])
    async def test_wrong_role_is_403(self, cast: Cast, who: str):
        answer = await cast.call("POST", MEMBERS, getattr(cast, who), cast.person())
        assert refusal(answer) == (403, "forbidden", [])

    async def test_whole_record(self, cast: Cast):
        number, insurance, calls = national_id(), insurance_no(), phone()
        household = await cast.household()
        body = cast.person(
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
        answer = await cast.call("POST", MEMBERS, cast.officer, body)
        assert answer.status_code == 201
        assert answer.headers["etag"] == '"1"'
        made = answer.json()
        assert answer.headers["location"] == member_path(made)
        assert made["full_name"] == "Nguyễn Thị Đào"
        assert (made["network"], made["province_code"]) == ("womens_union", cast.world.province)
        assert made["national_id"] == f"042******{number[-3:]}"
        assert made["social_insurance_no"] == f"420****{insurance[-3:]}"
        assert made["health_card_no"] == f"GD4*********{insurance[-3:]}"
        assert made["phone"] == f"*******{calls[-3:]}"
        assert made["warnings"] == []
        assert number not in answer.text
        assert await cast.read(member_path(made)) == made

    async def test_disagreement_is_a_warning(self, cast: Cast):
        made = await cast.member(national_id=national_id(), birth_date="1990-01-01", sex="male")
        assert made["warnings"] == ["national_id_birth_year", "national_id_sex"]

    async def test_treasurer_sees_whom_they_entered(self, cast: Cast):
        made = await cast.member(cast.treasurer)
        assert (await cast.read(member_path(made), cast.treasurer))["id"] == made["id"]
        assert (await cast.call("GET", member_path(made), cast.collector)).status_code == 404

    async def test_partner_enters_members(self, cast: Cast):
        made = await cast.member(cast.partner)
        assert made["organisation_id"] == str(cast.unit.id)

    async def test_repeat_of_an_id_gives_the_same_record(self, cast: Cast):
        body = cast.person(id=str(uuid4()), national_id=national_id(), joined_on="2024-01-02")
        first = await cast.made(MEMBERS, body)
        again = await cast.call("POST", MEMBERS, cast.officer, body)
        assert (again.status_code, again.json()) == (200, first)
        other = await cast.call("POST", MEMBERS, cast.officer, body | {"full_name": "Trần Thị Mai"})
        assert refusal(other)[:2] == (409, "id_taken")

    async def test_id_of_another_network_is_taken(self, cast: Cast):
        theirs = await cast.member(cast.farmers_officer)
        answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(id=theirs["id"]))
        assert refusal(answer)[:2] == (409, "id_taken")

    @pytest.mark.parametrize("field", ["national_id", "social_insurance_no"])
    async def test_number_of_the_same_network_is_taken(self, cast: Cast, field: str):
        number = {"national_id": national_id, "social_insurance_no": insurance_no}[field]()
        await cast.member(**{field: number})
        for login, commune in [
            (cast.officer, cast.world.sibling_commune),
            (cast.sibling_province_officer, await cast.world.place("commune", cast.world.sibling_province)),
        ]:
            body = cast.person(commune_code=commune, **{field: number})
            answer = await cast.call("POST", MEMBERS, login, body)
            assert refusal(answer) == (409, f"{field}_taken", [(f"/{field}", f"{field}_taken")])
            assert number not in answer.text

    async def test_number_of_another_network_is_free(self, cast: Cast):
        number = national_id()
        await cast.member(national_id=number)
        assert (await cast.member(cast.farmers_officer, national_id=number))["warnings"] == []

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
    async def test_wrong_field_is_named(self, cast: Cast, field: str, value: Any, code: str):
        answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(**{field: value}))
        assert refusal(answer) == (422, "invalid_input", [(f"/{field}", code)])

    async def test_old_id_card_of_who_joined_before_2025(self, cast: Cast):
        made = await cast.member(national_id="183456789", joined_on="2019-03-01")
        assert (made["national_id"], made["warnings"]) == ("183***789", ["old_id_card"])

    async def test_commune_outside_the_scope_is_403(self, cast: Cast):
        for login in (cast.sibling_province_officer, cast.sibling_commune_officer):
            answer = await cast.call("POST", MEMBERS, login, cast.person())
            assert refusal(answer) == (403, "outside_scope", [("/commune_code", "outside_scope")])

    async def test_province_is_no_commune(self, cast: Cast):
        answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(commune_code=cast.world.province))
        assert refusal(answer)[2] == [("/commune_code", "place_unknown")]

    async def test_hamlet_in_the_commune(self, cast: Cast):
        hamlet = await cast.world.place("hamlet", cast.world.commune)
        assert (await cast.member(hamlet_code=hamlet))["hamlet_code"] == hamlet
        body = cast.person(commune_code=cast.world.sibling_commune, hamlet_code=hamlet)
        answer = await cast.call("POST", MEMBERS, cast.officer, body)
        assert refusal(answer)[2] == [("/hamlet_code", "hamlet_elsewhere")]

    async def test_unit_that_ended_counts_on_the_day_of_joining(self, cast: Cast):
        old = await cast.world.old_commune()
        assert (await cast.member(commune_code=old, joined_on="2023-05-01"))["commune_code"] == old
        answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(commune_code=old))
        assert refusal(answer)[2] == [("/commune_code", "place_unknown")]

    async def test_references_that_are_absent_or_not_ours(self, cast: Cast):
        theirs = await cast.member(cast.farmers_officer)
        foreign = await cast.made(
            "/v1/households", {"commune_code": cast.world.commune}, cast.farmers_officer
        )
        for field, value in [
            ("referrer_id", str(uuid4())),
            ("referrer_id", theirs["id"]),
            ("household_id", foreign["id"]),
            ("household_code", "khong-co"),
        ]:
            answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(**{field: value}))
            assert refusal(answer) == (404, "not_found", [(f"/{field}", "not_found")])

    async def test_household_by_code_and_elsewhere(self, cast: Cast):
        household = await cast.household(code=f"HO-{uuid4()}")
        made = await cast.member(household_code=household["code"])
        assert made["household_id"] == household["id"]
        both = cast.person(household_id=household["id"], household_code=household["code"])
        answer = await cast.call("POST", MEMBERS, cast.officer, both)
        assert refusal(answer)[2] == [("/household_code", "one_of_two")]
        away = cast.person(commune_code=cast.world.sibling_commune, household_id=household["id"])
        answer = await cast.call("POST", MEMBERS, cast.officer, away)
        assert refusal(answer)[2] == [("/household_id", "household_elsewhere")]

    async def test_nobody_brings_themselves(self, cast: Cast):
        own = str(uuid4())
        answer = await cast.call("POST", MEMBERS, cast.officer, cast.person(id=own, referrer_id=own))
        assert refusal(answer)[2] == [("/referrer_id", "referrer_is_self")]


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
    async def test_who_sees_whole_numbers(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "reveal")
        assert (await cast.call("POST", path, login)).status_code == status

    async def test_whole_numbers_and_a_note(self, cast: Cast):
        number, calls = national_id(), phone()
        made = await cast.member(national_id=number, phone=calls)
        answer = await cast.call("POST", member_path(made, "reveal"), cast.bhxh)
        assert (answer.json()["national_id"], answer.json()["phone"]) == (number, calls)
        latest = (await cast.read(member_path(made, "history")))["items"][0]
        assert (latest["event"], latest["actor_id"]) == ("member.seen_whole", str(cast.bhxh.id))


class TestExportMember:
    async def test_everything_of_one_person(self, cast: Cast):
        member = cast.group.members[0]
        await cast.made(
            member_path(member, "consents"),
            {"purpose": "insurance", "text_version": "v1", "method": "paper", "given_by": "self"},
        )
        await cast.made(
            member_path(member, "support-groups"), {"kind": "ethnic_minority", "valid_from": "2024-01-01"}
        )
        copy = await cast.read(member_path(member, "export"))
        assert copy["member"]["id"] == str(member)
        assert [consent["purpose"] for consent in copy["consents"]] == ["insurance"]
        assert [one["kind"] for one in copy["support_groups"]] == ["ethnic_minority"]
        assert [one["group_code"] for one in copy["memberships"]] == [cast.group.code]
        history = await cast.read(member_path(member, "history"))
        assert history["items"][0]["fields"] == {"exported": True}

    @pytest.mark.parametrize(("who", "status"), [(None, 401), ("treasurer", 403), ("farmers_officer", 404)])
    async def test_only_for_those_who_may(self, cast: Cast, who: str | None, status: int):
        login = getattr(cast, who) if who else None
        path = member_path(cast.group.members[0], "export")
        assert (await cast.call("GET", path, login)).status_code == status
