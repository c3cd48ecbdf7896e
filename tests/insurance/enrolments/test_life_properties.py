"""One person in two unions' registers, in whatever order they enrol, decide, pay, refund and merge: never more than 120
months with support, never one month paid twice, never a month outside the law's bounds, and no state without a way out."""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.time import add_months, first_day, month_of, today
from app.ledger.verification.verify import verify_ledger
from tests.insurance.enrolment_scenario import ENROLMENTS
from tests.insurance.premium_scenario import PAYMENTS, REFUNDS, PremiumScenario
from tests.routers.responses import expect_json
from tests.world import World, national_id

REASONS = {"reasons": [{"pointer": "", "code": "other", "text": "Thử."}]}
MERGE = "/v1/enrolment-duplicates/merge"
OUT = ("withdraw", "end")

ENROL = st.tuples(
    st.sampled_from(["enrol", "insure"]),
    st.integers(0, 1),
    st.sampled_from(["months_1", "months_6", "months_12", "years_2", "years_5", "card_3", "card_12"]),
    st.sampled_from([-9, -6, -3, -1, 0, 0, 1, 6, 12, 24, 36, 48, 55, 60, 61]),
    st.sampled_from([0, 0, 100, 118]),
)
STEP = st.tuples(
    st.sampled_from(
        [
            *["accept", "accept", "pay", "pay", "return", "reject", "withdraw", "end", "merge"],
            *["refund compulsory", "refund paid_in_error"],
        ]
    ),
    st.integers(0, 9),
)


@dataclass
class Enrolled:
    """An enrolment of one of the two records of the person."""

    who: int
    id: str
    is_card: bool
    payment: str | None = None


