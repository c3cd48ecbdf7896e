"""What follows from a figure by arithmetic: computed when it is read, each with the name of its formula.

Nothing derived is stored, and what was printed is never replaced by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.campaigns.kinds import Base, DifferenceKind, Unit
from app.campaigns.metric_rules import CATALOGUE, WHOLE_UNITS, Metric, Ratio
from app.campaigns.number_rules import Qualifier, divided, of_quotient, of_sum, rounded
from app.campaigns.observation_rules import HUNDRED, Figure, ratio_of, upper_of

IMPLIED: Final = {
    Metric.TARGET_COMPLETION: "implied_target",
    Metric.MULTIPLE_OF_GOAL: "implied_goal",
    Metric.CONVERSION: "implied_members",
}
"""The name of numerator / rate, where it has one of its own."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A derived number. value: as shown; exact: before rounding."""

    name: str
    formula: str
    value: Decimal
    exact: Decimal
    unit: str
    qualifier: Qualifier


def derive(figure: Figure, base: Base = Base.NONE, decimals: int | None = None) -> list[Derived]:
    """Every number that follows from the figure.

    decimals: places to show; by default one for rates, multiples and averages, none for counts.
    """
    found = [
        *_ratio(figure),
        *_implied(figure),
        *_sum(figure),
        *_from_difference(figure),
        *_from_base(figure, base),
    ]
    return [_shown(derived, decimals) for derived in found]


def _made(name: str, formula: str, exact: Decimal, unit: str, qualifier: Qualifier) -> Derived:
    return Derived(name, formula, exact, exact, unit, qualifier)


def _shown(derived: Derived, decimals: int | None) -> Derived:
    if decimals is None:
        counted = derived.unit in WHOLE_UNITS and (derived.name != "average" or derived.unit == Unit.DONG)
        decimals = 0 if counted else 1
    return replace(derived, value=rounded(derived.exact, decimals))


def _ratio(figure: Figure) -> Iterator[Derived]:
    ratio, upper, lower = ratio_of(figure), upper_of(figure), figure.denominator
    if ratio is None or upper is None or lower is None:
        return
    qualifier = of_quotient(upper.qualifier, lower.qualifier)
    match CATALOGUE[figure.metric].ratio:
        case Ratio.MULTIPLE:
            yield _made("multiple", "numerator / denominator", ratio, Unit.MULTIPLE, qualifier)
        case Ratio.AVERAGE:
            yield _made("average", "numerator / denominator", ratio, upper.unit, qualifier)
        case Ratio.COUNT:
            yield _made("average", "value / denominator", ratio, upper.unit, qualifier)
        case _:
            yield _made("rate", "numerator / denominator × 100", ratio, Unit.PERCENT, qualifier)


def _implied(figure: Figure) -> Iterator[Derived]:
    """The denominator that was not printed, from what was: 1,958 are 87.1 % of a target of 2,248."""
    rate, upper = figure.value, figure.numerator
    if rate is None or upper is None or figure.denominator is not None or rate.value == 0:
        return
    name = IMPLIED.get(figure.metric, "implied_denominator")
    qualifier = of_quotient(upper.qualifier, rate.qualifier)
    if rate.unit == Unit.PERCENT:
        exact = divided(upper.value * HUNDRED, rate.value)
        yield _made(name, "numerator / value × 100", exact, upper.unit, qualifier)
    elif rate.unit == Unit.MULTIPLE:
        yield _made(name, "numerator / value", divided(upper.value, rate.value), upper.unit, qualifier)


def _sum(figure: Figure) -> Iterator[Derived]:
    units = {part.number.unit for part in figure.parts}
    if len(units) == 1:
        together = sum((part.number.value for part in figure.parts), Decimal(0))
        qualifier = of_sum(part.number.qualifier for part in figure.parts)
        yield _made("parts_sum", "sum of parts", together, units.pop(), qualifier)


def _from_difference(figure: Figure) -> Iterator[Derived]:
    """The base that was not printed, from the difference that was."""
    now, gap = figure.value, figure.difference
    if now is None or gap is None or figure.base_value is not None:
        return
    kinds = {
        DifferenceKind.COUNT: [("implied_base", False)],
        DifferenceKind.POINTS: [("implied_base", False)],
        DifferenceKind.RELATIVE: [("implied_base", True)],
        DifferenceKind.AMBIGUOUS: [("implied_base_if_points", False), ("implied_base_if_relative", True)],
    }
    for name, relative in kinds[figure.difference_kind or DifferenceKind.AMBIGUOUS]:
        if not relative:
            yield _made(name, "value - difference", now.value - gap, now.unit, now.qualifier)
        elif gap != -HUNDRED:
            exact = divided(now.value * HUNDRED, HUNDRED + gap)
            yield _made(name, "value / (1 + difference / 100)", exact, now.unit, now.qualifier)


def _from_base(figure: Figure, base: Base) -> Iterator[Derived]:
    """Change from the base, or completion of a target or goal, where the base was printed."""
    now, before = figure.value, figure.base_value
    if now is None or before is None:
        return
    if base in (Base.TARGET, Base.GOAL):
        if before != 0:
            exact = divided(now.value * HUNDRED, before)
            yield _made("completion", "value / base × 100", exact, Unit.PERCENT, now.qualifier)
            yield _made("multiple", "value / base", divided(now.value, before), Unit.MULTIPLE, now.qualifier)
        return
    change = now.value - before
    yield _made("change", "value - base", change, now.unit, now.qualifier)
    if before != 0:
        exact = divided(change * HUNDRED, before)
        yield _made("change_percent", "(value - base) / base × 100", exact, Unit.PERCENT, now.qualifier)
