"""Numbers as they were said: exact decimals with the word that stood before them."""

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
class Number:
    """One number as it was said. unit: a value of `kinds.Unit`."""

    value: Decimal
    unit: str
    qualifier: Qualifier = Q.EXACT


def rounded(value: Decimal, decimals: int) -> Decimal:
    """To so many decimal places, half away from zero, as people round."""
    with localcontext(prec=60):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0  # never "-0"


def divided(value: Decimal, by: Decimal) -> Decimal:
    """A quotient to 50 digits. Raises: ZeroDivisionError."""
    if by == 0:
        raise ZeroDivisionError("a rate of nothing")
    with localcontext(prec=50):
        return value / by


def decimals_of(value: Decimal) -> int:
    """How many decimal places a number was written with: 31.5 has 1, 30 has 0."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - infinite numbers are refused on entry
    return max(0, -exponent)


def agrees(computed: Decimal, printed: Decimal, qualifier: Qualifier) -> bool:
    """Whether a computed number can be what was printed, at its decimals and with its word."""
    at_its_decimals = rounded(computed, decimals_of(printed))
    match qualifier:
        case Q.NEARLY:
            return at_its_decimals <= printed
        case Q.MORE_THAN | Q.AT_LEAST:
            return at_its_decimals >= printed
        case Q.ABOUT:
            return True
    return at_its_decimals == printed


def of_sum(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """The word for a sum: that of its terms if they agree (exact ones aside), else *about*."""
    words = set(qualifiers)
    inexact = words - {Q.EXACT}
    if len(inexact) <= 1:
        return next(iter(inexact), Q.EXACT)
    if inexact == {Q.MORE_THAN, Q.AT_LEAST}:
        return Q.MORE_THAN
    return Q.ABOUT


_INVERSE: Final = {Q.EXACT: Q.EXACT, Q.MORE_THAN: Q.NEARLY, Q.NEARLY: Q.MORE_THAN}


def of_quotient(numerator: Qualifier, denominator: Qualifier) -> Qualifier:
    """The word for a quotient: more than 1 tỷ for 1,352 people is more than so much for each."""
    if denominator is Q.EXACT:
        return numerator
    if numerator is Q.EXACT:
        return _INVERSE.get(denominator, Q.ABOUT)
    return Q.ABOUT
