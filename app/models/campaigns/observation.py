"""Observations (số liệu quan sát): figures as somebody printed or reported them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_array_column, text_column, time_column, uuid_column


def _number() -> Any:
    """Return a numeric column without bounds, which keeps the decimals that were written."""
    return Field(default=None, sa_column=Column(Numeric, nullable=True))


class Observation(SQLModel, table=True):
    """One figure, as printed; never changed, a correction takes its place.

    parts: [{"label", "value", "unit", "qualifier"}], numbers as text. base_*: what it was compared with, and
    difference: by how much, as printed. flags: what the rules found; cautions: what a reader noted. small: counts
    fewer than five people.
    """

    __table_args__ = (
        Index("ix_observation_place", "province_code", "network", "id"),
        Index("ix_observation_metric", "metric", "id"),
        Index("ix_observation_organisation", "organisation_id"),
        Index("ix_observation_model", "model_id", postgresql_where="model_id is not null"),
        Index("ix_observation_campaign", "campaign_id", postgresql_where="campaign_id is not null"),
        Index("ix_observation_group", "group_id", postgresql_where="group_id is not null"),
        Index(
            "uq_observation_corrects", "corrects_id", unique=True, postgresql_where="corrects_id is not null"
        ),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    metric: str = text_column()
    product: str | None = text_column(default=None)
    model_id: UUID | None = uuid_column(references="savings_model.id", default=None)
    campaign_id: UUID | None = uuid_column(references="campaign.id", default=None)
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    nature: str = text_column()
    observed_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    value: Decimal | None = _number()
    unit: str | None = text_column(default=None)
    qualifier: str = text_column()
    printed: str | None = text_column(default=None)
    numerator: Decimal | None = _number()
    numerator_unit: str | None = text_column(default=None)
    numerator_qualifier: str | None = text_column(default=None)
    denominator: Decimal | None = _number()
    denominator_unit: str | None = text_column(default=None)
    denominator_qualifier: str | None = text_column(default=None)
    parts: list[dict[str, Any]] = json_column(default_factory=list)
    parts_are_all: bool = True
    base: str = text_column(default="none")
    base_on: date | None = None
    base_value: Decimal | None = _number()
    base_printed: str | None = text_column(default=None)
    difference: Decimal | None = _number()
    difference_kind: str | None = text_column(default=None)
    source_kind: str = text_column()
    source_title: str | None = text_column(default=None)
    source_date: date | None = None
    flags: list[str] = text_array_column(default_factory=list)
    cautions: list[str] = text_array_column(default_factory=list)
    small: bool = False
    note: str | None = text_column(default=None)
    corrects_id: UUID | None = uuid_column(references="observation.id", default=None)
    correction_reason: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
