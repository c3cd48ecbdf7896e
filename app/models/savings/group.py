"""Groups (tổ, câu lạc bộ)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Group(SQLModel, table=True):
    """People who save together."""

    __tablename__ = "savings_group"
    __table_args__ = (
        UniqueConstraint("network", "code", name="uq_savings_group_code"),
        Index("ix_savings_group_commune", "commune_code", "network", "id"),
        Index("ix_savings_group_province", "province_code", "network", "id"),
        Index("ix_savings_group_model", "model_id", postgresql_where="model_id is not null"),
        Index("ix_savings_group_leader", "leader_id", postgresql_where="leader_id is not null"),
        Index("ix_savings_group_treasurer", "treasurer_id", postgresql_where="treasurer_id is not null"),
        Index("ix_savings_group_organisation", "organisation_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    code: str = text_column()
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    model_id: UUID | None = uuid_column(references="savings_model.id", default=None)
    kind: str = text_column()
    name: str = text_column()
    search_name: str = text_column(default="")
    province_code: str = text_column()
    commune_code: str = text_column()
    hamlet_code: str | None = text_column(default=None)
    leader_id: UUID | None = uuid_column(references="member.id", default=None)
    treasurer_id: UUID | None = uuid_column(references="member.id", default=None)
    cycle: str | None = text_column(default=None)
    meeting_day: int | None = None
    started_on: date | None = None
    ended_on: date | None = None
    note: str | None = text_column(default=None)
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
