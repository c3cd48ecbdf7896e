"""Other insurance (bảo hiểm khác) that BHXH knows a member to have: compulsory insurance, a pension, a free card."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class OtherInsurance(SQLModel, table=True):
    """One other insurance of a member of any network; a row of the network `bhxh`, which no union sees."""

    __tablename__ = "other_insurance"
    __table_args__ = (Index("ix_other_insurance_organisation", "organisation_id"),)

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    member_id: UUID = uuid_column(references="member.id")
    kind: str = text_column()
    valid_from: date
    valid_to: date | None = None
    entered_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
