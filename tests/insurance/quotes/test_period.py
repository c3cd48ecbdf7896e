"""Which months may be paid for on a day: each bound on its last day, and on the day after."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.values.time import add_months, month_of
from app.insurance.kinds import Method
from app.insurance.law.premium import METHOD_MONTHS
from app.insurance.quotes.period import count_months_late, find_period_problems
from app.insurance.quotes.terms import CardBuyer, PersonTerms, QuoteTerms
from app.insurance.rules.rulebook import Rule, Rulebook, RuleLookup
from app.savings.kinds import Product

LONG_AGO = date(2017, 7, 1)


def rule(
    key: str, value: int, first: date = LONG_AGO, last: date | None = None, *, active: bool = True
) -> Rule:
    return Rule(uuid4(), key, Decimal(value), None, first, last, "Luật", active)


BOOK = Rulebook(
    [
        rule("bhxh_tn_rate", 1, date(2008, 1, 1), date(2017, 6, 30), active=False),
        rule("bhxh_tn_rate", 1),
        rule("bhxh_tn_age_min", 15, date(2008, 1, 1)),
        *(rule(f"deadline_months_{months}", first) for months, first in ((1, 1), (3, 3), (6, 4), (12, 7))),
        rule("advance_years_max", 5),
        rule("bhyt_ahead_months_max", 12),
        rule("arrears_allowed", 1, last=date(2026, 4, 30)),
        rule("arrears_allowed", 0, date(2026, 5, 1)),
        rule("missing_months_max", 120, last=date(2025, 6, 30)),
        rule("missing_months_max", 60, date(2025, 7, 1)),
        rule("pension_years_needed", 20, last=date(2025, 6, 30)),
        rule("pension_years_needed", 15, date(2025, 7, 1)),
        rule("retirement_age_months_female", 684, date(2026, 1, 1), date(2026, 12, 31)),
        rule("retirement_age_months_female", 688, date(2027, 1, 1)),
        rule("retirement_age_months_male", 738, date(2026, 1, 1)),
    ]
)


def terms_of(method: str, from_month: str | None, months: int | None = None) -> QuoteTerms:
    return QuoteTerms(
        product=Product.BHXH_TN,
        method=Method(method),
        from_month=from_month,
        months=months,
        monthly_income=1_500_000,
    )


def card_from(from_month: str) -> QuoteTerms:
    return QuoteTerms(product=Product.BHYT_HGD, from_month=from_month, months=12, members=(CardBuyer(1),))


def codes(terms: QuoteTerms, paid_on: str, **person: Any) -> list[str]:
    """The codes of all problems; those for money that came late in brackets."""
    known = PersonTerms(**person) if person else None
    problems = find_period_problems(terms, known, RuleLookup(BOOK, date.fromisoformat(paid_on)))
    return [f"({one.note.code})" if one.is_late else one.note.code for one in problems]


LATE, AHEAD = ["(after_deadline)"], ["too_far_ahead"]


@pytest.mark.parametrize(
    ("method", "from_month", "paid_on", "expected"),
    [
        # Luật 41/2024, Article 36.3: in the month, in the three months, in the first four, in the first seven
        ("months_1", "2026-11", "2026-11-30", []), ("months_1", "2026-11", "2026-12-01", LATE),
        ("months_3", "2026-09", "2026-11-30", []), ("months_3", "2026-09", "2026-12-01", LATE),
        ("months_6", "2026-08", "2026-11-30", []), ("months_6", "2026-08", "2026-12-01", LATE),
        ("months_12", "2026-05", "2026-11-30", []), ("months_12", "2026-05", "2026-12-01", LATE),
        ("months_12", "2026-01", "2026-07-31", []), ("months_12", "2026-01", "2026-08-01", LATE),
        # years ahead: at registration, so never for a month that has gone
        ("years_5", "2026-11", "2026-11-30", []), ("years_5", "2026-11", "2026-12-01", LATE),
        # at most 60 months after that of the payment, in all
        ("years_5", "2026-12", "2026-11-01", []), ("years_5", "2027-01", "2026-11-30", AHEAD),
        ("years_5", "2027-01", "2026-12-01", []), ("years_5", "2031-11", "2026-11-20", AHEAD),
        ("years_2", "2029-12", "2026-11-30", []), ("years_2", "2030-01", "2026-11-30", AHEAD),
        ("months_12", "2030-12", "2026-11-30", []), ("months_12", "2031-01", "2026-11-30", AHEAD),
        ("months_1", "2031-11", "2026-11-30", []), ("months_1", "2031-12", "2026-11-30", AHEAD),
        # no face value for what is long gone
        ("months_1", "2020-09", "2026-11-20", LATE),
        # arrears until 2026-04-30, QĐ 595, Article 11.3
        ("months_1", "2020-09", "2026-04-30", []), ("months_1", "2020-09", "2026-05-01", LATE),
        ("years_2", "2026-03", "2026-04-30", LATE),
        # voluntary insurance began in 2008-01
        ("months_1", "2008-01", "2026-11-20", LATE), ("months_1", "2007-12", "2026-11-20", ["before_insurance", *LATE]),
        ("months_12", "1970-01", "2026-11-20", ["before_insurance", *LATE]),
    ],
)  # fmt: skip
def test_premium(method: str, from_month: str, paid_on: str, expected: list[str]):
    assert codes(terms_of(method, from_month), paid_on) == expected


@pytest.mark.parametrize(
    ("from_month", "paid_on", "expected"),
    [
        ("2026-11", "2026-11-30", []), ("2026-11", "2026-12-01", LATE),
        ("2027-11", "2026-11-01", []), ("2027-12", "2026-11-30", AHEAD), ("2027-12", "2026-12-01", []),
    ],
)  # fmt: skip
def test_card(from_month: str, paid_on: str, expected: list[str]):
    assert codes(card_from(from_month), paid_on) == expected


@pytest.mark.parametrize(
    ("born", "from_month", "expected"),
    [
        ("2011-11-30", "2026-11", []), ("2011-12-01", "2026-11", ["under_age"]), ("2011-12-01", "2026-12", []),
        ("2024-06-01", "2026-11", ["under_age"]), (None, "2026-11", []),
    ],
)  # fmt: skip
def test_age_in_the_first_month(born: str | None, from_month: str, expected: list[str]):
    birth_date = None if born is None else date.fromisoformat(born)
    assert codes(terms_of("months_1", from_month), "2026-11-01", birth_date=birth_date) == expected


def test_a_child_has_no_month_before_the_law_changed_either():
    child = {"birth_date": date(2024, 1, 1)}
    assert codes(terms_of("months_1", "2025-06"), "2025-06-30", **child) == ["under_age"]
    assert codes(card_from("2026-11"), "2026-11-01", **child) == []


# Born 1969-12-15: 57 years in 2026-12.
WOMAN = {"birth_date": date(1969, 12, 15), "sex": "female"}


@pytest.mark.parametrize(
    ("paid_on", "from_month", "expected"),
    [
        ("2026-10-31", "2026-10", ["before_retirement"]), ("2026-10-31", "2026-11", ["before_retirement"]),
        ("2026-11-01", "2026-10", ["before_retirement"]), ("2026-11-01", "2026-11", []), ("2027-02-01", "2027-02", []),
        ("2026-11-01", None, []),
    ],
)  # fmt: skip
def test_missing_months_from_the_month_before_retirement_age(
    paid_on: str, from_month: str | None, expected: list[str]
):
    assert codes(terms_of("missing_months", from_month, 60), paid_on, **WOMAN, months_paid=120) == expected


@pytest.mark.parametrize(
    ("months", "months_paid", "expected"),
    [
        (60, 120, []), (61, 120, ["more_than_missing"]), (1, 179, []), (2, 179, ["more_than_missing"]),
        (1, 180, ["nothing_missing"]), (1, 300, ["nothing_missing"]),
        (60, 119, ["too_many_missing"]), (60, 0, ["too_many_missing"]), (12, None, []),
    ],
)  # fmt: skip
def test_no_more_missing_months_than_are_missing(months: int, months_paid: int | None, expected: list[str]):
    terms = terms_of("missing_months", "2026-12", months)
    assert codes(terms, "2026-12-01", **WOMAN, months_paid=months_paid) == expected


def test_missing_months_before_the_law_of_2024():
    """120 months to 20 years: QĐ 595, Article 9.1.6."""
    old = {"birth_date": date(1960, 1, 1), "sex": "male"}
    terms = terms_of("missing_months", "2025-06", 120)
    assert codes(terms, "2025-06-30", **old, months_paid=120) == []
    assert codes(terms, "2025-06-30", **old, months_paid=119) == ["too_many_missing"]
    assert codes(terms, "2025-07-01", **old, months_paid=120) == ["more_than_missing"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"sex": "female"}, ["birth_date_needed"]), ({"birth_date": date(1930, 1, 1)}, ["sex_unknown"]),
        ({"months_paid": 120}, ["birth_date_needed", "sex_unknown"]), ({}, []),
    ],
)  # fmt: skip
def test_whose_retirement_age_is_unknown(person: dict[str, Any], expected: list[str]):
    assert codes(terms_of("missing_months", "2026-12", 60), "2026-12-01", **person) == expected


@pytest.mark.parametrize(
    ("from_month", "paid_on", "months"),
    [
        # Example 10 of QĐ 595: November to April, due by February
        ("2016-11", "2017-02-28", 0), ("2016-11", "2017-03-01", 1), ("2016-11", "2017-06-30", 4),
    ],
)  # fmt: skip
def test_months_late(from_month: str, paid_on: str, months: int):
    early = Rulebook(
        [rule("arrears_allowed", 1, date(2016, 1, 1)), rule("deadline_months_6", 4, date(2016, 1, 1))]
    )
    lookup = RuleLookup(early, date.fromisoformat(paid_on))
    assert count_months_late(terms_of("months_6", from_month), lookup) == months


def test_nothing_is_late_for_its_price_without_arrears():
    assert count_months_late(terms_of("months_1", "2020-09"), RuleLookup(BOOK, date(2026, 11, 20))) == 0


@given(
    st.sampled_from(sorted(METHOD_MONTHS)),
    st.dates(date(2026, 5, 1), date(2040, 12, 31)),
    st.integers(-24, 90),
)
def test_whatever_is_payable_lies_within_the_bounds(method: Method, paid_on: date, offset: int):
    """No month before the deadline's reach and none after 60 months, counted in another way than the rule does."""
    from_month, months = add_months(month_of(paid_on), offset), METHOD_MONTHS[method]
    expected = -{1: 0, 3: 2, 6: 3, 12: 6}[months] <= offset <= 61 - months
    terms = terms_of(method, from_month)
    assert (find_period_problems(terms, None, RuleLookup(BOOK, paid_on)) == []) is expected
