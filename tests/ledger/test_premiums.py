"""Premiums and the ledger: concurrent requests, and random sequences of operations."""

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.time import today
from app.ledger.verification.premiums import PREMIUM_CHECKS
from app.ledger.verification.verify import find_violations, verify_ledger
from tests.insurance.premium_scenario import (
    ADVANCES,
    AMOUNT_DUE,
    PARTICIPANT_PAYS,
    PAYMENTS,
    REFUNDS,
    PremiumScenario,
)
from tests.routers.responses import expect_json
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


def count_statuses(responses: list[httpx.Response]) -> Counter[int]:
    return Counter(response.status_code for response in responses)


class TestAtOnce:
    async def test_the_same_key_twenty_times_holds_once(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        body = scenario.payment_body(await scenario.create_enrolment(scenario.members[0]))
        responses = await asyncio.gather(*(scenario.post(PAYMENTS, body, key="once") for _ in range(20)))
        assert count_statuses(responses) == {201: 20}
        assert all(response.json() == responses[0].json() for response in responses)
        assert sum("idempotency-replayed" in response.headers for response in responses) == 19
        assert await scenario.balance(scenario.members[0]) == (PARTICIPANT_PAYS, PARTICIPANT_PAYS)
        await scenario.assert_books_agree()

    async def test_two_posts_of_one_payment_spend_once(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 2 * PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        responses = await asyncio.gather(*(scenario.post_payment(held) for _ in range(4)))
        assert count_statuses(responses) == {200: 1, 409: 3}
        assert await scenario.balance(scenario.members[0]) == (PARTICIPANT_PAYS, 0)
        await scenario.assert_books_agree()

    async def test_post_and_void_of_one_payment(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        held = await scenario.hold_payment(await scenario.create_enrolment(scenario.members[0]))
        responses = await asyncio.gather(
            scenario.post_payment(held), scenario.post(f"{PAYMENTS}/{held['id']}/void")
        )
        assert count_statuses(list(responses)) == {200: 1, 409: 1}
        await scenario.assert_books_agree()

    async def test_two_payments_race_for_one_balance(self, scenario: PremiumScenario):
        """The fund has money for one of them."""
        await scenario.save(None, PARTICIPANT_PAYS + 5, kind="donation")
        bodies = [
            scenario.payment_body(
                await scenario.create_enrolment(member), {"kind": "fund", "amount": PARTICIPANT_PAYS}
            )
            for member in scenario.members
        ]
        responses = await asyncio.gather(*(scenario.post(PAYMENTS, body) for body in bodies))
        assert count_statuses(list(responses)) == {201: 1, 409: 2}
        assert {response.json()["code"] for response in responses if response.status_code == 409} == {
            "insufficient_balance"
        }
        assert await scenario.balance(None) == (PARTICIPANT_PAYS + 5, PARTICIPANT_PAYS)
        await scenario.assert_books_agree()

    async def test_two_payments_of_one_enrolment(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 2 * PARTICIPANT_PAYS)
        body = scenario.payment_body(await scenario.create_enrolment(scenario.members[0]))
        responses = await asyncio.gather(*(scenario.post(PAYMENTS, body) for _ in range(4)))
        assert count_statuses(list(responses)) == {201: 1, 409: 3}
        assert await scenario.balance(scenario.members[0]) == (2 * PARTICIPANT_PAYS, PARTICIPANT_PAYS)

    async def test_the_lifetime_limit_of_two_payments_of_one_member(self, scenario: PremiumScenario):
        """Two periods posted at once share the months with support that are left: the second is dearer."""
        member = scenario.members[0]
        await scenario.save(member, 2 * PARTICIPANT_PAYS)
        held = [
            await scenario.hold_payment(
                await scenario.create_enrolment(member, from_month=month, supported_before=108)
            )
            for month in ("2026-12", "2027-12")
        ]
        responses = await asyncio.gather(*map(scenario.post_payment, held))
        assert count_statuses(list(responses)) == {200: 1, 409: 1}
        assert {response.json().get("code") for response in responses} == {None, "premium_changed"}
        await scenario.assert_books_agree()

    async def test_a_household_has_one_first_member(self, scenario: PremiumScenario):
        body = {"commune_code": scenario.world.commune}
        household = expect_json(await scenario.post("/v1/households", body, login=scenario.officer), 201)[
            "id"
        ]
        await scenario.world.owner.execute(
            "update member set household_id = $1 where id = any($2)", UUID(household), scenario.members
        )
        bodies = []
        for member in scenario.members[:2]:
            await scenario.save(member, 1_366_200)
            source = {"kind": "savings", "amount": 1_366_200}
            bodies.append(scenario.payment_body(await scenario.create_card_enrolment(member), source))
        responses = await asyncio.gather(*(scenario.post(PAYMENTS, order) for order in bodies))
        assert count_statuses(list(responses)) == {201: 1, 422: 1}


class TestVerify:
    async def test_every_break_is_found(self, scenario: PremiumScenario, owner: Any):
        await write_everything(scenario)
        found_at_all = set()
        for statement, code in CORRUPTIONS:
            transaction = owner.transaction()
            await transaction.start()
            for table in TABLES:
                await owner.execute(f"alter table {table} disable trigger user")
            status = await owner.execute(statement.replace(":group", f"'{scenario.group.id}'"))
            assert not status.endswith(" 0"), f"nothing was broken by {statement}"
            codes = {finding.code for finding in await find_violations(owner, [scenario.world.province])}
            await transaction.rollback()
            assert code in codes, f"{statement} gave {codes}"
            found_at_all |= codes
        assert found_at_all >= {check.code for check in PREMIUM_CHECKS}
        await scenario.assert_books_agree()


async def write_everything(scenario: PremiumScenario) -> None:
    """Create payments in every state, with every kind of source, refunded and repaid."""
    first, second, third = scenario.members
    await scenario.save(None, 1_000_000, kind="donation")
    await scenario.save(first, PARTICIPANT_PAYS)
    sources = [
        {"kind": "donor", "amount": 76_000, "source": "Nhà hảo tâm"},
        {"kind": "instalment", "amount": 300_000, "instalments": 3, "first_due": str(today())},
        {"kind": "savings", "amount": PARTICIPANT_PAYS - 376_000},
    ]
    await scenario.create_posted_payment(first, *sources)
    owed = expect_json(await scenario.get(ADVANCES))["items"][0]
    for paid_from in ("cash", "savings"):
        body = {"amount": 5_000, "paid_from": paid_from, "business_date": str(today())}
        expect_json(await scenario.post(f"{ADVANCES}/{owed['id']}/repayments", body), 201)
    body = {
        "payment_id": (await scenario.create_posted_payment(second))["id"],
        "reason": "died",
        "from_month": "2027-08",
    }
    refund = expect_json(await scenario.post(REFUNDS, body, login=scenario.bhxh), 201)
    received = {"to": "savings", "business_date": str(today())}
    expect_json(await scenario.post(f"{REFUNDS}/{refund['id']}/receive", received))
    await scenario.save(third, PARTICIPANT_PAYS)
    held = await scenario.hold_payment(await scenario.create_enrolment(third))
    expect_json(await scenario.post(f"{PAYMENTS}/{held['id']}/void"))
    await scenario.hold_payment(await scenario.create_enrolment(third, from_month="2028-01"))
    await scenario.assert_books_agree()


TABLES = (
    "enrolment",
    "ledger_txn",
    "premium_payment",
    "premium_source",
    "coverage",
    "premium_refund",
    "premium_advance",
    "premium_repayment",
)
OF_GROUP = "where group_id = :group"
CORRUPTIONS = [
    (f"update premium_source set amount = amount + 1 {OF_GROUP} and paid is null", "premium_sources"),
    (f"update premium_source set paid = paid - 1 {OF_GROUP} and kind = 'savings' and paid > 0", "premium_sources"),
    (f"update premium_source set kind = 'fund' {OF_GROUP} and kind = 'savings'", "premium_holds"),
    (
        "update enrolment e set status = 'withdrawn' from premium_payment p"  # noqa: ISC004
        " where p.group_id = :group and p.enrolment_id = e.id and p.status = 'held'",
        "premium_held_closed",
    ),
    (f"update premium_source set hold_id = id {OF_GROUP} and kind = 'savings'", "premium_holds"),
    (f"update ledger_txn set amount = amount - 1 {OF_GROUP} and kind = 'hold_posted'", "premium_holds"),
    (f"delete from ledger_txn {OF_GROUP} and kind = 'hold_voided'", "premium_holds"),
    (f"update ledger_txn set amount = 1 {OF_GROUP} and kind = 'donation' and source is not null", "premium_holds"),
    (f"delete from coverage {OF_GROUP}", "premium_coverage"),
    (f"update premium_payment set status = 'posted' {OF_GROUP} and status = 'refunded'", "premium_coverage"),
    (f"update premium_advance set repaid = repaid + 1 {OF_GROUP}", "premium_advance"),
    (f"update premium_repayment set amount = amount + 1 {OF_GROUP}", "premium_advance"),
    (f"update premium_repayment set paid_from = 'cash' {OF_GROUP} and paid_from = 'savings'", "premium_entries"),
    (f"update premium_refund set txn_id = null {OF_GROUP}", "premium_entries"),
    (f"update ledger_txn set amount = amount + 1 {OF_GROUP} and kind = 'premium_refund'", "premium_entries"),
    (f"update ledger_txn set amount = amount + 1 {OF_GROUP} and kind = 'repayment'", "premium_entries"),
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
        machine = PremiumMachine(await PremiumScenario.create(world, client), random.Random(seed))  # noqa: S311 - play, no secret
        await machine.open()
        for operation, number in steps:
            await getattr(machine, operation)(number)
            await machine.assert_cash_box()
        assert await verify_ledger(world.owner, [world.province]) == []


class PremiumMachine:
    """Random payments of some members, and the cash that they move: the box holds what came in less what was paid out."""

    def __init__(self, scenario: PremiumScenario, rng: random.Random) -> None:
        self.scenario, self.rng = scenario, rng
        self.cash = 0
        self.month = 0
        self.enrolments: list[str] = []
        self.payments: list[Any] = []
        self.refunds: list[Any] = []

    async def open(self) -> None:
        """Put money in every account."""
        for member in self.scenario.members:
            await self.add_savings(member, 3_000_000)
        await self.add_savings(None, 4_000_000)

    async def add_savings(self, member: UUID | None, amount: int) -> None:
        await self.scenario.save(member, amount, kind="donation" if member is None else "saving")
        self.cash += amount

    async def save(self, number: int) -> None:
        await self.add_savings(self.rng.choice([*self.scenario.members, None]), number % 10_000 + 1)

    async def hold(self, number: int) -> None:
        self.month += 1
        member = self.rng.choice(self.scenario.members)
        month = f"{2027 + self.month // 4}-{self.month % 4 * 3 + 1:02}"
        enrolment = await self.scenario.create_enrolment(member, from_month=month, method="months_3")
        donor, debt, left = number % 100_000, number % 70_000, PARTICIPANT_PAYS // 4
        sources = [
            {"kind": "donor", "amount": donor, "source": "Nhà hảo tâm"},
            {"kind": "instalment", "amount": debt, "instalments": 3, "first_due": str(today())},
            {"kind": self.rng.choice(["savings", "fund"]), "amount": left - donor - debt},
        ]
        sources = [source for source in sources if source["amount"] >= 3]  # type: ignore[operator]
        sources[-1]["amount"] += left - sum(source["amount"] for source in sources)  # type: ignore
        response = await self.scenario.post(PAYMENTS, self.scenario.payment_body(enrolment, *sources))
        assert response.status_code in (201, 409), response.text
        if response.status_code == 201:
            self.payments.append(response.json())
            self.cash += sum(s["amount"] for s in response.json()["sources"] if s["kind"] == "donor")

    async def post(self, _number: int) -> None:
        if self.payments:
            payment = self.rng.choice(self.payments)
            before = expect_json(await self.scenario.get(f"{PAYMENTS}/{payment['id']}"))["status"]
            response = await self.scenario.post_payment(payment)
            assert (response.status_code == 200) == (before == "held"), response.text
            if response.status_code == 200:
                posted = response.json()
                assert (
                    posted["amount_due"]
                    == AMOUNT_DUE // 4
                    == sum(
                        posted[name]
                        for name in ("state_support", "province_support", "other_support", "participant_pays")
                    )
                )
                self.cash -= sum(source["paid"] for source in posted["sources"])

    async def void(self, _number: int) -> None:
        if self.payments:
            payment = self.rng.choice(self.payments)
            response = await self.scenario.post(f"{PAYMENTS}/{payment['id']}/void")
            assert response.status_code in (200, 409), response.text

    async def refund(self, number: int) -> None:
        if self.payments:
            payment = self.rng.choice(self.payments)
            year, month = map(int, payment["from_month"].split("-"))
            body = {
                "payment_id": payment["id"], "reason": "died", "from_month": f"{year}-{month + number % 3:02}",
            }  # fmt: skip
            response = await self.scenario.post(REFUNDS, body, login=self.scenario.bhxh)
            assert response.status_code in (201, 409), response.text
            if response.status_code == 201:
                assert response.json()["amount"] <= payment["participant_pays"]
                self.refunds.append(response.json())

    async def receive(self, number: int) -> None:
        if self.refunds:
            refund = self.refunds.pop()
            to = self.rng.choice(["savings", "person"])
            body, path = {"to": to, "business_date": str(today())}, f"{REFUNDS}/{refund['id']}/receive"
            for _ in range(number % 2 + 1):
                expect_json(await self.scenario.post(path, body, key=refund["id"]))
            self.cash += refund["amount"] if to == "savings" else 0

    async def repay(self, number: int) -> None:
        owed = [row for row in expect_json(await self.scenario.get(ADVANCES))["items"] if row["outstanding"]]
        if owed:
            debt = self.rng.choice(owed)
            paid_from, amount = self.rng.choice(["cash", "savings"]), number % 50_000 + 1
            body = {"amount": amount, "paid_from": paid_from, "business_date": str(today())}
            response = await self.scenario.post(f"{ADVANCES}/{debt['id']}/repayments", body)
            assert response.status_code in (201, 409), response.text
            if response.status_code == 201 and paid_from == "cash":
                self.cash += amount

    async def assert_cash_box(self) -> None:
        rows = await self.scenario.world.owner.fetch(
            "select kind, posted, held from account where group_id = $1", self.scenario.group.id
        )
        assert sum(row["posted"] for row in rows) == 0
        assert -sum(row["posted"] for row in rows if row["kind"] == "cash") == self.cash
        assert all(row["posted"] >= row["held"] >= 0 for row in rows if row["kind"] != "cash")
