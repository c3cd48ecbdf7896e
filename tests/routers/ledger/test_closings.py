"""Closed periods over HTTP."""

import asyncio
import json
from datetime import timedelta

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.ledger.books import Books, create_books, entry_line

PATH = "/v1/ledger/closings"


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


@pytest.fixture
async def admin(books):
    return await books.world.user(books.group.unit, "union_admin")


def closing_body(books: Books, days: int = 1, province: str | None = None) -> dict[str, str]:
    return {
        "province_code": province or books.world.province,
        "closed_through": str(today() - timedelta(days=days)),
    }


class TestClosePeriod:
    async def test_who_may(self, books):
        assert (await books.client.post(PATH, json=closing_body(books))).status_code == 401
        for login in (books.treasurer, books.officer):
            assert (await books.post(PATH, closing_body(books), login=login)).status_code == 403

    async def test_outside_the_scope(self, books, admin):
        sibling = closing_body(books, province=books.world.sibling_province)
        response = await books.post(PATH, sibling, login=admin)
        assert (response.status_code, response.json()["code"]) == (403, "outside_scope")
        unit = await books.world.unit("womens_union", books.world.commune, level="commune")
        below = await books.world.user(unit, "union_admin")
        assert (await books.post(PATH, closing_body(books), login=below)).json()["code"] == "outside_scope"

    async def test_only_forward(self, books, admin):
        first = await books.post(PATH, closing_body(books, 10), login=admin)
        assert first.status_code == 201
        assert first.json() | {"closed_at": ""} == {
            "network": "womens_union", "province_code": books.world.province, "closed_at": "",
            "closed_through": str(today() - timedelta(days=10)), "closed_by": str(admin.id),
        }  # fmt: skip
        assert (await books.post(PATH, closing_body(books, 10), login=admin)).json() == first.json()
        response = await books.post(PATH, closing_body(books, 11), login=admin)
        assert (response.status_code, response.json()["code"]) == (409, "closing_backwards")
        assert (await books.post(PATH, closing_body(books, 9), login=admin)).status_code == 201
        events = await books.world.owner.fetch(
            "select fields from audit_event where event = 'period.closed' and province_code = $1",
            books.world.province,
        )
        assert len(events) == 2

    async def test_bad_input(self, books, admin):
        for change, wrong in [
            ({"closed_through": str(today())}, ("/closed_through", "day_not_over")),
            ({"closed_through": "x"}, ("/closed_through", "day")),
            ({"province_code": books.world.commune}, ("/province_code", "unknown_province")),
            ({"province_code": "nowhere"}, ("/province_code", "unknown_province")),
            ({"network": "bhxh"}, ("/network", "extra_forbidden")),
        ]:
            response = await books.post(PATH, closing_body(books) | change, login=admin)
            [error] = response.json()["errors"]
            assert (response.status_code, error["pointer"], error["code"]) == (422, *wrong)

    async def test_a_closed_period_takes_no_entry(self, books, admin):
        late, member = str(today() - timedelta(days=3)), books.members[0]
        body = books.entry_body(member, business_date=late)
        recorded = await books.post("/v1/contributions", body, "k1")
        await books.post(PATH, closing_body(books, 3), login=admin)
        unit = await books.world.unit("womens_union", books.world.commune, level="commune")
        below = await books.world.user(unit, "union_officer")
        for login in (books.treasurer, books.officer, below):
            response = await books.post("/v1/contributions", body, login=login)
            assert (response.status_code, response.json()["code"]) == (409, "period_closed")
            sheet = books.meeting_body({"member_id": str(member), "amount": 5}, business_date=late)
            assert (await books.post("/v1/meetings", sheet, login=login)).json()["code"] == "period_closed"
        reversal = {"note": "x", "business_date": late}
        path = f"/v1/contributions/{recorded.json()['id']}/reversal"
        assert (await books.post(path, reversal)).json()["code"] == "period_closed"

    async def test_what_was_accepted_is_answered_again_after_the_closing(self, books, admin):
        body = books.entry_body(books.members[0], business_date=str(today() - timedelta(days=3)))
        first = await books.post("/v1/contributions", body, "k1")
        await books.post(PATH, closing_body(books), login=admin)
        again = await books.post("/v1/contributions", body, "k1")
        assert (again.status_code, again.content) == (201, first.content)
        other = await books.post("/v1/contributions", body | {"amount": 1}, "k1")
        assert other.json()["code"] == "idempotency_key_reused"

    async def test_other_networks_and_provinces_stay_open(self, books, admin):
        await books.post(PATH, closing_body(books), login=admin)
        farmers = await create_books(books.world, books.client)
        unit = await books.world.unit("farmers_association")
        group = await books.world.group(unit, members=1)
        login = await books.world.user(unit, "union_officer")
        old = str(today() - timedelta(days=3))
        body = farmers.entry_body(group.members[0], business_date=old) | {"group_id": str(group.id)}
        assert (await books.post("/v1/contributions", body, login=login)).status_code == 201

    async def test_closing_waits_for_entries_that_saw_the_period_open(self, books, admin, app):
        """An entry that is being written when the books are closed is either in or refused, never slipped in after."""
        async with app.state.database.driver.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(
                "select body from record_entry($1, $2, $3, 'k', 'h', $4, null, $5, $6)",
                books.treasurer.session_id, ["treasurer"], [], books.group.id, today() - timedelta(days=3),
                json.dumps({"id": str(uuid7()), **entry_line(books.members[0], 5)}),
            )  # fmt: skip
            assert row is not None
            waiting = asyncio.create_task(books.post(PATH, closing_body(books), login=admin))
            done, _ = await asyncio.wait([waiting], timeout=0.3)
            assert not done
        assert (await waiting).status_code == 201


class TestListClosings:
    async def test_own_network_and_places(self, books, admin):
        created = (await books.post(PATH, closing_body(books), login=admin)).json()
        assert (await books.get(PATH)).json() == {"items": [created], "next_cursor": None}
        bhxh = await books.world.user(await books.world.unit("bhxh"), "bhxh_officer")
        assert (await books.get(PATH, login=bhxh)).json()["items"] == [created]
        for unit in (
            await books.world.unit("farmers_association"),
            await books.world.unit("womens_union", books.world.sibling_province),
        ):
            login = await books.world.user(unit, "union_officer")
            assert (await books.get(PATH, login=login)).json()["items"] == []

    async def test_pages(self, books):
        national = await books.world.user(await books.world.national("elderly"), "union_admin")
        provinces = sorted([books.world.province, books.world.sibling_province])
        for province in provinces:
            await books.post(PATH, closing_body(books, province=province), login=national)
        one = (await books.get(PATH, login=national, limit=1)).json()
        two = (await books.get(PATH, login=national, limit=1, cursor=one["next_cursor"])).json()
        listed = (await books.get(PATH, login=national, limit=500)).json()["items"]
        assert [*one["items"], *two["items"]] == listed[:2]
        assert [item["province_code"] for item in listed][-2:] == provinces

    async def test_who_may_not(self, books):
        viewer = await books.world.user(books.group.unit, "viewer")
        assert (await books.get(PATH, login=viewer)).status_code == 403
        assert (await books.client.get(PATH)).status_code == 401
