"""Other insurance of members over HTTP: BHXH's own notes."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.auth.actor import begin_actor
from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World

COMPULSORY: dict[str, Any] = {"kind": "compulsory", "valid_from": "2024-01-01"}


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


@pytest.fixture
async def member(scenario: EnrolmentScenario) -> UUID:
    return await scenario.world.member(scenario.unit)


def other_insurance_path(member: object) -> str:
    return f"/v1/members/{member}/other-insurance"


async def record_other_insurance(scenario: EnrolmentScenario, member: UUID, **values: Any) -> Any:
    return expect_json(
        await scenario.post(other_insurance_path(member), scenario.bhxh, **COMPULSORY | values), 201
    )


class TestNoteOtherInsurance:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario, member: UUID):
        assert (await scenario.client.post(other_insurance_path(member), json=COMPULSORY)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, scenario: EnrolmentScenario, member: UUID, who: str):
        expect_problem(
            await scenario.post(other_insurance_path(member), getattr(scenario, who), **COMPULSORY),
            403,
            "forbidden",
        )

    async def test_elsewhere_is_404(self, scenario: EnrolmentScenario, member: UUID):
        far = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        expect_problem(await scenario.post(other_insurance_path(member), far, **COMPULSORY), 404, "not_found")
        expect_problem(
            await scenario.post(other_insurance_path(uuid4()), scenario.bhxh, **COMPULSORY), 404, "not_found"
        )

    async def test_noted(self, scenario: EnrolmentScenario, member: UUID):
        created = await record_other_insurance(scenario, member, valid_to="2024-12-31")
        assert (created["kind"], created["valid_to"], created["entered_by"]) == (
            "compulsory",
            "2024-12-31",
            str(scenario.bhxh.id),
        )
        assert expect_json(await scenario.get(other_insurance_path(member), scenario.bhxh))["items"] == [
            created
        ]

    async def test_repeat_of_an_id(self, scenario: EnrolmentScenario, member: UUID):
        own = str(uuid4())
        first = await record_other_insurance(scenario, member, id=own)
        assert (
            expect_json(
                await scenario.post(other_insurance_path(member), scenario.bhxh, id=own, **COMPULSORY), 200
            )
            == first
        )
        other = COMPULSORY | {"id": own, "kind": "pension"}
        expect_problem(
            await scenario.post(other_insurance_path(member), scenario.bhxh, **other), 409, "id_taken"
        )

    async def test_overlap_is_409(self, scenario: EnrolmentScenario, member: UUID):
        await record_other_insurance(scenario, member)
        again = COMPULSORY | {"valid_from": "2025-01-01"}
        expect_problem(
            await scenario.post(other_insurance_path(member), scenario.bhxh, **again),
            409,
            "other_insurance_overlaps",
        )
        await record_other_insurance(scenario, member, kind="pension")

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"kind": "none"}, "/kind", "enum"),
            ({"valid_from": "yesterday"}, "/valid_from", "day"),
            ({"valid_to": "2023-12-31"}, "/valid_to", "dates_reversed"),
            ({"network": "womens_union"}, "/network", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_422(
        self, scenario: EnrolmentScenario, member: UUID, body: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(
            await scenario.post(other_insurance_path(member), scenario.bhxh, **COMPULSORY | body),
            422,
            code,
            pointer,
        )


class TestListOtherInsurance:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario, member: UUID):
        assert (await scenario.client.get(other_insurance_path(member))).status_code == 401

    async def test_only_bhxh_reads(self, scenario: EnrolmentScenario, member: UUID):
        await record_other_insurance(scenario, member)
        for who in (scenario.officer, scenario.treasurer, scenario.farmers, scenario.partner):
            expect_problem(await scenario.get(other_insurance_path(member), who), 403, "forbidden")
        expect_problem(await scenario.get(other_insurance_path(uuid4()), scenario.bhxh), 404, "not_found")

    async def test_pages(self, scenario: EnrolmentScenario, member: UUID):
        for year in (2020, 2021, 2022):
            await record_other_insurance(
                scenario, member, valid_from=f"{year}-01-01", valid_to=f"{year}-06-30"
            )
        first = expect_json(await scenario.get(other_insurance_path(member), scenario.bhxh, limit=2))
        rest = expect_json(
            await scenario.get(
                other_insurance_path(member), scenario.bhxh, limit=2, cursor=first["next_cursor"]
            )
        )
        assert [item["valid_from"][:4] for item in first["items"] + rest["items"]] == ["2020", "2021", "2022"]
        assert rest["next_cursor"] is None

    async def test_moves_with_the_member(self, scenario: EnrolmentScenario, member: UUID, owner: Any):
        created = await record_other_insurance(scenario, member)
        sibling_unit = await scenario.world.unit("bhxh", scenario.world.sibling_commune, level="commune")
        sibling_officer = await scenario.world.user(sibling_unit, "bhxh_officer")
        expect_problem(await scenario.get(other_insurance_path(member), sibling_officer), 404, "not_found")
        await owner.execute(
            "update member set commune_code = $2 where id = $1", member, scenario.world.sibling_commune
        )
        assert expect_json(await scenario.get(other_insurance_path(member), sibling_officer))["items"] == [
            created
        ]


class TestEndOtherInsurance:
    async def test_anonymous_is_401(self, scenario: EnrolmentScenario, member: UUID):
        response = await scenario.client.post(
            f"{other_insurance_path(member)}/{uuid4()}/end", json={"valid_to": "2025-01-01"}
        )
        assert response.status_code == 401

    async def test_ended_once(self, scenario: EnrolmentScenario, member: UUID):
        created = await record_other_insurance(scenario, member)
        where = f"{other_insurance_path(member)}/{created['id']}/end"
        expect_problem(await scenario.post(where, scenario.officer, valid_to="2025-01-31"), 403, "forbidden")
        expect_problem(
            await scenario.post(where, scenario.bhxh, valid_to="2023-12-31"),
            422,
            "dates_reversed",
            "/valid_to",
        )
        for _ in range(2):
            assert (
                expect_json(await scenario.post(where, scenario.bhxh, valid_to="2025-01-31"))["valid_to"]
                == "2025-01-31"
            )
        expect_problem(
            await scenario.post(where, scenario.bhxh, valid_to="2025-02-28"), 409, "other_insurance_ended"
        )

    async def test_of_another_member_is_404(self, scenario: EnrolmentScenario, member: UUID):
        created = await record_other_insurance(scenario, member)
        other = await scenario.world.member(scenario.unit)
        response = await scenario.post(
            f"{other_insurance_path(other)}/{created['id']}/end", scenario.bhxh, valid_to="2025-01-31"
        )
        expect_problem(response, 404, "not_found")


class TestWhatAUnionLearns:
    async def test_no_row_and_no_event(self, scenario: EnrolmentScenario, member: UUID, app: FastAPI):
        await record_other_insurance(scenario, member)

        async def seen(login: Login, sql: str) -> int:
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                visible_rows = await (await db.connection()).exec_driver_sql(sql, (member,))
                return int(visible_rows.scalar_one())

        rows = "select count(*) from other_insurance where member_id = $1"
        events = "select count(*) from audit_event where subject_id = $1 or fields->>'member_id' = $1::text"
        admin = await scenario.world.user(scenario.unit, "union_admin")
        assert [await seen(admin, sql) for sql in (rows, events)] == [0, 0]
        assert await seen(scenario.bhxh, rows) == 1

    async def test_kinds_of_people_of_others_are_not_told(
        self, scenario: EnrolmentScenario, member: UUID, app: FastAPI
    ):
        await record_other_insurance(scenario, member)
        for login, expected in ((scenario.officer, 1), (scenario.farmers, 0), (scenario.sibling_officer, 0)):
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                sql = "select count(*) from other_insurance_in(array[$1::uuid], array['2026-12-01'::date])"
                visible_rows = await (await db.connection()).exec_driver_sql(sql, (member,))
                assert visible_rows.scalar_one() == expected
