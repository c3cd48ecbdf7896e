"""For which months a province's resolution supports a period, by the day before its last day and the day itself."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.kinds import Method
from app.insurance.law.card import CardChain
from app.insurance.plans.prices import Prices
from app.insurance.quotes.card import calculate_cards
from app.insurance.quotes.premium import calculate_premium
from app.insurance.quotes.terms import CardBuyer, QuoteTerms
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.people.kinds import SupportKind
from app.savings.kinds import Product

PAID_ON = date(2026, 11, 20)
_STATE = {
    "bhxh_tn_rate": "0.22", "rural_poverty_line": "1500000", "base_salary": "2340000", "max_income_multiple": "20",
    "income_step": "50000", "income_step_enforced": "0", "fund_rate_month": "0.003", "support_months_max": "120",
    "deadline_months_1": "1", "deadline_months_3": "3", "deadline_months_6": "4", "deadline_months_12": "7",
    "missing_months_max": "60", "advance_years_max": "5", "support_rate_near_poor": "0.4", "support_rate_poor": "0.5",
    "bhyt_rate": "0.045", "bhyt_order_1": "1", "bhyt_order_2": "0.7", "bhyt_wait_days": "30", "bhyt_gap_days": "90",
    "bhyt_support_rate_near_poor": "0.7",
}  # fmt: skip
"""The state's values of November 2026, here without an end."""


def make_rule(
    key: str, value: str, valid_from: str, valid_to: str | None, province: str | None = "42"
) -> Rule:
    ends = None if valid_to is None else date.fromisoformat(valid_to)
    return Rule(
        uuid4(), key, Decimal(value), province, date.fromisoformat(valid_from), ends, "Nghị quyết", True
    )


def build_book(*rules: Rule) -> Rulebook:
    state = (make_rule(key, value, "2016-01-01", None, None) for key, value in _STATE.items())
    return Rulebook([*state, *rules])


def premium_terms(method: Method, from_month: str | None = None, **other: Any) -> QuoteTerms:
    group = SupportKind.NEAR_POOR
    given: dict[str, Any] = {"monthly_income": 1_500_000, "support_group": group} | other
    return QuoteTerms(product=Product.BHXH_TN, method=method, from_month=from_month, **given)


def quote_premium(book: Rulebook, terms: QuoteTerms, paid_on: date = PAID_ON, assumed: Any = None) -> Any:
    return calculate_premium(terms, RuleLookup(book, paid_on, "42", assumed))


RATE, DONG = "province_support_rate_near_poor", "province_support_dong_near_poor"
CARD_RATE, CARD_DONG = "bhyt_province_support_rate_household", "bhyt_province_support_dong_household"


