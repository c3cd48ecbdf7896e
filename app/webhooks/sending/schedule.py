"""When a failed delivery is retried, and when it is given up. Pure."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

RETRY_WINDOW: Final = timedelta(days=3)
"""The time from the first to the last attempt of a delivery, and for which an endpoint may fail."""

RETRY_DELAYS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        5,
        30,
        120,
        600,
        1800,
        3600,
        2 * 3600,
        4 * 3600,
        8 * 3600,
        12 * 3600,
        18 * 3600,
        24 * 3600,
    )
)
"""Delays after the first failure, the second and so on; with the last attempt they fill three days."""

RETRY_JITTER: Final = 0.2
"""The share by which a delay varies, so that deliveries that failed together are not retried together."""


def schedule_next_attempt(
    tries: int,
    first_at: datetime,
    attempted_at: datetime,
    *,
    chance: float,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """Return when to try again, or None to give up.

    tries: attempts made, at least 1. first_at, attempted_at: times of the first and this one. chance: from 0 to 1.
    retry_after: the receiver's request, followed as far as the three days allow.
    """
    last = first_at + RETRY_WINDOW
    if attempted_at >= last:
        return None
    if tries > len(RETRY_DELAYS):
        return last
    delay = RETRY_DELAYS[tries - 1] * (1 - RETRY_JITTER + 2 * RETRY_JITTER * chance)
    return min(attempted_at + max(delay, retry_after or delay), last)


def parse_retry_after(header: str | None, received_at: datetime) -> timedelta | None:
    """Parse a Retry-After header: seconds or a date; None when it is absent or unreadable."""
    if header is None or len(header) > 40:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), int(RETRY_WINDOW.total_seconds())))
    try:
        delay = parsedate_to_datetime(text) - received_at
    except (ValueError, TypeError, OverflowError):
        return None
    return max(delay, timedelta())
