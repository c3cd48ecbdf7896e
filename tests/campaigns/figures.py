"""Figures for the tests, written as they are spoken of."""

from decimal import Decimal
from typing import Any

from app.campaigns.kinds import Nature, Unit
from app.campaigns.metric_rules import Metric
from app.campaigns.number_rules import Number, Qualifier
from app.campaigns.observation_rules import Figure, Part


def number(value: str, unit: Unit, qualifier: Qualifier = Qualifier.EXACT) -> Number:
    return Number(Decimal(value), unit, qualifier)


def people(value: str, qualifier: Qualifier = Qualifier.EXACT) -> Number:
    return number(value, Unit.PEOPLE, qualifier)


def percent(value: str) -> Number:
    return number(value, Unit.PERCENT)


def figure(metric: Metric, value: Number | None = None, **more: Any) -> Figure:
    return Figure(metric=metric, nature=more.pop("nature", Nature.STOCK), value=value, **more)


def parts(*values: str, unit: Unit = Unit.PEOPLE) -> list[Part]:
    return [Part(f"phần {at}", number(value, unit)) for at, value in enumerate(values, 1)]
