"""Numbers as they were printed: exact decimals with the qualifier before them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Final


class Qualifier(StrEnum):
    """The word before a number (từ hạn định)."""

    EXACT = "exact"  # no such word
    ABOUT = "about"  # khoảng
    NEARLY = "nearly"  # gần
    MORE_THAN = "more_than"  # hơn, trên
    AT_LEAST = "at_least"  # ít nhất, từ … trở lên
    UNSPECIFIED = "unspecified"  # a range, or words without a number


Q = Qualifier


@dataclass(frozen=True, slots=True)
class QualifiedNumber:
    """One number as it was printed. unit: a value of `kinds.Unit`."""

    value: Decimal
    unit: str
    qualifier: Qualifier = Q.EXACT


def round_decimal(value: Decimal, decimals: int) -> Decimal:
    """Round to so many decimal places, half away from zero, as people do."""
    with localcontext(prec=60):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0  # never "-0"


def divide(value: Decimal, by: Decimal) -> Decimal:
    """Divide to 50 digits. Raises: ZeroDivisionError."""
    if by == 0:
        raise ZeroDivisionError("the denominator is zero")
    with localcontext(prec=50):
        return value / by


def count_decimals(value: Decimal) -> int:
    """Count the decimal places that a number was written with: 31.5 has 1, 30 has 0."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - infinite numbers are refused on entry
    return max(0, -exponent)


def is_consistent(computed: Decimal, printed: Decimal, qualifier: Qualifier) -> bool:
    """Return whether a computed number agrees with the printed one, at its decimals and with its qualifier."""
    computed_rounded = round_decimal(computed, count_decimals(printed))
    match qualifier:
        case Q.NEARLY:
            return computed_rounded <= printed
        case Q.MORE_THAN | Q.AT_LEAST:
            return computed_rounded >= printed
        case Q.ABOUT:
            return True
    return computed_rounded == printed


def qualify_sum(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """Return the qualifier of a sum: that of its terms if they agree (exact ones aside), else *about*."""
    distinct = set(qualifiers)
    inexact = distinct - {Q.EXACT}
    if len(inexact) <= 1:
        return next(iter(inexact), Q.EXACT)
    if inexact == {Q.MORE_THAN, Q.AT_LEAST}:
        return Q.MORE_THAN
    return Q.ABOUT


_INVERSE: Final = {Q.EXACT: Q.EXACT, Q.MORE_THAN: Q.NEARLY, Q.NEARLY: Q.MORE_THAN}


def qualify_quotient(numerator: Qualifier, denominator: Qualifier) -> Qualifier:
    """Return the qualifier of a quotient: "more than 1 tỷ" for 1,352 people is "more than" for each of them."""
    if denominator is Q.EXACT:
        return numerator
    if numerator is Q.EXACT:
        return _INVERSE.get(denominator, Q.ABOUT)
    return Q.ABOUT
