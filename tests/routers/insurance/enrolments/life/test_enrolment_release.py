"""What is held for an enrolment over HTTP: freed with it when it is closed or its terms change, and never both paid and
closed."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.ledger.verification.verify import verify_ledger
from tests.insurance.enrolment_scenario import BATCHES, ENROLMENTS
from tests.insurance.premium_scenario import PARTICIPANT_PAYS, PAYMENTS, PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import Login, World, national_id

REASONS = {"reasons": [{"pointer": "", "code": "not_eligible", "text": "Chưa đủ điều kiện."}]}
HELD = (PARTICIPANT_PAYS, PARTICIPANT_PAYS)
FREE = (PARTICIPANT_PAYS, 0)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    return await PremiumScenario.create(world, client)


async def hold(scenario: PremiumScenario, *, accepted: bool = True, **enrolment: Any) -> tuple[str, Any]:
    """An enrolment of the first member, and the payment out of their savings that is held for it."""
    await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
    created = await scenario.create_enrolment(scenario.members[0], accepted=accepted, **enrolment)
    return created, await scenario.hold_payment(created)


async def step(scenario: PremiumScenario, enrolment: str, action: str, body: Any = None) -> httpx.Response:
    """Take a step as whose it is: BHXH decides, the union's officer does the rest."""
    login = scenario.bhxh if action in ("accept", "return", "reject") else scenario.officer
    return await scenario.post(f"{ENROLMENTS}/{enrolment}/{action}", body, login=login)


async def edit(scenario: PremiumScenario, enrolment: str, **body: Any) -> httpx.Response:
    version = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment}"))["version"]
    headers = scenario.officer.headers | {"If-Match": f'"{version}"'}
    return await scenario.client.patch(f"{ENROLMENTS}/{enrolment}", json=body, headers=headers)


async def payment_status(scenario: PremiumScenario, payment: Any) -> str:
    return str(expect_json(await scenario.get(f"{PAYMENTS}/{payment['id']}"))["status"])


