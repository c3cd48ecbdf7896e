"""Sum how many people a campaign's events reached, from attendance that was reported in different ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.campaigns.kinds import AttendanceOf
from app.campaigns.numbers import Qualifier, qualify_sum


@dataclass(frozen=True, slots=True)
class Attendance:
    """The attendance of one event: `low` to `high` people, in all or in each of its sessions."""

    low: int
    high: int
    qualifier: Qualifier
    of: AttendanceOf
    sessions: int | None

    def total(self) -> tuple[int, int] | None:
        """Return the fewest and the most people in all; None when the number of sessions is unknown."""
        if self.of is AttendanceOf.TOTAL:
            return self.low, self.high
        if self.sessions is None:
            return None
        return self.low * self.sessions, self.high * self.sessions


@dataclass(frozen=True, slots=True)
class Reach:
    """The summed attendance of a campaign's events.

    counted: how many events the sum includes; a person who came twice counts twice. qualifier: of the
    sum. smallest, largest: of any one event or session.
    """

    events: int
    counted: int
    low: int
    high: int
    qualifier: Qualifier
    smallest: int | None
    largest: int | None


def sum_attendance(events: int, attendances: Sequence[Attendance]) -> Reach:
    """Sum the attendance (min–max), and find the smallest and largest crowd.

    events: how many there were, with an attendance or without.
    """
    summable = [
        (attendance, total) for attendance in attendances if (total := attendance.total()) is not None
    ]
    return Reach(
        events=events,
        counted=len(summable),
        low=sum(total[0] for _, total in summable),
        high=sum(total[1] for _, total in summable),
        qualifier=qualify_sum(attendance.qualifier for attendance, _ in summable),
        smallest=min((attendance.low for attendance in attendances), default=None),
        largest=max((attendance.high for attendance in attendances), default=None),
    )
