"""Periods of targets: a year, quarter, month or week is a whole one."""

from datetime import date, timedelta

from app.campaigns.kinds import Period
from app.core.errors import InvalidInput
from app.core.values.time import add_months, first_day, month_of

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def compute_period_end(period: Period, begins: date) -> date | None:
    """Compute the last day of the period that begins on a day; None for a period of no fixed length.

    Raises: InvalidInput when no such period begins on that day.
    """
    if period is Period.OTHER:
        return None
    if period is Period.WEEK:
        is_first_day, ends = begins.weekday() == 0, begins + timedelta(days=6)
    else:
        months = _MONTHS[period]
        is_first_day = begins.day == 1 and (begins.month - 1) % months == 0
        ends = first_day(add_months(month_of(begins), months)) - timedelta(days=1)
    if not is_first_day:
        raise InvalidInput.at(
            "/period_from",
            "not_a_first_day",
            vi="Không phải ngày đầu của năm, quý, tháng hoặc tuần (thứ Hai).",
            en="A period of this kind does not begin on this day; weeks begin on Monday.",
        )
    return ends


def resolve_period_end(period: Period, begins: date, ends: date | None) -> date:
    """Resolve the last day of a period. Raises: InvalidInput when it is missing or wrong."""
    computed = compute_period_end(period, begins)
    end = computed or ends
    if end is None or (ends is not None and ends != end) or end < begins:
        raise InvalidInput.at(
            "/period_to",
            "not_the_last_day",
            vi="Cần ngày cuối của kỳ, không trước ngày đầu và khớp với loại kỳ.",
            en="The last day of the period is needed: not before the first, and that of the given kind of period.",
        )
    return end