class TestClosed:
    """Rejected or withdrawn, the money is free in the same step."""

    @pytest.mark.parametrize("status", ["submitted", "accepted", "returned"])
    @pytest.mark.parametrize(
        ("action", "body", "closed"),
        [
            ("reject", REASONS, "rejected"),
            ("withdraw", None, "withdrawn"),
            ("withdraw", {"reason": "died"}, "withdrawn"),
        ],
    )
    async def test_savings_are_free_again_and_it_is_told(
        self, scenario: PremiumScenario, status: str, action: str, body: Any, closed: str
    ):
        enrolment, held = await hold(scenario, accepted=status != "submitted")
        if status == "returned":
            expect_json(await step(scenario, enrolment, "return", REASONS))
        assert await scenario.balance(scenario.members[0]) == HELD
        answer = expect_json(await step(scenario, enrolment, action, body))
        assert answer["status"] == closed
        assert await scenario.balance(scenario.members[0]) == FREE
        voided = expect_json(await scenario.get(f"{PAYMENTS}/{held['id']}"))
        assert (voided["status"], voided["sources"][0]["paid"]) == ("voided", 0)
        assert voided["voided_at"] is not None
        assert voided["sources"][0]["resolution_id"] is not None
        told = ["premium_payment.held", "premium_payment.voided"]
        assert await scenario.list_events(held["id"]) == (told, told)
        assert (await scenario.list_events(enrolment))[1][-1] == f"enrolment.{closed}"
        await scenario.assert_books_agree()

    async def test_the_same_may_be_entered_and_paid_anew(self, scenario: PremiumScenario):
        for action, body in (("reject", REASONS), ("withdraw", {"reason": "wrong_terms"})):
            await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
            enrolment = await scenario.create_enrolment(scenario.members[0])
            await scenario.hold_payment(enrolment)
            expect_json(await step(scenario, enrolment, action, body))
        again = await scenario.create_enrolment(scenario.members[0])
        posted = expect_json(await scenario.post_payment(await scenario.hold_payment(again)))
        assert posted["status"] == "posted"
        assert await scenario.balance(scenario.members[0]) == (PARTICIPANT_PAYS, 0)
        await scenario.assert_books_agree()

    async def test_of_all_sources_and_a_gift_stays_in_the_fund(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], 1_000_000)
        await scenario.save(None, 1_000_000, kind="donation")
        enrolment = await scenario.create_enrolment(scenario.members[0])
        sources: list[dict[str, Any]] = [
            {"kind": "savings", "amount": 1_000_000},
            {"kind": "fund", "amount": 300_000},
            {"kind": "donor", "amount": 500_000, "source": "Hội khuyến học"},
            {"kind": "instalment", "amount": 576_000, "instalments": 5, "first_due": "2027-01-31"},
        ]
        held = await scenario.hold_payment(enrolment, *sources)
        expect_json(await step(scenario, enrolment, "reject", REASONS))
        assert await scenario.balance(scenario.members[0]) == (1_000_000, 0)
        assert await scenario.balance(None) == (1_500_000, 0)
        assert await payment_status(scenario, held) == "voided"
        await scenario.assert_books_agree()

    async def test_why_it_was_withdrawn_stands_among_its_reasons(self, scenario: PremiumScenario):
        enrolment = await scenario.create_enrolment(scenario.members[0])
        answer = expect_json(await step(scenario, enrolment, "withdraw", {"reason": "moved"}))
        reason = {"pointer": "", "code": "moved", "text": "Người đăng ký đã chuyển đi nơi khác."}
        assert answer["reasons"] == [reason]
        row = await scenario.world.owner.fetchrow(
            "select data->'reasons'->0->>'code' as code from outbox_event where subject_id = $1"
            " and kind = 'enrolment.withdrawn'",
            UUID(enrolment),
        )
        assert row["code"] == "moved"

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"reason": "tired"}, "/reason", "enum"),
            ({}, "/reason", "missing"),
            ({"reason": "died", "note": "x"}, "/note", "extra_forbidden"),
        ],
    )
    async def test_hostile_reason_is_422(
        self, scenario: PremiumScenario, body: dict[str, Any], pointer: str, code: str
    ):
        enrolment, _ = await hold(scenario)
        expect_problem(await step(scenario, enrolment, "withdraw", body), 422, code, pointer)
        assert await scenario.balance(scenario.members[0]) == HELD

    async def test_a_partner_that_records_no_money_withdraws_what_it_sent(self, scenario: PremiumScenario):
        partner = await scenario.world.partner(scenario.group.unit, "enrolments:write")
        row = {
            "member_id": str(scenario.members[0]), "group_id": str(scenario.group.id), "product": "bhxh_tn",
            "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
            "support_group": "near_poor", "consented_on": "2026-01-01", "external_ref": "REL-1",
        }  # fmt: skip
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        batch = expect_json(await scenario.post(BATCHES, {"mode": "partial", "items": [row]}, login=partner))
        enrolment = batch["items"][0]["enrolment_id"]
        await scenario.accept(enrolment)
        await scenario.hold_payment(enrolment)
        expect_json(
            await scenario.post(f"{ENROLMENTS}/{enrolment}/withdraw", {"reason": "died"}, login=partner)
        )
        assert await scenario.balance(scenario.members[0]) == FREE
        await scenario.assert_books_agree()

    async def test_who_may_not_close_it_frees_nothing(self, scenario: PremiumScenario):
        enrolment, _ = await hold(scenario)
        beyond = await scenario.world.user(
            await scenario.world.unit("bhxh", scenario.world.sibling_province), "bhxh_officer"
        )
        path = f"{ENROLMENTS}/{enrolment}"
        expect_problem(await scenario.post(f"{path}/reject", REASONS, login=beyond), 404, "not_found")
        tries: list[tuple[str, Login, int]] = [
            ("withdraw", scenario.farmers, 404), ("withdraw", scenario.bhxh, 403),
            ("withdraw", scenario.treasurer, 403), ("reject", scenario.officer, 403),
        ]  # fmt: skip
        for action, login, status in tries:
            body = REASONS if action == "reject" else None
            response = await scenario.post(f"{path}/{action}", body, login=login)
            assert response.status_code == status
        assert await scenario.balance(scenario.members[0]) == HELD

    async def test_what_is_paid_is_not_withdrawn(self, scenario: PremiumScenario):
        posted = await scenario.create_posted_payment(scenario.members[0])
        for action, body in (("withdraw", None), ("reject", REASONS), ("return", REASONS)):
            response = await step(scenario, posted["enrolment_id"], action, body)
            expect_problem(response, 409, "enrolment_status")
        assert await payment_status(scenario, posted) == "posted"


