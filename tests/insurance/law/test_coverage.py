"""How long insurance holds, as functions of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law import coverage as law
from app.insurance.law.advance import find_next_due, schedule_instalments, sum_overdue
from app.insurance.law.card import CoverageGap, find_free_order, shift_months
from app.insurance.law.coverage import CoverageSpan
from app.insurance.law.refund import PaidSupport, split_unused_support

NINETY = CoverageGap(90, 0)
THREE_MONTHS = CoverageGap(None, 3)
DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 120)


def make_span(first: str, last: str, since: str | None = None) -> CoverageSpan:
    return CoverageSpan(*(date.fromisoformat(day) for day in (first, last, since or first)))


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
    ("paid_on", "until", "gap", "unbroken"),
    [
        ("2026-06-30", "2026-04-01", NINETY, True),  # 89 days without a card
        ("2026-07-01", "2026-04-01", NINETY, False),  # 90
        ("2025-03-31", "2024-06-30", THREE_MONTHS, True),  # nine months, but not three in this financial year
        ("2025-04-01", "2024-06-30", THREE_MONTHS, False),
    ],
)
def test_short_interruptions_do_not_break_a_card(paid_on, until, gap, unbroken):
    paid, last = date.fromisoformat(paid_on), date.fromisoformat(until)
    own = [CoverageSpan(last - timedelta(days=200), last, date(2022, 1, 1))]
    for spans, declared in ((own, (None, None)), ([], (date(2022, 1, 1), last))):
        since = law.card_unbroken_since(paid, paid, spans, declared, gap)
        assert since == (date(2022, 1, 1) if unbroken else paid)


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
