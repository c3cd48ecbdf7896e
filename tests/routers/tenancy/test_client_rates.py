"""How many requests and rows a partner system, and a person, may send in a minute."""

from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest

from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import VIET_NAM, today
from app.main import create_app
from tests.insurance.enrolment_scenario import enrolment_row
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.client_requests import SCOPES, edit_client, send_batch
from tests.world import Login, Unit, World


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def partner(world: World, union: Unit) -> Login:
    return await world.partner(union, *SCOPES)


class TestRates:
    """With an application of its own, small limits and a clock that stands still."""

    @pytest.fixture
    async def small(self, settings: Settings, app: Any) -> AsyncIterator[httpx.AsyncClient]:
        limited_settings = settings.model_copy(
            update={
                "client_requests_per_minute": 3,
                "client_requests_most": 10,
                "client_rows_per_minute": 4,
                "client_rows_most": 20,
                "sandbox_rows_per_day": 6,
                "user_requests_per_minute": 5,
            }
        )
        application = create_app(limited_settings)
        async with application.router.lifespan_context(application):
            application.state.allowances.clock = lambda: 1000.0
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as http_client:
                yield http_client

    async def test_every_answer_tells_what_is_left(self, small, partner):
        responses = [await small.get("/v1/auth/me", headers=partner.headers) for _ in range(2)]
        responses.append(await small.get("/v1/users", headers=partner.headers))
        assert [response.status_code for response in responses] == [200, 200, 403]
        assert {response.headers["ratelimit-policy"] for response in responses} == {
            '"requests";q=3;w=60, "rows";q=4;w=60'
        }
        assert [response.headers["ratelimit"] for response in responses] == [
            f'"requests";r={left};t=1' for left in (2, 1, 0)
        ]
        over = await small.get("/v1/auth/me", headers=partner.headers)
        expect_problem(over, 429, "too_many_requests")
        wait = int(over.headers["retry-after"])
        assert wait == 20
        assert over.headers.get_list("ratelimit") == [f'"requests";r=0;t={wait}']
        hot = await small.get("/v1/contributions", headers=partner.headers)
        expect_problem(hot, 429, "too_many_requests")
        assert "ratelimit-policy" in hot.headers

    async def test_partners_do_not_share(self, small, world, union):
        for _ in range(3):
            partner = await world.partner(union, "stats:read")
            responses = [await small.get("/v1/auth/me", headers=partner.headers) for _ in range(4)]
            assert [response.status_code for response in responses] == [200, 200, 200, 429]

    async def test_rows_are_counted_and_paid_for_afterwards(self, small, world, partner):
        big = await send_batch(
            small, partner, *[enrolment_row(world.commune) for _ in range(9)], mode="validate"
        )
        assert big.status_code == 200
        assert big.headers["ratelimit"] == '"requests";r=2;t=1, "rows";r=0;t=1'
        over = await send_batch(small, partner, enrolment_row(world.commune), mode="validate")
        expect_problem(over, 429, "too_many_rows")
        assert over.headers["retry-after"] == "90"
        assert expect_json(await small.get("/v1/auth/me", headers=partner.headers))["kind"] == "client"

    async def test_the_sandbox_has_its_rows_for_a_day_and_no_credit(self, small, world, owner, partner):
        await owner.execute("update api_client set sandbox = true where id = $1", partner.id)
        rows = [enrolment_row(world.commune) for _ in range(7)]
        over = await send_batch(small, partner, *rows, mode="validate")
        expect_problem(over, 429, "too_many_sandbox_rows")
        taken = await send_batch(small, partner, *rows[:4], mode="validate")
        assert taken.status_code == 200, taken.text
        assert taken.headers["ratelimit-policy"] == '"requests";q=3;w=60, "rows";q=6;w=86400'
        over = await send_batch(small, partner, *rows[:3], mode="validate")
        expect_problem(over, 429, "too_many_sandbox_rows")
        midnight = datetime.combine(today() + timedelta(days=1), time(), VIET_NAM)
        assert 0 < int(over.headers["retry-after"]) <= 86_400
        assert over.json()["detail"] == (
            "Chế độ thử chỉ nhận 6 dòng mỗi ngày, hôm nay còn 2 dòng."
            f" Hãy gửi ít dòng hơn, hoặc gửi tiếp từ 00:00 ngày {midnight:%d/%m/%Y}."
        )
        assert over.headers["ratelimit"].partition(", ")[2].startswith('"rows";r=2;t=')

    async def test_the_rows_of_yesterday_do_not_count_today(self, small, world, owner, partner):
        await owner.execute("update api_client set sandbox = true where id = $1", partner.id)
        rows = [enrolment_row(world.commune) for _ in range(6)]
        assert (await send_batch(small, partner, *rows, mode="validate")).status_code == 200
        over = await send_batch(small, partner, rows[0], mode="validate")
        expect_problem(over, 429, "too_many_sandbox_rows")
        counter = "where key_hash = sha256(convert_to('sandbox rows ' || $1::text, 'UTF8'))"
        yesterday = "set window_start = window_start - interval '24 hours'"
        await owner.execute(f"update login_throttle {yesterday} {counter}", str(partner.id))
        assert (await send_batch(small, partner, rows[0], mode="validate")).status_code == 200

    async def test_a_sheet_is_so_many_rows_as_it_has_lines(self, small, world, union, partner):
        group = await world.group(union, members=3)
        lines = [{"member_id": str(member), "kind": "saving", "amount": 1000} for member in group.members]
        sheet = {"group_id": str(group.id), "business_date": "2026-11-20", "items": lines}
        response = await small.post(
            "/v1/meetings", json=sheet, headers=partner.headers | {"Idempotency-Key": str(uuid7())}
        )
        assert response.status_code == 201, response.text
        assert response.headers["ratelimit"] == '"requests";r=2;t=1, "rows";r=1;t=1'

    async def test_an_administrator_chooses_within_the_operators_maximum(
        self, client, small, world, union, admin, partner
    ):
        for name, much in (("requests_per_minute", 11), ("rows_per_minute", 21)):
            expect_problem(
                await edit_client(small, admin, partner.id, **{name: much}), 422, "above_maximum", f"/{name}"
            )
        for wrong in (0, -1, 2**31, "10", 1.5):
            response = await edit_client(client, admin, partner.id, requests_per_minute=wrong)
            assert response.status_code == 422, response.text
            assert response.json()["errors"][0]["pointer"] == "/requests_per_minute"
        expect_json(await edit_client(small, admin, partner.id, requests_per_minute=7, rows_per_minute=20))
        response = await small.get("/v1/auth/me", headers=partner.headers)
        assert response.headers["ratelimit-policy"] == '"requests";q=7;w=60, "rows";q=20;w=60'

    async def test_people_have_a_limit_too(self, small, world, union):
        officer = await world.user(union, "union_officer")
        responses = [await small.get("/v1/auth/me", headers=officer.headers) for _ in range(6)]
        assert [response.status_code for response in responses] == [200] * 5 + [429]
        assert [("ratelimit" in response.headers) for response in responses] == [False] * 5 + [True]
        assert responses[-1].headers["ratelimit-policy"] == '"requests";q=5;w=60'

    async def test_a_stranger_takes_nobodys_share(self, small, partner):
        for token in ("", "x.y.z"):
            responses = [
                await small.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"}) for _ in range(9)
            ]
            assert {response.status_code for response in responses} == {401}
            assert "ratelimit" not in responses[-1].headers
        assert (await small.get("/v1/auth/me", headers=partner.headers)).status_code == 200
