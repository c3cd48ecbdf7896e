"""Advances over HTTP: what members owe their fund for premiums, and its repayment."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.time import today
from app.insurance.card_rules import shifted
from tests.insurance.premium_cast import ADVANCES, NEEDED, Till, named
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def till(world: World, client: httpx.AsyncClient) -> Till:
    made = await Till.create(world, client)
    await made.save(None, NEEDED, kind="donation")
    return made


async def advance(till: Till, *, instalments: int = 5, first_due: date | None = None) -> Any:
    """All of a premium, to be paid back."""
    first_due = first_due or today()
    source = {"kind": "instalment", "amount": NEEDED, "instalments": instalments, "first_due": str(first_due)}
    await till.posted(till.members[0], source)
    return got(await till.get(ADVANCES))["items"][0]


async def repay(till: Till, owed: Any, amount: int, paid_from: str = "cash", **how: Any) -> httpx.Response:
    body = {"amount": amount, "paid_from": paid_from, "business_date": str(how.pop("day", today()))}
    return await till.post(f"{ADVANCES}/{owed['id']}/repayments", body, **how)


class TestReadAdvances:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.get(ADVANCES)).status_code == 401

    async def test_schedule(self, till: Till):
        owed = await advance(till)
        assert (owed["amount"], owed["repaid"], owed["outstanding"], owed["overdue"]) == (
            NEEDED,
            0,
            NEEDED,
            0,
        )
        days = [str(shifted(today(), nth)) for nth in range(5)]
        assert [part["due_on"] for part in owed["instalments"]] == days
        assert [part["amount"] for part in owed["instalments"]] == [475_200] * 5
        assert owed["next_due"] == str(today())
        assert got(await till.get(f"{ADVANCES}/{owed['id']}")) == owed | {"repayments": []}

    async def test_scope_and_filters(self, till: Till, owner: Any):
        owed = await advance(till)
        for login in (till.farmers, till.other_treasurer):
            refused(await till.get(f"{ADVANCES}/{owed['id']}", login=login), 404, "not_found")
            assert got(await till.get(ADVANCES, login=login))["items"] == []
        assert got(await till.get(ADVANCES, overdue="true"))["items"] == []
        assert got(await till.get(ADVANCES, overdue="false"))["items"] == [owed]
        await owner.execute(
            "update premium_advance set next_due = $2 where id = $1", UUID(owed["id"]), today() - timedelta(1)
        )
        late = got(await till.get(ADVANCES, overdue="true", payment_id=owed["payment_id"]))["items"]
        assert [row["id"] for row in late] == [owed["id"]]


class TestRepay:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(f"{ADVANCES}/{uuid4()}/repayments", json={})).status_code == 401

    async def test_not_yours(self, till: Till):
        owed = await advance(till)
        for login in (till.farmers, till.other_treasurer):
            refused(await repay(till, owed, 5, login=login), 404, "not_found")
        refused(await repay(till, owed, 5, login=till.bhxh), 403, "forbidden")

    async def test_in_cash(self, till: Till):
        owed = await advance(till)
        paid = got(await repay(till, owed, 500_000), 201)
        assert (paid["amount"], paid["repaid_after"]) == (500_000, 500_000)
        assert await till.balance(None) == (500_000, 0)
        now = got(await till.get(f"{ADVANCES}/{owed['id']}"))
        assert (now["outstanding"], now["next_due"]) == (NEEDED - 500_000, str(shifted(today(), 1)))
        assert now["repayments"] == [paid]
        assert (await till.said(owed["id"]))[0] == ["premium_advance.repaid"]
        await till.books_agree()

    async def test_out_of_savings(self, till: Till):
        owed = await advance(till)
        await till.save(till.members[0], 600_000)
        paid = got(await repay(till, owed, 600_000, "savings"), 201)
        assert await till.balance(None) == (600_000, 0)
        assert await till.balance(till.members[0]) == (0, 0)
        passbook = got(await till.get(f"/v1/members/{till.members[0]}/passbook"))["items"][0]
        assert (passbook["kind"], passbook["amount"], passbook["balance"]) == ("repayment", -600_000, 0)
        refused(await repay(till, owed, 1, "savings"), 409, "insufficient_balance", "/amount")
        assert got(await till.get("/v1/contributions"))["items"][0]["kind"] == "saving"
        assert paid["paid_from"] == "savings"
        await till.books_agree()

    async def test_never_more_than_owed(self, till: Till):
        owed = await advance(till)
        refused(await repay(till, owed, NEEDED + 1), 409, "more_than_owed", "/amount")
        got(await repay(till, owed, NEEDED), 201)
        refused(await repay(till, owed, 1), 409, "more_than_owed", "/amount")
        now = got(await till.get(f"{ADVANCES}/{owed['id']}"))
        assert (now["outstanding"], now["overdue"], now["next_due"]) == (0, 0, None)

    async def test_once_under_a_key(self, till: Till):
        owed = await advance(till)
        refused(await repay(till, owed, 5, key=""), 400, "idempotency_key_missing")
        answers = await asyncio.gather(*(repay(till, owed, 5, key="r") for _ in range(5)))
        assert {answer.text for answer in answers} == {answers[0].text}
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
        refused(await repay(till, owed, 6, key="r"), 422, "idempotency_key_reused")
        assert await till.balance(None) == (5, 0)

    async def test_at_once_never_more_than_owed(self, till: Till):
        owed = await advance(till)
        answers = await asyncio.gather(*(repay(till, owed, 1_000_000) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
        await till.books_agree()

    async def test_hostile_input_names_the_field(self, till: Till):
        owed = await advance(till)
        named(await repay(till, owed, 0), 422, "/amount")
        named(await repay(till, owed, 5, "gold"), 422, "/paid_from")
        named(await repay(till, owed, 5, day="2100-01-01"), 422, "/business_date")
