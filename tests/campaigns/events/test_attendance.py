"""How many people the events of a campaign reached."""

from app.campaigns.events.attendance import Attendance, sum_attendance
from app.campaigns.kinds import AttendanceOf
from app.campaigns.numbers import Qualifier

EACH, TOTAL = AttendanceOf.EACH_SESSION, AttendanceOf.TOTAL
Q = Qualifier


def make_attendance(
    low: int, high: int, qualifier: Qualifier, of: AttendanceOf = TOTAL, sessions: int | None = None
) -> Attendance:
    return Attendance(low, high, qualifier, of, sessions)


def test_sum_and_edges_of_folk_theatre():
    """300–500 viewers in each of 16 sessions, one gần 1,000."""
    reach = sum_attendance(
        2, [make_attendance(300, 500, Q.UNSPECIFIED, EACH, 16), make_attendance(1000, 1000, Q.NEARLY)]
    )
    assert (reach.low, reach.high) == (5800, 9000)
    assert (reach.smallest, reach.largest, reach.counted, reach.qualifier) == (300, 1000, 2, Q.ABOUT)


def test_number_of_sessions_not_printed():
    reach = sum_attendance(
        2, [make_attendance(300, 500, Q.UNSPECIFIED, EACH), make_attendance(1000, 1000, Q.NEARLY)]
    )
    assert (reach.events, reach.counted, reach.low, reach.high) == (2, 1, 1000, 1000)
    assert (reach.smallest, reach.largest, reach.qualifier) == (300, 1000, Q.NEARLY)


def test_no_event_yet():
    reach = sum_attendance(0, [])
    assert (reach.counted, reach.low, reach.high, reach.smallest, reach.largest) == (0, 0, 0, None, None)
    assert reach.qualifier is Q.EXACT
