"""Targets (chỉ tiêu) and their versions before each edit."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class Target(SQLModel, table=True):
    """What is to be reached in a period: of a place, and for an organisation, a group or a user where one is named.

    network: whose target it is; organisation_id, set_by_network: who set it. value: null when not printed.
    """

    __table_args__ = (
        Index("ix_target_place", "province_code", "network", "id"),
        Index("ix_target_metric", "metric", "period_from"),
        Index("ix_target_organisation", "organisation_id"),
        Index(
            "ix_target_for_organisation",
            "for_organisation_id",
            postgresql_where="for_organisation_id is not null",
        ),
        Index("ix_target_for_group", "for_group_id", postgresql_where="for_group_id is not null"),
        Index("ix_target_for_user", "for_user_id", postgresql_where="for_user_id is not null"),
        Index("ix_target_model", "model_id", postgresql_where="model_id is not null"),
        Index("ix_target_campaign", "campaign_id", postgresql_where="campaign_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    metric: str = text_column()
    product: str | None = text_column(default=None)
    for_organisation_id: UUID | None = uuid_column(references="organisation.id", default=None)
    for_group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    for_user_id: UUID | None = uuid_column(references="app_user.id", default=None)
    model_id: UUID | None = uuid_column(references="savings_model.id", default=None)
    campaign_id: UUID | None = uuid_column(references="campaign.id", default=None)
    period: str = text_column()
    period_from: date
    period_to: date
    value: Decimal | None = Field(default=None, sa_column=Column(Numeric, nullable=True))
    unit: str = text_column()
    qualifier: str = text_column()
    printed: str | None = text_column(default=None)
    basis: str | None = text_column(default=None)
    set_by_network: str = text_column(references="network.code")
    set_on: date | None = None
    note: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1


class TargetVersion(SQLModel, table=True):
    """A target as it was before an edit; never changed."""

    __tablename__ = "target_version"

    target_id: UUID = uuid_column(primary_key=True, references="target.id")
    version: int = Field(primary_key=True)
    network: str = text_column(references="network.code")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    content: dict[str, Any] = json_column()
    replaced_by: UUID = uuid_column()
    replaced_at: datetime = time_column(default_factory=now)
