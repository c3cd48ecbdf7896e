"""Find inconsistencies within a figure. They are flagged, never repaired."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.campaigns.kinds import DifferenceKind, Flag, Nature, Unit
from app.campaigns.metrics import METRIC_CATALOGUE, Metric, Ratio
from app.campaigns.numbers import (
    QualifiedNumber,
    Qualifier,
    count_decimals,
    divide,
    is_consistent,
    round_decimal,
)
from app.core.values.small_counts import is_small_count

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Part:
    """A labelled number inside a figure: "BHXH tự nguyện: 548"."""

    label: str
    number: QualifiedNumber


@dataclass(frozen=True, slots=True)
class Figure:
    """An observed figure as printed.

    parts_are_all: the parts are said to make up the whole. difference: from the base, as printed.
    """

    metric: Metric
    nature: Nature
    value: QualifiedNumber | None
    numerator: QualifiedNumber | None = None
    denominator: QualifiedNumber | None = None
    parts: Sequence[Part] = ()
    parts_are_all: bool = True
    base_value: Decimal | None = None
    difference: Decimal | None = None
    difference_kind: DifferenceKind | None = None
    period_from: date | None = None
    period_to: date | None = None


@dataclass(frozen=True, slots=True)
class FigureFinding:
    """What a rule found. printed, computed: the two numbers that disagree; difference: printed − computed."""

    flag: Flag
    printed: Decimal | None = None
    computed: Decimal | None = None

    @property
    def difference(self) -> Decimal | None:
        if self.printed is None or self.computed is None:
            return None
        return self.printed - self.computed


def inspect_figure(figure: Figure) -> list[FigureFinding]:
    """Find everything that is inconsistent, ambiguous or not comparable in a figure."""
    return [*_find_parts_findings(figure), *_find_ratio_findings(figure), *_find_wording_findings(figure)]


def effective_numerator(figure: Figure) -> QualifiedNumber | None:
    """Return the number above the denominator: the numerator, or a count itself."""
    counts = METRIC_CATALOGUE[figure.metric].ratio is Ratio.COUNT
    return figure.value if counts and figure.numerator is None else figure.numerator


def compute_ratio(figure: Figure) -> Decimal | None:
    """Compute numerator / denominator in the unit of the metric's ratio: per cent, times, or for each one."""
    upper = effective_numerator(figure)
    if upper is None or figure.denominator is None or figure.denominator.value == 0:
        return None
    quotient = divide(upper.value, figure.denominator.value)
    return (
        quotient * HUNDRED
        if METRIC_CATALOGUE[figure.metric].ratio in (Ratio.SHARE, Ratio.COMPLETION)
        else quotient
    )


def find_parts_total(figure: Figure) -> QualifiedNumber | None:
    """Find the total of the parts: the value if it counts something, else the numerator."""
    if figure.value is not None and figure.value.unit not in (Unit.PERCENT, Unit.MULTIPLE, Unit.RANK):
        return figure.value
    return figure.numerator


def has_small_count(figure: Figure) -> bool:
    """Return whether the figure counts so few people anywhere that they could be recognised."""
    numbers = [figure.value, figure.numerator, figure.denominator, *(part.number for part in figure.parts)]
    return any(
        number is not None and number.unit == Unit.PEOPLE and is_small_count(abs(number.value))
        for number in numbers
    )


def _find_parts_findings(figure: Figure) -> Iterator[FigureFinding]:
    total = find_parts_total(figure)
    if not figure.parts or total is None:
        return
    if any(part.number.unit != total.unit for part in figure.parts):
        yield FigureFinding(Flag.DIFFERENT_UNITS)
        return
    largest = max(part.number.value for part in figure.parts)
    if largest > total.value and total.qualifier in (Qualifier.EXACT, Qualifier.NEARLY):
        yield FigureFinding(Flag.PART_EXCEEDS_TOTAL, total.value, largest)
    exact = all(part.number.qualifier is Qualifier.EXACT for part in figure.parts)
    parts_sum = sum((part.number.value for part in figure.parts), Decimal(0))
    if figure.parts_are_all and exact and not is_consistent(parts_sum, total.value, total.qualifier):
        yield FigureFinding(Flag.PARTS_DIFFER_FROM_TOTAL, total.value, parts_sum)


def _find_ratio_findings(figure: Figure) -> Iterator[FigureFinding]:
    value, ratio = figure.value, compute_ratio(figure)
    if METRIC_CATALOGUE[figure.metric].ratio is Ratio.SHARE:
        if _units_differ(figure):
            yield FigureFinding(Flag.DIFFERENT_UNITS)
        whole = max(
            (number for number in (ratio, _percent_value(value)) if number is not None), default=Decimal(0)
        )
        if whole > HUNDRED:
            yield FigureFinding(Flag.OVER_WHOLE, whole, HUNDRED)
    if value is not None and ratio is not None and _is_exact_ratio(figure, value):
        computed = round_decimal(ratio, count_decimals(value.value))
        if not is_consistent(ratio, value.value, value.qualifier):
            yield FigureFinding(Flag.RATIO_DIFFERS_FROM_VALUE, value.value, computed)


def _is_exact_ratio(figure: Figure, value: QualifiedNumber) -> bool:
    """Return whether the value is the quotient of two exact numbers, so that the two can be compared."""
    kind = METRIC_CATALOGUE[figure.metric].ratio
    is_ratio = kind is Ratio.AVERAGE or (
        kind is not Ratio.COUNT and value.unit in (Unit.PERCENT, Unit.MULTIPLE)
    )
    terms = (figure.numerator, figure.denominator)
    return is_ratio and all(term is not None and term.qualifier is Qualifier.EXACT for term in terms)


def _units_differ(figure: Figure) -> bool:
    upper, lower = figure.numerator, figure.denominator
    return upper is not None and lower is not None and upper.unit != lower.unit


def _percent_value(value: QualifiedNumber | None) -> Decimal | None:
    return value.value if value is not None and value.unit == Unit.PERCENT else None


def _find_wording_findings(figure: Figure) -> Iterator[FigureFinding]:
    if figure.difference_kind is DifferenceKind.AMBIGUOUS:
        yield FigureFinding(Flag.AMBIGUOUS_POINTS_OR_RELATIVE)
    if figure.nature is not Nature.STOCK and _is_partial_year(figure.period_from, figure.period_to):
        yield FigureFinding(Flag.PARTIAL_YEAR)
    if figure.value is None and figure.numerator is None and not figure.parts:
        yield FigureFinding(Flag.NO_NUMBER)


def _is_partial_year(begins: date | None, ends: date | None) -> bool:
    """Return whether a period begins with a year but ends before it: not comparable with whole years."""
    if begins is None or ends is None:
        return False
    return (
        (begins.month, begins.day) == (1, 1)
        and begins.year == ends.year
        and (ends.month, ends.day) != (12, 31)
    )
