"""How long insurance holds, as functions of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law import coverage as law
from app.insurance.law.advance import find_next_due, schedule_instalments, sum_overdue
from app.insurance.law.card import CardChain, CoverageGap, find_free_order, shift_months
from app.insurance.law.coverage import CoverageSpan
from app.insurance.law.refund import PaidSupport, split_unused_support

NINETY = CoverageGap(90, 0)
THREE_MONTHS = CoverageGap(None, 3)
DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 120)


def make_span(first: str, last: str, since: str | None = None) -> CoverageSpan:
    return CoverageSpan(
        date.fromisoformat(first), date.fromisoformat(last), date.fromisoformat(since or first)
    )


@given(DAYS.map(lambda day: day.replace(day=1)), MONTHS)
def test_months_follow_one_another(first, months):
    begins, last = law.month_range_days(first, months)
    assert begins == first
    assert law.month_range_days(last + timedelta(days=1), 1)[0] == shift_months(first, months)


def test_unbroken_time_goes_back_over_what_touches():
    spans = [
        make_span("2026-01-01", "2026-12-31"),
        make_span("2025-07-01", "2025-12-31"),
        make_span("2024-01-01", "2024-12-31"),
    ]
    assert law.unbroken_since(spans) == date(2025, 7, 1)
    assert law.unbroken_since([]) is None


def test_a_gap_that_was_filled_later_breaks_nothing():
    spans = [
        make_span("2026-01-01", "2026-06-30"),
        make_span("2026-08-01", "2026-12-31"),
        make_span("2026-07-01", "2026-07-31"),
    ]
    assert law.unbroken_since(spans) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("begins", "spans", "declared", "since"),
    [
        ("2026-12-01", [], None, "2026-12-01"),
        ("2026-12-01", [], "2020-05-01", "2020-05-01"),
        ("2026-12-01", [("2026-01-01", "2026-11-30")], None, "2026-01-01"),
        ("2026-12-01", [("2026-01-01", "2026-11-30")], "2020-05-01", "2020-05-01"),
        ("2026-12-01", [("2026-01-01", "2026-10-31")], "2020-05-01", "2026-12-01"),
        ("2026-12-01", [("2027-01-01", "2027-12-31")], None, "2026-12-01"),
    ],
)
def test_premiums_leave_out_no_month(begins, spans, declared, since):
    declared_since = date.fromisoformat(declared) if declared else None
    computed_since = law.premium_unbroken_since(
        date.fromisoformat(begins), [make_span(*days) for days in spans], declared_since
    )
    assert computed_since == date.fromisoformat(since)


@pytest.mark.parametrize(
    ("begins", "until", "gap", "unbroken"),
    [
        ("2026-07-01", "2026-04-01", NINETY, True),  # 90 days without a card
        ("2026-07-02", "2026-04-01", NINETY, False),  # 91
        ("2026-03-01", "2025-11-30", NINETY, True),  # over the end of a year
        ("2028-02-29", "2027-11-30", NINETY, True),  # 90 days to the day that a leap year adds
        ("2028-03-01", "2027-11-30", NINETY, False),
        ("2025-06-01", "2025-02-28", THREE_MONTHS, True),  # three months
        ("2025-06-02", "2025-02-28", THREE_MONTHS, False),
        ("2025-02-01", "2024-10-31", THREE_MONTHS, True),  # over the end of a year
        ("2025-02-02", "2024-10-31", THREE_MONTHS, False),
        ("2025-02-28", "2024-11-29", THREE_MONTHS, True),  # from 30 November: the month has no 30th
        ("2025-06-30", "2025-03-29", THREE_MONTHS, True),  # the last day of the old rule
        ("2025-07-01", "2025-03-29", NINETY, False),  # and the first of the new one: 93 days
        ("2025-07-01", "2025-04-01", NINETY, True),
    ],
)
def test_short_interruptions_do_not_break_five_years(begins, until, gap, unbroken):
    first, last = date.fromisoformat(begins), date.fromisoformat(until)
    own = [CoverageSpan(last - timedelta(days=200), last, date(2022, 1, 1))]
    for spans, declared in ((own, (None, None)), ([], (date(2022, 1, 1), last))):
        since = law.card_unbroken_since(first, spans, declared, gap)
        assert since == (date(2022, 1, 1) if unbroken else first)


def make_cards(*cards: tuple[str, str, int | None]) -> list[CoverageSpan]:
    days = [(date.fromisoformat(first), date.fromisoformat(last), months) for first, last, months in cards]
    return [CoverageSpan(first, last, first, months) for first, last, months in days]


QUARTERS = make_cards(
    ("2025-08-31", "2025-11-29", 3), ("2025-11-30", "2026-02-27", 3), ("2026-02-28", "2026-05-30", 3)
)


@pytest.mark.parametrize(
    ("spans", "until", "chain"),
    [
        ([], None, None),
        ([], "2026-05-30", None),  # declared alone
        (QUARTERS, "2026-05-30", CardChain(date(2025, 8, 31), 9)),
        (QUARTERS[::-1], "2026-02-27", CardChain(date(2025, 8, 31), 6)),
        (QUARTERS, "2026-12-31", None),  # what is declared ends later than what is recorded
        (make_cards(("2024-01-01", "2024-12-31", 12), ("2025-01-02", "2025-04-01", 3)), "2025-04-01",
         CardChain(date(2025, 1, 2), 3)),  # one day between begins a new chain
        (make_cards(("2025-08-31", "2025-11-29", 3), ("2025-11-30", "2026-01-30", None)), "2026-01-30", None),
        (make_cards(("2025-08-31", "2025-11-29", None), ("2025-11-30", "2026-02-27", 3)), "2026-02-27",
         CardChain(date(2025, 11, 30), 3)),  # a refund ended the one before
    ],
)  # fmt: skip
def test_the_chain_of_cards_that_ends_on_a_day(spans, until, chain):
    assert law.find_card_chain(spans, until and date.fromisoformat(until)) == chain


def test_months_of_a_card_in_a_chain_begin_on_the_day_of_the_first():
    begins, chain = date(2026, 2, 28), CardChain(date(2025, 8, 31), 6)
    assert law.last_used_day(begins, 0, chain) == date(2026, 2, 27)
    assert law.last_used_day(begins, 1, chain) == date(2026, 3, 30)
    assert law.count_months_begun(begins, 3, date(2026, 3, 31), chain) == 1
    assert law.count_months_begun(begins, 3, date(2026, 4, 1), chain) == 2


def test_five_years_are_sixty_months():
    assert law.five_years_from(date(2022, 3, 1)) == date(2027, 3, 1)
    assert law.five_years_from(date(2024, 2, 29)) == date(2029, 2, 28)


@given(DAYS, MONTHS, DAYS)
def test_months_begun_and_their_last_day_agree(begins, months, before):
    used = law.count_months_begun(begins, months, before)
    assert 0 <= used <= months
    last = law.last_used_day(begins, used)
    assert last >= begins - timedelta(days=1)
    if 0 < used < months:
        assert shift_months(begins, used - 1) < before <= shift_months(begins, used)
        assert last + timedelta(days=1) >= before


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(0, 120))
def test_supported_months_never_exceed_a_lifetime(paid, declared):
    used = declared
    for months in paid:
        used += min(months, law.supported_months_left(120, used))
    assert used <= 120 or used == declared
    assert law.supported_months_left(120, used) == max(0, 120 - used)


@given(st.sets(st.integers(1, 9)), st.one_of(st.none(), st.integers(1, 9)))
def test_the_first_free_place_in_a_household(taken, declared):
    order = find_free_order(taken, declared)
    assert order not in taken
    assert order >= (declared or 1)
    assert all(place in taken for place in range(declared or 1, order))


class TestStopMonth:
    @pytest.mark.parametrize(
        ("last_day", "month"),
        [
            ("2026-10-30", "2026-10"),
            ("2026-10-31", "2026-11"),
            ("2026-11-01", "2026-11"),
            ("2026-12-30", "2026-12"),
            ("2026-12-31", "2027-01"),
            ("2028-02-28", "2028-02"),
            ("2028-02-29", "2028-03"),
        ],
    )
    def test_it_is_that_of_the_first_day_without_insurance(self, last_day, month):
        assert law.find_stop_month(date.fromisoformat(last_day)) == month

    @given(DAYS)
    def test_the_days_of_a_month_are_those_that_stop_in_it(self, last_day):
        month = law.find_stop_month(last_day)
        first, last = law.find_stop_days(month, month)
        assert first <= last_day <= last
        assert (
            law.find_stop_month(first - timedelta(days=1))
            < month
            < law.find_stop_month(last + timedelta(days=1))
        )


@given(st.integers(1, 10**9), st.integers(1, 60), DAYS, st.integers(0, 10**9), DAYS)
def test_instalments_add_up(amount, instalments, first, repaid, on):
    instalments = min(instalments, amount)
    due = schedule_instalments(amount, instalments, first)
    assert sum(part for _, part in due) == amount
    assert max(part for _, part in due) - min(part for _, part in due) <= 1
    assert [day for day, _ in due] == sorted({day for day, _ in due})
    repaid = min(repaid, amount)
    follows = find_next_due(due, repaid)
    assert (follows is None) == (repaid == amount)
    assert (sum_overdue(due, repaid, on) > 0) == (follows is not None and follows < on)
    assert sum_overdue(due, repaid, on) <= amount - repaid


@given(
    st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 60), st.data(),
)  # fmt: skip
def test_no_part_of_a_refund_is_more_than_was_paid(state, province, other, months, data):
    supported, used = data.draw(st.integers(0, months)), data.draw(st.integers(0, months))
    unused = data.draw(st.integers(0, 10**10))
    parts = split_unused_support(PaidSupport(state, province, other, months, supported), used, unused)
    assert sum(parts) <= unused
    assert all(0 <= part <= paid for part, paid in zip(parts, (state, province, other), strict=True))
    if used >= supported:
        assert parts[0] == 0
