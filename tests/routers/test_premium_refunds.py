"""Refunds over HTTP: decided by BHXH by the payment's own rules, received by the member."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.ids import uuid7
from app.core.time import today
from tests.insurance.premium_cast import CARD, COVERAGES, NEEDED, PAYMENTS, REFUNDS, Till, named
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def till(world: World, client: httpx.AsyncClient) -> Till:
    return await Till.create(world, client)


def parts(refund: Any) -> tuple[int, ...]:
    """Unused, the participant's, state's, province's, others'."""
    names = ("unused", "amount", "state_returned", "province_returned", "other_returned")
    return tuple(refund[name] for name in names)


async def decide(till: Till, payment: Any, **changed: Any) -> httpx.Response:
    body = {"payment_id": payment["id"], "reason": "compulsory", "from_month": "2027-08"} | changed
    return await till.post(REFUNDS, body, login=changed.pop("login", till.bhxh))


class TestDecideRefund:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(REFUNDS, json={})).status_code == 401

    async def test_bhxh_alone_decides(self, till: Till):
        posted = await till.posted(till.members[0])
        body = {"payment_id": posted["id"], "reason": "died", "from_month": "2027-08"}
        for login in (till.treasurer, till.officer):
            refused(await till.post(REFUNDS, body, login=login), 403, "forbidden")

    async def test_elsewhere_is_404(self, till: Till):
        posted = await till.posted(till.members[0])
        elsewhere = await till.world.user(
            await till.world.unit("bhxh", till.world.sibling_province), "bhxh_officer"
        )
        body = {"payment_id": posted["id"], "reason": "died", "from_month": "2027-08"}
        refused(await till.post(REFUNDS, body, login=elsewhere), 404, "not_found", "/payment_id")
        refused(await decide(till, {"id": str(uuid4())}), 404, "not_found", "/payment_id")

    async def test_own_money_of_the_months_left(self, till: Till):
        await till.rate("bhxh_tn", "first", "0.14")
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        posted = await till.posted(till.members[0])
        answer = await decide(till, posted)
        made = got(answer, 201)
        assert answer.headers["location"] == f"{REFUNDS}/{made['id']}"
        assert parts(made) == (1_320_000, 792_000, 528_000, 0, 0)
        assert (made["remaining_months"], made["status"], made["clawback"]) == (4, "decided", 110_880)
        assert got(await till.get(f"{REFUNDS}/{made['id']}")) == made
        assert got(await till.get(f"{PAYMENTS}/{posted['id']}"))["status"] == "refunded"
        coverage = got(await till.get(COVERAGES, payment_id=posted["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"], coverage["supported_months"]) == (
            "2027-07-31",
            8,
            8,
        )
        enrolment = got(await till.get(f"/v1/enrolments/{posted['enrolment_id']}"))
        assert enrolment["status"] == "ended"
        told = ["premium_payment.held", "premium_payment.posted", "premium_payment.refunded"]
        assert await till.said(posted["id"]) == (told, told)

    async def test_donors_and_the_state_get_their_part(self, till: Till):
        member = till.members[0]
        await till.save(member, NEEDED - 1_200_000)
        posted = await till.posted(
            member,
            {"kind": "donor", "amount": 1_200_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": NEEDED - 1_200_000},
        )
        made = got(await decide(till, posted, from_month="2026-12"), 201)
        assert parts(made) == (3_960_000, NEEDED - 1_200_000, 1_584_000, 0, 1_200_000)
        coverage = got(await till.get(COVERAGES, payment_id=posted["id"]))["items"][0]
        assert (coverage["ended_on"], coverage["months"]) == ("2026-11-30", 0)

    async def test_months_without_support_are_the_persons_own(self, till: Till):
        member, needed = till.members[0], 3_960_000 - 8 * 132_000
        await till.save(member, needed)
        source = {"kind": "savings", "amount": needed}
        posted = await till.posted(member, source, supported_before=112)
        assert parts(got(await decide(till, posted), 201)) == (1_320_000, 1_320_000, 0, 0, 0)

    async def test_years_ahead_by_the_fund_rate_of_the_payment(self, till: Till):
        """2 years at 3,000,000: 22 months are left, discounted as they were paid."""
        member = till.members[0]
        enrolled: dict[str, Any] = {"method": "years_2", "monthly_income": 3_000_000, "support_group": None}
        enrolment = await till.enrolment(member, **enrolled)
        answer = await till.post(PAYMENTS, till.order(enrolment, {"kind": "savings", "amount": 1}))
        due = int(answer.json()["errors"][0]["detail"].split("phải bằng ")[1].split(" ")[0])
        await till.save(member, due)
        posted = got(await till.pay(await till.hold(enrolment, {"kind": "savings", "amount": due})))
        made = got(await decide(till, posted, from_month="2027-02"), 201)
        left = sum(660_000 / 1.0031**i for i in range(2, 24))
        assert abs(made["amount"] - left) <= 0.5
        assert made["remaining_months"] == 22

    async def test_once(self, till: Till):
        posted = await till.posted(till.members[0])
        got(await decide(till, posted), 201)
        refused(await decide(till, posted, from_month="2027-09"), 409, "already_refunded")
        held = await self.held(till)
        refused(await decide(till, held), 409, "premium_payment_status")

    async def held(self, till: Till) -> Any:
        await till.save(till.members[1], NEEDED)
        return await till.hold(await till.enrolment(till.members[1]))

    async def test_two_at_once_are_one(self, till: Till):
        posted = await till.posted(till.members[0])
        answers = await asyncio.gather(*(decide(till, posted) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]

    async def test_what_is_wrong_is_named(self, till: Till):
        posted = await till.posted(till.members[0])
        for changed, pointer in (
            ({"from_month": "2027-12"}, "/from_month"),
            ({"from_month": "2026-11"}, "/from_month"),
            ({"from_month": "2027-13"}, "/from_month"),
            ({"reason": "other_group"}, "/reason"),
            ({"reason": "tired"}, "/reason"),
            ({"amount": 5}, "/amount"),
        ):
            named(await decide(till, posted, **changed), 422, pointer)

    async def test_one_month_is_not_given_back(self, till: Till):
        await till.save(till.members[0], 198_000)
        source = {"kind": "savings", "amount": 198_000}
        posted = await till.posted(till.members[0], source, method="months_1")
        named(await decide(till, posted, from_month="2026-12"), 422, "/payment_id")

    async def test_cards_only_where_a_rule_allows_it(self, till: Till, owner: Any):
        member = till.members[0]
        await till.save(member, CARD)
        card = await till.hold(await till.card(member), {"kind": "savings", "amount": CARD})
        posted = got(await till.pay(card))
        month = f"{today().year + 1}-{today().month:02}"
        named(await decide(till, posted, from_month=month), 422, "/payment_id")
        rule = uuid7()
        await owner.execute(
            "insert into insurance_rule (id, key, value, valid_from, valid_to, legal_basis, status)"
            " values ($1, 'bhyt_refund_allowed', 1, $2, $2, 'NQ thử', 'active')",
            rule, today(),
        )  # fmt: skip
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        try:
            made = got(await decide(till, posted, from_month=month), 201)
        finally:
            await owner.execute(
                "update insurance_rule set valid_to = valid_from - 1, version = version + 1 where id = $1",
                rule,
            )
        coverage = got(await till.get(COVERAGES, payment_id=posted["id"]))["items"][0]
        left = 12 - coverage["months"]
        assert (made["remaining_months"], made["amount"]) == (left, round(CARD * left / 12))
        assert date.fromisoformat(coverage["ended_on"]) < date.fromisoformat(coverage["valid_to"])


class TestReceiveRefund:
    async def refund(self, till: Till) -> Any:
        return got(await decide(till, await till.posted(till.members[0])), 201)

    async def receive(self, till: Till, refund: Any, to: str = "savings", **how: Any) -> httpx.Response:
        body = {"to": to, "business_date": str(how.pop("day", today()))}
        return await till.post(f"{REFUNDS}/{refund['id']}/receive", body, **how)

    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(f"{REFUNDS}/{uuid4()}/receive", json={})).status_code == 401

    async def test_not_yours(self, till: Till):
        refund = await self.refund(till)
        for login in (till.farmers, till.other_treasurer):
            refused(await self.receive(till, refund, login=login), 404, "not_found")
        refused(await self.receive(till, refund, login=till.bhxh), 403, "forbidden")

    async def test_into_savings(self, till: Till):
        refund = await self.refund(till)
        got_it = got(await self.receive(till, refund))
        assert (got_it["status"], got_it["received_as"]) == ("received", "savings")
        assert await till.balance(till.members[0]) == (792_000, 0)
        passbook = got(await till.get(f"/v1/members/{till.members[0]}/passbook"))["items"][0]
        assert (passbook["kind"], passbook["amount"], passbook["balance"]) == (
            "premium_refund",
            792_000,
            792_000,
        )
        listed = got(await till.get("/v1/contributions"))["items"]
        assert [row["kind"] for row in listed] == ["saving"]
        reversal = await till.post(f"/v1/contributions/{got_it['txn_id']}/reversal", {"note": "nhầm"})
        refused(reversal, 409, "not_reversible")
        await till.books_agree()

    async def test_by_the_person(self, till: Till):
        got_it = got(await self.receive(till, await self.refund(till), "person"))
        assert (got_it["received_as"], got_it["txn_id"]) == ("person", None)
        assert await till.balance(till.members[0]) == (0, 0)
        await till.books_agree()

    async def test_once_under_a_key(self, till: Till):
        refund = await self.refund(till)
        refused(await self.receive(till, refund, key=""), 400, "idempotency_key_missing")
        first = got(await self.receive(till, refund, key="r"))
        again = await self.receive(till, refund, key="r")
        assert (got(again), again.headers["idempotency-replayed"]) == (first, "true")
        refused(await self.receive(till, refund, "person", key="r"), 422, "idempotency_key_reused")
        refused(await self.receive(till, refund), 409, "refund_already_received")
        assert await till.balance(till.members[0]) == (792_000, 0)

    async def test_not_tomorrow(self, till: Till):
        named(await self.receive(till, await self.refund(till), day="2100-01-01"), 422, "/business_date")


class TestReadRefunds:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.get(REFUNDS)).status_code == 401

    async def test_scope_and_filters(self, till: Till):
        refund = got(await decide(till, await till.posted(till.members[0])), 201)
        for login in (till.farmers, till.other_treasurer):
            refused(await till.get(f"{REFUNDS}/{refund['id']}", login=login), 404, "not_found")
            assert got(await till.get(REFUNDS, login=login))["items"] == []
        day = str(today())
        for query, found in (
            ({"status": "decided", "from": day, "to": day}, [refund]),
            ({"status": "received"}, []),
            ({"payment_id": refund["payment_id"], "product": "bhxh_tn"}, [refund]),
            ({"from": "2100-01-01"}, []),
        ):
            assert got(await till.get(REFUNDS, **query))["items"] == found


async def test_the_limit_of_supported_months_counts_what_was_used(till: Till):
    """After a refund only the months that were used count towards the 120."""
    member = till.members[0]
    posted = await till.posted(member)
    got(await decide(till, posted), 201)
    whole = got(await till.get(f"/v1/members/{member}/insurance"))["products"][0]
    assert (whole["supported_months_used"], whole["supported_months_left"]) == (8, 112)
    row = await till.world.owner.fetchrow(
        "select supported_before from premium_payment where id = $1",
        UUID((await till.posted(member, from_month="2027-08"))["id"]),
    )
    assert row["supported_before"] == 8
