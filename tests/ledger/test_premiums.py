"""Premiums and the ledger: requests that meet, and whatever is asked in whatever order."""

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.time import today
from app.ledger.premium_checks import PREMIUMS
from app.ledger.verify import findings, verify
from tests.insurance.premium_cast import ADVANCES, DUE, NEEDED, PAYMENTS, REFUNDS, Till
from tests.routers.answers import got
from tests.world import World


@pytest.fixture
async def till(world: World, client: httpx.AsyncClient) -> Till:
    return await Till.create(world, client)


def counted(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


class TestAtOnce:
    async def test_the_same_key_twenty_times_holds_once(self, till: Till):
        await till.save(till.members[0], NEEDED)
        order = till.order(await till.enrolment(till.members[0]))
        answers = await asyncio.gather(*(till.post(PAYMENTS, order, key="once") for _ in range(20)))
        assert counted(answers) == {201: 20}
        assert all(answer.json() == answers[0].json() for answer in answers)
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == 19
        assert await till.balance(till.members[0]) == (NEEDED, NEEDED)
        await till.books_agree()

    async def test_two_posts_of_one_payment_spend_once(self, till: Till):
        await till.save(till.members[0], 2 * NEEDED)
        held = await till.hold(await till.enrolment(till.members[0]))
        answers = await asyncio.gather(*(till.pay(held) for _ in range(4)))
        assert counted(answers) == {200: 1, 409: 3}
        assert await till.balance(till.members[0]) == (NEEDED, 0)
        await till.books_agree()

    async def test_post_and_void_of_one_payment(self, till: Till):
        await till.save(till.members[0], NEEDED)
        held = await till.hold(await till.enrolment(till.members[0]))
        answers = await asyncio.gather(till.pay(held), till.post(f"{PAYMENTS}/{held['id']}/void"))
        assert counted(list(answers)) == {200: 1, 409: 1}
        await till.books_agree()

    async def test_two_payments_race_for_one_balance(self, till: Till):
        """The fund has money for one of them."""
        await till.save(None, NEEDED + 5, kind="donation")
        orders = [
            till.order(await till.enrolment(member), {"kind": "fund", "amount": NEEDED})
            for member in till.members
        ]
        answers = await asyncio.gather(*(till.post(PAYMENTS, order) for order in orders))
        assert counted(list(answers)) == {201: 1, 409: 2}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
            "insufficient_balance"
        }
        assert await till.balance(None) == (NEEDED + 5, NEEDED)
        await till.books_agree()

    async def test_two_payments_of_one_enrolment(self, till: Till):
        await till.save(till.members[0], 2 * NEEDED)
        order = till.order(await till.enrolment(till.members[0]))
        answers = await asyncio.gather(*(till.post(PAYMENTS, order) for _ in range(4)))
        assert counted(list(answers)) == {201: 1, 409: 3}
        assert await till.balance(till.members[0]) == (2 * NEEDED, NEEDED)

    async def test_the_lifetime_limit_of_two_payments_of_one_member(self, till: Till):
        """Two periods posted at once share the months with support that are left: the second is dearer."""
        member = till.members[0]
        await till.save(member, 2 * NEEDED)
        held = [
            await till.hold(await till.enrolment(member, from_month=month, supported_before=108))
            for month in ("2026-12", "2027-12")
        ]
        answers = await asyncio.gather(*map(till.pay, held))
        assert counted(list(answers)) == {200: 1, 409: 1}
        assert {answer.json().get("code") for answer in answers} == {None, "premium_changed"}
        await till.books_agree()

    async def test_a_household_has_one_first_member(self, till: Till):
        body = {"commune_code": till.world.commune}
        household = got(await till.post("/v1/households", body, login=till.officer), 201)["id"]
        await till.world.owner.execute(
            "update member set household_id = $1 where id = any($2)", UUID(household), till.members
        )
        orders = []
        for member in till.members[:2]:
            await till.save(member, 1_366_200)
            source = {"kind": "savings", "amount": 1_366_200}
            orders.append(till.order(await till.card(member), source))
        answers = await asyncio.gather(*(till.post(PAYMENTS, order) for order in orders))
        assert counted(list(answers)) == {201: 1, 422: 1}


