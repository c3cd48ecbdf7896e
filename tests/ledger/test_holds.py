"""Holds in the ledger, each within a transaction."""

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.auth.actor import begin_actor
from app.core.errors import Forbidden, IdempotencyKeyReused, NotFound
from app.core.values.ids import uuid7
from app.core.values.time import today
from app.ledger.errors import (
    AlreadyResolved,
    BusinessDateFuture,
    EntryBeforeGroup,
    EntryBeforeJoining,
    InsufficientBalance,
    NotInGroup,
    NotWithinHold,
    ResolvedBeforeHold,
)
from app.ledger.holds import HoldOrder, hold_money, post_hold, void_hold
from app.ledger.verification.verify import verify_ledger
from app.savings.kinds import Product
from tests.ledger.books import Books, create_books
from tests.world import Login


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


class HoldCaller:
    """Calls the hold functions as a login, each in a transaction of its own."""

    def __init__(self, app: Any, books: Books) -> None:
        self.database, self.books = app.state.database, books

    @asynccontextmanager
    async def begin_as(self, login: Login | None):
        async with self.database.begin() as db:
            yield db, await begin_actor(db, (login or self.books.treasurer).session_id)

    async def hold(
        self, amount: int, member: UUID | None = None, *, key: str | None = None, login=None, **fields
    ):
        member = member or self.books.members[0]
        order = HoldOrder(
            self.books.group.id, member, amount, Product.BHXH_TN, fields.pop("day", today()), **fields
        )
        async with self.begin_as(login) as (db, actor):
            return await hold_money(db, actor, order, key=key or str(uuid7()))

    async def post(self, held: dict, amount: int | None = None, *, key=None, day=None, login=None):
        async with self.begin_as(login) as (db, actor):
            return await post_hold(
                db,
                actor,
                UUID(held["id"]),
                key=key or str(uuid7()),
                business_date=day or today(),
                amount=amount,
            )

    async def void(self, held: dict, *, key=None, day=None, login=None):
        async with self.begin_as(login) as (db, actor):
            return await void_hold(
                db, actor, UUID(held["id"]), key=key or str(uuid7()), business_date=day or today()
            )


@pytest.fixture
async def hold_caller(app, books):
    await books.record(books.members[0], 10_000)
    return HoldCaller(app, books)


async def read_account_totals(books: Books) -> dict[str, int]:
    path = f"/v1/members/{books.members[0]}/passbook"
    body: dict[str, int] = (await books.get(path)).json()["totals"]
    return body


class TestHold:
    async def test_it_stays_in_the_balance_but_is_not_free(self, books, hold_caller, owner):
        held = (await hold_caller.hold(6_000, note="BHXH 12 tháng")).parse_body()
        assert (held["kind"], held["amount"], held["member_balance"]) == ("hold", 6_000, 10_000)
        assert await read_account_totals(books) == {
            "balance": 10_000,
            "held": 6_000,
            "available": 4_000,
            "entries": 1,
        }
        entry = books.entry_body(books.members[0], 4_001, kind="withdrawal")
        assert (await books.post("/v1/contributions", entry)).json()["code"] == "insufficient_balance"
        with pytest.raises(InsufficientBalance):
            await hold_caller.hold(4_001)
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_same_key_answers_the_first_hold(self, books, hold_caller):
        first = await hold_caller.hold(6_000, key="k")
        again = await hold_caller.hold(6_000, key="k")
        assert (first.replayed, again.replayed, again.parse_body()) == (False, True, first.parse_body())
        with pytest.raises(IdempotencyKeyReused):
            await hold_caller.hold(6_001, key="k")
        assert (await read_account_totals(books))["held"] == 6_000

    async def test_refusals(self, books, hold_caller):
        with pytest.raises(ValueError, match="one đồng"):
            await hold_caller.hold(0)
        with pytest.raises(NotInGroup) as exc_info:
            await hold_caller.hold(1, uuid7())
        assert [error.pointer for error in exc_info.value.errors] == ["/member_id"]
        with pytest.raises(BusinessDateFuture):
            await hold_caller.hold(1, day=today() + timedelta(days=1))
        bhxh = await books.world.user(await books.world.unit("bhxh"), "bhxh_officer")
        with pytest.raises(Forbidden):
            await hold_caller.hold(1, login=bhxh)
        farmers = await books.world.user(await books.world.unit("farmers_association"), "union_officer")
        with pytest.raises(NotFound):
            await hold_caller.hold(1, login=farmers)

    async def test_it_is_undone_with_its_transaction(self, app, books, hold_caller):
        async def pay() -> None:
            async with hold_caller.begin_as(None) as (db, actor):
                await hold_money(
                    db, actor, HoldOrder(books.group.id, books.members[0], 5, None, today()), key="k"
                )
                raise RuntimeError("the payment failed")

        with pytest.raises(RuntimeError, match="the payment failed"):
            await pay()
        assert (await read_account_totals(books))["held"] == 0

    async def test_contributions_do_not_list_holds(self, books, hold_caller):
        held = (await hold_caller.hold(5)).parse_body()
        listed = (await books.get("/v1/contributions")).json()["items"]
        assert [entry["kind"] for entry in listed] == ["saving"]
        assert (await books.get(f"/v1/contributions/{held['id']}")).status_code == 404
        path = f"/v1/contributions/{held['id']}/reversal"
        assert (await books.post(path, {"note": "x"})).json()["code"] == "not_reversible"


