"""Counts of so few people that they could be recognised: they are shown only to those whose data they are."""

from decimal import Decimal
from typing import Final

MIN_SHOWN_PEOPLE: Final = 5
"""A figure about fewer people than this is hidden from whoever sees aggregates only."""


def is_small_count(count: int | Decimal) -> bool:
    """Whether somebody is counted, but so few that they could be recognised; zero may be shown."""
    return 0 < count < MIN_SHOWN_PEOPLE
