"""Coverage (thời gian tham gia): what a posted payment pays for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Coverage(SQLModel, table=True):
    """Months of one member and product, from one payment.

    valid_from, valid_to: null for missing months, which are paid for the past. ended_on: the last day that a refund
    left, the day before valid_from when it left none; months and supported_months then count what is left.
    continuous_since: first day of the unbroken time. five_years_from: of cards, the five-consecutive-year date.
    """

    __table_args__ = (
        UniqueConstraint("payment_id", name="uq_coverage_payment"),
        Index("ix_coverage_member", "member_id", "product"),
        Index("ix_coverage_enrolment", "enrolment_id"),
        Index("ix_coverage_organisation", "organisation_id"),
        Index("ix_coverage_group", "group_id", "id"),
        Index("ix_coverage_province", "province_code", "id"),
        Index("ix_coverage_commune", "commune_code", "id"),
        Index("ix_coverage_until", "province_code", "valid_to", postgresql_where="valid_to is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    member_id: UUID = uuid_column(references="member.id")
    enrolment_id: UUID = uuid_column(references="enrolment.id")
    payment_id: UUID = uuid_column(references="premium_payment.id")
    product: str = text_column()
    method: str = text_column()
    months: int
    supported_months: int
    valid_from: date | None = None
    valid_to: date | None = None
    continuous_since: date | None = None
    five_years_from: date | None = None
    ended_on: date | None = None
    ended_why: str | None = text_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    version: int = 1
