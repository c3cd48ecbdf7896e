"""Savings models (mô hình tiết kiệm an sinh)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_array_column, text_column, time_column, uuid_column


class SavingsModel(SQLModel, table=True):
    """One model of one organiser; without a place it belongs to the whole network.

    place_code: where it runs, of any level; province_code and commune_code: where that lies.
    """

    __tablename__ = "savings_model"
    __table_args__ = (
        UniqueConstraint("network", "code", name="uq_savings_model_code"),
        Index("ix_savings_model_organisation", "organisation_id"),
        Index(
            "ix_savings_model_replicated_from",
            "replicated_from_id",
            postgresql_where="replicated_from_id is not null",
        ),
        Index("ix_savings_model_place", "province_code", "network"),
    )

    id: UUID = uuid_column(primary_key=True)
    code: str = text_column()
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    name: str = text_column()
    aliases: list[str] = text_array_column(default_factory=list)
    search_name: str = text_column(default="")
    mechanism: str = text_column()
    details: dict[str, Any] = json_column(default_factory=dict)
    products: list[str] = text_array_column(default_factory=list)
    partners: list[str] = text_array_column(default_factory=list)
    launched_on: date | None = None
    ended_on: date | None = None
    description: str | None = text_column(default=None)
    replicated_from_id: UUID | None = uuid_column(references="savings_model.id", default=None)
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