class TestReturned:
    """Returned, the money stays held until the price may be another one."""

    async def test_accepted_is_returned_corrected_and_paid(self, scenario: PremiumScenario):
        enrolment, held = await hold(scenario)
        expect_json(await step(scenario, enrolment, "return", REASONS))
        assert await scenario.balance(scenario.members[0]) == HELD
        expect_json(await edit(scenario, enrolment, relation_to_head="con", consented_on="2026-02-01"))
        expect_json(await step(scenario, enrolment, "submit"))
        expect_problem(await scenario.post_payment(held), 409, "enrolment_status")
        await scenario.accept(enrolment)
        assert expect_json(await scenario.post_payment(held))["status"] == "posted"
        await scenario.assert_books_agree()

    @pytest.mark.parametrize(
        "changed",
        [
            {"from_month": "2027-01"},
            {"method": "months_6"},
            {"monthly_income": 2_000_000},
            {"support_group": "poor"},
            {"supported_before": 5},
            {"insured_since": "2024-01-01"},
            {"covered_until": "2026-11-30"},
            {"group_id": None},
        ],
    )
    async def test_other_terms_free_it(self, scenario: PremiumScenario, changed: dict[str, Any]):
        enrolment, held = await hold(scenario)
        expect_json(await step(scenario, enrolment, "return", REASONS))
        expect_json(await edit(scenario, enrolment, **changed))
        assert await scenario.balance(scenario.members[0]) == FREE
        assert await payment_status(scenario, held) == "voided"
        assert (await scenario.list_events(held["id"]))[1][-1] == "premium_payment.voided"
        await scenario.assert_books_agree()

    async def test_the_same_terms_once_more_keep_it(self, scenario: PremiumScenario):
        enrolment, _ = await hold(scenario)
        expect_json(await step(scenario, enrolment, "return", REASONS))
        expect_json(await edit(scenario, enrolment, from_month="2026-12", monthly_income=1_500_000))
        assert await scenario.balance(scenario.members[0]) == HELD


class TestMerged:
    """Of two of one person the one that goes frees its money; undone, it is held anew."""

    async def test_the_dropped_one(self, scenario: PremiumScenario):
        number = national_id()
        await scenario.world.owner.execute(
            "update member set national_id = $2 where id = $1", scenario.members[0], number
        )
        enrolment, held = await hold(scenario)
        other = {
            "full_name": "Người Thử", "birth_date": "1984-03-02", "sex": "female", "national_id": number,
            "commune_code": scenario.world.commune, "product": "bhxh_tn", "method": "months_12",
            "monthly_income": 1_500_000, "from_month": "2026-12", "consented_on": "2026-01-01",
        }  # fmt: skip
        kept = expect_json(await scenario.post(ENROLMENTS, other, login=scenario.farmers), 201)
        expect_json(await scenario.post(f"{ENROLMENTS}/{kept['id']}/submit", login=scenario.farmers))
        merged = expect_json(
            await scenario.post(
                "/v1/enrolment-duplicates/merge",
                {"keep": kept["id"], "drop": enrolment},
                login=scenario.bhxh,
            ),
            201,
        )
        assert await scenario.balance(scenario.members[0]) == FREE
        assert await payment_status(scenario, held) == "voided"
        path = f"/v1/enrolment-duplicates/{merged['merge_id']}/undo"
        expect_json(await scenario.post(path, login=scenario.bhxh))
        assert expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment}"))["status"] == "accepted"
        assert await scenario.balance(scenario.members[0]) == FREE
        assert expect_json(await scenario.post_payment(await scenario.hold_payment(enrolment)))
        await scenario.assert_books_agree()