class TestPremium:
    @pytest.mark.parametrize(
        ("method", "from_month", "valid_from", "valid_to", "months"),
        [
            ("months_12", "2026-11", "2026-01-01", None, 12),
            ("months_12", "2026-11", "2026-01-01", "2027-10-31", 12),
            ("months_12", "2026-11", "2026-01-01", "2027-09-30", 11),
            ("months_12", "2026-11", "2026-01-01", "2027-10-01", 12),  # ends with the month of its last day
            ("months_12", "2026-11", "2026-01-01", "2026-12-31", 2),
            ("months_12", "2026-11", "2026-01-01", "2026-12-01", 2),
            ("months_12", "2026-11", "2026-01-01", "2026-11-30", 1),
            ("months_12", "2026-11", "2026-01-01", "2026-11-20", 1),
            ("months_12", "2026-11", "2026-01-01", "2026-11-19", None),  # ended the day before the payment
            ("months_12", "2026-11", "2026-11-20", None, 12),
            ("months_12", "2026-11", "2026-11-21", None, None),  # begins the day after
            ("months_12", "2026-12", "2026-01-01", "2026-11-30", 0),
            ("months_12", "2026-12", "2026-01-01", "2026-12-01", 1),
            (
                "months_12",
                "2026-09",
                "2026-10-31",
                None,
                11,
            ),  # paid late: what lies before it is not supported
            ("months_12", "2026-09", "2026-11-01", "2026-12-31", 2),
            ("months_1", "2026-11", "2026-01-01", "2026-11-30", 1),
            ("months_6", None, "2026-01-01", "2027-03-31", 5),
            ("years_5", "2026-11", "2026-01-01", "2028-12-31", 26),
            ("years_2", "2026-11", "2026-01-01", "2027-12-31", 14),
        ],
    )
    def test_months_of_its_validity(self, method, from_month, valid_from, valid_to, months):
        """months: None where no resolution is in force on the day of payment."""
        book = build_book(
            make_rule(RATE, "0.1", valid_from, valid_to), make_rule(DONG, "5000", valid_from, valid_to)
        )
        quote = quote_premium(book, premium_terms(Method(method), from_month))
        assert quote.formula.get("province_rate_months") == months
        assert quote.formula.get("province_dong_months") == months
        assert quote.shares.province_support == (months or 0) * (33_000 + 5_000)
        assert (
            quote.shares.state_support == quote.months * 132_000
        )  # by the payment date, to the period's end

    def test_share_and_dong_end_each_on_its_own_day(self):
        book = build_book(
            make_rule(RATE, "0.1", "2026-01-01", "2026-12-31"),
            make_rule(DONG, "5000", "2026-01-01", "2027-03-31"),
        )
        quote = quote_premium(book, premium_terms(Method.MONTHS_12))
        terms = {name: value for name, value in quote.formula.items() if name.startswith("province")}
        assert terms == {
            "province_rate": Decimal("0.1"), "province_rate_months": 2, "province_dong": 5000, "province_dong_months": 5,
        }  # fmt: skip
        assert quote.shares.province_support == 2 * 33_000 + 5 * 5_000

    def test_months_before_it_are_told(self):
        book = build_book(make_rule(DONG, "5000", "2026-11-01", None))
        quote = quote_premium(book, premium_terms(Method.MONTHS_12, "2026-09"))
        assert (quote.formula["province_dong_after"], quote.formula["province_dong_months"]) == (2, 10)

    def test_missing_months_have_no_place_in_the_calendar(self):
        book = build_book(make_rule(DONG, "5000", "2026-01-01", "2026-11-30"))
        quote = quote_premium(book, premium_terms(Method.MISSING_MONTHS, months=24))
        assert (quote.formula["province_dong_months"], quote.shares.province_support) == (24, 120_000)

    def test_what_is_assumed_has_no_end(self):
        quote = quote_premium(build_book(), premium_terms(Method.MONTHS_12), assumed={DONG: Decimal(5000)})
        assert quote.shares.province_support == 60_000

    def test_without_a_resolution_the_formula_is_as_before(self):
        quote = quote_premium(build_book(), premium_terms(Method.MONTHS_12))
        assert not [name for name in quote.formula if name.startswith("province")]

    @given(
        st.sampled_from([m for m in Method if m is not Method.MISSING_MONTHS]),
        st.dates(PAID_ON, date(2033, 1, 1)),
        st.integers(0, 10**6),
    )
    def test_the_parts_are_the_whole(self, method, valid_to, dong):
        book = build_book(make_rule(DONG, str(dong), "2026-01-01", valid_to.isoformat()))
        shares = quote_premium(book, premium_terms(method)).shares
        parts = (shares.state_support, shares.province_support, shares.other_support, shares.participant_pays)
        assert min(parts) >= 0
        assert sum(parts) == shares.amount_due


