"""Administrative units over time (đơn vị hành chính) and their succession."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Place(SQLModel, table=True):
    """A unit from a day on: codes are re-used, so a unit is its code and its first day."""

    __table_args__ = (
        Index("ix_place_parent", "parent_code", "level"),
        Index("ix_place_created_by_org", "created_by_org", postgresql_where="created_by_org is not null"),
    )

    code: str = text_column(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    level: str = text_column()
    name: str = text_column()
    kind: str = text_column()
    parent_code: str | None = text_column(default=None)
    search_name: str = text_column()
    latitude: float | None = None
    longitude: float | None = None
    area_km2: float | None = None
    created_by_org: UUID | None = uuid_column(references="organisation.id", default=None)


class PlaceSuccession(SQLModel, table=True):
    """One old unit became (part of) one new unit on a day; the default takes what is not divided."""

    __tablename__ = "place_succession"
    __table_args__ = (Index("ix_place_succession_new", "new_code", "on_date"),)

    old_code: str = text_column(primary_key=True)
    new_code: str = text_column(primary_key=True)
    on_date: date = Field(primary_key=True)
    share: float | None = None
    is_default: bool


class PlaceDataset(SQLModel, table=True):
    """The loaded version of the vendored units; one row."""

    __tablename__ = "place_dataset"

    one: bool = Field(default=True, primary_key=True)
    version: str = text_column()
    loaded_at: datetime = time_column(default_factory=now)
