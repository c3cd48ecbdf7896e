"""Reminders (nhắc đến hạn) that coverage is due for renewal on a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.columns import text_column, time_column, uuid_column


class RenewalReminder(SQLModel, table=True):
    """One reminder; written only by a database function, once for each coverage and day."""

    __tablename__ = "renewal_reminder"
    __table_args__ = (
        Index("ix_renewal_reminder_organisation", "organisation_id"),
        Index("ix_renewal_reminder_group", "group_id"),
    )

    coverage_id: UUID = uuid_column(references="coverage.id", primary_key=True)
    due_on: date = Field(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    reminded_at: datetime = time_column()
