"""The retry schedule of three days: when the next attempt is, and when there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from app.webhooks.sending.schedule import (
    RETRY_DELAYS,
    RETRY_JITTER,
    RETRY_WINDOW,
    parse_retry_after,
    schedule_next_attempt,
)

START = datetime(2026, 11, 21, tzinfo=UTC)


def list_attempts(jitter: float) -> list[datetime]:
    """All attempts at something that always fails."""
    created = [START]
    while (due := schedule_next_attempt(len(created), START, created[-1], chance=jitter)) is not None:
        created.append(due)
    return created


class TestNextAttempt:
    @pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
    def test_the_last_one_is_after_three_days(self, jitter: float):
        created = list_attempts(jitter)
        assert created == sorted(set(created))
        assert created[-1] == START + RETRY_WINDOW
        assert len(created) > 10

    def test_delays_grow_and_spread(self):
        assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)
        least = schedule_next_attempt(1, START, START, chance=0.0)
        most = schedule_next_attempt(1, START, START, chance=1.0)
        assert least is not None
        assert most is not None
        assert (least - START, most - START) == (
            RETRY_DELAYS[0] * (1 - RETRY_JITTER),
            RETRY_DELAYS[0] * (1 + RETRY_JITTER),
        )

    def test_a_wish_is_heeded_but_not_without_bound(self):
        hour = timedelta(hours=1)
        assert schedule_next_attempt(1, START, START, chance=0.5, retry_after=hour) == START + hour
        assert schedule_next_attempt(9, START, START, chance=0.5, retry_after=hour) == START + RETRY_DELAYS[8]
        year = timedelta(days=365)
        assert schedule_next_attempt(1, START, START, chance=0.5, retry_after=year) == START + RETRY_WINDOW

    def test_none_after_it(self):
        assert schedule_next_attempt(3, START, START + RETRY_WINDOW, chance=0.5) is None


class TestWish:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            (None, None),
            ("", None),
            ("soon", None),
            ("-5", None),
            ("1.5", None),
            ("٥", None),
            ("120", 120),
            (" 7 ", 7),
            ("9" * 30, RETRY_WINDOW.total_seconds()),
            ("9" * 50, None),
            ("Sat, 21 Nov 2026 00:02:00 GMT", 120),
            ("Fri, 20 Nov 2026 00:00:00 GMT", 0),
            ("Sat, 21 Nov 2026 00:02:00", None),
        ],
    )
    def test_it(self, header: str | None, seconds: float | None):
        wish = parse_retry_after(header, START)
        assert (None if wish is None else wish.total_seconds()) == seconds