class TestCard:
    @pytest.mark.parametrize(
        ("covered_until", "chain", "valid_to", "months"),
        [
            (None, None, None, 12),  # begins in thirty days, on 20 December
            (None, None, "2026-12-19", 0),
            (None, None, "2026-12-20", 1),
            (None, None, "2027-01-19", 1),
            (None, None, "2027-01-20", 2),
            (None, None, "2027-11-20", 12),
            (None, None, "2027-11-19", 11),
            ("2026-11-30", None, "2026-12-31", 1),
            ("2026-11-30", None, "2027-01-01", 2),
            ("2026-11-29", CardChain(date(2025, 8, 31), 15), "2026-12-30", 1),  # months begin on the 31st
            ("2026-11-29", CardChain(date(2025, 8, 31), 15), "2026-12-31", 2),
        ],
    )
    def test_months_that_begin_in_its_validity(self, covered_until, chain, valid_to, months):
        until = None if covered_until is None else date.fromisoformat(covered_until)
        book = build_book(make_rule(CARD_DONG, "5000", "2026-01-01", valid_to))
        terms = QuoteTerms(
            product=Product.BHYT_HGD, months=12, members=(CardBuyer(1, covered_until=until, chain=chain),)
        )
        quote = calculate_cards(terms, RuleLookup(book, PAID_ON, "42"))
        assert (quote.formula["province_dong_months"], quote.shares.province_support) == (
            months,
            months * 5_000,
        )

    def test_members_whose_months_differ_are_told_one_by_one(self):
        book = build_book(make_rule(CARD_RATE, "0.1", "2026-01-01", "2027-01-15"))
        buyers = CardBuyer(1), CardBuyer(2, covered_until=date(2026, 11, 20))
        terms = QuoteTerms(product=Product.BHYT_HGD, months=12, members=buyers)
        quote = calculate_cards(terms, RuleLookup(book, PAID_ON, "42"))
        assert (quote.formula["province_rate_months_1"], quote.formula["province_rate_months_2"]) == (1, 2)
        assert [card.shares.province_support for card in quote.cards] == [10_530, 14_742]

    def test_members_alike_are_told_once(self):
        book = build_book(make_rule(CARD_RATE, "0.1", "2026-01-01", "2027-01-15"))
        terms = QuoteTerms(product=Product.BHYT_HGD, months=12, members=(CardBuyer(1), CardBuyer(2)))
        quote = calculate_cards(terms, RuleLookup(book, PAID_ON, "42"))
        assert (quote.formula["province_rate"], quote.formula["province_rate_months"]) == (Decimal("0.1"), 1)


class TestPlans:
    START, LAST = date(2026, 6, 1), date(2027, 3, 31)

    @pytest.mark.parametrize(
        "terms",
        [
            premium_terms(Method.MONTHS_6),
            premium_terms(Method.MONTHS_6, "2026-09"),
            QuoteTerms(product=Product.BHYT_HGD, months=6, members=(CardBuyer(1),)),
            QuoteTerms(
                product=Product.BHYT_HGD, months=3, members=(CardBuyer(1, covered_until=date(2026, 8, 30)),)
            ),
        ],
    )
    def test_the_price_of_each_day_is_that_of_its_span(self, terms):
        """The later the payment, the fewer months lie before the end of a resolution."""
        rules = [make_rule(key, "5000", "2026-02-01", "2026-12-15") for key in (DONG, CARD_DONG)]
        prices = Prices(build_book(*rules), terms, self.START, "42")
        for span in prices.list_spans(self.START, self.LAST):
            for ordinal in range(span.first.toordinal(), (span.last or self.LAST).toordinal() + 1):
                quoted = prices.find_quote_on(date.fromordinal(ordinal))
                assert (quoted and quoted.amount) == span.price, date.fromordinal(ordinal)

    def test_changes_name_the_resolution(self):
        rule = make_rule(DONG, "5000", "2026-02-01", "2026-12-31")
        prices = Prices(build_book(rule), premium_terms(Method.MONTHS_6), self.START, "42")
        changes = prices.list_changes(self.START, self.LAST)
        assert [change.day for change in changes] == [
            date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1),
        ]  # fmt: skip
        assert {change.after - change.before for change in changes} == {5_000}
        assert all([key for key, _, _ in change.rules] == [DONG] for change in changes)
