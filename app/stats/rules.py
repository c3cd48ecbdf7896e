"""How figures are added up from cells, and which are too small to show."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

LEAST_PERSONS = 5
"""A viewer sees no figure that tells of fewer people than this."""

ACCEPTED = frozenset({"accepted", "paid", "active", "ended"})
REFUSED = frozenset({"returned", "rejected"})


@dataclass(slots=True)
class Sums:
    """đồng by kind of entry, and how many entries; a reversal has already been taken off its kind."""

    by_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    entries: int = 0

    def add(self, kind: str, amount: int, entries: int) -> None:
        """Count one cell in."""
        self.by_kind[kind] += amount
        self.entries += entries

    @property
    def saved(self) -> int:
        """What was put by and is not taken back: savings + sales − withdrawals."""
        kinds = self.by_kind
        return kinds["saving"] + kinds["sale"] - kinds["withdrawal"]


def hidden(persons: int, *, suppress: bool) -> bool:
    """Whether figures about so many people must not be shown; nobody at all tells of nobody."""
    return suppress and 0 < persons < LEAST_PERSONS


def accepted(status: str) -> bool:
    """Whether an enrolment of this status counts as accepted by BHXH."""
    return status in ACCEPTED


def by_product(cells: Iterable[tuple[str, str, int]]) -> dict[str, tuple[int, int]]:
    """Persons submitted (everything that BHXH has not refused) and accepted, by product.

    cells: (product, status, persons).
    """
    found: dict[str, tuple[int, int]] = {}
    for product, status, persons in cells:
        submitted, taken = found.get(product, (0, 0))
        if status not in REFUSED:
            submitted += persons
        found[product] = (submitted, taken + (persons if accepted(status) else 0))
    return dict(sorted(found.items()))
