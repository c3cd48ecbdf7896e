"""Renewals (tái tục) as functions of values: retention, small cells, years without a break."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from app.core.time import month_of
from app.insurance.card_rules import shifted

LEAST_PERSONS: Final = 5
"""Who may not see people sees no figure that tells of fewer than this."""

NOT_DUE: Final = ("compulsory", "died", "one_off", "pension")
"""Why insurance ended, where nobody expects that it goes on (enrolment_rules.Ending)."""

_PLACES = Decimal("0.0001")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Tally:
    """Coverages that came to their end. open: not renewed, and still in time to be; persons: of all of them."""

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
    return (Decimal(renewed) / due).quantize(_PLACES, ROUND_HALF_UP) if due else None


def hidden(tallies: Mapping[Key, Tally]) -> set[Key]:
    """Whose figures must not be shown to who may not see people.

    Cells of fewer than 5 persons; and where those are one alone, or fewer than 5 persons together, the smallest of the
    others too, which would tell them by what is missing from the total.
    """
    small = {key for key, tally in tallies.items() if 0 < tally.persons < LEAST_PERSONS}
    rest = sorted(
        (key for key in tallies if tallies[key].persons >= LEAST_PERSONS),
        key=lambda key: tallies[key].persons,
    )
    told = sum(tallies[key].persons for key in small)
    if small and rest and (len(small) == 1 or told < LEAST_PERSONS):
        small.add(rest[0])
    return small


def stopped_in(until: date) -> str:
    """The first month that is not covered whole (tháng dừng)."""
    return month_of(until + timedelta(days=1))


def full_years(since: date, until: date) -> int:
    """Whole years without a break, from the first day to the last (số năm liên tục)."""
    years = max(0, until.year - since.year + 1)
    while years and shifted(since, 12 * years) - timedelta(days=1) > until:
        years -= 1
    return years
