"""Cards of a household: the printed prices, validity, and what must always hold."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law import card as law
from app.insurance.plans.rules import amount_needed

RATE = Decimal("0.045")
ORDER = [Decimal(share) for share in ("1", "0.7", "0.6", "0.5", "0.4")]
PRICES = {
    1_490_000: (804_600, 563_220, 482_760, 402_300, 321_840),
    1_800_000: (972_000, 680_400, 583_200, 486_000, 388_800),
    2_340_000: (1_263_600, 884_520, 758_160, 631_800, 505_440),
    2_530_000: (1_366_200, 956_340, 819_720, 683_100, 546_480),
}
NOW = law.CoverageGap(90, 3)
BEFORE = law.CoverageGap(None, 3)
PAID = date(2026, 11, 20)


class TestPrices:
    @pytest.mark.parametrize("salary", PRICES)
    def test_printed_ones_and_their_half_and_quarter(self, salary: int):
        for share, price in zip(ORDER, PRICES[salary], strict=True):
            assert law.card_price(RATE, salary, share, 12) == price
            assert law.card_price(RATE, salary, share, 6) == price // 2
            assert law.card_price(RATE, salary, share, 3) == price // 4

    @pytest.mark.parametrize(("salary", "a_day"), [(2_340_000, 3_462), (2_530_000, 3_744)])
    def test_what_a_day_must_bring(self, salary: int, a_day: int):
        assert amount_needed(law.card_price(RATE, salary, ORDER[0], 12), 365) == a_day

    def test_three_thousand_a_day_bought_a_card_until_2024(self):
        enough = [salary for salary in PRICES if PRICES[salary][0] <= 3_000 * 365]
        assert enough == [1_490_000, 1_800_000]

    @given(
        st.integers(1_000_000, 9_000_000),
        st.sampled_from(law.CARD_PERIODS),
        st.decimals("0", "1", places=2),
    )
    def test_support_is_never_more_than_the_card(self, salary: int, months: int, share: Decimal):
        assert law.card_support(share, RATE, salary, months) >= 0
        assert law.card_support(share, RATE, salary, months) <= law.card_price(RATE, salary, ORDER[0], months)


class TestOrder:
    def test_as_listed(self):
        assert law.counted_orders([(1, False), (2, False), (3, False)]) == [1, 2, 3]

    def test_whoever_is_supported_is_not_counted(self):
        assert law.counted_orders([(1, True), (2, False), (3, True), (4, False)]) == [None, 1, None, 2]

    def test_one_who_joins_later_keeps_the_order(self):
        assert law.counted_orders([(3, False)]) == [3]


class TestValidity:
    @pytest.mark.parametrize(
        ("covered_until", "begins"),
        [
            (None, date(2026, 12, 20)),  # first time
            (date(2026, 8, 21), date(2026, 12, 20)),  # 90 days without a card
            (date(2026, 8, 22), PAID),  # 89 days
            (date(2026, 11, 19), PAID),
            (date(2026, 11, 30), date(2026, 12, 1)),  # the old card still runs
        ],
    )
    def test_since_2025(self, covered_until: date | None, begins: date):
        assert law.card_validity(PAID, covered_until, 12, NOW, 30)[0] == begins

    @pytest.mark.parametrize(
        ("paid", "covered_until", "waits"),
        [
            (date(2024, 6, 1), date(2024, 2, 29), True),  # three months of one year
            (date(2024, 6, 1), date(2024, 3, 1), False),
            (date(2024, 2, 15), date(2023, 10, 31), False),  # not three months of the year of payment
            (date(2024, 4, 1), date(2023, 6, 30), True),
        ],
    )
    def test_before(self, paid: date, covered_until: date, waits: bool):
        assert law.starts_new_coverage(paid, covered_until, BEFORE) is waits

    def test_lasts_as_long_as_was_paid(self):
        assert law.card_validity(date(2026, 11, 30), date(2026, 11, 29), 3, NOW, 30) == (
            date(2026, 11, 30),
            date(2027, 2, 27),
        )

    @given(
        st.dates(date(2019, 1, 1), date(2040, 1, 1)),
        st.integers(-400, 800),
        st.sampled_from(law.CARD_PERIODS),
        st.sampled_from([NOW, BEFORE]),
    )
    def test_never_before_payment_nor_over_the_last_card(
        self, paid: date, days: int, months: int, gap: law.CoverageGap
    ):
        covered_until = paid + timedelta(days=days)
        begins, ends = law.card_validity(paid, covered_until, months, gap, 30)
        assert paid <= begins <= ends
        assert covered_until < begins


def renew(first: date, periods: list[int], wait: int = 0) -> list[tuple[date, date]]:
    """Cards that are each paid for on the day of the first, or on the last day of the one before."""
    begins, ends = law.card_validity(first, None, periods[0], NOW, wait)
    cards, chain = [(begins, ends)], law.CardChain(begins, periods[0])
    for months in periods[1:]:
        begins, ends = law.card_validity(ends, ends, months, NOW, wait, chain)
        cards.append((begins, ends))
        chain = law.CardChain(chain.anchor, chain.months + months)
    return cards


class TestChain:
    @pytest.mark.parametrize(
        ("first", "periods", "ends"),
        [
            ("2025-08-31", [3, 3, 3, 3], ["2025-11-29", "2026-02-27", "2026-05-30", "2026-08-30"]),
            ("2025-08-30", [3, 3, 3, 3], ["2025-11-29", "2026-02-27", "2026-05-29", "2026-08-29"]),
            ("2025-08-29", [3, 3, 3, 3], ["2025-11-28", "2026-02-27", "2026-05-28", "2026-08-28"]),
            ("2025-08-28", [3, 3, 3, 3], ["2025-11-27", "2026-02-27", "2026-05-27", "2026-08-27"]),
            ("2025-08-31", [6, 6], ["2026-02-27", "2026-08-30"]),
            ("2027-08-31", [6, 6], ["2028-02-28", "2028-08-30"]),  # 29 February begins the second
            ("2028-02-29", [12, 12, 12, 12], ["2029-02-27", "2030-02-27", "2031-02-27", "2032-02-28"]),
            ("2025-05-31", [3, 3], ["2025-08-30", "2025-11-29"]),
            ("2025-01-01", [3, 6, 12], ["2025-03-31", "2025-09-30", "2026-09-30"]),
        ],
    )
    def test_ends_are_counted_from_the_first_day(self, first: str, periods: list[int], ends: list[str]):
        assert [str(end) for _, end in renew(date.fromisoformat(first), periods)] == ends

    @given(
        st.dates(date(2025, 7, 1), date(2040, 1, 1)),
        st.lists(st.sampled_from(law.CARD_PERIODS), min_size=1, max_size=12),
        st.integers(0, 30),
    )
    def test_many_cards_end_with_the_one_that_lasts_as_long(self, paid: date, periods: list[int], wait: int):
        cards = renew(paid, periods, wait)
        assert cards[-1][1] == law.shift_months(paid + timedelta(days=wait), sum(periods)) - timedelta(days=1)
        assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(cards))

    @pytest.mark.parametrize(
        ("paid", "ends"),
        [
            ("2026-05-30", "2026-08-30"),  # on the last day: it follows
            ("2026-05-31", "2026-08-30"),  # on the day after, as well
            ("2026-06-01", "2026-08-31"),  # a day without a card begins a new chain
            ("2026-08-28", "2026-11-27"),  # 89 days
            ("2026-08-29", "2026-12-27"),  # 90 days, and 30 of waiting
        ],
    )
    def test_an_interruption_begins_a_new_chain(self, paid: str, ends: str):
        chain = law.CardChain(date(2025, 8, 31), 9)
        _, last = law.card_validity(date.fromisoformat(paid), date(2026, 5, 30), 3, NOW, 30, chain)
        assert str(last) == ends

    @pytest.mark.parametrize(
        ("begins", "unknown"),
        [
            ("2026-02-28", True), ("2028-02-28", False), ("2028-02-29", True), ("2026-04-30", True),
            ("2026-05-30", False), ("2026-05-31", False), ("2026-12-01", False),
        ],
    )  # fmt: skip
    def test_where_the_last_day_alone_does_not_tell_the_first(self, begins: str, unknown: bool):
        assert law.may_be_of_later_day(date.fromisoformat(begins)) is unknown


class TestRefund:
    @given(st.integers(0, 10**8), st.sampled_from(law.CARD_PERIODS), st.data())
    def test_never_more_than_was_paid(self, paid: int, months: int, data: st.DataObject):
        remaining = data.draw(st.integers(0, months))
        assert 0 <= law.card_refund(paid, months, remaining) <= paid

    def test_of_half_a_year(self):
        assert law.card_refund(1_366_200, 12, 6) == 683_100
