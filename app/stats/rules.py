"""Rules of statistics: how figures are added up, and which are suppressed as being about too few people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.core.values.small_counts import is_small_count

ACCEPTED_STATUSES = frozenset({"accepted", "paid", "active", "ended"})
REFUSED_STATUSES = frozenset({"returned", "rejected"})


@dataclass(slots=True)
class MoneySums:
    """Sums of đồng by kind of entry, and the number of entries; reversals are subtracted from their kind."""

    by_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    entries: int = 0

    def add(self, kind: str, amount: int, entries: int) -> None:
        """Add one cell."""
        self.by_kind[kind] += amount
        self.entries += entries

    @property
    def net_savings(self) -> int:
        """Return savings and sales less withdrawals."""
        kinds = self.by_kind
        return kinds["saving"] + kinds["sale"] - kinds["withdrawal"]


def is_suppressed(persons: int, *, suppress: bool) -> bool:
    """Return whether figures about so many people must not be shown; zero may be shown."""
    return suppress and is_small_count(persons)


def is_accepted(status: str) -> bool:
    """Return whether an enrolment of this status counts as accepted by BHXH."""
    return status in ACCEPTED_STATUSES


def count_by_product(cells: Iterable[tuple[str, str, int]]) -> dict[str, tuple[int, int]]:
    """Count the persons submitted (everything that BHXH has not refused) and accepted, by product.

    cells: (product, status, persons).
    """
    counts: dict[str, tuple[int, int]] = {}
    for product, status, persons in cells:
        submitted, accepted_persons = counts.get(product, (0, 0))
        if status not in REFUSED_STATUSES:
            submitted += persons
        counts[product] = (submitted, accepted_persons + (persons if is_accepted(status) else 0))
    return dict(sorted(counts.items()))
