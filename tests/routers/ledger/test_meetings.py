"""Meetings and their collection sheets over HTTP."""

from datetime import timedelta

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.ledger.books import Books, create_books, entry_line
from tests.routers.ledger.test_contributions import error_pointers

PATH = "/v1/meetings"


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


class TestRecordMeeting:
    async def test_who_may(self, books):
        body = books.meeting_body(entry_line(books.members[0]))
        assert (await books.client.post(PATH, json={})).status_code == 401
        viewer = await books.world.user(books.group.unit, "viewer")
        bhxh = await books.world.user(await books.world.unit("bhxh"), "bhxh_admin")
        for login in (viewer, bhxh):
            assert (await books.post(PATH, body, login=login)).status_code == 403
            assert (await books.post(PATH, {}, login=login)).status_code == 403
        farmers = await books.world.user(await books.world.unit("farmers_association"), "union_officer")
        sibling = await books.world.unit("womens_union", books.world.sibling_province)
        for login in (farmers, await books.world.user(sibling, "union_officer")):
            response = await books.post(PATH, body, login=login)
            assert (response.status_code, error_pointers(response)) == (404, {"/group_code": "not_found"})

    async def test_the_whole_sheet(self, books):
        a, b, _ = books.members
        body = books.meeting_body(
            entry_line(a, 10_000),
            entry_line(b, 3_000, product="bhyt_hgd"),
            entry_line(a, 2_000, id=str(uuid7())),
            entry_line(None, 50_000, kind="donation", source="Công ty Minh Tâm"),
            {"member_id": str(a), "amount": 1_000, "kind": "withdrawal"},
            {"kind": "sale", "quantity": "0.5", "unit_price": 3, "unit": "kg"},
            note="Buổi họp tháng 11",
        )
        response = await books.post(PATH, body)
        result = response.json()
        assert response.status_code == 201
        assert (result["count"], result["total"], result["group_balance"]) == (6, 64_002, 64_002)
        assert [item["member_balance"] for item in result["items"]] == [
            10_000, 3_000, 12_000, None, 11_000, None,
        ]  # fmt: skip
        assert [item["group_balance"] for item in result["items"]] == [
            10_000, 13_000, 15_000, 65_000, 64_000, 64_002,
        ]  # fmt: skip
        assert {item["meeting_id"] for item in result["items"]} == {result["id"]}
        assert result["items"][2]["id"] == body["items"][2]["id"]
        assert (await books.get(f"{PATH}/{result['id']}")).json() == result

    async def test_same_key_answers_the_first_result(self, books):
        key = str(uuid7())
        body = books.meeting_body(entry_line(books.members[0], 1), entry_line(books.members[1], 2))
        first = await books.post(PATH, body, key)
        await books.record(books.members[0], 5)
        again = await books.post(PATH, body, key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        assert await books.balance(books.members[0]) == 6
        for other in (
            body | {"note": "x"},
            body | {"items": body["items"][:1]},
            body | {"items": body["items"][::-1]},
        ):
            response = await books.post(PATH, other, key)
            assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")

    async def test_the_id_is_a_key(self, books):
        body = books.meeting_body(entry_line(books.members[0]), id=str(uuid7()))
        first = await books.client.post(PATH, json=body, headers=books.treasurer.headers)
        again = await books.client.post(PATH, json=body, headers=books.treasurer.headers)
        assert (first.status_code, first.json()["id"]) == (201, body["id"])
        assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
        del body["id"]
        response = await books.client.post(PATH, json=body, headers=books.treasurer.headers)
        assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")

    async def test_all_lines_or_none(self, books):
        a, b, _ = books.members
        stranger = await books.world.member(books.group.unit)
        for lines, status, wrong in [
            ([entry_line(a, 5), entry_line(stranger, 5)], 422, {"/items/1/member_id": "not_in_group"}),
            ([entry_line(a, 5), entry_line(a, 6, kind="withdrawal")], 409, {"/items/1/amount": "insufficient_balance"}),
            ([entry_line(b, 5), entry_line(None, 1, kind="withdrawal")], 409, {"/items/1/amount": "insufficient_balance"}),
            ([entry_line(a, 5), entry_line(b, 0), entry_line(b, None)], 422, {"/items/1/amount": "greater_than_equal"}),
            ([entry_line(a, 5), entry_line(None, 5), entry_line(b, None)], 422,
             {"/items/1/member_id": "missing", "/items/2/amount": "missing"}),
            ([], 422, {"/items": "too_short"}),
            ([entry_line(a, 1)] * 201, 422, {"/items": "too_long"}),
            ([entry_line(a, 5, nope=1)], 422, {"/items/0/nope": "extra_forbidden"}),
            ("x", 422, {"/items": "list_type"}),
        ]:  # fmt: skip
            response = await books.post(PATH, books.meeting_body() | {"items": lines})
            assert (response.status_code, error_pointers(response)) == (status, wrong)
        twice = str(uuid7())
        response = await books.post(
            PATH, books.meeting_body(entry_line(a, id=twice), entry_line(b, id=twice))
        )
        assert (response.status_code, response.json()["code"]) == (409, "id_taken")
        assert await books.counts() == (0, 0)

    async def test_two_hundred_lines(self, books):
        lines = [entry_line(books.members[n % 3], n + 1) for n in range(200)]
        body = (await books.post(PATH, books.meeting_body(*lines))).json()
        assert (body["count"], body["total"]) == (200, 20_100)
        assert [item["amount"] for item in body["items"]] == list(range(1, 201))

    async def test_what_goes_in_may_go_out_again(self, books):
        """A sheet counts as a whole: the order of its lines does not matter."""
        lines = [entry_line(books.members[0], 5, kind="withdrawal"), entry_line(books.members[0], 5)]
        body = (await books.post(PATH, books.meeting_body(*lines))).json()
        assert (body["total"], body["items"][1]["member_balance"]) == (0, 0)
        assert await books.counts() == (3, 2)


class TestReadMeetings:
    async def test_lists(self, books):
        other = await books.world.group(books.group.unit, members=1)
        old = str(today() - timedelta(days=40))
        created = []
        for fields in ({}, {"business_date": old}, {}):
            created.append(
                (await books.post(PATH, books.meeting_body(entry_line(books.members[0]), **fields))).json()
            )
            await books.record(books.members[1])
        outside = await books.post(
            PATH,
            books.meeting_body(entry_line(other.members[0])) | {"group_code": other.code},
            login=books.officer,
        )
        ids = [meeting["id"] for meeting in reversed(created)]
        heads = [
            {name: value for name, value in meeting.items() if name != "items"}
            for meeting in reversed(created)
        ]
        group_path = f"/v1/groups/{books.group.id}/meetings"
        assert (await books.get(PATH)).json() == {"items": heads, "next_cursor": None}
        assert (await books.get(group_path, login=books.officer)).json()["items"] == heads
        everything = [item["id"] for item in (await books.get(PATH, login=books.officer)).json()["items"]]
        assert everything == [outside.json()["id"], *ids]
        for path, query in ((PATH, {"group_code": books.group.code}), (group_path, {})):
            first = (await books.get(path, login=books.officer, limit=2, **query)).json()
            rest = (
                await books.get(path, login=books.officer, limit=2, cursor=first["next_cursor"], **query)
            ).json()
            assert [item["id"] for item in [*first["items"], *rest["items"]]] == ids
            assert rest["next_cursor"] is None
            items = (await books.get(path, to=old, **query)).json()["items"]
            assert [item["id"] for item in items] == [created[1]["id"]]
            items = (await books.get(path, **{"from": today()}, **query)).json()["items"]
            assert [item["id"] for item in items] == [created[2]["id"], created[0]["id"]]

    async def test_what_is_not_yours_is_absent(self, books):
        created = (await books.post(PATH, books.meeting_body(entry_line(books.members[0])))).json()
        farmers = await books.world.user(await books.world.unit("farmers_association"), "union_officer")
        other = await books.world.user(books.group.unit, "treasurer", groups=[uuid7()])
        for login in (farmers, other):
            assert (await books.get(PATH, login=login)).json()["items"] == []
            assert (await books.get(f"{PATH}/{created['id']}", login=login)).status_code == 404
            path = f"/v1/groups/{books.group.id}/meetings"
            assert (await books.get(path, login=login)).status_code == 404
        assert (await books.get(f"{PATH}/{created['items'][0]['id']}")).status_code == 404

    async def test_who_may_not(self, books):
        viewer = await books.world.user(books.group.unit, "viewer")
        for path in (PATH, f"{PATH}/{uuid7()}", f"/v1/groups/{books.group.id}/meetings"):
            assert (await books.client.get(path)).status_code == 401
            assert (await books.get(path, login=viewer)).status_code == 403
        assert (await books.get("/v1/groups/x/meetings")).status_code == 404
        response = await books.get(PATH, month="2026-11")
        assert (response.status_code, error_pointers(response)) == (
            422,
            {"/query/month": "unknown_parameter"},
        )
