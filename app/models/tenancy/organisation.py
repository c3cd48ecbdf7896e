"""Organisations (tổ chức) of a network, their dated parents and the dated places that they cover."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_array_column, text_column, time_column, uuid_column


class Organisation(SQLModel, table=True):
    """A unit of a network, such as a hội phụ nữ xã or a BHXH tỉnh."""

    __table_args__ = (
        UniqueConstraint("code", name="uq_organisation_code"),
        Index("ix_organisation_network_province", "network", "province_code"),
    )

    id: UUID = uuid_column(primary_key=True)
    code: str = text_column()
    network: str = text_column(references="network.code")
    level: str = text_column()
    name: str = text_column()
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    closed_on: date | None = None
    created_at: datetime = time_column(default_factory=now)
    version: int = 1


class OrganisationParent(SQLModel, table=True):
    """A parent of an organisation, from one day to another."""

    __tablename__ = "organisation_parent"
    __table_args__ = (Index("ix_organisation_parent_parent", "parent_id"),)

    organisation_id: UUID = uuid_column(primary_key=True, references="organisation.id")
    parent_id: UUID = uuid_column(references="organisation.id")
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class OrganisationPlace(SQLModel, table=True):
    """A place that an organisation covers, from one day to another.

    provinces, communes: what the place means for a scope (itself, below, predecessors), from `expand_place`.
    """

    __tablename__ = "organisation_place"

    organisation_id: UUID = uuid_column(primary_key=True, references="organisation.id")
    place_code: str = text_column(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    provinces: list[str] = text_array_column()
    communes: list[str] = text_array_column()
    nationwide: bool = False
