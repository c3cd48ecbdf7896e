"""Organisations (tổ chức) of a network, their dated parents and the dated places that they cover."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.time import now
from app.models.columns import text, texts, time, uuid


class Organisation(SQLModel, table=True):
    """A unit of a network: hội phụ nữ xã, BHXH tỉnh, …"""

    __table_args__ = (
        UniqueConstraint("code", name="uq_organisation_code"),
        Index("ix_organisation_network_province", "network", "province_code"),
    )

    id: UUID = uuid(primary_key=True)
    code: str = text()
    network: str = text(references="network.code")
    level: str = text()
    name: str = text()
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    closed_on: date | None = None
    created_at: datetime = time(default_factory=now)
    version: int = 1


class OrganisationParent(SQLModel, table=True):
    """Who an organisation stood under, from when to when."""

    __tablename__ = "organisation_parent"
    __table_args__ = (Index("ix_organisation_parent_parent", "parent_id"),)

    organisation_id: UUID = uuid(primary_key=True, references="organisation.id")
    parent_id: UUID = uuid(references="organisation.id")
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None


class OrganisationPlace(SQLModel, table=True):
    """A place that an organisation covered, from when to when.

    provinces, communes: what the place means for a scope (itself, below, predecessors), from `expand_place`.
    """

    __tablename__ = "organisation_place"

    organisation_id: UUID = uuid(primary_key=True, references="organisation.id")
    place_code: str = text(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    provinces: list[str] = texts()
    communes: list[str] = texts()
    nationwide: bool = False
