"""Money taken out on an earlier day, over HTTP: it was there at the end of that day and of every day since."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.auth.actor import begin_actor
from app.core.errors import DomainError
from app.core.values.ids import uuid7
from app.core.values.time import today
from app.ledger.holds import HoldOrder, hold_money, post_hold, void_hold
from app.ledger.premium_entries import PremiumEntry, record_repayment
from app.ledger.verification.verify import verify_ledger
from app.savings.kinds import Product
from tests.ledger.books import Books, create_books, entry_line

CONTRIBUTIONS = "/v1/contributions"


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
async def books(world, client) -> Books:
    """Books of a group that began long ago; its first member saved 100 nine days ago and took out 60 five days ago, and
    got 500 three days ago. So 40 was left from the fifth day on, and 540 from the third."""
    books = await create_books(world, client)
    for table, column, key in (
        ("savings_group", "started_on", "id"),
        ("membership", "joined_on", "group_id"),
    ):
        await world.owner.execute(
            f"update {table} set {column} = $2 where {key} = $1", books.group.id, ago(900)
        )
    for who in (books.members[0], None):
        for day, kind, amount in ((9, "donation", 100), (5, "withdrawal", 60), (3, "donation", 500)):
            await books.record(who, amount, kind=kind, business_date=str(ago(day)))
    return books


def outcome(response: httpx.Response) -> Any:
    """201, or the errors of a refusal."""
    if response.status_code == 201:
        return 201
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


async def take_single(app: Any, books: Books, member: UUID | None, amount: int, day: date) -> Any:
    body = books.entry_body(member, amount, kind="withdrawal", business_date=str(day))
    return outcome(await books.post(CONTRIBUTIONS, body))


async def take_in_sheet(app: Any, books: Books, member: UUID | None, amount: int, day: date) -> Any:
    """Among lines that add money: another's, and the same one's that is not enough to matter."""
    lines = [entry_line(books.members[1], 5), entry_line(member, amount, kind="withdrawal")]
    return outcome(await books.post("/v1/meetings", books.meeting_body(*lines, business_date=str(day))))


async def take_in_file(app: Any, books: Books, member: UUID | None, amount: int, day: date) -> Any:
    """A CSV file of two rows, of which the first adds money."""
    rows = [
        f"{books.group.code},{books.members[1]},saving,5,{day}",
        f"{books.group.code},{member or ''},withdrawal,{amount},{day}",
    ]
    items = await send_file(books, *rows)
    assert items[0]["status"] == "recorded"
    return 201 if items[1]["status"] == "recorded" else errors_of(items[1])


async def send_file(books: Books, *rows: str) -> list[Any]:
    response = await books.client.post(
        f"{CONTRIBUTIONS}/batches?mode=partial",
        content="\n".join(["group_code,member_id,kind,amount,business_date", *rows]).encode(),
        headers={**books.officer.headers, "Content-Type": "text/csv", "Idempotency-Key": str(uuid7())},
    )
    assert response.status_code in (200, 201), response.text
    items: list[Any] = response.json()["items"]
    return items


def errors_of(item: Any) -> Any:
    return [(error["pointer"], error["code"]) for error in item["errors"]]


async def run_as_treasurer(app: Any, books: Books, work: Any) -> Any:
    try:
        async with app.state.database.begin() as db:
            await work(db, await begin_actor(db, books.treasurer.session_id))
    except DomainError as refusal:
        return [(error.pointer, error.code) for error in refusal.errors]
    return 201


async def take_by_hold(app: Any, books: Books, member: UUID | None, amount: int, day: date) -> Any:
    order = HoldOrder(books.group.id, member, amount, Product.BHXH_TN, day)
    return await run_as_treasurer(
        app, books, lambda db, actor: hold_money(db, actor, order, key=str(uuid7()))
    )


async def take_for_advance(app: Any, books: Books, member: UUID | None, amount: int, day: date) -> Any:
    """An instalment that is paid back out of a member's savings."""
    entry = PremiumEntry(books.group.id, member, amount, Product.BHXH_TN, day)
    return await run_as_treasurer(
        app, books, lambda db, actor: record_repayment(db, actor, entry, key=str(uuid7()))
    )


WRITERS = {
    "single": (take_single, "/business_date"),
    "sheet": (take_in_sheet, "/items/1/amount"),
    "file": (take_in_file, "/items/1/business_date"),
    "hold": (take_by_hold, "/business_date"),
    "advance": (take_for_advance, "/business_date"),
}


