"""Direct customers over HTTP: a premium without a group, its receipt, and where the money is at each step."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import month_of, today
from app.forms.reports.schemas import ReportIn
from app.forms.reports.service import compute_report
from tests.forms.reports.scenario import begin_as
from tests.insurance.direct_scenario import ACCOUNTS, ENTRIES, DirectScenario
from tests.insurance.premium_scenario import (
    AMOUNT_DUE,
    CARD_PRICE,
    COVERAGES,
    PARTICIPANT_PAYS,
    PAYMENTS,
    REFUNDS,
    expect_problem_at,
)
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> DirectScenario:
    return await DirectScenario.create(world, client)


class TestCollect:
    async def test_cash_is_with_the_collector_and_due_to_bhxh(self, scenario: DirectScenario):
        held = await scenario.take()
        collector = str(scenario.collector.id)
        assert (held["status"], held["group_id"], held["collector_id"]) == ("held", None, collector)
        assert (held["amount_due"], held["participant_pays"]) == (AMOUNT_DUE, PARTICIPANT_PAYS)
        assert await scenario.balances() == {
            ("cash", collector): PARTICIPANT_PAYS,
            ("due", collector): PARTICIPANT_PAYS,
        }
        assert await scenario.entries(held) == [("collected", PARTICIPANT_PAYS)]
        events = ["premium_payment.held"]
        assert await scenario.premium.list_events(held["id"]) == (events, events)
        await scenario.premium.assert_books_agree()

    async def test_the_receipt_is_of_the_organisations_series(self, scenario: DirectScenario):
        first, second = await scenario.take(), await scenario.take(login=scenario.officer)
        series = f"{scenario.unit.code}/{today().year}"
        assert [(each["collection_series"], each["collection_no"]) for each in (first, second)] == [
            (series, 1),
            (series, 2),
        ]
        assert (first["receipt_series"], first["receipt_no"]) == (series, "0000001")
        assert (
            expect_json(await scenario.premium.get(f"{PAYMENTS}/{first['id']}", login=scenario.collector))
            == first
        )

    async def test_a_refused_payment_takes_no_number(self, scenario: DirectScenario):
        await scenario.take()
        response = await scenario.hold(await scenario.enrol(), scenario.cash(PARTICIPANT_PAYS - 1))
        expect_problem_at(response, 422, "/sources")
        assert (await scenario.take())["collection_no"] == 2

    async def test_a_number_written_by_hand_is_passed_over(self, scenario: DirectScenario):
        held = await scenario.take()
        by_hand: dict[str, Any] = {"receipt_series": held["collection_series"], "receipt_no": "0000002"}
        expect_json(await scenario.post(held, **by_hand))
        assert (await scenario.take())["collection_no"] == 3
        await scenario.premium.assert_books_agree()

    async def test_two_at_once_have_two_numbers(self, scenario: DirectScenario):
        enrolments = [await scenario.enrol() for _ in range(4)]
        logins = [scenario.collector, scenario.officer] * 2
        responses = await asyncio.gather(
            *(scenario.hold(each, login=login) for each, login in zip(enrolments, logins, strict=True))
        )
        assert sorted(expect_json(each, 201)["collection_no"] for each in responses) == [1, 2, 3, 4]
        await scenario.premium.assert_books_agree()

    async def test_again_with_the_same_key_is_the_same_receipt(self, scenario: DirectScenario):
        enrolment, key = await scenario.enrol(), str(uuid7())
        first, second = await asyncio.gather(*(scenario.hold(enrolment, key=key) for _ in range(2)))
        assert expect_json(first, 201) == expect_json(second, 201)
        assert {each.headers.get("idempotency-replayed") for each in (first, second)} >= {"true"}
        assert (await scenario.take())["collection_no"] == 2
        other = await scenario.hold(enrolment, scenario.transfer(), key=key)
        expect_problem(other, 422, "idempotency_key_reused")

    async def test_cash_and_transfer_together(self, scenario: DirectScenario):
        held = await scenario.take(
            scenario.transfer(PARTICIPANT_PAYS - 500_000, bank_reference="FT26/333-1"),
            scenario.cash(500_000),
        )
        collector = str(scenario.collector.id)
        assert [(each["kind"], each["bank_reference"]) for each in held["sources"]] == [
            ("transfer", "FT26/333-1"),
            ("cash", None),
        ]
        assert await scenario.balances() == {
            ("cash", collector): 500_000,
            ("due", collector): 500_000,
            ("bank", None): PARTICIPANT_PAYS - 500_000,
            ("due", None): PARTICIPANT_PAYS - 500_000,
        }
        await scenario.premium.assert_books_agree()

    async def test_a_donor_pays_a_part(self, scenario: DirectScenario):
        held = await scenario.take(
            scenario.cash(376_000), scenario.transfer(2_000_000, source="Công ty Hảo Tâm")
        )
        assert (held["other_support"], held["participant_pays"]) == (2_000_000, 376_000)
        expect_json(await scenario.post(held))
        await scenario.premium.assert_books_agree()

    async def test_a_partner_names_the_collector(self, scenario: DirectScenario):
        partner = await scenario.premium.world.partner(scenario.unit, "contributions:write")
        enrolment = await scenario.enrol()
        response = await scenario.hold(enrolment, login=partner)
        expect_problem_at(response, 422, "/sources/0/collector_id")
        named = scenario.cash(collector_id=str(scenario.collector.id))
        held = expect_json(await scenario.hold(enrolment, named, login=partner), 201)
        assert held["collector_id"] == str(scenario.collector.id)

    async def test_before_bhxh_accepted(self, scenario: DirectScenario):
        held = expect_json(await scenario.hold(await scenario.enrol(accepted=False)), 201)
        expect_problem(await scenario.post(held), 409, "enrolment_status")
        expect_json(await scenario.void(held))


class TestRefusals:
    async def test_anonymous_is_401(self, scenario: DirectScenario):
        for path in (ACCOUNTS, ENTRIES):
            assert (await scenario.premium.client.get(path)).status_code == 401

    async def test_bhxh_takes_no_money(self, scenario: DirectScenario):
        response = await scenario.hold(await scenario.enrol(), login=scenario.premium.bhxh)
        expect_problem(response, 403, "forbidden")

    async def test_another_union_and_another_collector_find_nothing(self, scenario: DirectScenario):
        held = await scenario.take()
        for login in (scenario.premium.farmers, scenario.colleague, scenario.premium.other_treasurer):
            enrolment = held["enrolment_id"]
            expect_problem(await scenario.hold(enrolment, login=login), 404, "not_found", "/enrolment_id")
            expect_problem(await scenario.post(held, login=login), 404, "not_found")
            expect_problem(await scenario.void(held, login=login), 404, "not_found")
            assert (await scenario.premium.get(f"{PAYMENTS}/{held['id']}", login=login)).status_code == 404
            assert expect_json(await scenario.premium.get(PAYMENTS, login=login))["items"] == []
            assert await scenario.entries(held, login=login) == []
            assert await scenario.balances(login) == {}

    async def test_a_collector_records_for_nobody_else(self, scenario: DirectScenario):
        other = scenario.cash(collector_id=str(scenario.colleague.id))
        response = await scenario.hold(await scenario.enrol(), other)
        expect_problem_at(response, 422, "/sources/0/collector_id")

    async def test_a_collector_of_another_organisation(self, scenario: DirectScenario):
        for stranger in (scenario.premium.treasurer.id, scenario.premium.farmers.id, uuid4()):
            source = scenario.cash(collector_id=str(stranger))
            response = await scenario.hold(await scenario.enrol(), source, login=scenario.officer)
            expect_problem(response, 404, "not_found", "/sources/0/collector_id")

    async def test_two_collectors(self, scenario: DirectScenario):
        sources = [
            scenario.cash(1_000_000, collector_id=str(scenario.collector.id)),
            scenario.cash(PARTICIPANT_PAYS - 1_000_000, collector_id=str(scenario.colleague.id)),
        ]
        response = await scenario.hold(await scenario.enrol(), *sources, login=scenario.officer)
        expect_problem_at(response, 422, "/sources/1/collector_id")

    @pytest.mark.parametrize("kind", ["savings", "fund", "donor", "instalment"])
    async def test_there_is_no_group_to_pay(self, scenario: DirectScenario, kind: str):
        fields: dict[str, dict[str, Any]] = {
            "donor": {"source": "Nhà hảo tâm"},
            "instalment": {"instalments": 2, "first_due": str(today())},
        }
        source: dict[str, Any] = {"kind": kind, "amount": PARTICIPANT_PAYS} | fields.get(kind, {})
        response = await scenario.hold(await scenario.enrol(), source)
        expect_problem_at(response, 422, "/enrolment_id")

    async def test_a_group_does_not_pay_in_cash(self, scenario: DirectScenario):
        member = await scenario.premium.world.member(scenario.unit)
        group = await scenario.premium.world.group(scenario.unit)
        await scenario.premium.world.join(group, member)
        enrolment = await scenario.premium.create_enrolment(member, group_id=str(group.id))
        response = await scenario.hold(enrolment, login=scenario.officer)
        expect_problem_at(response, 422, "/sources/0/kind")

    @pytest.mark.parametrize(
        ("source", "pointer"),
        [
            ({"kind": "transfer", "amount": PARTICIPANT_PAYS}, "/sources/0/bank_reference"),
            (
                {"kind": "cash", "amount": PARTICIPANT_PAYS, "bank_reference": "1"},
                "/sources/0/bank_reference",
            ),
            (
                {"kind": "transfer", "amount": 1, "bank_reference": "chị Đào chuyển"},
                "/sources/0/bank_reference",
            ),
            ({"kind": "cash", "amount": 0}, "/sources/0/amount"),
            ({"kind": "cash", "amount": PARTICIPANT_PAYS, "instalments": 2}, "/sources/0/instalments"),
            ({"kind": "cash", "amount": PARTICIPANT_PAYS + 1}, "/sources"),
        ],
    )
    async def test_wrong_source(self, scenario: DirectScenario, source: dict[str, Any], pointer: str):
        expect_problem_at(await scenario.hold(await scenario.enrol(), source), 422, pointer)

    async def test_tomorrow(self, scenario: DirectScenario):
        tomorrow = str(today() + timedelta(days=1))
        response = await scenario.hold(await scenario.enrol(), business_date=tomorrow)
        expect_problem_at(response, 422, "/business_date")
        expect_problem_at(
            await scenario.post(await scenario.take(), payment_date=tomorrow), 422, "/payment_date"
        )

    async def test_a_closed_period(self, scenario: DirectScenario):
        held = await scenario.take(business_date=str(today() - timedelta(days=1)))
        admin = await scenario.premium.world.user(scenario.unit, "union_admin")
        body = {
            "province_code": scenario.premium.world.province,
            "closed_through": str(today() - timedelta(days=1)),
        }
        expect_json(await scenario.premium.post("/v1/ledger/closings", body, login=admin), 201)
        late = await scenario.hold(await scenario.enrol(), business_date=str(today() - timedelta(days=1)))
        expect_problem(late, 409, "period_closed", "/business_date")
        yesterday = await scenario.post(held, payment_date=str(today() - timedelta(days=1)))
        expect_problem(yesterday, 409, "period_closed", "/payment_date")
        expect_json(await scenario.post(held))


class TestPost:
    async def test_under_the_receipt_that_the_customer_has(self, scenario: DirectScenario):
        held = await scenario.take()
        posted = expect_json(await scenario.post(held))
        receipt = ("receipt_series", "receipt_no", "collection_series", "collection_no", "sources")
        assert [posted[name] for name in receipt[:4]] == [held[name] for name in receipt[:4]]
        assert (posted["status"], posted["sources"][0]["paid"]) == ("posted", PARTICIPANT_PAYS)
        assert expect_json(await scenario.post(held)) == posted  # again: nothing changes
        collector = str(scenario.collector.id)
        assert await scenario.balances() == {("cash", collector): 0, ("due", collector): 0}
        assert await scenario.entries(held) == [
            ("collected", PARTICIPANT_PAYS),
            ("remitted", PARTICIPANT_PAYS),
        ]
        coverages = await scenario.premium.get(COVERAGES, login=scenario.collector, payment_id=held["id"])
        assert [each["group_id"] for each in expect_json(coverages)["items"]] == [None]
        await scenario.premium.assert_books_agree()

    async def test_under_a_receipt_of_bhxh(self, scenario: DirectScenario):
        held = await scenario.take()
        receipt: dict[str, Any] = {
            "receipt_series": f"C45/{scenario.premium.world.province}",
            "receipt_no": "77",
        }
        posted = expect_json(await scenario.post(held, **receipt))
        assert (posted["receipt_no"], posted["collection_no"]) == ("77", held["collection_no"])
        assert expect_json(await scenario.post(held)) == posted
        other = await scenario.post(held, **receipt | {"receipt_no": "78"})
        expect_problem(other, 409, "premium_payment_status")

    async def test_half_a_receipt(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_problem_at(await scenario.post(held, receipt_no="77"), 422, "/receipt_series")

    async def test_what_got_cheaper_goes_back(self, scenario: DirectScenario):
        """Collected without support, posted with: the cash shrinks first, then the transfer; a gift last."""
        enrolment = await scenario.enrol(support_group=None, accepted=False)
        sources = (
            scenario.transfer(1_960_000),
            scenario.cash(1_000_000),
            scenario.cash(1_000_000, source="Nhà hảo tâm"),
        )
        held = expect_json(await scenario.hold(enrolment, *sources), 201)
        sql = "update enrolment set support_group = 'near_poor' where id = $1"
        await scenario.premium.world.owner.execute(sql, UUID(enrolment))
        await scenario.premium.accept(enrolment)
        posted = expect_json(await scenario.post(held))
        assert [each["paid"] for each in posted["sources"]] == [1_376_000, 0, 1_000_000]
        entries = await scenario.entries(held)
        assert sorted(amount for kind, amount in entries if kind == "returned") == [584_000, 1_000_000]
        assert set((await scenario.balances()).values()) == {0}
        await scenario.premium.assert_books_agree()

    async def test_an_officer_posts_for_the_collector(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held, login=scenario.officer))
        await scenario.premium.assert_books_agree()

    async def test_a_collector_posts_what_an_officer_recorded_for_them(self, scenario: DirectScenario):
        enrolment = await scenario.enrol(await scenario.customer(scenario.colleague))
        source = scenario.cash(collector_id=str(scenario.collector.id))
        held = expect_json(await scenario.hold(enrolment, source, login=scenario.officer), 201)
        expect_json(await scenario.post(held))

    async def test_posted_once_of_two_at_once(self, scenario: DirectScenario):
        held = await scenario.take()
        responses = await asyncio.gather(
            *(scenario.post(held, login=each) for each in (scenario.collector, scenario.officer))
        )
        assert [each.status_code for each in responses] == [200, 200]
        assert len(await scenario.entries(held)) == 2

    async def test_a_card(self, scenario: DirectScenario):
        card: dict[str, Any] = {"product": "bhyt_hgd", "monthly_income": None, "support_group": None}
        held = expect_json(await scenario.hold(await scenario.enrol(**card), scenario.cash(CARD_PRICE)), 201)
        expect_json(await scenario.post(held))
        await scenario.premium.assert_books_agree()


class TestVoid:
    async def test_the_customer_has_their_money_again(self, scenario: DirectScenario):
        held = await scenario.take(scenario.cash(2_000_000), scenario.transfer(376_000))
        voided = expect_json(await scenario.void(held))
        assert (voided["status"], voided["collection_no"]) == ("voided", held["collection_no"])
        assert expect_json(await scenario.void(held)) == voided
        assert sorted(await scenario.entries(held)) == [
            ("collected", 376_000),
            ("collected", 2_000_000),
            ("returned", 376_000),
            ("returned", 2_000_000),
        ]
        assert set((await scenario.balances()).values()) == {0}
        expect_problem(await scenario.post(held), 409, "premium_payment_status")
        await scenario.premium.assert_books_agree()

    @pytest.mark.parametrize("action", ["reject", "withdraw"])
    async def test_closing_the_enrolment_gives_the_money_back(self, scenario: DirectScenario, action: str):
        """BHXH, which records no money, or the union: what was collected goes back in the same step."""
        enrolment = await scenario.enrol(accepted=False)
        held = expect_json(
            await scenario.hold(enrolment, scenario.cash(2_000_000), scenario.transfer(376_000)), 201
        )
        login = scenario.premium.bhxh if action == "reject" else scenario.officer
        body = (
            {"reasons": [{"pointer": "", "code": "not_eligible", "text": "Sai thông tin."}]}
            if action == "reject"
            else None
        )
        expect_json(await scenario.premium.post(f"/v1/enrolments/{enrolment}/{action}", body, login=login))
        payment = expect_json(
            await scenario.premium.get(f"{PAYMENTS}/{held['id']}", login=scenario.collector)
        )
        assert payment["status"] == "voided"
        assert sorted(await scenario.entries(held))[2:] == [("returned", 376_000), ("returned", 2_000_000)]
        assert set((await scenario.balances()).values()) == {0}
        await scenario.premium.assert_books_agree()

    async def test_then_paid_again_under_a_new_receipt(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.void(held))
        again = expect_json(await scenario.hold(held["enrolment_id"]), 201)
        assert again["collection_no"] == held["collection_no"] + 1
        expect_json(await scenario.post(again))
        await scenario.premium.assert_books_agree()


class TestRefund:
    async def decide(self, scenario: DirectScenario, payment: Any) -> Any:
        body = {"payment_id": payment["id"], "reason": "died", "from_month": "2027-03"}
        return expect_json(await scenario.premium.post(REFUNDS, body, login=scenario.premium.bhxh), 201)

    async def receive(
        self, scenario: DirectScenario, refund: Any, to: str, key: str | None = None
    ) -> httpx.Response:
        body = {"to": to, "business_date": str(today())}
        return await scenario.premium.post(
            f"{REFUNDS}/{refund['id']}/receive", body, login=scenario.collector, key=key
        )

    @pytest.mark.parametrize("to", ["cash", "transfer"])
    async def test_through_the_organisation(self, scenario: DirectScenario, to: str):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        refund = await self.decide(scenario, held)
        assert (refund["group_id"], refund["amount"] > 0) == (None, True)
        key = str(uuid7())
        received = expect_json(await self.receive(scenario, refund, to, key))
        assert received["txn_id"] is not None
        assert expect_json(await self.receive(scenario, refund, to, key)) == received
        assert (await scenario.entries(held))[2:] == [
            ("refund_received", refund["amount"]),
            ("refund_paid", refund["amount"]),
        ]
        assert set((await scenario.balances()).values()) == {0}
        await scenario.premium.assert_books_agree()

    async def test_the_person_got_it_from_bhxh(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        received = expect_json(await self.receive(scenario, await self.decide(scenario, held), "person"))
        assert received["txn_id"] is None
        assert len(await scenario.entries(held)) == 2

    async def test_there_are_no_savings(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        expect_problem_at(
            await self.receive(scenario, await self.decide(scenario, held), "savings"), 422, "/to"
        )


class TestBooks:
    async def test_each_sees_their_own(self, scenario: DirectScenario):
        await scenario.take()
        taken = expect_json(
            await scenario.hold(
                await scenario.enrol(await scenario.customer(scenario.colleague)), login=scenario.colleague
            ),
            201,
        )
        own = {
            ("cash", str(scenario.colleague.id)): PARTICIPANT_PAYS,
            ("due", str(scenario.colleague.id)): PARTICIPANT_PAYS,
        }
        assert await scenario.balances(scenario.colleague) == own
        entries = expect_json(await scenario.premium.get(ENTRIES, login=scenario.colleague))["items"]
        assert [each["payment_id"] for each in entries] == [taken["id"]]
        assert len(await scenario.balances()) == 4
        assert len(await scenario.balances(scenario.premium.bhxh)) == 4

    async def test_read_one(self, scenario: DirectScenario):
        await scenario.take()
        for path in (ACCOUNTS, ENTRIES):
            item = expect_json(await scenario.premium.get(path, login=scenario.collector))["items"][0]
            assert (
                expect_json(await scenario.premium.get(f"{path}/{item['id']}", login=scenario.collector))
                == item
            )
            for stranger in (scenario.colleague, scenario.premium.farmers):
                response = await scenario.premium.get(f"{path}/{item['id']}", login=stranger)
                expect_problem(response, 404, "not_found")

    async def test_filters(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        for query, found in (
            ({"kind": "remitted"}, ["remitted"]),
            ({"product": "bhyt_hgd"}, []),
            ({"holder_id": str(scenario.collector.id), "from": str(today())}, ["remitted", "collected"]),
            ({"to": str(today() - timedelta(days=1))}, []),
            ({"member_id": held["member_id"], "payment_id": held["id"]}, ["remitted", "collected"]),
        ):
            page = expect_json(await scenario.premium.get(ENTRIES, login=scenario.officer, **query))
            assert [each["kind"] for each in page["items"]] == found, query
        listed = await scenario.premium.get(
            PAYMENTS, login=scenario.officer, collector_id=str(scenario.collector.id)
        )
        assert [each["id"] for each in expect_json(listed)["items"]] == [held["id"]]


class TestWhatCounts:
    async def test_the_summary(self, scenario: DirectScenario):
        """In the place's money like premiums that groups paid: what was posted, and what was refunded."""
        held = await scenario.take()
        query = {"place": scenario.premium.world.province, "from": str(today()), "to": str(today())}
        before = expect_json(await scenario.premium.get("/v1/stats/summary", login=scenario.officer, **query))
        expect_json(await scenario.post(held))
        after = expect_json(await scenario.premium.get("/v1/stats/summary", login=scenario.officer, **query))
        paid = after["money"]["payments"] - before["money"]["payments"]
        assert paid == PARTICIPANT_PAYS

    async def test_the_list_of_payers(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        body = {"form": "d05_ts", "list_date": str(today()), "paid_from": str(today())}
        response = await scenario.premium.post("/v1/exports", body, login=scenario.officer)
        assert response.status_code in (200, 201), response.text
        assert response.json()["totals"]["participant_pays"] == PARTICIPANT_PAYS

    async def test_renewals(self, scenario: DirectScenario):
        held = await scenario.take()
        expect_json(await scenario.post(held))
        due = await scenario.premium.get(
            "/v1/renewals", login=scenario.collector, on="2027-11-01", within_days=60
        )
        item = expect_json(due)["items"][0]
        assert (item["group_id"], item["group_code"]) == (None, None)
        assert item["collector_id"] == str(scenario.collector.id)
        summary = await scenario.premium.get(
            "/v1/renewals/summary",
            login=scenario.officer,
            by="group",
            **{"from": "2027-11-01", "to": "2027-11-30"},
        )
        assert [each["key"] for each in expect_json(summary)["items"]] == [None]

    async def test_remuneration_is_the_collectors(self, scenario: DirectScenario, app: Any):
        await scenario.premium.set_remuneration_rate("bhxh_tn", "first", "0.05")
        app.state.rules.expire()
        held = await scenario.take()
        posted = expect_json(await scenario.post(held, login=scenario.officer))
        assert posted["remuneration"]["amount"] == round(PARTICIPANT_PAYS * 0.05)

    async def test_the_reports(self, scenario: DirectScenario, app: Any):
        """D11-TS has the money and the remuneration of who took it, B15-UQ whom they brought."""
        await scenario.premium.set_remuneration_rate("bhxh_tn", "first", "0.05")
        app.state.rules.expire()
        expect_json(await scenario.post(await scenario.take()))
        month = {"list_date": str(today()), "month": month_of(today())}
        async with begin_as(app, scenario.premium.bhxh) as (db, actor):
            d11 = await compute_report(db, actor, ReportIn(form="d11_ts", sheet="at", **month))
            b15 = await compute_report(db, actor, ReportIn(form="b15_uq", sheet="a", **month))
        sums = d11.rows[-1].sums
        assert (sums.first_people, sums.paid, sums.earned) == (1, PARTICIPANT_PAYS, PARTICIPANT_PAYS // 20)
        lines = {row.code: row for row in b15.rows if row.code}
        assert lines[scenario.unit.code].voluntary.new == 1
        assert lines[scenario.collector.username].voluntary.new == 1

    async def test_the_totals_of_province_and_country(self, scenario: DirectScenario):
        """Whoever asks and however: of the province, of the country, of all; BHXH, and the union of its own network."""
        world, days = scenario.premium.world, {"from": str(today()), "to": str(today())}
        viewers = [
            await world.user(await world.national(network), "viewer") for network in ("bhxh", "womens_union")
        ]
        places: list[dict[str, str]] = [{"place": world.province}, {"place": "VN"}, {}]

        async def ask() -> list[int]:
            answers = [
                await scenario.premium.get("/v1/stats/summary", login=viewer, **days, **place)
                for viewer in viewers
                for place in places
            ]
            return [expect_json(answer)["money"]["payments"] for answer in answers]

        before = await ask()
        expect_json(await scenario.post(await scenario.take()))
        assert [now - then for then, now in zip(before, await ask(), strict=True)] == [PARTICIPANT_PAYS] * 6
