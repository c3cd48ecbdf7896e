"""Aggregates (số liệu tổng hợp): pending deltas and the rolled-up tables that a fold moves them into."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlmodel import Field, SQLModel

from app.models.columns import text, uuid


def _sum() -> Column[int]:
    return Column(BigInteger, nullable=False)


class StatPending(SQLModel, table=True):
    """What one statement added to the ledger, waiting for the fold. amount: đồng; entries: how many."""

    __tablename__ = "stat_pending"

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    day: date
    network: str = text()
    province_code: str = text()
    commune_code: str = text()
    model_id: UUID = uuid()
    product: str = text()
    kind: str = text()
    amount: int = Field(sa_column=_sum())
    entries: int = Field(sa_column=_sum())


class StatDay(SQLModel, table=True):
    """One commune, one day."""

    __tablename__ = "stat_day"

    commune_code: str = text(primary_key=True)
    day: date = Field(primary_key=True)
    network: str = text(primary_key=True)
    model_id: UUID = uuid(primary_key=True)
    product: str = text(primary_key=True)
    kind: str = text(primary_key=True)
    province_code: str = text(primary_key=True)
    amount: int = Field(sa_column=_sum())
    entries: int = Field(sa_column=_sum())


class StatMonth(SQLModel, table=True):
    """One commune, one month (its first day)."""

    __tablename__ = "stat_month"
    __table_args__ = (Index("ix_stat_month_model", "model_id"),)

    commune_code: str = text(primary_key=True)
    month: date = Field(primary_key=True)
    network: str = text(primary_key=True)
    model_id: UUID = uuid(primary_key=True)
    product: str = text(primary_key=True)
    kind: str = text(primary_key=True)
    province_code: str = text(primary_key=True)
    amount: int = Field(sa_column=_sum())
    entries: int = Field(sa_column=_sum())


class StatProvinceMonth(SQLModel, table=True):
    """One province, one month: what national questions read."""

    __tablename__ = "stat_province_month"

    province_code: str = text(primary_key=True)
    commune_code: str | None = text(default=None)
    month: date = Field(primary_key=True)
    network: str = text(primary_key=True)
    model_id: UUID = uuid(primary_key=True)
    product: str = text(primary_key=True)
    kind: str = text(primary_key=True)
    amount: int = Field(sa_column=_sum())
    entries: int = Field(sa_column=_sum())