class TestVerify:
    async def test_every_break_is_found(self, till: Till, owner: Any):
        await write_everything(till)
        found_at_all = set()
        for statement, code in BREAKS:
            transaction = owner.transaction()
            await transaction.start()
            for table in TABLES:
                await owner.execute(f"alter table {table} disable trigger user")
            status = await owner.execute(statement.replace(":group", f"'{till.group.id}'"))
            assert not status.endswith(" 0"), f"nothing was broken by {statement}"
            codes = {finding.code for finding in await findings(owner, [till.world.province])}
            await transaction.rollback()
            assert code in codes, f"{statement} gave {codes}"
            found_at_all |= codes
        assert found_at_all >= {check.code for check in PREMIUMS}
        await till.books_agree()


async def write_everything(till: Till) -> None:
    """Payments in every state, with every kind of source, refunded and repaid."""
    first, second, third = till.members
    await till.save(None, 1_000_000, kind="donation")
    await till.save(first, NEEDED)
    sources = [
        {"kind": "donor", "amount": 76_000, "source": "Nhà hảo tâm"},
        {"kind": "instalment", "amount": 300_000, "instalments": 3, "first_due": str(today())},
        {"kind": "savings", "amount": NEEDED - 376_000},
    ]
    await till.posted(first, *sources)
    owed = got(await till.get(ADVANCES))["items"][0]
    for paid_from in ("cash", "savings"):
        body = {"amount": 5_000, "paid_from": paid_from, "business_date": str(today())}
        got(await till.post(f"{ADVANCES}/{owed['id']}/repayments", body), 201)
    body = {"payment_id": (await till.posted(second))["id"], "reason": "died", "from_month": "2027-08"}
    refund = got(await till.post(REFUNDS, body, login=till.bhxh), 201)
    received = {"to": "savings", "business_date": str(today())}
    got(await till.post(f"{REFUNDS}/{refund['id']}/receive", received))
    await till.save(third, NEEDED)
    held = await till.hold(await till.enrolment(third))
    got(await till.post(f"{PAYMENTS}/{held['id']}/void"))
    await till.hold(await till.enrolment(third, from_month="2028-01"))
    await till.books_agree()


TABLES = (
    "ledger_txn",
    "premium_payment",
    "premium_source",
    "coverage",
    "premium_refund",
    "premium_advance",
    "premium_repayment",
)
HERE = "where group_id = :group"
BREAKS = [
    (f"update premium_source set amount = amount + 1 {HERE} and paid is null", "premium_sources"),
    (f"update premium_source set paid = paid - 1 {HERE} and kind = 'savings' and paid > 0", "premium_sources"),
    (f"update premium_source set kind = 'fund' {HERE} and kind = 'savings'", "premium_holds"),
    (f"update premium_source set hold_id = id {HERE} and kind = 'savings'", "premium_holds"),
    (f"update ledger_txn set amount = amount - 1 {HERE} and kind = 'hold_posted'", "premium_holds"),
    (f"delete from ledger_txn {HERE} and kind = 'hold_voided'", "premium_holds"),
    (f"update ledger_txn set amount = 1 {HERE} and kind = 'donation' and source is not null", "premium_holds"),
    (f"delete from coverage {HERE}", "premium_coverage"),
    (f"update premium_payment set status = 'posted' {HERE} and status = 'refunded'", "premium_coverage"),
    (f"update premium_advance set repaid = repaid + 1 {HERE}", "premium_advance"),
    (f"update premium_repayment set amount = amount + 1 {HERE}", "premium_advance"),
    (f"update premium_repayment set paid_from = 'cash' {HERE} and paid_from = 'savings'", "premium_entries"),
    (f"update premium_refund set txn_id = null {HERE}", "premium_entries"),
    (f"update ledger_txn set amount = amount + 1 {HERE} and kind = 'premium_refund'", "premium_entries"),
    (f"update ledger_txn set amount = amount + 1 {HERE} and kind = 'repayment'", "premium_entries"),
]  # fmt: skip

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "post", "void", "refund", "receive", "repay", "save"]),
        st.integers(0, 10**6),
    ),
    min_size=8,
    max_size=30,
)


class TestWhateverIsAsked:
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS, seed=st.integers(0, 2**32))
    async def test_the_books_agree_and_money_is_neither_made_nor_lost(
        self, world: World, client: httpx.AsyncClient, steps: list[tuple[str, int]], seed: int
    ):
        life = Life(await Till.create(world, client), random.Random(seed))  # noqa: S311 - play, no secret
        await life.open()
        for what, number in steps:
            await getattr(life, what)(number)
            await life.box_is_what_came_in()
        assert await verify(world.owner, [world.province]) == []