@dataclass
class Life:
    """The person's life: each step is tried, and may be refused but never fail."""

    unions: tuple[PremiumScenario, PremiumScenario]
    enrolled: list[Enrolled] = field(default_factory=list)

    async def enrol(self, who: int, method: str, offset: int, supported_before: int) -> None:
        union = self.unions[who]
        body: dict[str, Any] = {
            "member_id": str(union.members[0]), "group_id": str(union.group.id), "consented_on": "2026-01-01",
            "from_month": add_months(month_of(today()), offset), "support_group": "near_poor",
        }  # fmt: skip
        is_card = method.startswith("card_")
        if is_card:
            body |= {"product": "bhyt_hgd", "method": method.replace("card", "months")}
        else:
            body |= {
                "product": "bhxh_tn", "method": method, "monthly_income": 1_500_000,
                "supported_before": supported_before,
            }  # fmt: skip
        answer = self._checked(await union.post(ENROLMENTS, body, login=union.officer))
        if answer.status_code == 201:
            one = Enrolled(who, answer.json()["id"], is_card)
            self.enrolled.append(one)
            await self._post(one, "submit")

    async def insure(self, who: int, method: str, offset: int, supported_before: int) -> None:
        """All that leads to a posted payment, as far as it goes."""
        before = len(self.enrolled)
        await self.enrol(who, method, offset, supported_before)
        for one in self.enrolled[before:]:
            await self._post(one, "accept")
            await self._pay(one)

    async def step(self, action: str, nth: int) -> None:
        if not self.enrolled:
            return
        one = self.enrolled[nth % len(self.enrolled)]
        if action == "pay":
            await self._pay(one)
        elif action.startswith("refund") and one.payment is not None:
            body = {"payment_id": one.payment, "reason": action.removeprefix("refund ")}
            if nth or body["reason"] == "compulsory":
                month = add_months(month_of(today()), 1 + nth)
                body |= {"unused_from": f"{month}-15"} if one.is_card else {"from_month": month}
            self._checked(await self.unions[one.who].post(REFUNDS, body, login=self.unions[one.who].bhxh))
        elif action == "merge":
            other = self.enrolled[(nth + 1) % len(self.enrolled)]
            body = {"keep": one.id, "drop": other.id}
            self._checked(await self.unions[one.who].post(MERGE, body, login=self.unions[one.who].bhxh))
        elif not action.startswith("refund"):
            await self._post(one, action)

    async def _pay(self, one: Enrolled) -> None:
        """Hold what is asked for, and post it."""
        union, amount = self.unions[one.who], 1
        for _ in range(2):
            body = union.payment_body(one.id, {"kind": "savings", "amount": amount})
            answer = self._checked(await union.post(PAYMENTS, body))
            if answer.status_code == 201:
                if self._checked(await union.post_payment(answer.json())).status_code == 200:
                    one.payment = answer.json()["id"]
                return
            asked = re.search(r"phải bằng ([\d.]+) đồng", answer.text)
            if asked is None:
                return
            amount = int(asked[1].replace(".", ""))

    async def _post(self, one: Enrolled, action: str) -> httpx.Response:
        union = self.unions[one.who]
        is_decision = action in ("accept", "return", "reject")
        body: Any = REASONS if action in ("return", "reject") else None
        if action == "end":
            body = {"date": str(today()), "reason": "stopped"}
        path = f"{ENROLMENTS}/{one.id}/{action}"
        login = union.bhxh if is_decision or action == "end" else union.officer
        return self._checked(await union.post(path, body, login=login))

    @staticmethod
    def _checked(answer: httpx.Response) -> httpx.Response:
        assert answer.status_code < 500, answer.text
        return answer

    async def assert_lawful(self) -> None:
        """What the law says of the whole life, from the tables."""
        owner = self.unions[0].world.owner
        members = [union.members[0] for union in self.unions]
        rows = await owner.fetch(
            "select c.valid_from as from_month, c.months, c.supported_months, p.supported_before, p.payment_date"
            "  from coverage c join premium_payment p on p.id = c.payment_id"
            " where c.member_id = any ($1::uuid[]) and c.product = 'bhxh_tn'", members,
        )  # fmt: skip
        paid: list[str] = []
        for row in rows:
            months = [add_months(month_of(row["from_month"]), nth) for nth in range(row["months"])]
            paid += months
            assert row["supported_before"] + row["supported_months"] <= 120, dict(row)
            assert not months or months[-1] <= add_months(month_of(row["payment_date"]), 60), dict(row)
            assert row["from_month"] >= _earliest(row["payment_date"]), dict(row)
        assert len(paid) == len(set(paid)), sorted(paid)
        assert sum(row["supported_months"] for row in rows) <= 120
        await self._assert_cards_lawful(members)

    async def _assert_cards_lawful(self, members: list[UUID]) -> None:
        """No day is covered by two cards, and each began within the twelve months after its payment."""
        rows = await self.unions[0].world.owner.fetch(
            "select c.valid_from, least(c.valid_to, c.ended_on) as until, p.payment_date"
            "  from coverage c join premium_payment p on p.id = c.payment_id"
            " where c.member_id = any ($1::uuid[]) and c.product = 'bhyt_hgd' order by c.valid_from", members,
        )  # fmt: skip
        cards = [row for row in rows if row["until"] >= row["valid_from"]]
        for one, following in pairwise(cards):
            assert one["until"] < following["valid_from"], (dict(one), dict(following))
        for row in cards:
            latest = first_day(add_months(month_of(row["payment_date"]), 14))
            assert row["payment_date"] < row["valid_from"] < latest, dict(row)

    async def assert_way_out(self) -> None:
        """Each enrolment is over, or somebody can end it now."""
        for one in self.enrolled:
            union = self.unions[one.who]
            record = expect_json(await union.get(f"{ENROLMENTS}/{one.id}", login=union.officer))
            if record["status"] in ("rejected", "withdrawn", "ended"):
                continue
            answers = [(await self._post(one, action)).status_code for action in OUT]
            assert 200 in answers, (record["status"], answers)


def _earliest(payment_date: date) -> date:
    """The first month that can be paid for on a day: twelve months may be paid until their seventh has ended."""
    return first_day(add_months(month_of(payment_date), -6))


class TestLife:
    @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps=st.lists(st.one_of(ENROL, STEP, STEP), min_size=6, max_size=24))
    async def test_of_one_person_in_two_registers(
        self, client: httpx.AsyncClient, world: World, steps: list[tuple[Any, ...]]
    ):
        women = await PremiumScenario.create(world, client, members=1)
        farmers = await PremiumScenario.create(world, client, members=1, network="farmers_association")
        number = national_id()
        for union in (women, farmers):
            await world.owner.execute(
                "update member set national_id = $2, birth_date = date '1984-03-02', sex = 'female' where id = $1",
                union.members[0], number,
            )  # fmt: skip
            await union.save(union.members[0], 90_000_000)
        life = Life((women, farmers))
        for name, *arguments in steps:
            acts = {"enrol": life.enrol, "insure": life.insure}
            await (acts[name](*arguments) if name in acts else life.step(name, *arguments))
            await life.assert_lawful()
        await life.assert_way_out()
        await life.assert_lawful()
        assert await verify_ledger(world.owner, [world.province]) == []
