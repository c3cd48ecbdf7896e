"""The law's values over time (quy định có hiệu lực theo thời gian)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Index, Numeric
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class InsuranceRule(SQLModel, table=True):
    """One value from one day to another, of the state or of one province; never edited, only confirmed and ended.

    value: đồng, months, days, a share (0.22) or 0 and 1, as its key says. valid_to: the last day; the day before
    valid_from for a row that was withdrawn. confirmed_to: the last day for which the legal basis is known to hold;
    nothing is paid by the value after it. reminded_of: the last day that BHXH was reminded of.
    entered_by: null for values that come with the program. end_proposed_…: a last day that waits for a second person,
    and end_confirmed_…: who confirmed the last one.
    """

    __tablename__ = "insurance_rule"
    __table_args__ = (Index("ix_insurance_rule_key", "key", "valid_from"),)

    id: UUID = uuid_column(primary_key=True)
    key: str = text_column()
    value: Decimal = Field(sa_column=Column(Numeric, nullable=False))
    province_code: str | None = text_column(default=None)
    valid_from: date
    valid_to: date | None = None
    legal_basis: str = text_column()
    note: str | None = text_column(default=None)
    status: str = text_column()
    confirmed_at: datetime | None = time_column(default=None)
    confirmed_by: UUID | None = uuid_column(default=None)
    entered_by: UUID | None = uuid_column(default=None)
    entered_at: datetime = time_column(default_factory=now)
    version: int = 1
    confirmed_to: date | None = None
    reminded_of: date | None = None
    end_proposed_to: date | None = None
    end_proposed_by: UUID | None = uuid_column(default=None)
    end_proposed_at: datetime | None = time_column(default=None)
    end_confirmed_by: UUID | None = uuid_column(default=None)
    end_confirmed_at: datetime | None = time_column(default=None)
