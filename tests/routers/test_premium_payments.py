"""Premium payments over HTTP: held, posted, voided; what they cost, and where the money is at each step."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from app.core.ids import uuid7
from app.core.time import today
from tests.insurance.premium_cast import CARD, DUE, NEEDED, PAYMENTS, Till, named
from tests.routers.answers import got, refused
from tests.world import World


@pytest.fixture
async def till(world: World, client: httpx.AsyncClient) -> Till:
    return await Till.create(world, client)


def money(payment: Any) -> tuple[int, ...]:
    """Due, state, province, others, participant."""
    names = ("amount_due", "state_support", "province_support", "other_support", "participant_pays")
    return tuple(payment[name] for name in names)


class TestHoldPremium:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(PAYMENTS, json={})).status_code == 401

    async def test_bhxh_only_reads(self, till: Till):
        enrolment = await till.enrolment(till.members[0])
        refused(await till.post(PAYMENTS, till.order(enrolment), login=till.bhxh), 403, "forbidden")

    async def test_not_yours_is_404(self, till: Till):
        enrolment = await till.enrolment(till.members[0])
        for login in (till.farmers, till.other_treasurer):
            answer = await till.post(PAYMENTS, till.order(enrolment), login=login)
            refused(answer, 404, "not_found", "/enrolment_id")
        refused(await till.post(PAYMENTS, till.order(str(uuid4()))), 404, "not_found", "/enrolment_id")

    async def test_out_of_savings(self, till: Till):
        await till.save(till.members[0], NEEDED + 5)
        enrolment = await till.enrolment(till.members[0], accepted=False)
        answer = await till.post(PAYMENTS, till.order(enrolment))
        made = got(answer, 201)
        assert answer.headers["location"] == f"{PAYMENTS}/{made['id']}"
        assert (made["status"], made["months"], made["supported_months"]) == ("held", 12, 12)
        assert money(made) == (DUE, DUE - NEEDED, 0, 0, NEEDED)
        assert await till.balance(till.members[0]) == (NEEDED + 5, NEEDED)
        assert got(await till.get(f"{PAYMENTS}/{made['id']}")) == made
        held = ["premium_payment.held"]
        assert await till.said(made["id"]) == (held, held)
        await till.books_agree()

    async def test_of_all_kinds_of_sources(self, till: Till):
        await till.save(till.members[0], 1_000_000)
        await till.save(None, 1_000_000, kind="donation")
        sources: list[dict[str, Any]] = [
            {"kind": "savings", "amount": 1_000_000},
            {"kind": "fund", "amount": 300_000},
            {"kind": "donor", "amount": 500_000, "source": "Hội khuyến học"},
            {"kind": "instalment", "amount": 576_000, "instalments": 5, "first_due": str(today())},
        ]
        made = await till.hold(await till.enrolment(till.members[0]), *sources)
        assert money(made) == (DUE, DUE - NEEDED, 0, 500_000, NEEDED - 500_000)
        assert [source["kind"] for source in made["sources"]] == [source["kind"] for source in sources]
        assert await till.balance(till.members[0]) == (1_000_000, 1_000_000)
        assert await till.balance(None) == (1_500_000, 1_376_000)
        await till.books_agree()

    async def test_one_source_too_small_keeps_nothing(self, till: Till):
        await till.save(till.members[0], 1_000_000)
        enrolment = await till.enrolment(till.members[0])
        sources = [
            {"kind": "donor", "amount": NEEDED - 1_000_001, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": 1_000_001},
        ]
        answer = await till.post(PAYMENTS, till.order(enrolment, *sources))
        refused(answer, 409, "insufficient_balance", "/sources/1/amount")
        assert await till.balance(till.members[0]) == (1_000_000, 0)
        assert await till.balance(None) == (0, 0)
        assert got(await till.get(PAYMENTS))["items"] == []

    async def test_sources_must_add_up(self, till: Till):
        enrolment = await till.enrolment(till.members[0])
        answer = await till.post(PAYMENTS, till.order(enrolment, {"kind": "savings", "amount": NEEDED - 1}))
        named(answer, 422, "/sources")
        assert str(NEEDED) in answer.json()["errors"][0]["detail"]

    async def test_hostile_sources_name_the_field(self, till: Till):
        enrolment = await till.enrolment(till.members[0])
        early = str(today() - timedelta(days=1))
        bad: list[tuple[dict[str, Any], str]] = [
            ({"kind": "donor", "amount": 5}, "/sources/0/source"),
            ({"kind": "savings", "amount": 5, "source": "Ai đó"}, "/sources/0/source"),
            ({"kind": "instalment", "amount": 5, "instalments": 2}, "/sources/0/first_due"),
            ({"kind": "instalment", "amount": 5, "instalments": 2, "first_due": early}, "/sources/0/first_due"),
            ({"kind": "instalment", "amount": 1, "instalments": 2, "first_due": str(today())}, "/sources/0/instalments"),
            ({"kind": "gold", "amount": 5}, "/sources/0/kind"),
            ({"kind": "fund", "amount": 0}, "/sources/0/amount"),
            ({"kind": "fund", "amount": "5"}, "/sources/0/amount"),
            ({"kind": "fund", "amount": 10**15}, "/sources/0/amount"),
            ({"kind": "fund", "amount": 5, "nope": 1}, "/sources/0/nope"),
        ]  # fmt: skip
        for source, pointer in bad:
            named(await till.post(PAYMENTS, till.order(enrolment, source)), 422, pointer)
        for changed, pointer in (
            ({"business_date": str(today() + timedelta(days=1))}, "/business_date"),
            ({"household_order": 2}, "/household_order"),
            ({"sources": [{"kind": "fund", "amount": 1}] * 11}, "/sources"),
            ({"enrolment_id": "x"}, "/enrolment_id"),
        ):
            named(await till.post(PAYMENTS, till.order(enrolment, **changed)), 422, pointer)

    async def test_without_a_key_is_400(self, till: Till):
        enrolment = await till.enrolment(till.members[0])
        refused(await till.post(PAYMENTS, till.order(enrolment), key=""), 400, "idempotency_key_missing")

    async def test_same_key_gives_the_first_answer_for_ever(self, till: Till):
        await till.save(till.members[0], NEEDED)
        order = till.order(await till.enrolment(till.members[0]))
        first = got(await till.post(PAYMENTS, order, key="k"), 201)
        got(await till.pay(first))
        again = await till.post(PAYMENTS, order, key="k")
        assert (got(again, 201), again.headers["idempotency-replayed"]) == (first, "true")
        other = order | {"sources": [{"kind": "fund", "amount": NEEDED}]}
        refused(await till.post(PAYMENTS, other, key="k"), 422, "idempotency_key_reused")

    async def test_an_enrolment_is_paid_once(self, till: Till):
        await till.save(till.members[0], NEEDED)
        enrolment = await till.enrolment(till.members[0])
        first = await till.hold(enrolment)
        refused(await till.post(PAYMENTS, till.order(enrolment)), 409, "premium_payment_exists")
        got(await till.post(f"{PAYMENTS}/{first['id']}/void"))
        await till.hold(enrolment)

    async def test_only_what_waits_for_bhxh_or_was_accepted(self, till: Till):
        enrolment = await till.enrolment(till.members[0], accepted=False)
        got(await till.post(f"/v1/enrolments/{enrolment}/withdraw", login=till.officer))
        refused(await till.post(PAYMENTS, till.order(enrolment)), 409, "enrolment_status")

    async def test_without_a_group_there_is_no_money(self, till: Till):
        enrolment = await till.enrolment(till.members[0], group_id=None)
        answer = await till.post(PAYMENTS, till.order(enrolment), login=till.officer)
        named(answer, 422, "/enrolment_id")

    async def test_closed_books_name_the_day(self, till: Till, owner: Any):
        await till.save(till.members[0], NEEDED)
        enrolment = await till.enrolment(till.members[0])
        await owner.execute(
            "insert into closed_period (network, province_code, closed_through) values ('womens_union', $1, $2)",
            till.world.province, today() - timedelta(days=1),
        )  # fmt: skip
        day = str(today() - timedelta(days=1))
        answer = await till.post(PAYMENTS, till.order(enrolment, business_date=day))
        refused(answer, 409, "period_closed", "/business_date")

    async def test_months_with_support_end_at_120(self, till: Till):
        enrolment = await till.enrolment(till.members[0], supported_before=115)
        needed = DUE - 5 * 132_000
        await till.save(till.members[0], needed)
        made = await till.hold(enrolment, {"kind": "savings", "amount": needed})
        assert (made["supported_months"], made["state_support"]) == (5, 5 * 132_000)

    async def test_all_paid_by_others_needs_no_source(self, till: Till, owner: Any):
        enrolment = await till.card(till.members[0], support_group="near_poor")
        await owner.execute(
            "insert into insurance_rule (id, key, value, province_code, valid_from, legal_basis, status)"
            " values ($1, 'bhyt_province_support_rate_near_poor', 0.3, $2, '2020-01-01', 'NQ thử', 'active')",
            uuid7(), till.world.province,
        )  # fmt: skip
        body = till.order(enrolment) | {"sources": []}
        answer = await till.post(PAYMENTS, body)
        if answer.status_code == 422:  # the rules in this process are half a second old
            await asyncio.sleep(0.6)
            answer = await till.post(PAYMENTS, body)
        made = got(answer, 201)
        assert made["participant_pays"] == 0
        assert got(await till.pay(made))["status"] == "posted"


class TestHouseholdOrder:
    async def household(self, till: Till) -> None:
        """All members of the group live together."""
        made = got(
            await till.post("/v1/households", {"commune_code": till.world.commune}, login=till.officer), 201
        )
        await till.world.owner.execute(
            "update member set household_id = $1 where id = any($2)", UUID(made["id"]), till.members
        )

    async def hold(self, till: Till, member: UUID, amount: int, **changed: Any) -> httpx.Response:
        await till.save(member, amount)
        source = {"kind": "savings", "amount": amount}
        return await till.post(PAYMENTS, till.order(await till.card(member), source, **changed))

    async def test_each_further_member_pays_less(self, till: Till):
        await self.household(till)
        first, second, third = till.members
        made = [
            got(await self.hold(till, member, amount), 201)
            for member, amount in ((first, CARD), (second, 956_340), (third, 819_720))
        ]
        assert [payment["household_order"] for payment in made] == [1, 2, 3]
        got(await till.pay(made[2]))
        got(await till.pay(made[0]))
        await till.books_agree()

    async def test_who_was_first_and_gave_up_makes_room(self, till: Till):
        await self.household(till)
        first, second, _ = till.members
        one = got(await self.hold(till, first, CARD), 201)
        two = got(await self.hold(till, second, 956_340), 201)
        got(await till.post(f"{PAYMENTS}/{one['id']}/void"))
        refused(await till.pay(two), 409, "premium_changed")

    async def test_declared_when_others_joined_elsewhere(self, till: Till):
        await self.household(till)
        first, second, third = till.members
        made = got(await self.hold(till, first, 819_720, household_order=3), 201)
        assert made["household_order"] == 3
        named(await self.hold(till, second, CARD, household_order=3), 422, "/household_order")
        assert got(await self.hold(till, third, CARD), 201)["household_order"] == 1
        assert got(await till.pay(made))["household_order"] == 3

    async def test_alone_is_first(self, till: Till):
        made = got(await self.hold(till, till.members[0], CARD), 201)
        assert (made["household_order"], money(made)) == (1, (CARD, 0, 0, 0, CARD))

    async def test_who_is_supported_has_no_order(self, till: Till):
        enrolment = await till.card(till.members[0], support_group="near_poor")
        source = {"kind": "savings", "amount": 409_860}
        answer = await till.post(PAYMENTS, till.order(enrolment, source, household_order=1))
        named(answer, 422, "/household_order")
        await till.save(till.members[0], 409_860)
        made = await till.hold(enrolment, source)
        assert (made["household_order"], money(made)) == (None, (CARD, 956_340, 0, 0, 409_860))


class TestPostPremium:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(f"{PAYMENTS}/{uuid4()}/post", json={})).status_code == 401

    async def test_not_yours_is_404(self, till: Till):
        await till.save(till.members[0], NEEDED)
        held = await till.hold(await till.enrolment(till.members[0]))
        for login in (till.farmers, till.other_treasurer):
            refused(await till.pay(held, login=login), 404, "not_found")
        refused(await till.pay(held, login=till.bhxh), 403, "forbidden")

    async def test_the_money_leaves_and_coverage_follows(self, till: Till):
        await till.rate("bhxh_tn", "first", "0.14")
        await till.save(till.members[0], NEEDED)
        enrolment = await till.enrolment(till.members[0])
        held = await till.hold(enrolment)
        posted = got(await till.pay(held, receipt_no="0000001"))
        assert (posted["status"], posted["receipt_no"], posted["payment_date"]) == (
            "posted", "0000001", str(today()),
        )  # fmt: skip
        assert money(posted) == money(held)
        assert {"bhxh_tn_rate", "rural_poverty_line"} <= {rule["key"] for rule in posted["rules"]}
        assert await till.balance(till.members[0]) == (0, 0)
        assert got(await till.get(f"/v1/enrolments/{enrolment}"))["status"] == "paid"
        covered = got(await till.get("/v1/coverages", enrolment_id=enrolment))["items"]
        assert [(row["valid_from"], row["valid_to"], row["months"]) for row in covered] == [
            ("2026-12-01", "2027-11-30", 12)
        ]
        told = ["premium_payment.held", "premium_payment.posted"]
        assert await till.said(posted["id"]) == (told, told)
        assert (await till.said(enrolment))[1][-1] == "enrolment.paid"
        await till.books_agree()

    async def test_only_when_bhxh_has_accepted(self, till: Till):
        await till.save(till.members[0], NEEDED)
        enrolment = await till.enrolment(till.members[0], accepted=False)
        held = await till.hold(enrolment)
        refused(await till.pay(held), 409, "enrolment_status")
        await till.accept(enrolment)
        got(await till.pay(held))

    async def test_an_enrolment_that_says_something_else_is_held_again(self, till: Till):
        """Returned after the hold, corrected, sent again and accepted: the payment is not its any more."""
        await till.save(till.members[0], NEEDED)
        enrolment = await till.enrolment(till.members[0], accepted=False)
        held = await till.hold(enrolment)
        reason = {"pointer": "/from_month", "code": "wrong", "text": "Sai tháng."}
        path = f"/v1/enrolments/{enrolment}"
        got(await till.post(f"{path}/return", {"reasons": [reason]}, login=till.bhxh))
        version = got(await till.get(path))["version"]
        headers = till.officer.headers | {"If-Match": f'"{version}"'}
        got(await till.client.patch(path, json={"from_month": "2027-01"}, headers=headers))
        got(await till.post(f"{path}/submit", login=till.officer))
        await till.accept(enrolment)
        refused(await till.pay(held), 409, "enrolment_changed")
        got(await till.post(f"{PAYMENTS}/{held['id']}/void"))
        again = await till.hold(enrolment)
        assert got(await till.pay(again))["from_month"] == "2027-01"

    async def test_the_same_receipt_again_changes_nothing(self, till: Till):
        held_for = till.members[0]
        await till.save(held_for, NEEDED)
        held = await till.hold(await till.enrolment(held_for))
        first = got(await till.pay(held, receipt_no="7"))
        assert got(await till.pay(held, receipt_no="7")) == first
        refused(await till.pay(held, receipt_no="8"), 409, "premium_payment_status")

    async def test_a_receipt_is_used_once_in_its_series(self, till: Till):
        await till.save(till.members[0], NEEDED)
        await till.save(till.members[1], NEEDED)
        one = await till.hold(await till.enrolment(till.members[0]))
        two = await till.hold(await till.enrolment(till.members[1]))
        got(await till.pay(one, receipt_no="9"))
        refused(await till.pay(two, receipt_no="9"), 409, "receipt_used")
        assert await till.balance(till.members[1]) == (NEEDED, NEEDED)
        got(await till.pay(two, receipt_no="9", receipt_series="KHAC"))

    async def test_days_out_of_order(self, till: Till):
        await till.save(till.members[0], NEEDED)
        held = await till.hold(await till.enrolment(till.members[0]))
        for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
            answer = await till.pay(held, payment_date=str(day))
            named(answer, 422, "/payment_date")

    async def test_time_that_is_paid_already(self, till: Till):
        """What the checks of the enrolment let through, the database does not."""
        member = till.members[0]
        await till.posted(member)
        await till.save(member, NEEDED)
        enrolment = await till.enrolment(member, from_month="2027-12")
        await till.world.owner.execute(
            "update enrolment set from_month = '2027-11-01' where id = $1", UUID(enrolment)
        )
        held = await till.hold(enrolment)
        refused(await till.pay(held), 409, "coverage_overlaps")
        assert await till.balance(member) == (NEEDED, NEEDED)

    async def test_nothing_of_it_can_be_changed(self, till: Till, owner: Any):
        posted = await till.posted(till.members[0])
        id_ = UUID(posted["id"])
        for sql in (
            "update premium_payment set participant_pays = participant_pays + 1, amount_due = amount_due + 1 where id = $1",
            "update premium_payment set formula = '{}' where id = $1",
            "update premium_payment set status = 'held' where id = $1",
            "update premium_payment set status = 'refunded', receipt_no = 'x' where id = $1",
            "delete from premium_payment where id = $1",
            "update premium_source set amount = amount + 1 where payment_id = $1",
            "update coverage set valid_to = valid_to + 1 where payment_id = $1",
            "delete from coverage where payment_id = $1",
        ):
            with pytest.raises(asyncpg.PostgresError) as raised:
                await owner.execute(sql, id_)
            assert raised.value.sqlstate == "AS409", sql


class TestPriceOfThePaymentDate:
    """The base salary rose on 2026-07-01: a card held in June is dearer in July."""

    async def held_in_june(self, till: Till) -> Any:
        member = till.members[0]
        await till.save(member, 2_000_000)
        enrolment = await till.card(member, from_month="2026-07")
        source = {"kind": "savings", "amount": 1_263_600}
        return await till.hold(enrolment, source, business_date="2026-06-20")

    async def test_dearer_is_refused_with_the_new_amounts(self, till: Till):
        held = await self.held_in_june(till)
        answer = await till.pay(held, payment_date="2026-07-01")
        refused(answer, 409, "premium_changed")
        assert str(CARD) in answer.json()["detail"]
        assert await till.balance(till.members[0]) == (2_000_000, 1_263_600)

    async def test_the_day_before_it_keeps_its_price_for_ever(self, till: Till):
        held = await self.held_in_june(till)
        posted = got(await till.pay(held, payment_date="2026-06-30"))
        assert (posted["participant_pays"], posted["priced_on"]) == (1_263_600, "2026-06-30")
        assert got(await till.get(f"{PAYMENTS}/{held['id']}")) == posted

    async def test_cheaper_leaves_the_rest_where_it_was(self, till: Till, owner: Any):
        """Held without support, posted with: the instalment shrinks first, then the savings."""
        member = till.members[0]
        await till.save(member, 3_000_000)
        await till.save(None, 2_000_000, kind="donation")
        enrolment = await till.enrolment(member, support_group=None, accepted=False)
        held = await till.hold(
            enrolment,
            {"kind": "donor", "amount": 500_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": 2_460_000},
            {"kind": "instalment", "amount": 1_000_000, "instalments": 4, "first_due": str(today())},
        )
        await owner.execute("update enrolment set support_group = 'near_poor' where id = $1", UUID(enrolment))
        await till.accept(enrolment)
        posted = got(await till.pay(held))
        assert [source["paid"] for source in posted["sources"]] == [500_000, 1_876_000, 0]
        assert money(posted) == (DUE, DUE - NEEDED, 0, 500_000, 1_876_000)
        assert await till.balance(member) == (3_000_000 - 1_876_000, 0)
        assert await till.balance(None) == (2_000_000, 0)
        assert got(await till.get("/v1/premium-advances"))["items"] == []
        await till.books_agree()


class TestVoidPremium:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.post(f"{PAYMENTS}/{uuid4()}/void")).status_code == 401

    async def test_not_yours_is_404(self, till: Till):
        await till.save(till.members[0], NEEDED)
        held = await till.hold(await till.enrolment(till.members[0]))
        for login in (till.farmers, till.other_treasurer):
            refused(await till.post(f"{PAYMENTS}/{held['id']}/void", login=login), 404, "not_found")

    async def test_the_money_is_free_and_the_gift_stays(self, till: Till):
        member = till.members[0]
        await till.save(member, NEEDED - 100_000)
        held = await till.hold(
            await till.enrolment(member),
            {"kind": "donor", "amount": 100_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": NEEDED - 100_000},
        )
        voided = got(await till.post(f"{PAYMENTS}/{held['id']}/void"))
        assert (voided["status"], [source["paid"] for source in voided["sources"]]) == ("voided", [0, 0])
        assert await till.balance(member) == (NEEDED - 100_000, 0)
        assert await till.balance(None) == (100_000, 0)
        assert got(await till.post(f"{PAYMENTS}/{held['id']}/void")) == voided
        refused(await till.pay(held), 409, "premium_payment_status")
        told = ["premium_payment.held", "premium_payment.voided"]
        assert await till.said(held["id"]) == (told, told)
        await till.books_agree()

    async def test_posted_is_not_voided(self, till: Till):
        posted = await till.posted(till.members[0])
        refused(await till.post(f"{PAYMENTS}/{posted['id']}/void"), 409, "premium_payment_status")


class TestRemuneration:
    async def test_first_and_again_of_the_participants_own_money(self, till: Till):
        await till.rate("bhxh_tn", "first", "0.14")
        await till.rate("bhxh_tn", "again", "0.0705")
        await asyncio.sleep(0.6)  # the rules in this process are half a second old at most
        member = till.members[0]
        await till.save(member, NEEDED - 76_000)
        first = await till.posted(
            member,
            {"kind": "donor", "amount": 76_000, "source": "Nhà hảo tâm"},
            {"kind": "savings", "amount": NEEDED - 76_000},
        )
        assert first["remuneration"] == {"kind": "first", "rate": "0.14", "amount": 322_000}
        again = await till.posted(member, from_month="2027-12")
        assert again["remuneration"] == {"kind": "again", "rate": "0.0705", "amount": 167_508}
        declared = await till.posted(till.members[1], insured_since=date(2020, 1, 1))
        assert declared["remuneration"]["kind"] == "again"

    async def test_a_rate_of_the_method_goes_before_that_of_all(self, till: Till):
        await till.rate("bhxh_tn", "first", "0.10")
        await till.rate("bhxh_tn", "first_months_12", "0.20")
        await asyncio.sleep(0.6)
        posted = await till.posted(till.members[0])
        assert (posted["method"], posted["remuneration"]["rate"]) == ("months_12", "0.2")

    async def test_without_a_rate_of_the_province_there_is_none(self, till: Till):
        posted = await till.posted(till.members[0])
        assert posted["remuneration"] is None
        sql = "select remuneration_kind from premium_payment where id = $1"
        kind = await till.world.owner.fetchval(sql, UUID(posted["id"]))
        assert kind == "first", "reports count who is new with or without a rate"


class TestReadPayments:
    async def test_anonymous_is_401(self, till: Till):
        assert (await till.client.get(PAYMENTS)).status_code == 401

    async def test_not_yours_is_404(self, till: Till):
        posted = await till.posted(till.members[0])
        for login in (till.farmers, till.other_treasurer):
            refused(await till.get(f"{PAYMENTS}/{posted['id']}", login=login), 404, "not_found")
            assert got(await till.get(PAYMENTS, login=login))["items"] == []
        assert got(await till.get(f"{PAYMENTS}/{posted['id']}", login=till.bhxh))["id"] == posted["id"]

    async def test_filters(self, till: Till):
        one = await till.posted(till.members[0])
        await till.save(till.members[1], NEEDED)
        two = await till.hold(await till.enrolment(till.members[1]))
        every = got(await till.get(PAYMENTS))["items"]
        assert [row["id"] for row in every] == [two["id"], one["id"]]
        day = str(today())
        for query, wanted in (
            ({"status": "held"}, [two]),
            ({"member_id": one["member_id"]}, [one]),
            ({"enrolment_id": two["enrolment_id"]}, [two]),
            ({"from": day, "to": day}, [one]),
            ({"from": str(today() + timedelta(days=1))}, []),
            ({"product": "bhyt_hgd"}, []),
            ({"group_code": till.group.code, "commune_code": till.world.commune}, [two, one]),
        ):
            found = got(await till.get(PAYMENTS, **query))["items"]
            assert [row["id"] for row in found] == [row["id"] for row in wanted], query
        first = got(await till.get(PAYMENTS, limit=1))
        rest = got(await till.get(PAYMENTS, limit=1, cursor=first["next_cursor"]))
        assert [first["items"][0]["id"], rest["items"][0]["id"]] == [two["id"], one["id"]]
        named(await till.get(PAYMENTS, nope=1), 422, "/query/nope")

    async def test_who_may_not_see_the_support_group_learns_no_rate(self, till: Till):
        posted = await till.posted(till.members[0])
        as_officer = got(await till.get(f"{PAYMENTS}/{posted['id']}", login=till.officer))
        assert as_officer["support_group"] == "near_poor"
        assert "support_rate" in as_officer["formula"]
        assert posted["support_group"] is None
        assert "support_rate" not in posted["formula"]
        assert not [rule for rule in posted["rules"] if "near_poor" in rule["key"]]
