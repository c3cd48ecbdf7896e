"""Refund quotes over HTTP."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import pytest

from app.insurance.quotes.schemas import RefundQuoteOut
from tests.routers.responses import expect_json, expect_problem

PATH = "/v1/insurance/refund-quotes"
AHEAD: dict[str, Any] = {
    "method": "years_2",
    "monthly_income": 3_000_000,
    "remaining_months": 8,
    "state_support": 123_200,
    "payment_date": "2026-11-20",
}
CARD: dict[str, Any] = {
    "product": "bhyt_hgd", "payment_date": "2026-11-20", "months": 12, "remaining_months": 6, "paid": 1_366_200,
}  # fmt: skip


class TestRefund:
    @pytest.mark.parametrize("rate", ["0.0031", "0.00628", "0"])
    async def test_of_years_ahead(self, client: httpx.AsyncClient, rate: str):
        assume = {} if rate == "0.0031" else {"assume": {"fund_rate_month": rate}}
        body = expect_json(await client.post(PATH, json=AHEAD | assume))
        RefundQuoteOut.model_validate(body, extra="forbid")
        tail = sum((Decimal(660_000) / (1 + Decimal(rate)) ** i for i in range(16, 24)), Decimal(0))
        assert body["refund"] == int((tail - 123_200).quantize(Decimal(1), ROUND_HALF_UP))
        assert body["assumed"] is bool(assume)

    @pytest.mark.parametrize(("method", "months"), [("months_3", 3), ("months_6", 6), ("months_12", 12)])
    async def test_of_months_is_ones_own_money(self, client: httpx.AsyncClient, method: str, months: int):
        body = AHEAD | {"method": method, "monthly_income": 1_500_000, "remaining_months": months - 1}
        result = expect_json(await client.post(PATH, json=body | {"state_support": (months - 1) * 66_000}))
        assert result["refund"] == (months - 1) * 264_000
        assert result["unused"] == (months - 1) * 330_000

    async def test_of_a_card(self, client: httpx.AsyncClient):
        result = expect_json(await client.post(PATH, json=CARD))
        assert (result["refund"], result["unused"], result["assumed"]) == (683_100, 683_100, False)
        assert {rule["key"] for rule in result["rules"]} == {"bhyt_refund_allowed"}
        refused = await client.post(PATH, json=CARD | {"assume": {"bhyt_refund_allowed": 0}})
        expect_problem(refused, 422, "card_not_refunded", "/product")

    @pytest.mark.parametrize(
        ("reason", "unused_from", "remaining", "code"),
        [
            ("other_group", "2026-04-30", 6, None),  # QĐ 595, and QĐ 366 from the day after
            ("other_group", "2026-05-01", 6, None),
            ("compulsory", "2026-05-01", 6, None),
            ("other_group", "2017-06-30", 6, "card_not_refunded"),
            ("died", "2025-07-01", 6, None),  # NĐ 188/2025, Article 7.13
            ("died", "2025-06-30", 6, "card_was_used"),
            ("died", "2025-06-30", 12, None),  # QĐ 595, Article 20.1.3: before the card began
            ("missing", "2025-06-30", 12, "card_case_not_refunded"),
            ("missing", "2025-07-01", 6, None),
            ("left_country", "2025-06-30", 6, "card_case_not_refunded"),
            ("left_country", "2025-07-01", 6, None),
            ("paid_in_error", "2017-06-30", 6, None),  # no premium, whenever it was paid
            ("pension", "2026-05-01", 6, "not_for_product"),
            ("one_off", "2026-05-01", 6, "not_for_product"),
        ],
    )
    async def test_cases_of_a_card_by_their_day(
        self, client: httpx.AsyncClient, reason: str, unused_from: str, remaining: int, code: str | None
    ):
        body = CARD | {"reason": reason, "unused_from": unused_from, "remaining_months": remaining}
        response = await client.post(PATH, json=body)
        if code is None:
            result = expect_json(response)
            assert (result["refund"], result["payment_date"]) == (remaining * 113_850, CARD["payment_date"])
        else:
            expect_problem(response, 422, code, "/product" if code == "card_not_refunded" else "/reason")

    @pytest.mark.parametrize(
        ("other", "pointer", "code"),
        [
            ({"method": "months_1"}, "/method", "method_not_refunded"),
            ({"method": "missing_months"}, "/method", "method_not_refunded"),
            ({"method": None}, "/method", "missing"),
            ({"remaining_months": 25}, "/remaining_months", "too_many_months"),
            ({"remaining_months": 0}, "/remaining_months", "greater_than_equal"),
            ({"state_support": 10**8}, "/state_support", "more_than_unused"),
            ({"state_support": -1}, "/state_support", "greater_than_equal"),
            ({"paid": 1}, "/paid", "not_for_product"),
            ({"reason": "died"}, "/reason", "not_for_product"),
            ({"unused_from": "2026-12-01"}, "/unused_from", "not_for_product"),
            ({"payment_date": "2025-11-20"}, "/payment_date", "rule_missing"),
            ({"product": "bhyt_hgd"}, "/months", "missing"),
            ({"surprise": 1}, "/surprise", "extra_forbidden"),
        ],
    )
    async def test_hostile_input_is_named(
        self, client: httpx.AsyncClient, other: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(await client.post(PATH, json=AHEAD | other), 422, code, pointer)
