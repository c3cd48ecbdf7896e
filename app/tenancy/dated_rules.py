"""Rules of entries with a first and a last day: they can change, but not for days that have passed."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Protocol, TypeVar

from app.core.errors import InvalidInput
from app.tenancy.errors import DatesOverlap, rewrites_past


class DatedEntry(Protocol):
    """In force from valid_from to valid_to, both included; None has no end."""

    valid_from: date
    valid_to: date | None


_Entry = TypeVar("_Entry", bound=DatedEntry)


class EndEffect(Enum):
    """The effect of ending an entry on its row."""

    NONE = "none"  # it already ended on that day
    CUT = "cut"
    WITHDRAW = "withdraw"  # it was never in force before today


def is_in_force(entry: DatedEntry, day: date) -> bool:
    """Return whether the entry is in force on the day."""
    return entry.valid_from <= day and (entry.valid_to is None or entry.valid_to >= day)


def find_entry_to_cut(entries: Sequence[_Entry], start: date, today: date) -> _Entry | None:
    """Find the entry that must end on the day before *start*, where another one begins.

    Days without an entry may be filled in later, also in the past.
    Raises: DatesOverlap when an entry begins on *start* or later; InvalidInput when a recorded day has passed.
    """
    if any(entry.valid_from >= start for entry in entries):
        raise DatesOverlap
    current = next((entry for entry in entries if is_in_force(entry, start)), None)
    if current is not None and start < today:
        raise rewrites_past("/valid_from")
    return current


def decide_end(entry: DatedEntry, last_day: date, today: date) -> EndEffect:
    """Decide the effect of ending the entry on *last_day*, which is yesterday at the earliest.

    Raises: InvalidInput when that day has passed, or lies after the end that the entry has.
    """
    if entry.valid_to == last_day:
        return EndEffect.NONE
    if last_day < today - timedelta(days=1):
        raise rewrites_past("/valid_to")
    if entry.valid_to is not None and entry.valid_to < last_day:
        raise InvalidInput.at(
            "/valid_to",
            "ends_before",
            vi="Mục này kết thúc trước ngày đó.",
            en="The entry ends before that day.",
        )
    return EndEffect.WITHDRAW if last_day < entry.valid_from else EndEffect.CUT
