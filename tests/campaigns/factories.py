"""Factories for figures."""

from decimal import Decimal
from typing import Any

from app.campaigns.kinds import Nature, Unit
from app.campaigns.metrics import Metric
from app.campaigns.numbers import QualifiedNumber, Qualifier
from app.campaigns.observations.rules import Figure, Part


def make_number(value: str, unit: Unit, qualifier: Qualifier = Qualifier.EXACT) -> QualifiedNumber:
    return QualifiedNumber(Decimal(value), unit, qualifier)


def make_people(value: str, qualifier: Qualifier = Qualifier.EXACT) -> QualifiedNumber:
    return make_number(value, Unit.PEOPLE, qualifier)


def make_percent(value: str) -> QualifiedNumber:
    return make_number(value, Unit.PERCENT)


def make_figure(metric: Metric, value: QualifiedNumber | None = None, **more: Any) -> Figure:
    return Figure(metric=metric, nature=more.pop("nature", Nature.STOCK), value=value, **more)


def make_parts(*values: str, unit: Unit = Unit.PEOPLE) -> list[Part]:
    return [Part(f"phần {index}", make_number(value, unit)) for index, value in enumerate(values, 1)]
