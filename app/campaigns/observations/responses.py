"""Responses for observations: as printed, with their inconsistencies and the numbers derived from them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.campaigns.kinds import Base, Caution, DifferenceKind, Flag, Nature, SourceKind, Unit
from app.campaigns.metrics import Metric
from app.campaigns.numbers import QualifiedNumber, Qualifier, count_decimals
from app.campaigns.observations.derivations import DerivedNumber, derive_numbers
from app.campaigns.observations.rules import Figure, FigureFinding, Part, inspect_figure
from app.campaigns.shapes import Exact, NumberOut, PartOut
from app.core.values.ids import Uuid
from app.models.campaigns.observation import Observation
from app.savings.kinds import Product


class ComparisonOut(BaseModel):
    """What the figure was compared with when it was printed."""

    base: Base
    on: date | None
    value: Exact | None
    text: str | None
    difference: Exact | None
    difference_kind: DifferenceKind | None


class SourceOut(BaseModel):
    """Where the figure was found."""

    kind: SourceKind
    title: str | None
    date: date | None


class FindingOut(BaseModel):
    """What a rule found; the figure itself stays as printed."""

    code: Flag
    printed: Exact | None
    computed: Exact | None
    difference: Annotated[Exact | None, Field(description="printed - computed")]

    @classmethod
    def from_finding(cls, finding: FigureFinding) -> Self:
        """Build the response from a finding of the rules."""
        return cls(
            code=finding.flag,
            printed=finding.printed,
            computed=finding.computed,
            difference=finding.difference,
        )


class DerivedOut(BaseModel):
    """A number that follows from the figure; computed when it is read, half rounded up."""

    name: str
    formula: str
    value: Exact
    unit: Unit
    qualifier: Qualifier

    @classmethod
    def from_number(cls, derived: DerivedNumber) -> Self:
        """Build the response from a derived number of the rules."""
        return cls(
            name=derived.name,
            formula=derived.formula,
            value=derived.value,
            unit=Unit(derived.unit),
            qualifier=derived.qualifier,
        )


class ObservationOut(BaseModel):
    """A figure (số liệu quan sát) as printed."""

    id: Uuid
    network: str
    org_id: Annotated[Uuid, Field(description="The organisation that recorded it")]
    metric: Metric
    product: Product | None
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    model_id: Uuid | None
    campaign_id: Uuid | None
    group_id: Uuid | None
    nature: Nature
    observed_on: date | None
    period_from: date | None
    period_to: date | None
    value: Exact | None
    unit: Unit | None
    decimals: Annotated[int | None, Field(description="With which the value was printed")]
    qualifier: Qualifier
    text: str | None
    numerator: NumberOut | None
    denominator: NumberOut | None
    parts: list[PartOut]
    parts_are_all: bool
    comparison: ComparisonOut | None
    source: SourceOut
    flags: list[FindingOut]
    cautions: list[Caution]
    derived: list[DerivedOut]
    note: str | None
    corrects_id: Uuid | None
    correction_reason: str | None
    corrected_by_id: Annotated[Uuid | None, Field(description="The observation that corrects it")]
    created_at: datetime

    @classmethod
    def from_record(cls, row: Observation, corrected_by_id: Uuid | None, decimals: int | None) -> Self:
        """Build the response from the observation's record. decimals: of derived numbers."""
        figure = to_figure(row)
        columns = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        extra: dict[str, Any] = {
            "org_id": row.organisation_id,
            "text": row.printed,
            "decimals": None if row.value is None else count_decimals(row.value),
            "numerator": _number_to_response(figure.numerator),
            "denominator": _number_to_response(figure.denominator),
            "comparison": _comparison_to_response(row),
            "source": {"kind": row.source_kind, "title": row.source_title, "date": row.source_date},
            "flags": [FindingOut.from_finding(finding) for finding in inspect_figure(figure)],
            "derived": [
                DerivedOut.from_number(number) for number in derive_numbers(figure, Base(row.base), decimals)
            ],
            "corrected_by_id": corrected_by_id,
        }
        return cls.model_validate(columns | extra)


def to_figure(row: Observation) -> Figure:
    """Turn a record into a figure for the rules."""
    return Figure(
        metric=Metric(row.metric),
        nature=Nature(row.nature),
        value=_to_number(row.value, row.unit, row.qualifier),
        numerator=_to_number(row.numerator, row.numerator_unit, row.numerator_qualifier),
        denominator=_to_number(row.denominator, row.denominator_unit, row.denominator_qualifier),
        parts=[
            Part(
                part["label"],
                QualifiedNumber(Decimal(part["value"]), part["unit"], Qualifier(part["qualifier"])),
            )
            for part in row.parts
        ],
        parts_are_all=row.parts_are_all,
        base_value=row.base_value,
        difference=row.difference,
        difference_kind=DifferenceKind(row.difference_kind) if row.difference_kind else None,
        period_from=row.period_from,
        period_to=row.period_to,
    )


def _to_number(value: Decimal | None, unit: str | None, qualifier: str | None) -> QualifiedNumber | None:
    if value is None or unit is None:
        return None
    return QualifiedNumber(value, unit, Qualifier(qualifier or Qualifier.EXACT))


def _number_to_response(number: QualifiedNumber | None) -> dict[str, Any] | None:
    return None if number is None else {
        "value": number.value, "unit": number.unit, "qualifier": number.qualifier,
    }  # fmt: skip


def _comparison_to_response(row: Observation) -> dict[str, Any] | None:
    if row.base == Base.NONE and row.difference is None:
        return None
    return {
        "base": row.base,
        "on": row.base_on,
        "value": row.base_value,
        "text": row.base_printed,
        "difference": row.difference,
        "difference_kind": row.difference_kind,
    }
