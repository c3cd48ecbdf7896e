"""Quotes for cards over HTTP."""

from typing import Any

import httpx
import pytest

from app.insurance.kinds import CardGroup
from app.insurance.quotes.schemas import CardQuoteOut
from tests.routers.insurance.quote_requests import CARDS, PATH, request_quote
from tests.routers.responses import expect_json, expect_problem


class TestCards:
    @pytest.mark.parametrize(
        ("day", "prices"),
        [
            ("2023-06-30", [804_600, 563_220, 482_760, 402_300, 321_840]),
            ("2023-07-01", [972_000, 680_400, 583_200, 486_000, 388_800]),
            ("2024-06-30", [972_000, 680_400, 583_200, 486_000, 388_800]),
            ("2024-07-01", [1_263_600, 884_520, 758_160, 631_800, 505_440]),
            ("2026-06-30", [1_263_600, 884_520, 758_160, 631_800, 505_440]),
            ("2026-07-01", [1_366_200, 956_340, 819_720, 683_100, 546_480]),
        ],
    )
    async def test_prices_on_the_days_of_change(self, client: httpx.AsyncClient, day: str, prices: list[int]):
        members = [{"order": order} for order in range(1, 7)]
        body = await request_quote(client, CARDS, payment_date=day, members=members)
        CardQuoteOut.model_validate(body, extra="forbid")
        assert [card["amount_due"] for card in body["members"]] == [*prices, prices[-1]]
        assert body["amount_due"] == body["participant_pays"] == sum(prices) + prices[-1]
        for months in (6, 3):
            shorter = await request_quote(client, CARDS, payment_date=day, members=members, months=months)
            assert shorter["amount_due"] * 12 == body["amount_due"] * months

    async def test_first_cards_wait_and_following_ones_do_not(self, client: httpx.AsyncClient):
        body = await request_quote(client, CARDS)
        assert body["valid_from"] == "2026-12-20"
        members = [{"order": 1, "covered_until": "2026-11-30"}, {"order": 2, "covered_until": "2026-10-31"}]
        body = await request_quote(client, CARDS, members=members)
        assert [(card["valid_from"], card["valid_to"]) for card in body["members"]] == [
            ("2026-12-01", "2027-11-30"),
            ("2026-11-20", "2027-11-19"),
        ]

    @pytest.mark.parametrize(
        ("covered_until", "valid_to", "assumed"),
        [("2027-02-27", "2027-05-27", True), ("2027-02-26", "2027-05-26", False)],
    )
    async def test_what_is_assumed_of_the_cards_before(
        self, client: httpx.AsyncClient, covered_until: str, valid_to: str, assumed: bool
    ):
        """A card from 28 February may follow on one of a 29th, 30th or 31st: the quote says from which day it counts."""
        members = [{"order": 1}, {"order": 2, "covered_until": covered_until}]
        body = await request_quote(client, CARDS, members=members, months=3)
        assert body["members"][1]["valid_to"] == valid_to
        warned = {(note["pointer"], note["code"]) for note in body["warnings"]}
        assert (("/members/1/covered_until", "card_chain_assumed") in warned) is assumed

    @pytest.mark.parametrize("group", CardGroup)
    async def test_a_proof_is_valid_on_the_day_of_payment(self, client: httpx.AsyncClient, group: CardGroup):
        for until, status in (("2026-11-19", 422), ("2026-11-20", 200)):
            members = [{"order": 1}, {"order": 2, "support_group": group.value, "proof_valid_until": until}]
            response = await client.post(PATH, json=CARDS | {"members": members})
            assert response.status_code == status, response.text
            if status == 422:
                expect_problem(response, 422, "proof_ran_out", "/members/1/proof_valid_until")

    async def test_who_is_seventy_and_near_poor_may_have_one_free(self, client: httpx.AsyncClient):
        for group, born, is_told in (
            ("near_poor", "1956-11-20", True),
            ("near_poor_poor_commune", "1956-11-20", True),
            ("near_poor", "1956-11-21", False),
            ("farm_household", "1956-11-20", False),
        ):
            members = [{"order": 1, "support_group": group, "birth_date": born}]
            body = await request_quote(client, CARDS, members=members)
            assert ("card_free_with_social_pension" in {note["code"] for note in body["warnings"]}) is is_told

    async def test_who_may_have_a_card_free_is_a_warning(self, client: httpx.AsyncClient):
        births = ("2021-01-01", "1984-03-02", "1950-01-01")
        members = [{"order": order, "birth_date": day} for order, day in enumerate(births, 1)]
        body = await request_quote(client, CARDS, members=members)
        assert [(note["pointer"], note["code"]) for note in body["warnings"]] == [
            ("/members/0/birth_date", "card_free_for_child"),
            ("/members/2/birth_date", "card_free_with_social_pension"),
        ]

    async def test_whoever_is_supported_is_not_counted(self, client: httpx.AsyncClient):
        members = [{"order": 1, "support_group": "near_poor"}, {"order": 2}, {"order": 3}]
        cards = (await request_quote(client, CARDS, members=members))["members"]
        assert [card["counted_order"] for card in cards] == [None, 1, 2]
        assert [card["state_support"] for card in cards] == [956_340, 0, 0]
        assert [card["participant_pays"] for card in cards] == [409_860, 1_366_200, 956_340]

    @pytest.mark.parametrize(("day", "share"), [("2025-06-30", 30), ("2025-07-01", 50)])
    async def test_students_on_the_day_of_change(self, client: httpx.AsyncClient, day: str, share: int):
        members = [{"order": 1, "support_group": "student"}]
        body = await request_quote(client, CARDS, payment_date=day, members=members)
        assert body["state_support"] * 100 == body["amount_due"] * share

    @pytest.mark.parametrize(
        ("other", "pointer", "code"),
        [
            ({"months": 5}, "/months", "months_of_card"),
            ({"months": None}, "/months", "missing"),
            ({"months": None, "method": "years_2"}, "/months", "months_of_card"),
            ({"members": None}, "/members", "missing"),
            ({"members": []}, "/members", "too_short"),
            ({"members": [{"order": 0}]}, "/members/0/order", "greater_than_equal"),
            ({"members": [{"order": 1}, {"order": 1}]}, "/members/1/order", "order_repeated"),
            ({"members": [{"order": 1, "support_group": "poor"}]}, "/members/0/support_group", "paid_by_budget"),
            ({"monthly_income": 1_500_000}, "/monthly_income", "not_for_product"),
            ({"payment_date": "2018-11-30"}, "/payment_date", "rule_missing"),
        ],
    )  # fmt: skip
    async def test_hostile_input_is_named(
        self, client: httpx.AsyncClient, other: dict[str, Any], pointer: str, code: str
    ):
        expect_problem(await client.post(PATH, json=CARDS | other), 422, code, pointer)

    async def test_a_group_without_support_on_the_day(self, client: httpx.AsyncClient):
        body = CARDS | {"members": [{"order": 1, "support_group": "mine_victim"}]}
        expect_json(await client.post(PATH, json=body))
        early = await client.post(PATH, json=body | {"payment_date": "2025-06-30"})
        expect_problem(early, 422, "group_without_support", "/members/0/support_group")
