"""Money: whole đồng (VND), never a fraction and never a float."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

MAX_DONG = 9_000_000_000_000
"""Bound of one amount: a million of them still fits a bigint sum."""

Dong = Annotated[int, Field(strict=True, ge=1, le=MAX_DONG, description="Số tiền, đồng (whole VND)")]
"""A positive amount in a request body (số tiền)."""


def round_half_up(amount: Decimal) -> int:
    """To the nearest đồng, half a đồng away from zero: the rounding that fits the official examples.

    Source: the worked examples printed in QĐ 595/QĐ-BHXH (2017).
    Raises: ValueError for an infinite or undefined amount.
    """
    if not amount.is_finite():
        raise ValueError("not an amount of money")
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))
