"""Rules of statistics: how figures are added up, and which are suppressed as being about too few people."""

from collections import defaultdict
from dataclasses import dataclass, field

from app.core.values.small_counts import is_small_count


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
