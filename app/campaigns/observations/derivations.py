"""Numbers derived from a figure: computed when it is read, each with the name of its formula.

Nothing derived is stored, and what was printed is never replaced by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.campaigns.kinds import Base, DifferenceKind, Unit
from app.campaigns.metrics import METRIC_CATALOGUE, WHOLE_UNITS, Metric, Ratio
from app.campaigns.numbers import Qualifier, divide, qualify_quotient, qualify_sum, round_decimal
from app.campaigns.observations.rules import HUNDRED, Figure, compute_ratio, effective_numerator

IMPLIED_NAMES: Final = {
    Metric.TARGET_COMPLETION: "implied_target",
    Metric.MULTIPLE_OF_GOAL: "implied_goal",
    Metric.CONVERSION: "implied_members",
}
"""The name of numerator / rate, where it has one of its own."""


@dataclass(frozen=True, slots=True)
class DerivedNumber:
    """A derived number. value: as shown; exact: before rounding."""

    name: str
    formula: str
    value: Decimal
    exact: Decimal
    unit: str
    qualifier: Qualifier


def derive_numbers(
    figure: Figure, base: Base = Base.NONE, decimals: int | None = None
) -> list[DerivedNumber]:
    """Derive every number that follows from the figure.

    decimals: places to show; by default one for rates, multiples and averages, none for counts.
    """
    numbers = [
        *_derive_ratio(figure),
        *_derive_denominator(figure),
        *_derive_sum(figure),
        *_derive_base(figure),
        *_derive_change(figure, base),
    ]
    return [_round_for_display(derived, decimals) for derived in numbers]


def _build(name: str, formula: str, exact: Decimal, unit: str, qualifier: Qualifier) -> DerivedNumber:
    return DerivedNumber(name, formula, exact, exact, unit, qualifier)


def _round_for_display(derived: DerivedNumber, decimals: int | None) -> DerivedNumber:
    if decimals is None:
        counted = derived.unit in WHOLE_UNITS and (derived.name != "average" or derived.unit == Unit.DONG)
        decimals = 0 if counted else 1
    return replace(derived, value=round_decimal(derived.exact, decimals))


def _derive_ratio(figure: Figure) -> Iterator[DerivedNumber]:
    ratio, upper, lower = compute_ratio(figure), effective_numerator(figure), figure.denominator
    if ratio is None or upper is None or lower is None:
        return
    qualifier = qualify_quotient(upper.qualifier, lower.qualifier)
    match METRIC_CATALOGUE[figure.metric].ratio:
        case Ratio.MULTIPLE:
            yield _build("multiple", "numerator / denominator", ratio, Unit.MULTIPLE, qualifier)
        case Ratio.AVERAGE:
            yield _build("average", "numerator / denominator", ratio, upper.unit, qualifier)
        case Ratio.COUNT:
            yield _build("average", "value / denominator", ratio, upper.unit, qualifier)
        case _:
            yield _build("rate", "numerator / denominator × 100", ratio, Unit.PERCENT, qualifier)


def _derive_denominator(figure: Figure) -> Iterator[DerivedNumber]:
    """Derive the denominator that was not printed, from what was: 1,958 are 87.1 % of a target of 2,248."""
    rate, upper = figure.value, figure.numerator
    if rate is None or upper is None or figure.denominator is not None or rate.value == 0:
        return
    name = IMPLIED_NAMES.get(figure.metric, "implied_denominator")
    qualifier = qualify_quotient(upper.qualifier, rate.qualifier)
    if rate.unit == Unit.PERCENT:
        exact = divide(upper.value * HUNDRED, rate.value)
        yield _build(name, "numerator / value × 100", exact, upper.unit, qualifier)
    elif rate.unit == Unit.MULTIPLE:
        yield _build(name, "numerator / value", divide(upper.value, rate.value), upper.unit, qualifier)


def _derive_sum(figure: Figure) -> Iterator[DerivedNumber]:
    units = {part.number.unit for part in figure.parts}
    if len(units) == 1:
        total = sum((part.number.value for part in figure.parts), Decimal(0))
        qualifier = qualify_sum(part.number.qualifier for part in figure.parts)
        yield _build("parts_sum", "sum of parts", total, units.pop(), qualifier)


def _derive_base(figure: Figure) -> Iterator[DerivedNumber]:
    """Derive the base that was not printed, from the difference that was."""
    current, difference = figure.value, figure.difference
    if current is None or difference is None or figure.base_value is not None:
        return
    kinds = {
        DifferenceKind.COUNT: [("implied_base", False)],
        DifferenceKind.POINTS: [("implied_base", False)],
        DifferenceKind.RELATIVE: [("implied_base", True)],
        DifferenceKind.AMBIGUOUS: [("implied_base_if_points", False), ("implied_base_if_relative", True)],
    }
    for name, relative in kinds[figure.difference_kind or DifferenceKind.AMBIGUOUS]:
        if not relative:
            yield _build(
                name, "value - difference", current.value - difference, current.unit, current.qualifier
            )
        elif difference != -HUNDRED:
            exact = divide(current.value * HUNDRED, HUNDRED + difference)
            yield _build(name, "value / (1 + difference / 100)", exact, current.unit, current.qualifier)


def _derive_change(figure: Figure, base: Base) -> Iterator[DerivedNumber]:
    """Derive the change from the base, or the completion of a target or goal, where the base was printed."""
    current, base_value = figure.value, figure.base_value
    if current is None or base_value is None:
        return
    if base in (Base.TARGET, Base.GOAL):
        if base_value != 0:
            exact = divide(current.value * HUNDRED, base_value)
            yield _build("completion", "value / base × 100", exact, Unit.PERCENT, current.qualifier)
            yield _build(
                "multiple",
                "value / base",
                divide(current.value, base_value),
                Unit.MULTIPLE,
                current.qualifier,
            )
        return
    change = current.value - base_value
    yield _build("change", "value - base", change, current.unit, current.qualifier)
    if base_value != 0:
        exact = divide(change * HUNDRED, base_value)
        yield _build("change_percent", "(value - base) / base × 100", exact, Unit.PERCENT, current.qualifier)
