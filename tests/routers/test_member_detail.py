"""One member over HTTP: who reads whom, and the same answer as the routes that write."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.logs import ACCESS
from tests.routers.people_cast import MEMBERS, Cast, insurance_no, member_path, phone, refusal
from tests.world import World, national_id


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


class TestReadMember:
    async def test_anonymous_is_401(self, cast: Cast):
        for member_id in (cast.group.members[0], uuid4(), "x"):
            answer = await cast.call("GET", f"{MEMBERS}/{member_id}", None)
            assert refusal(answer)[:2] == (401, "unauthenticated")

    async def test_ended_session_is_401(self, cast: Cast, owner: Any):
        await owner.execute(
            "update auth_session set revoked_at = now(), revoked_why = 'logout' where user_id = $1",
            cast.officer.id,
        )
        answer = await cast.call("GET", member_path(cast.group.members[0]), cast.officer)
        assert refusal(answer)[:2] == (401, "unauthenticated")

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
    async def test_who_sees_a_member(self, cast: Cast, who: str, status: int):
        answer = await cast.call("GET", member_path(cast.group.members[0]), getattr(cast, who))
        assert answer.status_code == status

    async def test_not_yours_is_as_absent(self, cast: Cast):
        theirs = await cast.call("GET", member_path(cast.group.members[0]), cast.farmers_officer)
        absent = await cast.call("GET", member_path(uuid4()), cast.farmers_officer)
        assert theirs.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
        assert theirs.json()["code"] == "not_found"

    async def test_same_as_when_written(self, cast: Cast):
        household, brought = await cast.household(), await cast.member()
        insurance = insurance_no()
        made = await cast.call(
            "POST",
            MEMBERS,
            cast.officer,
            cast.person(
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
                phone=phone(),
            ),
        )
        read = await cast.call("GET", member_path(made.json()), cast.officer)
        assert (read.status_code, read.text) == (200, made.text)
        assert read.headers["content-type"] == made.headers["content-type"] == "application/json"
        assert read.headers["etag"] == '"1"'

    async def test_fields_that_are_not_known_are_null(self, cast: Cast):
        made = await cast.call("POST", MEMBERS, cast.officer, cast.person())
        read = await cast.call("GET", member_path(made.json()), cast.officer)
        assert read.text == made.text
        assert read.json()["national_id"] is read.json()["phone"] is None

    async def test_whole_seconds_have_no_fraction(self, cast: Cast, owner: Any):
        made = await cast.member()
        await owner.execute(
            "update member set created_at = '2026-01-02T03:04:05Z', updated_at = '2026-01-02T03:04:05.06Z'"
            " where id = $1",
            made["id"],
        )
        read = await cast.read(member_path(made))
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
        self, cast: Cast, person: dict[str, Any], warnings: list[str]
    ):
        made = await cast.member(**{"national_id": national_id()} | person)
        assert (await cast.read(member_path(made)))["warnings"] == warnings

    async def test_after_a_change(self, cast: Cast):
        made = await cast.member()
        edited = await cast.edited(member_path(made), 1, occupation="làm vườn")
        read = await cast.call("GET", member_path(made), cast.officer)
        assert (read.text, read.headers["etag"]) == (edited.text, '"2"')

    async def test_read_again_and_leaving_no_trace(self, cast: Cast):
        made = await cast.member()
        before = await cast.read(member_path(made, "history"))
        answers = [await cast.call("GET", member_path(made), cast.bhxh) for _ in range(3)]
        assert len({answer.text for answer in answers}) == 1
        assert await cast.read(member_path(made, "history")) == before

    @pytest.mark.parametrize(
        "hostile",
        [
            *("x", "search", "1", "null", "%00", "{member_id}", "%7Bmember_id%7D", "' or 1=1 --", "é" * 36),
            *("0" * 36, "-" * 36, "g" * 8 + "-0000-7000-8000-000000000000"),
        ],
    )
    async def test_what_is_no_id_is_404(self, cast: Cast, hostile: str):
        answer = await cast.call("GET", f"{MEMBERS}/{hostile}", cast.officer)
        assert refusal(answer)[:2] == (404, "not_found")
        assert refusal(await cast.call("GET", f"{MEMBERS}/{hostile}", cast.viewer))[:2] == (403, "forbidden")

    async def test_other_spellings_of_an_id(self, cast: Cast):
        member_id = str(cast.group.members[0])
        for spelling, status in [
            (member_id.upper(), 200),
            (member_id.replace("-", ""), 404),
            (f"{{{member_id}}}", 404),
            (f"{member_id}%00", 404),
            (f"%20{member_id}", 404),
        ]:
            answer = await cast.call("GET", f"{MEMBERS}/{spelling}", cast.officer)
            assert answer.status_code == status, spelling

    async def test_unknown_parameter_is_named_to_whom_it_may_concern(self, cast: Cast):
        path = member_path(cast.group.members[0]) + "?whole=1"
        answer = await cast.call("GET", path, cast.officer)
        assert refusal(answer) == (422, "invalid_input", [("/query/whole", "unknown_parameter")])
        assert refusal(await cast.call("GET", path, cast.viewer))[:2] == (403, "forbidden")
        assert refusal(await cast.call("GET", path, None))[:2] == (401, "unauthenticated")

    async def test_log_says_who_read(
        self, cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ):
        lines: list[dict[str, Any]] = []
        monkeypatch.setattr("app.core.middleware.log_request", lines.append)
        caplog.set_level("INFO", logger=ACCESS)
        for who in (cast.officer, cast.partner):
            await cast.call("GET", member_path(cast.group.members[0]), who)
        assert [(line["route"], line["actor_kind"], line["actor_id"]) for line in lines] == [
            ("/v1/members/{member_id}", "user", str(cast.officer.id)),
            ("/v1/members/{member_id}", "client", str(cast.partner.id)),
        ]

    async def test_refusals_in_the_callers_language(self, cast: Cast):
        texts = [
            (await cast.call("GET", member_path(uuid4()), cast.officer, accept_language=language)).json()[
                "title"
            ]
            for language in ("vi", "en")
        ]
        assert len(set(texts)) == 2