class Life:
    """Some people's payments, and the cash that they moved: what comes in less what is paid out is in the box."""

    def __init__(self, till: Till, chance: random.Random) -> None:
        self.till, self.chance = till, chance
        self.cash = 0
        self.month = 0
        self.enrolments: list[str] = []
        self.payments: list[Any] = []
        self.refunds: list[Any] = []

    async def open(self) -> None:
        """Money in every account."""
        for member in self.till.members:
            await self.save_for(member, 3_000_000)
        await self.save_for(None, 4_000_000)

    async def save_for(self, member: UUID | None, amount: int) -> None:
        await self.till.save(member, amount, kind="donation" if member is None else "saving")
        self.cash += amount

    async def save(self, number: int) -> None:
        await self.save_for(self.chance.choice([*self.till.members, None]), number % 10_000 + 1)

    async def hold(self, number: int) -> None:
        self.month += 1
        member = self.chance.choice(self.till.members)
        month = f"{2027 + self.month // 4}-{self.month % 4 * 3 + 1:02}"
        enrolment = await self.till.enrolment(member, from_month=month, method="months_3")
        donor, debt, left = number % 100_000, number % 70_000, NEEDED // 4
        sources = [
            {"kind": "donor", "amount": donor, "source": "Nhà hảo tâm"},
            {"kind": "instalment", "amount": debt, "instalments": 3, "first_due": str(today())},
            {"kind": self.chance.choice(["savings", "fund"]), "amount": left - donor - debt},
        ]
        sources = [source for source in sources if source["amount"] >= 3]  # type: ignore[operator]
        sources[-1]["amount"] += left - sum(source["amount"] for source in sources)  # type: ignore
        answer = await self.till.post(PAYMENTS, self.till.order(enrolment, *sources))
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 201:
            self.payments.append(answer.json())
            self.cash += sum(s["amount"] for s in answer.json()["sources"] if s["kind"] == "donor")

    async def post(self, _number: int) -> None:
        if self.payments:
            payment = self.chance.choice(self.payments)
            before = got(await self.till.get(f"{PAYMENTS}/{payment['id']}"))["status"]
            answer = await self.till.pay(payment)
            assert (answer.status_code == 200) == (before == "held"), answer.text
            if answer.status_code == 200:
                posted = answer.json()
                assert (
                    posted["amount_due"]
                    == DUE // 4
                    == sum(
                        posted[name]
                        for name in ("state_support", "province_support", "other_support", "participant_pays")
                    )
                )
                self.cash -= sum(source["paid"] for source in posted["sources"])

    async def void(self, _number: int) -> None:
        if self.payments:
            payment = self.chance.choice(self.payments)
            answer = await self.till.post(f"{PAYMENTS}/{payment['id']}/void")
            assert answer.status_code in (200, 409), answer.text

    async def refund(self, number: int) -> None:
        if self.payments:
            payment = self.chance.choice(self.payments)
            year, month = map(int, payment["from_month"].split("-"))
            body = {
                "payment_id": payment["id"], "reason": "died", "from_month": f"{year}-{month + number % 3:02}",
            }  # fmt: skip
            answer = await self.till.post(REFUNDS, body, login=self.till.bhxh)
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201:
                assert answer.json()["amount"] <= payment["participant_pays"]
                self.refunds.append(answer.json())

    async def receive(self, number: int) -> None:
        if self.refunds:
            refund = self.refunds.pop()
            to = self.chance.choice(["savings", "person"])
            body, path = {"to": to, "business_date": str(today())}, f"{REFUNDS}/{refund['id']}/receive"
            for _ in range(number % 2 + 1):
                got(await self.till.post(path, body, key=refund["id"]))
            self.cash += refund["amount"] if to == "savings" else 0

    async def repay(self, number: int) -> None:
        owed = [row for row in got(await self.till.get(ADVANCES))["items"] if row["outstanding"]]
        if owed:
            debt = self.chance.choice(owed)
            paid_from, amount = self.chance.choice(["cash", "savings"]), number % 50_000 + 1
            body = {"amount": amount, "paid_from": paid_from, "business_date": str(today())}
            answer = await self.till.post(f"{ADVANCES}/{debt['id']}/repayments", body)
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 201 and paid_from == "cash":
                self.cash += amount

    async def box_is_what_came_in(self) -> None:
        rows = await self.till.world.owner.fetch(
            "select kind, posted, held from account where group_id = $1", self.till.group.id
        )
        assert sum(row["posted"] for row in rows) == 0
        assert -sum(row["posted"] for row in rows if row["kind"] == "cash") == self.cash
        assert all(row["posted"] >= row["held"] >= 0 for row in rows if row["kind"] != "cash")
