"""How far an emergency access is, at a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from app.privacy.emergency.rules import EmergencyState, find_state

ASKED = datetime(2026, 11, 1, 22, tzinfo=UTC)
DECIDE_BY, ENDS = ASKED + timedelta(days=1), ASKED + timedelta(hours=2)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("status", "ends_at", "reviewed_at", "at", "state"),
    [
        ("requested", None, None, DECIDE_BY - MOMENT, EmergencyState.REQUESTED),
        ("requested", None, None, DECIDE_BY, EmergencyState.LAPSED),
        ("refused", None, None, ENDS, EmergencyState.REFUSED),
        ("cancelled", None, None, ENDS, EmergencyState.CANCELLED),
        ("approved", ENDS, None, ENDS - MOMENT, EmergencyState.ACTIVE),
        ("approved", ENDS, None, ENDS, EmergencyState.OVER),
        ("ended", ENDS, None, ENDS, EmergencyState.OVER),
        ("approved", ENDS, ENDS, ENDS + MOMENT, EmergencyState.REVIEWED),
        ("ended", ENDS, ENDS, ENDS + MOMENT, EmergencyState.REVIEWED),
    ],
)
def test_what_time_makes_of_a_status(status, ends_at, reviewed_at, at, state) -> None:
    assert find_state(status, DECIDE_BY, ends_at, reviewed_at, at) is state