@pytest.mark.parametrize("writer", WRITERS)
class TestEveryWriter:
    @pytest.mark.parametrize(
        ("amount", "day", "is_there"),
        [
            (41, 9, False),  # 100 then, but 40 four days later
            (40, 9, True),
            (1, 10, False),  # the day before the first money
            (41, 4, False),  # the day before the 500
            (40, 4, True),
            (540, 3, True),  # the day of the 500
            (541, 3, False),
            (41, 5, False),  # on the day of the other withdrawal itself
            (540, 0, True),
        ],
    )
    async def test_no_day_since_has_less(self, app, books, writer, amount, day, is_there):
        take, pointer = WRITERS[writer]
        if amount == 541:  # nor is it there today
            pointer = pointer.replace("business_date", "amount")
        expected = 201 if is_there else [(pointer, "insufficient_balance")]
        assert await take(app, books, books.members[0], amount, ago(day)) == expected
        assert await books.balance(books.members[0]) == 540 - (amount if is_there and writer != "hold" else 0)
        found = {each.code for each in await verify_ledger(books.world.owner, [books.world.province])}
        assert found <= {"premium_entries"}  # the instalments here are of no advance

    async def test_the_fund(self, app, books, writer):
        take, pointer = WRITERS[writer]
        if take is take_for_advance:
            return  # pays into the fund
        assert await take(app, books, None, 41, ago(4)) == [(pointer, "insufficient_balance")]
        assert await take(app, books, None, 40, ago(4)) == 201

    async def test_in_any_order_of_the_same_day(self, app, books, writer):
        """What came on a day is there on that day, whenever it was entered."""
        take, _ = WRITERS[writer]
        await books.record(books.members[0], 300, business_date=str(ago(7)))
        assert await take(app, books, books.members[0], 340, ago(7)) == 201


class TestReversal:
    async def reverse(self, books: Books, entry: dict[str, Any], day: date | None) -> Any:
        body = {"note": "Ghi nhầm"} | ({} if day is None else {"business_date": str(day)})
        return outcome(await books.post(f"{CONTRIBUTIONS}/{entry['id']}/reversal", body))

    async def test_of_a_saving_that_was_taken_out_since(self, books):
        entry = await books.record(books.members[0], 100, business_date=str(ago(9)))
        await books.record(books.members[0], 140, kind="withdrawal", business_date=str(ago(4)))
        for day in (9, 4):
            assert await self.reverse(books, entry, ago(day)) == [("/business_date", "insufficient_balance")]
        assert await self.reverse(books, entry, ago(3)) == 201

    async def test_of_a_withdrawal_adds_money(self, books):
        entry = await books.record(books.members[0], 40, kind="withdrawal", business_date=str(ago(4)))
        assert await self.reverse(books, entry, ago(4)) == 201

    async def test_today_unless_it_says_otherwise(self, books):
        entry = await books.record(books.members[0], 100, business_date=str(ago(9)))
        await books.record(books.members[0], 140, kind="withdrawal", business_date=str(ago(4)))
        assert await self.reverse(books, entry, None) == 201


class TestHolds:
    """What is held counts from its day until it is resolved."""

    async def test_it_is_kept_from_its_day_on(self, app, books):
        member = books.members[0]
        await books.record(member, 700)
        assert await take_by_hold(app, books, member, 530, ago(2)) == 201
        assert await take_single(app, books, member, 11, ago(9)) == [
            ("/business_date", "insufficient_balance")
        ]
        assert await take_single(app, books, member, 10, ago(9)) == 201

    async def test_what_was_held_later_was_free_before(self, app, books):
        member = books.members[0]
        await books.record(member, 1_000)
        assert await take_by_hold(app, books, member, 1_000, today()) == 201
        assert await take_single(app, books, member, 40, ago(9)) == 201

    @pytest.mark.parametrize("paid", [True, False])
    async def test_paid_or_freed_on_an_earlier_day(self, app, books, paid):
        async def hold_and_resolve(db, actor):
            order = HoldOrder(books.group.id, books.members[0], 540, Product.BHXH_TN, ago(3))
            held = UUID((await hold_money(db, actor, order, key=str(uuid7()))).parse_body()["id"])
            resolve = post_hold if paid else void_hold
            await resolve(db, actor, held, key=str(uuid7()), business_date=ago(3))

        assert await run_as_treasurer(app, books, hold_and_resolve) == 201
        assert await books.balance(books.members[0]) == (0 if paid else 540)
        assert await take_single(app, books, books.members[0], 40, ago(9)) == (
            [("/amount", "insufficient_balance")] if paid else 201
        )

    async def test_held_before_anybody_asked(self, app, books, owner):
        """A hold of a day that had no money, of an earlier release: it is not paid as of that day, but as of today, or freed."""
        member = books.members[1]
        await books.record(member, 500)
        held: list[UUID] = []

        async def hold(db, actor):
            order = HoldOrder(books.group.id, member, 500, Product.BHXH_TN, today())
            held.append(UUID((await hold_money(db, actor, order, key=str(uuid7()))).parse_body()["id"]))

        assert await run_as_treasurer(app, books, hold) == 201
        async with owner.transaction():
            await owner.execute("alter table ledger_txn disable trigger user")
            await owner.execute("update ledger_txn set business_date = $2 where id = $1", held[0], ago(6))
            await owner.execute("alter table ledger_txn enable trigger user")
        expected = {ago(6): [("/business_date", "insufficient_balance")], today(): 201}
        for day, result in expected.items():
            post = lambda db, actor: post_hold(db, actor, held[0], key=str(uuid7()), business_date=day)  # noqa: B023, E731
            assert await run_as_treasurer(app, books, post) == result


