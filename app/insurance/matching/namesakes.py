"""Members of one commune, name (as searched) and year of birth, in the order in which a row may mean them. Pure.

There may be thousands of them, and thousands of rows that ask: each answer costs what it says, not what there is.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from typing import Final, NamedTuple
from uuid import UUID

from app.insurance.matching.scoring import Shared, compare_birth_dates

CITIZEN_DIGITS: Final = 12
_LIKELIEST_FIRST: Final = (Shared.BIRTH_DATE, Shared.BIRTH_DATE_SWAPPED, Shared.BIRTH_YEAR)


class KnownMember(NamedTuple):
    """A member as recorded in the register. number_pending: somebody else may be whom the numbers mean."""

    id: UUID
    full_name: str
    birth_date: date | None
    national_id: str | None
    social_insurance_no: str | None
    died_on: date | None
    province_code: str
    commune_code: str
    number_pending: bool = False


def _get_id(member: KnownMember) -> UUID:
    return member.id


@dataclass(slots=True)
class _ById:
    """Members in the order of their ids: of the whole year, and of each day."""

    year: list[KnownMember] = field(default_factory=list)
    days: dict[date, list[KnownMember]] = field(default_factory=dict)

    def add(self, member: KnownMember, birth_date: date) -> None:
        for members in (self.year, self.days.setdefault(birth_date, [])):
            if members and member.id < members[-1].id:
                insort(members, member, key=_get_id)
            else:
                members.append(member)

    def iter_likely(self, birth_date: date) -> Iterator[tuple[KnownMember, Shared]]:
        """Iterate over who may be somebody born on this day: those of the same day, then of the day with its month
        swapped, then of the same year, each in the order of their ids."""
        days = list(dict.fromkeys((birth_date, swap_day_and_month(birth_date))))
        for day in days:
            if day is not None:
                for member in self.days.get(day, ()):
                    yield member, Shared.BIRTH_DATE if day == birth_date else Shared.BIRTH_DATE_SWAPPED
        for member in self.year:
            if member.birth_date not in days:
                yield member, Shared.BIRTH_YEAR


def swap_day_and_month(day: date) -> date | None:
    """Swap the day and the month of a date; None where that is none."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else None


class Namesakes:
    """The members of one key. What is asked for is put in order when it is asked for the first time."""

    def __init__(self) -> None:
        self._added: list[KnownMember] = []
        self._numbered: dict[str, KnownMember] = {}
        self._all, self._unnumbered = _ById(), _ById()
        self._by_name: dict[tuple[date, str], list[KnownMember]] = {}

    def add(self, member: KnownMember) -> None:
        """Add a member; of nobody without a birth date."""
        self._added.append(member)

    def _index_added(self) -> None:
        for member in self._added:
            assert member.birth_date is not None  # noqa: S101 - it is part of the key
            self._all.add(member, member.birth_date)
            if member.national_id is not None and len(member.national_id) == CITIZEN_DIGITS:
                self._numbered[member.national_id] = member
            else:
                self._unnumbered.add(member, member.birth_date)
            self._by_name.setdefault((member.birth_date, member.full_name.casefold()), []).append(member)
        self._added.clear()

    def find_by_name(self, full_name: str, birth_date: date) -> list[KnownMember]:
        """Find the members of exactly this name and day, capitals aside."""
        self._index_added()
        return self._by_name.get((birth_date, full_name.casefold()), [])

    def iter_candidates(
        self, birth_date: date, national_id: str | None
    ) -> Iterator[tuple[KnownMember, Shared]]:
        """Iterate over who may be somebody of this birth date, the likeliest first, then in the order of their ids; of
        somebody with a citizen's number, not those who have another."""
        self._index_added()
        if national_id is None or len(national_id) != CITIZEN_DIGITS:
            return self._all.iter_likely(birth_date)
        same = self._numbered.get(national_id)
        shared = same and same.birth_date and compare_birth_dates(birth_date, same.birth_date)
        if not same or not shared:
            return self._unnumbered.iter_likely(birth_date)
        return merge(self._unnumbered.iter_likely(birth_date), [(same, shared)], key=_order)


def _order(found: tuple[KnownMember, Shared]) -> tuple[int, UUID]:
    return _LIKELIEST_FIRST.index(found[1]), found[0].id
