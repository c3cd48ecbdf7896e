"""Other insurance of members over HTTP: BHXH's own notes."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.auth.guards import begin_actor
from tests.insurance.rows import Cast
from tests.routers.answers import got, refused
from tests.world import Login, World

COMPULSORY: dict[str, Any] = {"kind": "compulsory", "valid_from": "2024-01-01"}


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


@pytest.fixture
async def member(cast: Cast) -> UUID:
    return await cast.world.member(cast.unit)


def path(member: object) -> str:
    return f"/v1/members/{member}/other-insurance"


async def noted(cast: Cast, member: UUID, **values: Any) -> Any:
    return got(await cast.call(path(member), cast.bhxh, **COMPULSORY | values), 201)


class TestNoteOtherInsurance:
    async def test_anonymous_is_401(self, cast: Cast, member: UUID):
        assert (await cast.client.post(path(member), json=COMPULSORY)).status_code == 401

    @pytest.mark.parametrize("who", ["officer", "treasurer", "partner", "farmers"])
    async def test_wrong_role_is_403(self, cast: Cast, member: UUID, who: str):
        refused(await cast.call(path(member), getattr(cast, who), **COMPULSORY), 403, "forbidden")

    async def test_elsewhere_is_404(self, cast: Cast, member: UUID):
        far = await cast.world.user(
            await cast.world.unit("bhxh", cast.world.sibling_province), "bhxh_officer"
        )
        refused(await cast.call(path(member), far, **COMPULSORY), 404, "not_found")
        refused(await cast.call(path(uuid4()), cast.bhxh, **COMPULSORY), 404, "not_found")

    async def test_noted(self, cast: Cast, member: UUID):
        made = await noted(cast, member, valid_to="2024-12-31")
        assert (made["kind"], made["valid_to"], made["entered_by"]) == (
            "compulsory",
            "2024-12-31",
            str(cast.bhxh.id),
        )
        assert got(await cast.get(path(member), cast.bhxh))["items"] == [made]

    async def test_repeat_of_an_id(self, cast: Cast, member: UUID):
        own = str(uuid4())
        first = await noted(cast, member, id=own)
        assert got(await cast.call(path(member), cast.bhxh, id=own, **COMPULSORY), 200) == first
        other = COMPULSORY | {"id": own, "kind": "pension"}
        refused(await cast.call(path(member), cast.bhxh, **other), 409, "id_taken")

    async def test_overlap_is_409(self, cast: Cast, member: UUID):
        await noted(cast, member)
        again = COMPULSORY | {"valid_from": "2025-01-01"}
        refused(await cast.call(path(member), cast.bhxh, **again), 409, "other_insurance_overlaps")
        await noted(cast, member, kind="pension")

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
        self, cast: Cast, member: UUID, body: dict[str, Any], pointer: str, code: str
    ):
        refused(await cast.call(path(member), cast.bhxh, **COMPULSORY | body), 422, code, pointer)


class TestListOtherInsurance:
    async def test_anonymous_is_401(self, cast: Cast, member: UUID):
        assert (await cast.client.get(path(member))).status_code == 401

    async def test_only_bhxh_reads(self, cast: Cast, member: UUID):
        await noted(cast, member)
        for who in (cast.officer, cast.treasurer, cast.farmers, cast.partner):
            refused(await cast.get(path(member), who), 403, "forbidden")
        refused(await cast.get(path(uuid4()), cast.bhxh), 404, "not_found")

    async def test_pages(self, cast: Cast, member: UUID):
        for year in (2020, 2021, 2022):
            await noted(cast, member, valid_from=f"{year}-01-01", valid_to=f"{year}-06-30")
        first = got(await cast.get(path(member), cast.bhxh, limit=2))
        rest = got(await cast.get(path(member), cast.bhxh, limit=2, cursor=first["next_cursor"]))
        assert [item["valid_from"][:4] for item in first["items"] + rest["items"]] == ["2020", "2021", "2022"]
        assert rest["next_cursor"] is None

    async def test_moves_with_the_member(self, cast: Cast, member: UUID, owner: Any):
        made = await noted(cast, member)
        beside = await cast.world.unit("bhxh", cast.world.sibling_commune, level="commune")
        there = await cast.world.user(beside, "bhxh_officer")
        refused(await cast.get(path(member), there), 404, "not_found")
        await owner.execute(
            "update member set commune_code = $2 where id = $1", member, cast.world.sibling_commune
        )
        assert got(await cast.get(path(member), there))["items"] == [made]


class TestEndOtherInsurance:
    async def test_anonymous_is_401(self, cast: Cast, member: UUID):
        answer = await cast.client.post(f"{path(member)}/{uuid4()}/end", json={"valid_to": "2025-01-01"})
        assert answer.status_code == 401

    async def test_ended_once(self, cast: Cast, member: UUID):
        made = await noted(cast, member)
        where = f"{path(member)}/{made['id']}/end"
        refused(await cast.call(where, cast.officer, valid_to="2025-01-31"), 403, "forbidden")
        refused(await cast.call(where, cast.bhxh, valid_to="2023-12-31"), 422, "dates_reversed", "/valid_to")
        for _ in range(2):
            assert got(await cast.call(where, cast.bhxh, valid_to="2025-01-31"))["valid_to"] == "2025-01-31"
        refused(await cast.call(where, cast.bhxh, valid_to="2025-02-28"), 409, "other_insurance_ended")

    async def test_of_another_member_is_404(self, cast: Cast, member: UUID):
        made = await noted(cast, member)
        other = await cast.world.member(cast.unit)
        answer = await cast.call(f"{path(other)}/{made['id']}/end", cast.bhxh, valid_to="2025-01-31")
        refused(answer, 404, "not_found")


class TestWhatAUnionLearns:
    async def test_no_row_and_no_event(self, cast: Cast, member: UUID, app: FastAPI):
        await noted(cast, member)

        async def seen(login: Login, sql: str) -> int:
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                found = await (await db.connection()).exec_driver_sql(sql, (member,))
                return int(found.scalar_one())

        rows = "select count(*) from other_insurance where member_id = $1"
        events = "select count(*) from audit_event where subject_id = $1 or fields->>'member_id' = $1::text"
        admin = await cast.world.user(cast.unit, "union_admin")
        assert [await seen(admin, sql) for sql in (rows, events)] == [0, 0]
        assert await seen(cast.bhxh, rows) == 1

    async def test_kinds_of_people_of_others_are_not_told(self, cast: Cast, member: UUID, app: FastAPI):
        await noted(cast, member)
        for login, expected in ((cast.officer, 1), (cast.farmers, 0), (cast.sibling_officer, 0)):
            async with app.state.database.begin() as db:
                await begin_actor(db, login.session_id)
                sql = "select count(*) from other_insurance_in(array[$1::uuid], array['2026-12-01'::date])"
                found = await (await db.connection()).exec_driver_sql(sql, (member,))
                assert found.scalar_one() == expected
