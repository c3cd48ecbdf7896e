"""Other insurance (bảo hiểm khác) that BHXH knows a member to have: compulsory insurance, a pension."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.time import now
from app.models.columns import text, time, uuid


class OtherInsurance(SQLModel, table=True):
    """What BHXH knows about a member of any network; a row of the network `bhxh`, which no union sees."""

    __tablename__ = "other_insurance"
    __table_args__ = (Index("ix_other_insurance_organisation", "organisation_id"),)

    id: UUID = uuid(primary_key=True)
    network: str = text(references="network.code")
    organisation_id: UUID = uuid(references="organisation.id")
    province_code: str = text()
    commune_code: str = text()
    member_id: UUID = uuid(references="member.id")
    kind: str = text()
    valid_from: date
    valid_to: date | None = None
    entered_by: UUID = uuid()
    created_at: datetime = time(default_factory=now)