class TestAtOnce:
    """Paid and closed at once: one of them happens, and the other is refused."""

    @pytest.mark.parametrize(("action", "body"), [("withdraw", None), ("reject", REASONS)])
    async def test_closed_or_paid_and_never_both(self, scenario: PremiumScenario, action: str, body: Any):
        for member in scenario.members:
            await scenario.save(member, PARTICIPANT_PAYS)
        enrolments = [await scenario.create_enrolment(member) for member in scenario.members]
        payments = [await scenario.hold_payment(enrolment) for enrolment in enrolments]
        races = [
            race
            for enrolment, payment in zip(enrolments, payments, strict=True)
            for race in (step(scenario, enrolment, action, body), scenario.post_payment(payment))
        ]
        statuses = [response.status_code for response in await asyncio.gather(*races)]
        assert {tuple(sorted(statuses[at : at + 2])) for at in range(0, len(statuses), 2)} == {(200, 409)}
        for member, enrolment, payment in zip(scenario.members, enrolments, payments, strict=True):
            status = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment}"))["status"]
            outcome = status, await payment_status(scenario, payment), await scenario.balance(member)
            closed = {"withdraw": "withdrawn", "reject": "rejected"}[action]
            assert outcome in ((closed, "voided", FREE), ("paid", "posted", (0, 0)))
        await scenario.assert_books_agree()

    async def test_held_and_closed(self, scenario: PremiumScenario):
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        held, voided, closed = await asyncio.gather(
            scenario.post(PAYMENTS, scenario.payment_body(enrolment)),
            step(scenario, enrolment, "withdraw", {"reason": "changed_mind"}),
            step(scenario, enrolment, "reject", REASONS),
        )
        assert held.status_code in (201, 409)
        assert sorted((voided.status_code, closed.status_code)) == [200, 409]
        assert await scenario.balance(scenario.members[0]) == FREE
        await scenario.assert_books_agree()


class TestVerify:
    async def test_money_held_for_a_closed_one_is_found(self, scenario: PremiumScenario):
        enrolment, held = await hold(scenario)
        assert await verify_ledger(scenario.world.owner, [scenario.world.province]) == []
        await scenario.world.owner.execute(
            "update enrolment set status = 'withdrawn' where id = $1", UUID(enrolment)
        )
        found = await verify_ledger(scenario.world.owner, [scenario.world.province])
        assert [(one.code, one.subject) for one in found] == [("premium_held_closed", held["id"])]
        expect_json(await scenario.post(f"{PAYMENTS}/{held['id']}/void"))
        await scenario.assert_books_agree()


class TestSentAgain:
    """A partner that corrects an open row by its reference frees what is held for the old terms."""

    @pytest.mark.parametrize(
        ("changed", "balance"),
        [
            ({"monthly_income": 2_000_000}, FREE),
            ({"group_id": None}, FREE),
            ({"relation_to_head": "con"}, HELD),
        ],
    )
    async def test_other_terms_by_a_batch_free_it(
        self, scenario: PremiumScenario, changed: dict[str, Any], balance: tuple[int, int]
    ):
        partner = await scenario.world.partner(scenario.group.unit, "enrolments:write")
        row = partner_row(scenario, "AGAIN-1")
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
        body = {"mode": "partial", "items": [row]}
        batch = expect_json(await scenario.post(BATCHES, body, login=partner))
        await scenario.hold_payment(batch["items"][0]["enrolment_id"])
        again = {name: value for name, value in (row | changed).items() if value is not None}
        body = {"mode": "partial", "items": [again], "on_conflict": "update_open"}
        batch = expect_json(await scenario.post(BATCHES, body, login=partner))
        assert batch["items"][0]["status"] == "updated", batch
        assert await scenario.balance(scenario.members[0]) == balance
        await scenario.assert_books_agree()

    async def test_a_closed_reference_says_so_and_a_new_one_enrols(self, scenario: PremiumScenario):
        partner = await scenario.world.partner(scenario.group.unit, "enrolments:write")
        row = partner_row(scenario, "CLOSED-1")

        async def send(**changed: Any) -> Any:
            body = {"mode": "partial", "items": [row | changed], "on_conflict": "update_open"}
            return expect_json(await scenario.post(BATCHES, body, login=partner))["items"][0]

        first = await send()
        expect_json(await step(scenario, first["enrolment_id"], "reject", REASONS))
        same, other = await send(), await send(monthly_income=2_000_000)
        assert (same["status"], same["enrolment_id"]) == ("unchanged", first["enrolment_id"])
        assert [note["code"] for note in same["warnings"]] == ["reference_closed"]
        assert other["status"] == "rejected"
        assert [(note["pointer"], note["code"]) for note in other["errors"]] == [
            ("/items/0/external_ref", "reference_closed")
        ]
        assert (await send(external_ref="CLOSED-2"))["status"] == "created"
        response = await scenario.post(ENROLMENTS, row | {"monthly_income": 3_000_000}, login=partner)
        expect_problem(response, 409, "reference_closed", "/external_ref")


