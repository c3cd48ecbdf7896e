"""Aggregates (số liệu tổng hợp): pending deltas and the rolled-up tables that a fold moves them into."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlmodel import Field, SQLModel

from app.models.columns import text_column, uuid_column


def _sum_column() -> Column[int]:
    return Column(BigInteger, nullable=False)


class StatPending(SQLModel, table=True):
    """What one statement added to the ledger, waiting for the fold. amount: đồng; entries: how many."""

    __tablename__ = "stat_pending"

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    day: date
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    model_id: UUID = uuid_column()
    product: str = text_column()
    kind: str = text_column()
    amount: int = Field(sa_column=_sum_column())
    entries: int = Field(sa_column=_sum_column())


class StatDay(SQLModel, table=True):
    """One commune, one day."""

    __tablename__ = "stat_day"

    commune_code: str = text_column(primary_key=True)
    day: date = Field(primary_key=True)
    network: str = text_column(primary_key=True)
    model_id: UUID = uuid_column(primary_key=True)
    product: str = text_column(primary_key=True)
    kind: str = text_column(primary_key=True)
    province_code: str = text_column(primary_key=True)
    amount: int = Field(sa_column=_sum_column())
    entries: int = Field(sa_column=_sum_column())


class StatMonth(SQLModel, table=True):
    """One commune, one month (its first day)."""

    __tablename__ = "stat_month"
    __table_args__ = (Index("ix_stat_month_model", "model_id"),)

    commune_code: str = text_column(primary_key=True)
    month: date = Field(primary_key=True)
    network: str = text_column(primary_key=True)
    model_id: UUID = uuid_column(primary_key=True)
    product: str = text_column(primary_key=True)
    kind: str = text_column(primary_key=True)
    province_code: str = text_column(primary_key=True)
    amount: int = Field(sa_column=_sum_column())
    entries: int = Field(sa_column=_sum_column())


class StatProvinceMonth(SQLModel, table=True):
    """One province, one month: what national questions read."""

    __tablename__ = "stat_province_month"

    province_code: str = text_column(primary_key=True)
    commune_code: str | None = text_column(default=None)
    month: date = Field(primary_key=True)
    network: str = text_column(primary_key=True)
    model_id: UUID = uuid_column(primary_key=True)
    product: str = text_column(primary_key=True)
    kind: str = text_column(primary_key=True)
    amount: int = Field(sa_column=_sum_column())
    entries: int = Field(sa_column=_sum_column())
