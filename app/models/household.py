"""Households (hộ gia đình)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.time import now
from app.models.columns import text, time, uuid


class Household(SQLModel, table=True):
    """People registered together at one residence; the unit of household health insurance."""

    __table_args__ = (
        UniqueConstraint("network", "code", name="uq_household_code"),
        Index("ix_household_place", "commune_code", "network"),
        Index("ix_household_head", "head_member_id", postgresql_where="head_member_id is not null"),
        Index("ix_household_organisation", "organisation_id"),
    )

    id: UUID = uuid(primary_key=True)
    code: str | None = text(default=None)
    network: str = text(references="network.code")
    organisation_id: UUID = uuid(references="organisation.id")
    province_code: str = text()
    commune_code: str = text()
    hamlet_code: str | None = text(default=None)
    address: str | None = text(default=None)
    head_member_id: UUID | None = uuid(references="member.id", later=True, default=None)
    created_by: UUID | None = uuid(default=None)
    created_at: datetime = time(default_factory=now)
    updated_at: datetime = time(default_factory=now)
    version: int = 1
