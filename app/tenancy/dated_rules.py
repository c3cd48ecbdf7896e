"""Entries with a first and a last day: how they change without rewriting a day that has passed."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from typing import Protocol, TypeVar

from app.core.errors import InvalidInput
from app.tenancy.errors import DatesOverlap, rewrites_past


class Dated(Protocol):
    """In force from valid_from to valid_to, both included; None has no end."""

    valid_from: date
    valid_to: date | None


Entry = TypeVar("Entry", bound=Dated)


class Ending(Enum):
    """What ending an entry means for its row."""

    NONE = "none"  # it ended on that day already
    CUT = "cut"
    WITHDRAW = "withdraw"  # it never was in force before today


def in_force(entry: Dated, day: date) -> bool:
    """Whether the entry holds on the day."""
    return entry.valid_from <= day and (entry.valid_to is None or entry.valid_to >= day)


def cut_by(entries: Sequence[Entry], start: date, today: date) -> Entry | None:
    """Which of the entries ends on the day before *start*, when another takes its place from then on.

    Days without an entry may be filled in later, also in the past.
    Raises: DatesOverlap when an entry begins on *start* or later; InvalidInput when a recorded day has passed.
    """
    if any(entry.valid_from >= start for entry in entries):
        raise DatesOverlap
    current = next((entry for entry in entries if in_force(entry, start)), None)
    if current is not None and start < today:
        raise rewrites_past("/valid_from")
    return current


def ending(entry: Dated, last_day: date, today: date) -> Ending:
    """How the entry comes to end on *last_day*: yesterday at the earliest, which takes hold at once.

    Raises: InvalidInput when that day has passed, or lies after the end that the entry has.
    """
    if entry.valid_to == last_day:
        return Ending.NONE
    if last_day < today - timedelta(days=1):
        raise rewrites_past("/valid_to")
    if entry.valid_to is not None and entry.valid_to < last_day:
        raise InvalidInput.at(
            "/valid_to",
            "ends_before",
            vi="Mục này kết thúc trước ngày đó.",
            en="The entry ends before that day.",
        )
    return Ending.WITHDRAW if last_day < entry.valid_from else Ending.CUT
