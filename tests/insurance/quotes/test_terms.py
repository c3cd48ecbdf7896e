"""The terms of a quote carry every field of its request, and its result is typed."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from app.insurance.kinds import Method
from app.insurance.law.results import CardQuote, PremiumQuote
from app.insurance.quotes.schemas import CardMember, QuoteIn, RefundIn
from app.insurance.quotes.service import calculate_quote
from app.insurance.quotes.terms import CardBuyer, PersonTerms, QuoteTerms, RefundTerms
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.people.kinds import SupportKind
from app.savings.kinds import Product

DAY = date(2026, 7, 15)
VALUES = {
    "bhxh_tn_rate": "0.22", "rural_poverty_line": "1500000", "base_salary": "2340000", "max_income_multiple": "20",
    "income_step": "0", "deadline_months_12": "7", "bhyt_rate": "0.045", "bhyt_order_1": "1", "bhyt_order_2": "0.7",
    "bhyt_wait_days": "30", "bhyt_gap_days": "90",
}  # fmt: skip


def lookup() -> RuleLookup:
    rules = [
        Rule(uuid4(), key, Decimal(value), None, date(2026, 1, 1), None, "Nghị định", active=True)
        for key, value in VALUES.items()
    ]
    return RuleLookup(Rulebook(rules), DAY)


class TestTerms:
    def test_a_quote_is_asked_for_with_all_fields_but_day_place_and_assumptions(self):
        names = {field.name for field in fields(QuoteTerms)}
        person = {field.name for field in fields(PersonTerms)}
        assert names == set(QuoteIn.model_fields) - {"payment_date", "province_code", "assume"} - person
        assert {field.name for field in fields(CardBuyer)} - {"chain"} == set(CardMember.model_fields)
        values: dict[str, Any] = {name: name for name in names - {"members"}}
        terms = QuoteIn.model_construct(**values, members=None).to_terms()
        assert all(getattr(terms, name) == name for name in names - {"members"})

    def test_a_refund_is_asked_for_with_all_fields_but_day_and_assumptions(self):
        names = {field.name for field in fields(RefundTerms)}
        assert names == set(RefundIn.model_fields) - {"payment_date", "assume"}
        values: dict[str, Any] = {name: name for name in names}
        terms = RefundIn.model_construct(**values).to_terms()
        assert all(getattr(terms, name) == name for name in names)


class TestTypedResults:
    def test_a_premium_has_days_months_and_dong(self):
        terms = QuoteTerms(
            product=Product.BHXH_TN, method=Method.MONTHS_12, monthly_income=1_500_000, from_month="2026-07"
        )
        quote = calculate_quote(terms, lookup())
        assert isinstance(quote, PremiumQuote)
        assert (quote.payment_date, quote.valid_from, quote.pay_by) == (
            DAY,
            date(2026, 7, 1),
            date(2027, 1, 31),
        )
        assert (quote.months, quote.shares.participant_pays) == (12, 3_960_000)
        assert quote.formula["rate"] == Decimal("0.22")

    def test_each_card_has_its_own_days(self):
        buyers = (CardBuyer(1), CardBuyer(2, covered_until=date(2026, 7, 31)))
        terms = QuoteTerms(product=Product.BHYT_HGD, months=12, members=buyers)
        quote = calculate_quote(terms, lookup())
        assert isinstance(quote, CardQuote)
        assert [card.valid_from for card in quote.cards] == [date(2026, 8, 14), date(2026, 8, 1)]
        assert quote.valid_from == date(2026, 8, 14)
        assert [card.shares.amount_due for card in quote.cards] == [1_263_600, 884_520]
        assert quote.shares.participant_pays == 2_148_120

    def test_terms_can_be_compared(self):
        terms = QuoteTerms(product=Product.BHXH_TN, support_group=SupportKind.OTHER)
        assert {terms: 1}[QuoteTerms(product=Product.BHXH_TN, support_group=SupportKind.OTHER)] == 1
