"""Rules of renewals (tái tục): retention, suppression of small cells, years without a break. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from app.insurance.law.card import shift_months

MIN_SUMMARY_PERSONS: Final = 5
"""A figure about fewer people than this is suppressed for actors who may not see people."""

END_REASONS_WITHOUT_RENEWAL: Final = ("compulsory", "died", "one_off", "pension")
"""Why insurance ended, where nobody expects that it goes on (`app.insurance.kinds.EnrolmentEndReason`)."""

_FOUR_DECIMALS = Decimal("0.0001")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of coverages that ended. open: not renewed but still in time; persons: of all of them."""

    due: int
    renewed: int
    open: int
    persons: int

    @property
    def lapsed(self) -> int:
        """Neither renewed nor in time to be."""
        return self.due - self.renewed - self.open


def retention(renewed: int, due: int) -> Decimal | None:
    """renewed / due with four decimals, half up (tỷ lệ duy trì); None where nothing was due."""
    return (Decimal(renewed) / due).quantize(_FOUR_DECIMALS, ROUND_HALF_UP) if due else None


def find_suppressed_tallies(tallies: Mapping[K, Tally]) -> set[K]:
    """Find the keys whose figures are suppressed for those who may not read members.

    Cells of fewer than 5 persons; and where those are one alone, or fewer than 5 persons together, the smallest of the
    others too, which would tell them by what is missing from the total.
    """
    small = {key for key, tally in tallies.items() if 0 < tally.persons < MIN_SUMMARY_PERSONS}
    others = sorted(
        (key for key in tallies if tallies[key].persons >= MIN_SUMMARY_PERSONS),
        key=lambda key: tallies[key].persons,
    )
    small_persons = sum(tallies[key].persons for key in small)
    if small and others and (len(small) == 1 or small_persons < MIN_SUMMARY_PERSONS):
        small.add(others[0])
    return small


def full_years(since: date, until: date) -> int:
    """Whole years without a break, from the first day to the last (số năm liên tục)."""
    years = max(0, until.year - since.year + 1)
    while years and shift_months(since, 12 * years) - timedelta(days=1) > until:
        years -= 1
    return years
