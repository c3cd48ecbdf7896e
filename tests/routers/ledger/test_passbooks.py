"""Passbooks over HTTP."""

import pytest

from app.core.values.ids import uuid7
from tests.ledger.books import Books, create_books, entry_line


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


class TestReadPassbook:
    async def test_running_balances_of_two_groups(self, books):
        member = books.members[0]
        second = await books.world.group(books.group.unit)
        await books.world.join(second, member)
        await books.record(member, 10_000)
        sheet = books.meeting_body(
            entry_line(member, 5_000), entry_line(books.members[1], 7), entry_line(member, 1_000)
        )
        await books.post("/v1/meetings", sheet)
        other = books.entry_body(member, 40_000) | {"group_id": str(second.id)}
        elsewhere = (await books.post("/v1/contributions", other, login=books.officer)).json()
        out = await books.record(member, 6_000, kind="withdrawal", note="Mua thẻ")
        await books.post(f"/v1/contributions/{out['id']}/reversal", {"note": "Không mua nữa"})

        path = f"/v1/members/{member}/passbook"
        body = (await books.get(path, login=books.officer)).json()
        assert body["member_id"] == str(member)
        assert body["totals"] == {"balance": 56_000, "held": 0, "available": 56_000, "entries": 6}
        assert [(a["group_code"], a["balance"], a["entries"]) for a in body["accounts"]] == [
            (books.group.code, 16_000, 5), (second.code, 40_000, 1),
        ]  # fmt: skip
        assert [(e["kind"], e["amount"], e["balance"]) for e in body["items"]] == [
            ("reversal", 6_000, 16_000), ("withdrawal", -6_000, 10_000), ("saving", 40_000, 40_000),
            ("saving", 1_000, 16_000), ("saving", 5_000, 15_000), ("saving", 10_000, 10_000),
        ]  # fmt: skip
        assert body["items"][0]["reverses_id"] == out["id"]
        assert body["items"][2]["txn_id"] == elsewhere["id"]
        assert body["next_cursor"] is None

        listed: list[dict] = []
        cursor: dict[str, str] = {}
        for _ in range(3):
            page = (await books.get(path, login=books.officer, limit=2, **cursor)).json()
            listed += page["items"]
            cursor = {"cursor": page["next_cursor"]}
        assert (listed, page["next_cursor"]) == (body["items"], None)

        for query in ({"group_id": second.id}, {"group_code": second.code}):
            one = (await books.get(path, login=books.officer, **query)).json()
            assert [e["txn_id"] for e in one["items"]] == [elsewhere["id"]]
            assert one["totals"]["balance"] == 40_000
        # the treasurer of the first group sees that group alone
        mine = (await books.get(path)).json()
        assert [a["group_code"] for a in mine["accounts"]] == [books.group.code]
        assert mine["totals"]["balance"] == 16_000
        assert elsewhere["id"] not in [e["txn_id"] for e in mine["items"]]

    async def test_an_empty_passbook(self, books):
        member = await books.world.member(books.group.unit)
        body = (await books.get(f"/v1/members/{member}/passbook", login=books.officer)).json()
        assert body == {
            "member_id": str(member),
            "totals": {"balance": 0, "held": 0, "available": 0, "entries": 0},
            "accounts": [], "items": [], "next_cursor": None,
        }  # fmt: skip

    async def test_what_is_not_yours_is_absent(self, books):
        path = f"/v1/members/{books.members[0]}/passbook"
        world = books.world
        for login in (
            await world.user(await world.unit("farmers_association"), "union_officer"),
            await world.user(await world.unit("womens_union", world.sibling_province), "union_officer"),
            await world.user(books.group.unit, "treasurer", groups=[]),
        ):
            assert (await books.get(path, login=login)).status_code == 404
        assert (await books.get(f"/v1/members/{uuid7()}/passbook")).status_code == 404
        assert (await books.get("/v1/members/x/passbook")).status_code == 404

    async def test_who_may_not(self, books):
        path = f"/v1/members/{books.members[0]}/passbook"
        viewer = await books.world.user(books.group.unit, "viewer")
        assert (await books.get(path, login=viewer)).status_code == 403
        assert (await books.client.get(path)).status_code == 401

    async def test_wrong_questions(self, books):
        path = f"/v1/members/{books.members[0]}/passbook"
        for query in ({"cursor": "x"}, {"limit": 501}, {"group_id": 5}, {"year": 2026}):
            assert (await books.get(path, **query)).status_code == 422
