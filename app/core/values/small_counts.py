"""Small counts of people, who could be recognised: shown only to those who may see the people themselves."""

from decimal import Decimal
from typing import Final

MIN_SHOWN_PEOPLE: Final = 5
"""Figures about fewer people than this are hidden from those who see aggregates only."""


def is_small_count(count: int | Decimal) -> bool:
    """Return whether so few people are counted that they could be recognised; zero may be shown."""
    return 0 < count < MIN_SHOWN_PEOPLE
