"""Three days of patience: when the next attempt is, and when there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from app.exchange.webhooks.schedule import DELAYS, JITTER, PATIENCE, next_attempt, wish_of

START = datetime(2026, 11, 21, tzinfo=UTC)


def attempts(chance: float) -> list[datetime]:
    """All attempts at something that always fails."""
    made = [START]
    while (due := next_attempt(len(made), START, made[-1], chance=chance)) is not None:
        made.append(due)
    return made


class TestNextAttempt:
    @pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
    def test_the_last_one_is_after_three_days(self, chance: float):
        made = attempts(chance)
        assert made == sorted(set(made))
        assert made[-1] == START + PATIENCE
        assert len(made) > 10

    def test_delays_grow_and_spread(self):
        assert list(DELAYS) == sorted(DELAYS)
        least = next_attempt(1, START, START, chance=0.0)
        most = next_attempt(1, START, START, chance=1.0)
        assert least is not None
        assert most is not None
        assert (least - START, most - START) == (DELAYS[0] * (1 - JITTER), DELAYS[0] * (1 + JITTER))

    def test_a_wish_is_heeded_but_not_without_bound(self):
        hour = timedelta(hours=1)
        assert next_attempt(1, START, START, chance=0.5, retry_after=hour) == START + hour
        assert next_attempt(9, START, START, chance=0.5, retry_after=hour) == START + DELAYS[8]
        year = timedelta(days=365)
        assert next_attempt(1, START, START, chance=0.5, retry_after=year) == START + PATIENCE

    def test_none_after_it(self):
        assert next_attempt(3, START, START + PATIENCE, chance=0.5) is None


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
            ("9" * 30, PATIENCE.total_seconds()),
            ("9" * 50, None),
            ("Sat, 21 Nov 2026 00:02:00 GMT", 120),
            ("Fri, 20 Nov 2026 00:00:00 GMT", 0),
            ("Sat, 21 Nov 2026 00:02:00", None),
        ],
    )
    def test_it(self, header: str | None, seconds: float | None):
        wish = wish_of(header, START)
        assert (None if wish is None else wish.total_seconds()) == seconds
