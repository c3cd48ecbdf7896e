"""Concurrent requests to the ledger: one effect for one key, an unbroken chain, no deadlock."""

import asyncio
import random
from collections import Counter

import pytest

from app.core.values.ids import uuid7
from app.ledger.verification.verify import verify_ledger
from tests.ledger.books import Books, create_books, entry_line

PATH = "/v1/contributions"


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


class TestConcurrency:
    async def test_fifty_posts_of_one_key_make_one_transaction(self, books, owner):
        key, body = str(uuid7()), books.entry_body(books.members[0])
        responses = await asyncio.gather(*(books.post(PATH, body, key) for _ in range(50)))
        assert {response.status_code for response in responses} == {201}
        assert len({response.content for response in responses}) == 1
        replayed = [
            response for response in responses if response.headers.get("idempotency-replayed") == "true"
        ]
        assert len(replayed) == 49
        assert await books.counts() == (1, 2)
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_one_key_with_other_bodies_lets_one_through(self, books):
        key = str(uuid7())
        responses = await asyncio.gather(
            *(books.post(PATH, books.entry_body(books.members[0], n + 1), key) for n in range(20))
        )
        assert Counter(response.status_code for response in responses) == {201: 1, 422: 19}
        refused = {response.json()["code"] for response in responses if response.status_code == 422}
        assert refused == {"idempotency_key_reused"}
        assert await books.counts() == (1, 2)

    async def test_one_key_in_several_groups_lets_one_through(self, books, owner):
        groups = [await books.world.group(books.group.unit, members=1) for _ in range(8)]
        bodies = [books.entry_body(group.members[0]) | {"group_id": str(group.id)} for group in groups]
        responses = await asyncio.gather(
            *(books.post(PATH, body, "one key", login=books.officer) for body in bodies)
        )
        assert Counter(response.status_code for response in responses) == {201: 1, 422: 7}
        refused = {response.json()["code"] for response in responses if response.status_code == 422}
        assert refused == {"idempotency_key_reused"}
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_an_entry_is_reversed_once(self, books):
        entry = await books.record(books.members[0])
        path = f"{PATH}/{entry['id']}/reversal"
        responses = await asyncio.gather(*(books.post(path, {"note": "x"}) for _ in range(20)))
        assert Counter(response.status_code for response in responses) == {201: 1, 409: 19}
        assert await books.balance(books.members[0]) == 0

    async def test_sheets_that_cross_keep_the_chain_and_never_deadlock(self, books, owner):
        """Sheets, entries and reversals of two groups with the same members, in every order of members."""
        second = await books.world.group(books.group.unit)
        for member in books.members:
            await books.world.join(second, member)
        rng = random.Random(7)  # noqa: S311 - the same crossings in every run
        posts = []
        for n in range(40):
            members = rng.sample(books.members, 3)
            group = {"group_code": rng.choice([books.group, second]).code}
            if n % 4:
                lines = [entry_line(member, rng.randint(1, 9)) for member in [*members, members[0]]]
                body = books.meeting_body(*lines, entry_line(None, 3, kind="donation")) | group
                posts.append(books.post("/v1/meetings", body, login=books.officer))
            else:
                body = {
                    name: value
                    for name, value in books.entry_body(members[0], 5).items()
                    if name != "group_id"
                }
                posts.append(books.post(PATH, body | group, login=books.officer))
        responses = await asyncio.gather(*posts)
        assert {response.status_code for response in responses} == {201}
        entries = [
            item["id"] for response in responses for item in response.json().get("items", [response.json()])
        ]
        undone = await asyncio.gather(
            *(books.post(f"{PATH}/{entry}/reversal", {"note": "x"}, login=books.officer) for entry in entries)
        )
        assert {response.status_code for response in undone} == {201}
        assert await owner.fetchval(
            "select bool_and(posted = 0) from account where group_id = any ($1)", [books.group.id, second.id]
        )
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_the_last_money_goes_out_once(self, books):
        await books.record(books.members[0], 10)
        entry = books.entry_body(books.members[0], 10, kind="withdrawal")
        responses = await asyncio.gather(*(books.post(PATH, entry) for _ in range(12)))
        assert Counter(response.status_code for response in responses) == {201: 1, 409: 11}
        assert await books.balance(books.members[0]) == 0