class TestResolveHold:
    async def test_paid_in_full(self, books, hold_caller, owner):
        held = (await hold_caller.hold(6_000)).parse_body()
        paid = (await hold_caller.post(held)).parse_body()
        assert (paid["kind"], paid["amount"], paid["member_balance"], paid["group_balance"]) == (
            "hold_posted", 6_000, 4_000, 4_000,
        )  # fmt: skip
        assert await read_account_totals(books) == {
            "balance": 4_000,
            "held": 0,
            "available": 4_000,
            "entries": 2,
        }
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_paid_in_part_frees_the_rest(self, books, hold_caller, owner):
        held = (await hold_caller.hold(6_000)).parse_body()
        await hold_caller.post(held, 2_500)
        assert await read_account_totals(books) == {
            "balance": 7_500,
            "held": 0,
            "available": 7_500,
            "entries": 2,
        }
        passbook = (await books.get(f"/v1/members/{books.members[0]}/passbook")).json()["items"]
        assert (passbook[0]["kind"], passbook[0]["amount"], passbook[0]["balance"]) == (
            "hold_posted",
            -2_500,
            7_500,
        )
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_voided(self, books, hold_caller, owner):
        held = (await hold_caller.hold(6_000)).parse_body()
        await hold_caller.void(held)
        assert await read_account_totals(books) == {
            "balance": 10_000,
            "held": 0,
            "available": 10_000,
            "entries": 1,
        }
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_only_once(self, books, hold_caller):
        held = (await hold_caller.hold(6_000)).parse_body()
        first = await hold_caller.post(held, key="k")
        again = await hold_caller.post(held, key="k")
        assert (again.replayed, again.parse_body()) == (True, first.parse_body())
        for resolve in (hold_caller.post, hold_caller.void):
            with pytest.raises(AlreadyResolved):
                await resolve(held)
        with pytest.raises(IdempotencyKeyReused):
            await hold_caller.void(held, key="k")

    async def test_refusals(self, books, hold_caller):
        held = (await hold_caller.hold(6_000)).parse_body()
        for amount in (6_001, 0, -5):
            with pytest.raises(NotWithinHold):
                await hold_caller.post(held, amount)
        with pytest.raises(ResolvedBeforeHold):
            await hold_caller.void(held, day=today() - timedelta(days=1))
        with pytest.raises(NotFound):
            await hold_caller.void({"id": str(uuid7())})
        with pytest.raises(NotFound):
            await hold_caller.void(await books.record(books.members[0], 5))
        other = await books.world.user(books.group.unit, "treasurer", groups=[uuid7()])
        with pytest.raises(NotFound):
            await hold_caller.void(held, login=other)
        assert (await read_account_totals(books))["held"] == 6_000


class TestDays:
    async def test_not_before_the_group_or_the_membership(self, owner, books, hold_caller):
        founded, joined = today() - timedelta(days=9), today() - timedelta(days=5)
        await owner.execute("update savings_group set started_on = $2 where id = $1", books.group.id, founded)
        await owner.execute(
            "update membership set joined_on = $2 where group_id = $1", books.group.id, joined
        )
        await books.record(books.members[0], 1_000, business_date=str(joined))
        with pytest.raises(EntryBeforeGroup):
            await hold_caller.hold(100, day=founded - timedelta(days=1))
        with pytest.raises(EntryBeforeJoining):
            await hold_caller.hold(100, day=joined - timedelta(days=1))
        assert (await hold_caller.hold(100, day=joined)).parse_body()["amount"] == 100
