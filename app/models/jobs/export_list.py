"""Lists made on official forms (biểu mẫu), and their rows as they stood when the list was made."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import json_column, text_column, time_column, uuid_column


class ExportList(SQLModel, table=True):
    """One list on one form, numbered for its organisation and year, and never changed.

    layout: the number of the decision whose form it is; params: the filters that chose its rows, and the sender's name;
    totals: sums of the rows, đồng; job_id: the job that builds the file of a large list. has_mentions: whether whom it
    names without a payment or enrolment is in `ExportMention`, as of every list made since that table is there.
    """

    __tablename__ = "export_list"
    __table_args__ = (
        UniqueConstraint("organisation_id", "form", "year", "number", name="uq_export_list_number"),
        UniqueConstraint("organisation_id", "client_key", name="uq_export_list_key"),
        Index("ix_export_list_province", "province_code", "id"),
        Index("ix_export_list_job", "job_id", postgresql_where="job_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    form: str = text_column()
    layout: int
    number: int
    year: int
    list_date: date
    collector_name: str | None = text_column(default=None)
    collector_code: str | None = text_column(default=None)
    params: dict[str, Any] = json_column()
    rows: int
    totals: dict[str, int] = json_column()
    job_id: UUID | None = uuid_column(references="job.id", default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    has_mentions: bool = False
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)


class ExportRow(SQLModel, table=True):
    """One row of a list, about one person. data: the form's fields, with personal data."""

    __tablename__ = "export_row"
    __table_args__ = (
        Index(
            "uq_export_row_payment",
            "payment_id",
            "form",
            "network",
            unique=True,
            postgresql_where="payment_id is not null",
        ),
        Index("ix_export_row_enrolment", "enrolment_id", postgresql_where="enrolment_id is not null"),
        Index("ix_export_row_household", "household_id", postgresql_where="household_id is not null"),
        Index("ix_export_row_organisation", "organisation_id"),
    )

    list_id: UUID = uuid_column(primary_key=True, references="export_list.id")
    position: int = Field(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    form: str = text_column()
    payment_id: UUID | None = uuid_column(references="premium_payment.id", default=None)
    enrolment_id: UUID | None = uuid_column(references="enrolment.id", default=None)
    household_id: UUID | None = uuid_column(references="household.id", default=None)
    data: dict[str, Any] = json_column()
