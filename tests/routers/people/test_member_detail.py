"""One member over HTTP: who may read whom, and the same body as the routes that write."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.process.access_log import ACCESS_LOGGER
from tests.routers.people.member_scenario import (
    MEMBERS,
    MemberScenario,
    member_path,
    new_insurance_no,
    new_phone,
    problem_of,
)
from tests.world import World, national_id


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> MemberScenario:
    return await MemberScenario.create(world, client)


class TestReadMember:
    async def test_anonymous_is_401(self, scenario: MemberScenario):
        for member_id in (scenario.group.members[0], uuid4(), "x"):
            response = await scenario.request("GET", f"{MEMBERS}/{member_id}", None)
            assert problem_of(response)[:2] == (401, "unauthenticated")

    async def test_ended_session_is_401(self, scenario: MemberScenario, owner: Any):
        await owner.execute(
            "update auth_session set revoked_at = now(), revoked_why = 'logout' where user_id = $1",
            scenario.officer.id,
        )
        response = await scenario.request("GET", member_path(scenario.group.members[0]), scenario.officer)
        assert problem_of(response)[:2] == (401, "unauthenticated")

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("officer", 200),
            ("commune_officer", 200),
            ("bhxh", 200),
            ("treasurer", 200),
            ("partner", 200),
            ("reading_partner", 200),
            ("viewer", 403),
            ("collector", 404),
            ("farmers_officer", 404),
            ("sibling_commune_officer", 404),
            ("sibling_province_officer", 404),
        ],
    )
    async def test_who_sees_a_member(self, scenario: MemberScenario, who: str, status: int):
        response = await scenario.request(
            "GET", member_path(scenario.group.members[0]), getattr(scenario, who)
        )
        assert response.status_code == status

    async def test_not_yours_is_as_absent(self, scenario: MemberScenario):
        theirs = await scenario.request(
            "GET", member_path(scenario.group.members[0]), scenario.farmers_officer
        )
        absent = await scenario.request("GET", member_path(uuid4()), scenario.farmers_officer)
        assert theirs.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
        assert theirs.json()["code"] == "not_found"

    async def test_same_as_when_written(self, scenario: MemberScenario):
        household, brought = await scenario.create_household(), await scenario.create_member()
        insurance = new_insurance_no()
        created = await scenario.request(
            "POST",
            MEMBERS,
            scenario.officer,
            scenario.member_body(
                full_name='Hồ "Ý" \\ Nhi',
                birth_date="1984-03-02",
                sex="female",
                household_id=household["id"],
                relation_to_head="child",
                referrer_id=brought["id"],
                occupation="Đan lát",
                joined_on="2024-05-06",
                died_on="2025-01-02",
                national_id=national_id(),
                social_insurance_no=insurance,
                health_card_no=f"GD442{insurance}",
                phone=new_phone(),
            ),
        )
        read = await scenario.request("GET", member_path(created.json()), scenario.officer)
        assert (read.status_code, read.text) == (200, created.text)
        assert read.headers["content-type"] == created.headers["content-type"] == "application/json"
        assert read.headers["etag"] == '"1"'

    async def test_fields_that_are_not_known_are_null(self, scenario: MemberScenario):
        created = await scenario.request("POST", MEMBERS, scenario.officer, scenario.member_body())
        read = await scenario.request("GET", member_path(created.json()), scenario.officer)
        assert read.text == created.text
        assert read.json()["national_id"] is read.json()["phone"] is None

    async def test_whole_seconds_have_no_fraction(self, scenario: MemberScenario, owner: Any):
        created = await scenario.create_member()
        await owner.execute(
            "update member set created_at = '2026-01-02T03:04:05Z', updated_at = '2026-01-02T03:04:05.06Z'"
            " where id = $1",
            created["id"],
        )
        read = await scenario.get_json(member_path(created))
        assert (read["created_at"], read["updated_at"]) == (
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.060000Z",
        )

    @pytest.mark.parametrize(
        ("person", "warnings"),
        [
            ({"birth_date": "1990-01-01", "sex": "male"}, ["national_id_birth_year", "national_id_sex"]),
            ({"national_id": "183456788", "joined_on": "2019-03-01"}, ["old_id_card"]),
            (
                {"social_insurance_no": "4299999991", "health_card_no": "GD4424299999992"},
                ["health_card_no_differs"],
            ),
        ],
    )
    async def test_where_the_record_disagrees_with_itself(
        self, scenario: MemberScenario, person: dict[str, Any], warnings: list[str]
    ):
        created = await scenario.create_member(**{"national_id": national_id()} | person)
        assert (await scenario.get_json(member_path(created)))["warnings"] == warnings

    async def test_after_a_change(self, scenario: MemberScenario):
        created = await scenario.create_member()
        edited = await scenario.patch(member_path(created), 1, occupation="làm vườn")
        read = await scenario.request("GET", member_path(created), scenario.officer)
        assert (read.text, read.headers["etag"]) == (edited.text, '"2"')

    async def test_read_again_and_leaving_no_trace(self, scenario: MemberScenario):
        created = await scenario.create_member()
        before = await scenario.get_json(member_path(created, "history"))
        responses = [await scenario.request("GET", member_path(created), scenario.bhxh) for _ in range(3)]
        assert len({response.text for response in responses}) == 1
        assert await scenario.get_json(member_path(created, "history")) == before

    @pytest.mark.parametrize(
        "hostile",
        [
            *("x", "search", "1", "null", "%00", "{member_id}", "%7Bmember_id%7D", "' or 1=1 --", "é" * 36),
            *("0" * 36, "-" * 36, "g" * 8 + "-0000-7000-8000-000000000000"),
        ],
    )
    async def test_what_is_no_id_is_404(self, scenario: MemberScenario, hostile: str):
        response = await scenario.request("GET", f"{MEMBERS}/{hostile}", scenario.officer)
        assert problem_of(response)[:2] == (404, "not_found")
        assert problem_of(await scenario.request("GET", f"{MEMBERS}/{hostile}", scenario.viewer))[:2] == (
            403,
            "forbidden",
        )

    async def test_other_spellings_of_an_id(self, scenario: MemberScenario):
        member_id = str(scenario.group.members[0])
        for spelling, status in [
            (member_id.upper(), 200),
            (member_id.replace("-", ""), 404),
            (f"{{{member_id}}}", 404),
            (f"{member_id}%00", 404),
            (f"%20{member_id}", 404),
        ]:
            response = await scenario.request("GET", f"{MEMBERS}/{spelling}", scenario.officer)
            assert response.status_code == status, spelling

    async def test_unknown_parameter_is_named_to_whom_it_may_concern(self, scenario: MemberScenario):
        path = member_path(scenario.group.members[0]) + "?whole=1"
        response = await scenario.request("GET", path, scenario.officer)
        assert problem_of(response) == (422, "invalid_input", [("/query/whole", "unknown_parameter")])
        assert problem_of(await scenario.request("GET", path, scenario.viewer))[:2] == (403, "forbidden")
        assert problem_of(await scenario.request("GET", path, None))[:2] == (401, "unauthenticated")

    async def test_log_says_who_read(
        self, scenario: MemberScenario, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ):
        lines: list[tuple[str, str, str]] = []

        def note_line(_method: str, route: str, *_: Any, actor: tuple[str, str], code: str | None) -> None:
            assert code is None
            lines.append((route, *actor))

        monkeypatch.setattr("app.core.http.middleware.log_request", note_line)
        caplog.set_level("INFO", logger=ACCESS_LOGGER)
        for who in (scenario.officer, scenario.partner):
            await scenario.request("GET", member_path(scenario.group.members[0]), who)
        assert lines == [
            ("/v1/members/{member_id}", "user", str(scenario.officer.id)),
            ("/v1/members/{member_id}", "client", str(scenario.partner.id)),
        ]

    async def test_refusals_in_the_callers_language(self, scenario: MemberScenario):
        texts = [
            (
                await scenario.request(
                    "GET", member_path(uuid4()), scenario.officer, accept_language=language
                )
            ).json()["title"]
            for language in ("vi", "en")
        ]
        assert len(set(texts)) == 2