class TestTexts:
    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("vi", "Cuối ngày {:%d/%m/%Y} số dư khả dụng chỉ có {} đồng, không đủ cho khoản chi ghi lùi ngày này."),
            ("en", "At the end of {:%Y-%m-%d} only {} đồng were available: not enough for what is dated back."),
        ],
    )  # fmt: skip
    async def test_the_day_and_how_much_there_was(self, books, language, text):
        await books.record(books.members[1], 1_250_000, business_date=str(ago(9)))
        await books.record(books.members[1], 9_000_000)
        body = books.entry_body(books.members[1], 1_250_001, kind="withdrawal", business_date=str(ago(9)))
        response = await books.client.post(
            CONTRIBUTIONS,
            json=body,
            headers={
                **books.treasurer.headers,
                "Idempotency-Key": str(uuid7()),
                "Accept-Language": language,
            },
        )
        assert response.status_code == 409
        expected = text.format(ago(9), "1.250.000" if language == "vi" else "1,250,000")
        assert (response.json()["detail"], response.json()["errors"][0]["detail"]) == (expected, expected)

    async def test_the_day_with_the_least(self, books):
        body = books.entry_body(books.members[0], 41, kind="withdrawal", business_date=str(ago(9)))
        detail = (await books.post(CONTRIBUTIONS, body)).json()["detail"]
        assert detail.startswith(f"Cuối ngày {ago(5):%d/%m/%Y} số dư khả dụng chỉ có 40 đồng")


class TestRows:
    async def test_each_row_has_its_outcome(self, books):
        """A phone's rows of many days: what was not there is refused, and nothing else is lost."""
        first, second, _ = books.members
        rows = [
            f"{books.group.code},{first},withdrawal,41,{ago(9)}",
            f"{books.group.code},{second},withdrawal,70,{ago(6)}",  # of what the row below brings
            f"{books.group.code},{first},withdrawal,30,{ago(9)}",
            f"{books.group.code},{second},saving,70,{ago(8)}",
            f"{books.group.code},{second},withdrawal,1,{ago(6)}",
            f"{books.group.code},{first},withdrawal,10,{ago(4)}",
            f"{books.group.code},{first},withdrawal,1,{ago(4)}",
        ]
        items = await send_file(books, *rows)
        refused = {n: errors_of(item) for n, item in enumerate(items) if item["status"] != "recorded"}
        day, amount = "business_date", "amount"
        assert refused == {
            0: [(f"/items/0/{day}", "insufficient_balance")],
            4: [(f"/items/4/{amount}", "insufficient_balance")],
            6: [(f"/items/6/{day}", "insufficient_balance")],
        }
        assert [await books.balance(each) for each in (first, second)] == [500, 0]
        assert await verify_ledger(books.world.owner, [books.world.province]) == []

    async def test_a_line_that_others_make_good(self, books):
        """Of one day only the sum counts: what a line takes may come with another."""
        lines = [
            (books.members[0], 100, "withdrawal"),
            (books.members[0], 90, "saving"),
            (None, 41, "withdrawal"),
        ]
        body = books.meeting_body(
            *(entry_line(who, n, kind=kind) for who, n, kind in lines), business_date=str(ago(4))
        )
        assert outcome(await books.post("/v1/meetings", body)) == [
            ("/items/2/amount", "insufficient_balance")
        ]
        body["items"].pop()
        assert outcome(await books.post("/v1/meetings", body)) == 201

    async def test_today_as_well(self, books):
        """The line that takes too much is named, and not one before it whose member has enough in all."""
        lines = [
            entry_line(books.members[0], 541, kind="withdrawal"),
            entry_line(books.members[0], 90),
            entry_line(None, 541, kind="withdrawal"),
        ]
        response = await books.post("/v1/meetings", books.meeting_body(*lines))
        assert outcome(response) == [("/items/2/amount", "insufficient_balance")]


class TestConcurrency:
    @pytest.mark.parametrize("sheets", [False, True])
    async def test_two_at_once(self, books, sheets):
        """Each alone would leave enough; of both together one is refused."""
        line = entry_line(books.members[0], 25, kind="withdrawal")
        if sheets:
            path, body = "/v1/meetings", books.meeting_body(line, business_date=str(ago(9)))
        else:
            path = CONTRIBUTIONS
            body = books.entry_body(books.members[0], 25, kind="withdrawal", business_date=str(ago(9)))
        responses = await asyncio.gather(*(books.post(path, body) for _ in range(6)))
        assert Counter(response.status_code for response in responses) == {201: 1, 409: 5}
        refused = {response.json()["code"] for response in responses if response.status_code == 409}
        assert refused == {"insufficient_balance"}
        assert await books.balance(books.members[0]) == 515

    async def test_repeated_it_is_answered_again(self, books):
        body = books.entry_body(books.members[0], 40, kind="withdrawal", business_date=str(ago(9)))
        key = str(uuid7())
        first = await books.post(CONTRIBUTIONS, body, key)
        again = await books.post(CONTRIBUTIONS, body, key)
        assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
