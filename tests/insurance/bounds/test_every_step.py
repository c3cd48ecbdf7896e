"""The bounds of the law over HTTP, at every step of an enrolment: checks, submission, rows of a batch, acceptance of one
and of a list, hold and receipt. The bounds themselves are in tests/insurance/quotes/test_period.py."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import add_months, first_day, month_of, today
from app.ledger.verification.verify import find_violations, verify_ledger
from tests.insurance.enrolment_scenario import ENROLMENTS, EnrolmentScenario
from tests.insurance.premium_scenario import PAYMENTS, REFUNDS, PremiumScenario
from tests.routers.responses import expect_json, expect_problem
from tests.world import World


def month(offset: int) -> str:
    """The month so many months after this one."""
    return add_months(month_of(today()), offset)


def last_day(of_month: str) -> date:
    return first_day(add_months(of_month, 1)) - timedelta(days=1)


@pytest.fixture
async def scenario(world: World, client: httpx.AsyncClient) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


@pytest.fixture
async def books(world: World, client: httpx.AsyncClient) -> PremiumScenario:
    scenario = await PremiumScenario.create(world, client)
    for member in scenario.members:
        await world.owner.execute(
            "update member set birth_date = date '1984-03-02', sex = 'female' where id = $1", member
        )
    return scenario


async def find_checks(scenario: EnrolmentScenario, enrolment: Any) -> set[tuple[str, str, str]]:
    body = expect_json(await scenario.get(f"{ENROLMENTS}/{enrolment['id']}/checks"))
    return {(item["severity"], item["pointer"], item["code"]) for item in body["items"]}


BORN_TOO_LATE = f"{today().year - 2}-01-01"
MONTH_1 = {"method": "months_1", "from_month": month(0)}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    (MONTH_1 | {"from_month": "2007-12"}, "/from_month", "before_insurance"),
    (MONTH_1 | {"birth_date": BORN_TOO_LATE, "national_id": None}, "/birth_date", "under_age"),
    (MONTH_1 | {"birth_date": BORN_TOO_LATE, "national_id": None, "from_month": "2025-06"}, "/birth_date", "under_age"),
    ({"method": "years_5", "from_month": month(2)}, "/from_month", "too_far_ahead"),
    ({"method": "months_1", "from_month": month(61)}, "/from_month", "too_far_ahead"),
    ({"product": "bhyt_hgd", "monthly_income": None, "from_month": month(13)}, "/from_month", "too_far_ahead"),
    ({"method": "missing_months", "months": 60, "months_paid_before": 120}, "/method", "before_retirement"),
    (
        {"method": "missing_months", "months": 60, "birth_date": "1950-01-01", "national_id": None},
        "/months_paid_before",
        "too_many_missing",
    ),
    (
        {"method": "missing_months", "months": 2, "months_paid_before": 179, "birth_date": "1950-01-01", "national_id": None},
        "/months",
        "more_than_missing",
    ),
    (
        {"method": "missing_months", "months": 60, "months_paid_before": 120, "sex": None},
        "/sex",
        "sex_unknown",
    ),
    ({"monthly_income": 1_499_999}, "/monthly_income", "income_below_minimum"),
    ({"monthly_income": 1_500}, "/monthly_income", "income_below_minimum"),
    ({"monthly_income": 99_000_000}, "/monthly_income", "income_above_maximum"),
    ({"product": "bhyt_hgd", "monthly_income": None, "support_group": "poor"}, "/support_group", "paid_by_budget"),
    ({"method": "missing_months", "months": 61, "months_paid_before": 119}, "/months", "too_many_months"),
]  # fmt: skip
ALLOWED: list[dict[str, Any]] = [
    MONTH_1,
    {"method": "years_5", "from_month": month(1)},
    {"method": "months_1", "from_month": month(60)},
    {"product": "bhyt_hgd", "monthly_income": None, "from_month": month(12)},
    {
        "method": "missing_months",
        "months": 60,
        "months_paid_before": 120,
        "birth_date": "1950-01-01",
        "national_id": None,
        "from_month": month(0),
    },
]


class TestRefusedBeforeAnythingIsSent:
    @pytest.mark.parametrize(("changed", "pointer", "code"), REFUSED)
    async def test_checks_and_submission(
        self, scenario: EnrolmentScenario, changed: dict[str, Any], pointer: str, code: str
    ):
        draft = await scenario.create_draft(**changed)
        assert ("error", pointer, code) in await find_checks(scenario, draft)
        expect_problem(await scenario.transition(draft, "submit"), 422, code, pointer)

    async def test_rows_of_a_batch_each_with_its_field(self, scenario: EnrolmentScenario):
        rows = [scenario.row(**changed) for changed, _, _ in REFUSED] + [
            scenario.row(**terms) for terms in ALLOWED
        ]
        items = (await scenario.send_ok(*rows))["items"]
        for index, (_, pointer, code) in enumerate(REFUSED):
            errors = {(error["pointer"], error["code"]) for error in items[index]["errors"]}
            assert (f"/items/{index}{pointer}", code) in errors
        assert [item["status"] for item in items[len(REFUSED) :]] == ["created"] * len(ALLOWED)

    @pytest.mark.parametrize("terms", ALLOWED)
    async def test_the_last_that_is_allowed_goes_all_the_way(
        self, scenario: EnrolmentScenario, terms: dict[str, Any]
    ):
        draft = await scenario.create_draft(**terms)
        assert {one for one in await find_checks(scenario, draft) if one[0] == "error"} == set()
        submitted = expect_json(await scenario.transition(draft, "submit"))
        assert (
            expect_json(await scenario.transition(submitted, "accept", scenario.bhxh))["status"] == "accepted"
        )

    async def test_declared_months_are_kept_and_corrected(self, scenario: EnrolmentScenario):
        draft = await scenario.create_draft(months_paid_before=12)
        assert draft["months_paid_before"] == 12
        edited = expect_json(await scenario.edit(draft, months_paid_before=24))
        assert edited["months_paid_before"] == 24
        read = expect_json(await scenario.get(f"{ENROLMENTS}/{draft['id']}"))
        assert (read["months_paid_before"], read["version"]) == (24, 2)
        for value in (-1, 1201, "12", None):
            expect_problem(await scenario.edit(edited, months_paid_before=value), 422, "invalid_input")


LATE: list[dict[str, Any]] = [
    MONTH_1 | {"from_month": month(-1)},
    {"method": "months_3", "from_month": month(-3)},
    {"method": "months_6", "from_month": month(-4)},
    {"method": "months_12", "from_month": month(-7)},
    {"method": "years_2", "from_month": month(-1)},
    {"product": "bhyt_hgd", "monthly_income": None, "from_month": month(-1)},
]
IN_TIME: list[dict[str, Any]] = [
    {"method": "months_3", "from_month": month(-2)},
    {"method": "months_6", "from_month": month(-3)},
    {"method": "months_12", "from_month": month(-6)},
]


class TestAfterTheDeadline:
    @pytest.mark.parametrize("terms", LATE)
    async def test_is_submitted_with_a_warning_and_not_accepted(
        self, scenario: EnrolmentScenario, terms: dict[str, Any]
    ):
        draft = await scenario.create_draft(**terms)
        assert ("warning", "/from_month", "after_deadline") in await find_checks(scenario, draft)
        submitted = expect_json(await scenario.transition(draft, "submit"))
        assert ("error", "/from_month", "after_deadline") in await find_checks(scenario, submitted)
        refused = await scenario.transition(submitted, "accept", scenario.bhxh)
        expect_problem(refused, 422, "after_deadline", "/from_month")
        good = await scenario.create_submitted()
        body = expect_json(
            await scenario.client.post(
                f"{ENROLMENTS}/decisions",
                json={
                    "action": "accept",
                    "items": [{"enrolment_id": one["id"]} for one in (good, submitted)],
                },
                headers=scenario.bhxh.headers | {"Idempotency-Key": str(uuid7())},
            )
        )
        assert [item["status"] for item in body["items"]] == ["done", "refused"]
        assert [error["code"] for error in body["items"][1]["errors"]] == ["after_deadline"]

    @pytest.mark.parametrize("terms", IN_TIME)
    async def test_the_last_month_in_time_is_accepted(
        self, scenario: EnrolmentScenario, terms: dict[str, Any]
    ):
        assert (await scenario.create_accepted(**terms))["status"] == "accepted"

    async def test_a_row_is_taken_with_the_warning(self, scenario: EnrolmentScenario):
        items = (await scenario.send_ok(*(scenario.row(**terms) for terms in LATE)))["items"]
        for index, item in enumerate(items):
            assert item["status"] == "created"
            assert (f"/items/{index}/from_month", "after_deadline") in {
                (note["pointer"], note["code"]) for note in item["warnings"]
            }

    async def test_returned_and_corrected_it_is_accepted(self, scenario: EnrolmentScenario):
        submitted = await scenario.create_submitted(**LATE[0])
        reason = {"pointer": "/from_month", "code": "late", "text": "Đã quá hạn đóng."}
        returned = expect_json(
            await scenario.transition(submitted, "return", scenario.bhxh, reasons=[reason])
        )
        edited = expect_json(await scenario.edit(returned, from_month=month(0)))
        again = expect_json(await scenario.transition(edited, "submit"))
        assert expect_json(await scenario.transition(again, "accept", scenario.bhxh))["status"] == "accepted"


class TestMoney:
    async def test_held_in_time_it_is_accepted_and_posted_in_time(self, books: PremiumScenario):
        """Last month: held on its last day and posted with a receipt of that day, not with one of today."""
        month_before = month(-1)
        member, due = books.members[0], str(last_day(month_before))
        await books.save(member, 1_000_000, day=last_day(month_before))
        terms: dict[str, Any] = {"method": "months_1", "from_month": month_before, "support_group": None}
        enrolment = await books.create_enrolment(member, accepted=False, **terms)
        source = {"kind": "savings", "amount": 330_000}
        body = books.payment_body(enrolment, source)
        late = await books.post(PAYMENTS, body | {"business_date": str(first_day(month(0)))})
        expect_problem(late, 422, "after_deadline", "/business_date")
        payment = await books.hold_payment(enrolment, source, business_date=due)
        await books.accept(enrolment)
        expect_problem(
            await books.post_payment(payment, payment_date=str(first_day(month(0)))),
            422,
            "after_deadline",
            "/payment_date",
        )
        assert expect_json(await books.post_payment(payment, payment_date=due))["status"] == "posted"
        await books.assert_books_agree()

    async def test_five_years_are_not_paid_for_twice_on_one_day(self, books: PremiumScenario):
        member = books.members[0]
        await books.create_enrolment(member, method="years_5", from_month=month(0))
        response = await books.post(
            ENROLMENTS,
            {
                "member_id": str(member), "group_id": str(books.group.id), "product": "bhxh_tn", "method": "years_5",
                "monthly_income": 1_500_000, "consented_on": "2026-01-01", "from_month": month(60),
                "support_group": "near_poor",
            },
            login=books.officer,
        )  # fmt: skip
        again = expect_json(response, 201)
        refused = await books.post(f"{ENROLMENTS}/{again['id']}/submit", login=books.officer)
        expect_problem(refused, 422, "too_far_ahead", "/from_month")

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ("from_month = '2007-12-01'", "before_insurance"),
            (f"from_month = '{month(61)}-01'", "too_far_ahead"),
            (f"from_month = '{month(-1)}-01'", "after_deadline"),
            ("method = 'missing_months'", "before_retirement"),
        ],
    )
    async def test_what_was_accepted_before_the_rule_is_not_held(
        self, books: PremiumScenario, change: str, code: str
    ):
        member = books.members[0]
        await books.save(member, 1_000_000)
        terms: dict[str, Any] = {"method": "months_1", "from_month": month(0), "support_group": None}
        enrolment = await books.create_enrolment(member, **terms)
        await books.world.owner.execute(f"update enrolment set {change} where id = $1", UUID(enrolment))
        response = await books.post(
            PAYMENTS, books.payment_body(enrolment, {"kind": "savings", "amount": 330_000})
        )
        assert response.status_code == 422, response.text
        assert code in {error["code"] for error in response.json()["errors"]}
        assert await books.balance(member) == (1_000_000, 0)

    async def test_missing_months_count_what_is_recorded_here(self, books: PremiumScenario):
        """Three months paid here and 120 elsewhere: 57 are missing, and no 58."""
        member = books.members[0]
        await books.world.owner.execute(
            "update member set birth_date = date '1950-01-01' where id = $1", member
        )
        await books.save(member, 100_000_000)
        terms: dict[str, Any] = {"method": "months_3", "from_month": month(-2), "support_group": None}
        source = {"kind": "savings", "amount": 990_000}
        await books.create_posted_payment(member, source, **terms)
        body = {
            "member_id": str(member), "group_id": str(books.group.id), "product": "bhxh_tn",
            "method": "missing_months", "months": 58, "months_paid_before": 120, "monthly_income": 1_500_000,
            "consented_on": "2026-01-01", "from_month": month(1),
        }  # fmt: skip
        draft = expect_json(await books.post(ENROLMENTS, body, login=books.officer), 201)
        path = f"{ENROLMENTS}/{draft['id']}"
        refused = await books.post(f"{path}/submit", login=books.officer)
        expect_problem(refused, 422, "more_than_missing", "/months")
        headers = books.officer.headers | {"If-Match": f'"{draft["version"]}"'}
        expect_json(await books.client.patch(path, json={"months": 57}, headers=headers))
        expect_json(await books.post(f"{path}/submit", login=books.officer))
        expect_json(await books.post(f"{path}/accept", login=books.bhxh))


class TestVerify:
    """`ansinh verify` names what was posted past the rule."""

    @pytest.mark.parametrize(
        "change",
        [
            "from_month = '2007-12-01'",
            f"from_month = '{month(50)}-01'",
            f"from_month = '{month(-8)}-01'",
            "method = 'missing_months'",
        ],
    )
    async def test_a_payment_out_of_bounds(self, books: PremiumScenario, change: str):
        payment = await books.create_posted_payment(books.members[0], from_month=month(0))
        await books.assert_books_agree()
        owner = books.world.owner
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("alter table premium_payment disable trigger user")
        await owner.execute(f"update premium_payment set {change} where id = $1", UUID(payment["id"]))
        findings = await find_violations(owner, [books.world.province])
        await transaction.rollback()
        assert ("premium_bounds", payment["id"]) in {(one.code, one.subject) for one in findings}

    async def test_more_months_than_are_missing(self, books: PremiumScenario):
        """120 elsewhere, 3 here, 57 missing: one more elsewhere would have made that one too many. Given back, nothing
        is wrong any more."""
        member, owner = books.members[0], books.world.owner
        await owner.execute("update member set birth_date = date '1950-01-01' where id = $1", member)
        await books.save(member, 100_000_000)
        terms: dict[str, Any] = {"method": "months_3", "from_month": month(-2), "support_group": None}
        await books.create_posted_payment(member, {"kind": "savings", "amount": 990_000}, **terms)
        terms |= {"method": "missing_months", "months": 57, "months_paid_before": 120, "from_month": month(1)}
        enrolment = await books.create_enrolment(member, **terms)
        source = {"kind": "savings", "amount": await books.read_price(enrolment)}
        payment = expect_json(await books.post_payment(await books.hold_payment(enrolment, source)))
        await books.assert_books_agree()
        await owner.execute("update enrolment set months_paid_before = 121 where id = $1", UUID(enrolment))
        findings = await verify_ledger(owner, [books.world.province])
        assert {(one.code, one.subject) for one in findings} == {("premium_bounds", payment["id"])}
        body = {"payment_id": payment["id"], "reason": "paid_in_error"}
        expect_json(await books.post(REFUNDS, body, login=books.bhxh), 201)
        await books.assert_books_agree()

    async def test_a_child(self, books: PremiumScenario):
        payment = await books.create_posted_payment(books.members[0], from_month=month(0))
        await books.world.owner.execute(
            "update member set birth_date = $2 where id = $1",
            books.members[0],
            date.fromisoformat(BORN_TOO_LATE),
        )
        findings = await verify_ledger(books.world.owner, [books.world.province])
        assert {(one.code, one.subject) for one in findings} == {("premium_bounds", payment["id"])}


class TestQuote:
    @pytest.mark.parametrize(
        ("changed", "pointer", "code"),
        [
            ({"from_month": "2007-12"}, "/from_month", "before_insurance"),
            ({"from_month": "2031-12", "method": "months_1"}, "/from_month", "too_far_ahead"),
            ({"birth_date": "2024-01-01"}, "/birth_date", "under_age"),
            ({"method": "missing_months", "months": 60, "birth_date": "1996-01-01", "sex": "female"}, "/method", "before_retirement"),
            ({"method": "missing_months", "months": 60, "birth_date": "1960-01-01", "sex": "male", "months_paid": 121}, "/months", "more_than_missing"),
            ({"method": "missing_months", "months": 60, "months_paid": 120}, "/sex", "sex_unknown"),
        ],
    )  # fmt: skip
    async def test_says_the_same(
        self, client: httpx.AsyncClient, changed: dict[str, Any], pointer: str, code: str
    ):
        body = {
            "product": "bhxh_tn", "payment_date": "2026-11-20", "method": "months_12", "monthly_income": 1_500_000,
        }  # fmt: skip
        response = await client.post("/v1/insurance/quotes", json=body | changed)
        expect_problem(response, 422, code, pointer)

    async def test_answers_what_is_late_with_a_warning(self, client: httpx.AsyncClient):
        body = {
            "product": "bhxh_tn", "payment_date": "2026-11-20", "method": "years_2", "monthly_income": 1_500_000,
            "from_month": "2026-10",
        }  # fmt: skip
        answer = expect_json(await client.post("/v1/insurance/quotes", json=body))
        assert {note["code"] for note in answer["warnings"]} == {"after_deadline"}

    async def test_who_lacks_few_months_is_told_the_price(self, client: httpx.AsyncClient):
        body = {
            "product": "bhxh_tn", "payment_date": "2026-11-20", "method": "missing_months", "months": 60,
            "monthly_income": 1_500_000, "birth_date": "1960-01-01", "sex": "male", "months_paid": 120,
        }  # fmt: skip
        assert expect_json(await client.post("/v1/insurance/quotes", json=body))["months"] == 60