class TestChecks:
    """What happened to the person since is shown with the checks, for the union to settle."""

    async def list_warnings(self, scenario: PremiumScenario, enrolment: str) -> set[str]:
        body = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment}/checks", login=scenario.officer))
        return {item["code"] for item in body["items"]} & {"money_held", "member_moved"}

    async def test_money_of_somebody_who_died(self, scenario: PremiumScenario):
        enrolment, _ = await hold(scenario)
        assert await self.list_warnings(scenario, enrolment) == set()
        await scenario.world.owner.execute(
            "update member set died_on = '2026-11-01' where id = $1", scenario.members[0]
        )
        assert "money_held" in await self.list_warnings(scenario, enrolment)
        expect_json(await step(scenario, enrolment, "withdraw", {"reason": "died"}))
        assert "money_held" not in await self.list_warnings(scenario, enrolment)

    async def test_somebody_who_moved(self, scenario: PremiumScenario):
        enrolment, _ = await hold(scenario)
        await scenario.world.owner.execute(
            "update member set commune_code = $2 where id = $1",
            scenario.members[0],
            scenario.world.sibling_commune,
        )
        assert await self.list_warnings(scenario, enrolment) == {"member_moved"}
        expect_json(await step(scenario, enrolment, "withdraw", {"reason": "moved"}))
        assert await self.list_warnings(scenario, enrolment) == set()


def partner_row(scenario: PremiumScenario, reference: str) -> dict[str, Any]:
    """A row of a partner system for the first member in the group."""
    return {
        "member_id": str(scenario.members[0]), "group_id": str(scenario.group.id), "product": "bhxh_tn",
        "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12", "support_group": "near_poor",
        "consented_on": "2026-01-01", "external_ref": reference,
    }  # fmt: skip


class TestProvinceOfToday:
    async def test_a_group_that_kept_the_codes_of_before(self, scenario: PremiumScenario, owner: Any):
        """What is freed lies in the units of today, like everything that is written today."""
        enrolment, _ = await hold(scenario)
        world, ended = scenario.world, date(2025, 6, 30)
        province = await world.place("province", "VN", valid_to=ended)
        commune = await world.place("commune", province, valid_to=ended)
        for old, new in ((province, world.province), (commune, scenario.group.commune)):
            await owner.execute(
                "insert into place_succession (old_code, new_code, on_date, share, is_default)"
                " values ($1, $2, '2025-07-01', 1, true)",
                old, new,
            )  # fmt: skip
        await owner.execute(
            "update savings_group set province_code = $2, commune_code = $3 where id = $1",
            scenario.group.id, province, commune,
        )  # fmt: skip
        expect_json(await step(scenario, enrolment, "withdraw"))
        rows = await owner.fetch(
            "select province_code, commune_code from ledger_txn where group_id = $1 and kind = 'hold_voided'",
            scenario.group.id,
        )
        assert [tuple(row) for row in rows] == [(world.province, scenario.group.commune)]
