"""Households (hộ gia đình)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Household(SQLModel, table=True):
    """People registered together at one residence; the unit of household health insurance."""

    __table_args__ = (
        UniqueConstraint("network", "code", name="uq_household_code"),
        Index("ix_household_place", "commune_code", "network"),
        Index("ix_household_head", "head_member_id", postgresql_where="head_member_id is not null"),
        Index("ix_household_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    code: str | None = text_column(default=None)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    hamlet_code: str | None = text_column(default=None)
    address: str | None = text_column(default=None)
    head_member_id: UUID | None = uuid_column(references="member.id", use_alter=True, default=None)
    created_by: UUID | None = uuid_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
