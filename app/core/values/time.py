"""Time: instants in UTC, calendar days in Viet Nam, months as `YYYY-MM`."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from app.core.errors import InvalidInput, field_problem

VIET_NAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""No daylight saving here since 1975, and a fixed offset needs no time zone files on slim machines."""

FIRST_YEAR, LAST_YEAR = 1900, 2200

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def _system_clock() -> datetime:
    return datetime.now(UTC)


_clock: Callable[[], datetime] = _system_clock


def now() -> datetime:
    """This instant, UTC, aware."""
    return _clock()


def today() -> date:
    """The calendar day in Viet Nam."""
    return _clock().astimezone(VIET_NAM).date()


@contextmanager
def freeze_time(instant: datetime) -> Iterator[None]:
    """Freeze this process's clock at an aware instant, for tests and for demonstration data."""
    global _clock
    previous, fixed = _clock, instant.astimezone(UTC)
    _clock = lambda: fixed  # noqa: E731 - a named function would say nothing more
    try:
        yield
    finally:
        _clock = previous


def _parse_day(value: object) -> date:
    """A day from its ISO text, or a date that is not a datetime."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise field_problem(
            "day",
            vi="Cần một ngày có thật, dạng NĂM-THÁNG-NGÀY.",
            en="An existing day as YYYY-MM-DD is needed.",
        )
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise field_problem(
            "day_range",
            vi=f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.",
            en=f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return value


def _parse_instant(value: object) -> datetime:
    """An instant from its RFC 3339 text, or an aware datetime; UTC."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            value = datetime.fromisoformat(value.upper())
        except ValueError:
            value = None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise field_problem(
            "instant",
            vi="Cần một thời điểm dạng RFC 3339, có múi giờ.",
            en="An RFC 3339 instant with a time zone is needed.",
        )
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise field_problem(
            "instant_range",
            vi=f"Năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.",
            en=f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return value.astimezone(UTC)


@lru_cache(maxsize=1024)  # the rows of a file are of few months
def _check_month(value: str) -> str:
    if not _MONTH.fullmatch(value) or not FIRST_YEAR <= int(value[:4]) <= LAST_YEAR:
        raise field_problem("month", vi="Cần một tháng, dạng NĂM-THÁNG.", en="A month as YYYY-MM is needed.")
    return value


Day = Annotated[date, BeforeValidator(_parse_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day `YYYY-MM-DD` (ngày): no time of day, no number, years 1900 to 2200."""

Instant = Annotated[
    datetime, BeforeValidator(_parse_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment in a request (thời điểm): RFC 3339 with its time zone, kept in UTC."""

Month = Annotated[
    str,
    AfterValidator(_check_month),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-12"]}),
]
"""A calendar month `YYYY-MM` (tháng): text, so that it sorts and travels as it is."""


def month_of(day: date) -> str:
    """The month in which a day lies."""
    return f"{day.year:04d}-{day.month:02d}"


@lru_cache(maxsize=1024)
def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def start_of_day(day: date) -> datetime:
    """The instant at which a day begins in Viet Nam."""
    return datetime.combine(day, time(), VIET_NAM)


def add_months(month: str, count: int) -> str:
    """The month `count` months later (earlier when negative)."""
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04d}-{index + 1:02d}"


def check_day_order(begins: date | None, ends: date | None, pointer: str) -> None:
    """Refuse an end before the beginning. Raises: InvalidInput at *pointer*."""
    if begins is not None and ends is not None and ends < begins:
        raise InvalidInput.at(
            pointer,
            "ends_before_beginning",
            vi="Ngày kết thúc trước ngày bắt đầu.",
            en="The end is before the start.",
        )


def check_validity(valid_from: date, valid_to: date | None) -> None:
    """Refuse a last day before the first. Raises: InvalidInput at /valid_to."""
    if valid_to is not None and valid_to < valid_from:
        raise InvalidInput.at(
            "/valid_to",
            "dates_reversed",
            vi="Ngày cuối trước ngày đầu.",
            en="The last day is before the first.",
        )
