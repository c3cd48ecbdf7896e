"""The books of organisations as the ledger sees them: every fault is found, and any order of acts leaves them whole."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ledger.verification.books import BOOK_CHECKS
from app.ledger.verification.verify import find_violations
from tests.insurance.direct_scenario import DirectScenario
from tests.insurance.premium_scenario import PARTICIPANT_PAYS
from tests.routers.responses import expect_json
from tests.world import World

_TABLES = ("organisation_txn", "organisation_posting", "premium_payment", "premium_source")
_MINE = "organisation_id = :unit"
_DUE = f"select id from organisation_account where {_MINE} and kind = 'due'"
CORRUPTIONS = (
    (f"update organisation_account set posted = posted + 1 where {_MINE} and kind = 'due'", "book_balance"),
    (f"update organisation_account set version = version + 1 where {_MINE}", "book_balance"),
    (
        f"update organisation_posting set amount = amount + 1 where account_id in ({_DUE})",
        "book_postings",
    ),
    (f"update organisation_txn set holder_id = null where {_MINE}", "book_postings"),
    (
        f"update organisation_txn set amount = amount + 1 where {_MINE} and kind = 'remitted'",
        "book_settlement",
    ),
    (f"update organisation_txn set payment_id = id where {_MINE} and kind = 'collected'", "book_payments"),
    (f"update premium_source set paid = paid - 1 where {_MINE}", "book_payments"),
    (f"update premium_payment set collector_id = null where {_MINE}", "book_payments"),
    (f"update receipt_series set last_no = last_no + 1 where {_MINE}", "book_receipts"),
    (f"update premium_payment set collection_no = null where {_MINE}", "book_receipts"),
    (
        f"update organisation_txn set business_date = business_date + 1 where {_MINE} and kind = 'remitted'",
        "stat_day",
    ),
)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> DirectScenario:
    return await DirectScenario.create(world, client)


class TestVerify:
    async def test_every_fault_is_found(self, scenario: DirectScenario):
        expect_json(await scenario.post(await scenario.take()))
        owner, found_at_all = scenario.premium.world.owner, set()
        for statement, code in CORRUPTIONS:
            transaction = owner.transaction()
            await transaction.start()
            for table in _TABLES:
                await owner.execute(f"alter table {table} disable trigger user")
            status = await owner.execute(statement.replace(":unit", f"'{scenario.unit.id}'"))
            assert not status.endswith(" 0"), statement
            violations = await find_violations(owner, [scenario.premium.world.province])
            await transaction.rollback()
            codes = {violation.code for violation in violations}
            assert code in codes, f"{statement} gave {codes}"
            found_at_all |= codes
        assert found_at_all >= {check.code for check in BOOK_CHECKS}
        await scenario.premium.assert_books_agree()


class TestAnyOrder:
    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        acts=st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(("cash", "transfer", "both", "post", "void"))),
            max_size=8,
        )
    )
    async def test_what_is_held_is_due(self, scenario: DirectScenario, acts: list[tuple[int, str]]):
        """Whatever is tried on three enrolments: the boxes hold what was collected and not settled, and no receipt is lost."""
        enrolments = [await scenario.enrol() for _ in range(3)]
        payments: dict[int, Any] = {}
        before = sum(amount for (kind, _), amount in (await scenario.balances()).items() if kind == "due")
        for which, act in acts:
            if act in ("post", "void"):
                if which in payments:
                    await (scenario.post if act == "post" else scenario.void)(payments[which])
                continue
            half = PARTICIPANT_PAYS // 2
            sources = {
                "cash": [scenario.cash()],
                "transfer": [scenario.transfer()],
                "both": [scenario.cash(half), scenario.transfer(PARTICIPANT_PAYS - half)],
            }[act]
            response = await scenario.hold(enrolments[which], *sources)
            assert response.status_code in (201, 409), response.text
            if response.status_code == 201:
                payments[which] = response.json()
        balances = await scenario.balances()
        due = sum(amount for (kind, _), amount in balances.items() if kind == "due")
        assert due == sum(amount for (kind, _), amount in balances.items() if kind != "due")
        sql = "select count(*) from premium_payment where enrolment_id = any ($1) and status = 'held'"
        held = await scenario.premium.world.owner.fetchval(sql, [UUID(each) for each in enrolments])
        assert due - before == held * PARTICIPANT_PAYS
        await scenario.premium.assert_books_agree()
