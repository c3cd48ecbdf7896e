"""When a failed delivery is tried again, and when it is given up. Pure."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

PATIENCE: Final = timedelta(days=3)
"""So long after its first attempt a delivery is tried a last time; so long may an endpoint fail."""

DELAYS: Final = tuple(
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
"""After the first failure, the second and so on; together with the last attempt they fill three days."""

JITTER: Final = 0.2
"""A delay is made up to so much shorter or longer, so that what failed together does not come back together."""


def next_attempt(
    tries: int, first_at: datetime, at: datetime, *, chance: float, retry_after: timedelta | None = None
) -> datetime | None:
    """When to try again, or None to give up.

    tries: attempts made, at least 1. first_at, at: the first and this one. chance: from 0 to 1. retry_after: the
    receiver's wish, which is heeded as far as the three days reach.
    """
    last = first_at + PATIENCE
    if at >= last:
        return None
    if tries > len(DELAYS):
        return last
    delay = DELAYS[tries - 1] * (1 - JITTER + 2 * JITTER * chance)
    return min(at + max(delay, retry_after or delay), last)


def wish_of(header: str | None, at: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or a date; None when it says nothing that can be read."""
    if header is None or len(header) > 40:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), int(PATIENCE.total_seconds())))
    try:
        wish = parsedate_to_datetime(text) - at
    except (ValueError, TypeError, OverflowError):
        return None
    return max(wish, timedelta())
