"""One enrolment over HTTP: who reads which, and the same answer as the routes that write."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.core.time import today
from tests.insurance.rows import ENROLMENTS, REASON, Cast
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def cast(world: World, client: httpx.AsyncClient) -> Cast:
    return await Cast.create(world, client)


def path_of(enrolment: dict[str, Any]) -> str:
    return f"{ENROLMENTS}/{enrolment['id']}"


class TestReadEnrolment:
    async def test_anonymous_is_401(self, cast: Cast):
        made = await cast.draft()
        refused(await cast.client.get(path_of(made)), 401, "unauthenticated")

    async def test_wrong_role_is_403(self, cast: Cast):
        made = await cast.draft()
        refused(await cast.get(path_of(made), await cast.world.user(cast.unit, "viewer")), 403, "forbidden")
        partner = await cast.world.partner(cast.unit, "members:read")
        refused(await cast.get(path_of(made), partner), 403, "forbidden")

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("officer", 200),
            ("commune_officer", 200),
            ("treasurer", 200),
            ("partner", 200),
            ("bhxh", 200),
            ("farmers", 404),
            ("sibling_officer", 404),
        ],
    )
    async def test_who_sees_an_enrolment(self, cast: Cast, who: str, status: int):
        made = await cast.draft(group_code=cast.group.code)
        assert (await cast.get(path_of(made), getattr(cast, who))).status_code == status

    async def test_treasurer_sees_only_the_own_groups(self, cast: Cast):
        other = await cast.world.group(cast.unit)
        for group in ({}, {"group_code": other.code}):
            refused(await cast.get(path_of(await cast.draft(**group)), cast.treasurer), 404, "not_found")

    @pytest.mark.parametrize(
        ("who", "seen"),
        [("officer", "near_poor"), ("partner", "near_poor"), ("bhxh", "near_poor"), ("treasurer", None)],
    )
    async def test_who_sees_the_support_group(self, cast: Cast, who: str, seen: str | None):
        made = await cast.draft(group_code=cast.group.code)
        assert got(await cast.get(path_of(made), getattr(cast, who)))["support_group"] == seen

    async def test_reading_partner_sees_no_support_group(self, cast: Cast):
        reader = await cast.world.partner(cast.unit, "enrolments:read")
        made = await cast.draft()
        assert got(await cast.get(path_of(made), reader)) == made | {"support_group": None}

    async def test_same_as_when_written(self, cast: Cast):
        first = await cast.create_one(
            group_code=cast.group.code,
            relation_to_head='con "út" \\',
            covered_until="2026-10-31",
            insured_since="2020-01-01",
            supported_before=7,
        )
        sent = await cast.step(got(first, 201), "submit")
        reasons = [REASON, {"pointer": "", "code": "later", "text": 'Xin xem "lại" \\ nhé.'}]
        back = await cast.step(got(sent), "return", cast.bhxh, reasons=reasons)
        assert back.status_code == 200
        read = await cast.get(path_of(back.json()))
        assert read.json() == back.json()
        assert list(read.json()) == list(back.json())
        assert [list(reason) for reason in read.json()["reasons"]] == [["pointer", "code", "text"]] * 2
        assert (read.headers["etag"], read.headers["content-type"]) == ('"3"', "application/json")

    async def test_paid_and_ended(self, cast: Cast):
        paid = await cast.paid()
        ended = await cast.client.post(
            f"{path_of(paid)}/end",
            json={"reason": "died", "date": str(today())},
            headers=cast.bhxh.headers,
        )
        assert got(await cast.get(path_of(paid))) == got(ended)

    async def test_whole_seconds_have_no_fraction(self, cast: Cast, owner: Any):
        made = await cast.draft()
        await owner.execute(
            "update enrolment set created_at = '2026-01-02T03:04:05Z', updated_at = '2026-01-02T03:04:05.06Z'"
            " where id = $1",
            made["id"],
        )
        read = got(await cast.get(path_of(made)))
        assert (read["created_at"], read["updated_at"], read["submitted_at"]) == (
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.060000Z",
            None,
        )

    async def test_read_again(self, cast: Cast):
        made = await cast.draft()
        assert len({(await cast.get(path_of(made))).text for _ in range(3)}) == 1

    async def test_not_yours_is_as_absent(self, cast: Cast):
        made = await cast.draft()
        theirs, absent = [
            (await cast.get(f"{ENROLMENTS}/{id_}", cast.farmers)).json() | {"request_id": ""}
            for id_ in (made["id"], uuid4())
        ]
        assert theirs == absent

    @pytest.mark.parametrize(
        "hostile", ["x", "null", "{enrolment_id}", "%00", "0" * 36, "g" * 8 + "-0000-7000-8000-000000000000"]
    )
    async def test_what_is_no_id_is_404(self, cast: Cast, hostile: str):
        refused(await cast.get(f"{ENROLMENTS}/{hostile}"), 404, "not_found")

    async def test_names_beside_ids_are_other_routes(self, cast: Cast):
        assert "items" in got(await cast.get(f"{ENROLMENTS}/batches"))

    async def test_unknown_parameter_is_named(self, cast: Cast):
        made = await cast.draft()
        refused(await cast.get(path_of(made), x="1"), 422, "unknown_parameter", "/query/x")
