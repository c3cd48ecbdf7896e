"""How many people the events of a campaign reached."""

from app.campaigns.attendance_rules import Attendance, reach_of
from app.campaigns.kinds import AttendanceOf
from app.campaigns.number_rules import Qualifier

EACH, TOTAL = AttendanceOf.EACH_SESSION, AttendanceOf.TOTAL
Q = Qualifier


def crowd(
    low: int, high: int, qualifier: Qualifier, of: AttendanceOf = TOTAL, sessions: int | None = None
) -> Attendance:
    return Attendance(low, high, qualifier, of, sessions)


def test_sum_and_edges_of_folk_theatre():
    """300–500 viewers in each of 16 sessions, one gần 1,000."""
    reach = reach_of(2, [crowd(300, 500, Q.UNSPECIFIED, EACH, 16), crowd(1000, 1000, Q.NEARLY)])
    assert (reach.low, reach.high) == (5800, 9000)
    assert (reach.smallest, reach.largest, reach.counted, reach.qualifier) == (300, 1000, 2, Q.ABOUT)


def test_number_of_sessions_not_printed():
    reach = reach_of(2, [crowd(300, 500, Q.UNSPECIFIED, EACH), crowd(1000, 1000, Q.NEARLY)])
    assert (reach.events, reach.counted, reach.low, reach.high) == (2, 1, 1000, 1000)
    assert (reach.smallest, reach.largest, reach.qualifier) == (300, 1000, Q.NEARLY)


def test_no_event_yet():
    reach = reach_of(0, [])
    assert (reach.counted, reach.low, reach.high, reach.smallest, reach.largest) == (0, 0, 0, None, None)
    assert reach.qualifier is Q.EXACT
