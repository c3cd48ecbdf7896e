"""Campaigns (chiến dịch, phong trào) and what happened in them (sự kiện)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import (
    bigint_column,
    json_column,
    text_array_column,
    text_column,
    time_column,
    uuid_column,
)


class Campaign(SQLModel, table=True):
    """One campaign; without a province it is the whole network's.

    place_code: where it runs, of any level. organiser_id or organiser_name: who organises it, the name for one that
    is no organisation here. details: the fields of its kind, see `app.campaigns.campaigns.rules.DETAILS_BY_KIND`.
    """

    __table_args__ = (
        Index("ix_campaign_place", "province_code", "network", "id"),
        Index("ix_campaign_organisation", "organisation_id"),
        Index("ix_campaign_organiser", "organiser_id", postgresql_where="organiser_id is not null"),
        Index("ix_campaign_model", "model_id", postgresql_where="model_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    kind: str = text_column()
    name: str = text_column()
    level: str | None = text_column(default=None)
    organiser_id: UUID | None = uuid_column(references="organisation.id", default=None)
    organiser_name: str | None = text_column(default=None)
    partners: list[str] = text_array_column(default_factory=list)
    products: list[str] = text_array_column(default_factory=list)
    model_id: UUID | None = uuid_column(references="savings_model.id", default=None)
    starts_on: date | None = None
    ends_on: date | None = None
    goal: str | None = text_column(default=None)
    details: dict[str, Any] = json_column(default_factory=dict)
    note: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1


class CampaignEvent(SQLModel, table=True):
    """One event on a day, or several of a kind in a period.

    attendance_min, attendance_max: people, in all or in each session (attendance_of).
    """

    __tablename__ = "campaign_event"
    __table_args__ = (
        Index("ix_campaign_event_campaign", "campaign_id", "id"),
        Index("ix_campaign_event_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    campaign_id: UUID = uuid_column(references="campaign.id")
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    kind: str = text_column()
    name: str | None = text_column(default=None)
    held_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    sessions: int | None = None
    attendance_min: int | None = bigint_column(default=None)
    attendance_max: int | None = bigint_column(default=None)
    attendance_qualifier: str | None = text_column(default=None)
    attendance_text: str | None = text_column(default=None)
    attendance_of: str | None = text_column(default=None)
    note: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
