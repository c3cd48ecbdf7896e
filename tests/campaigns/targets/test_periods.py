"""Periods of targets."""

from datetime import date

import pytest

from app.campaigns.kinds import Period
from app.campaigns.targets.periods import compute_period_end, resolve_period_end
from app.core.errors import InvalidInput

P = Period


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        (P.YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (P.QUARTER, date(2024, 7, 1), date(2024, 9, 30)),
        (P.MONTH, date(2023, 2, 1), date(2023, 2, 28)),
        (P.WEEK, date(2024, 12, 30), date(2025, 1, 5)),
        (P.OTHER, date(2024, 5, 13), None),
    ],
)
def test_last_day(period: Period, begins: date, ends: date | None):
    assert compute_period_end(period, begins) == ends


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        (P.YEAR, date(2024, 2, 1)),
        (P.QUARTER, date(2024, 2, 1)),
        (P.MONTH, date(2024, 2, 2)),
        (P.WEEK, date(2024, 12, 31)),
    ],
)
def test_no_such_period_begins_there(period: Period, begins: date):
    with pytest.raises(InvalidInput) as exc_info:
        resolve_period_end(period, begins, None)
    assert exc_info.value.errors[0].pointer == "/period_from"


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        (P.OTHER, date(2024, 5, 13), None),
        (P.OTHER, date(2024, 5, 13), date(2024, 5, 12)),
        (P.MONTH, date(2024, 2, 1), date(2024, 2, 28)),
    ],
)
def test_last_day_is_missing_or_wrong(period: Period, begins: date, ends: date | None):
    with pytest.raises(InvalidInput) as exc_info:
        resolve_period_end(period, begins, ends)
    assert exc_info.value.errors[0].pointer == "/period_to"


def test_given_last_day_is_taken():
    assert resolve_period_end(P.OTHER, date(2024, 5, 13), date(2024, 11, 13)) == date(2024, 11, 13)
    assert resolve_period_end(P.WEEK, date(2024, 12, 30), date(2025, 1, 5)) == date(2025, 1, 5)
