"""Awards (khen thưởng)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.values.time import now
from app.models.columns import text_column, time_column, uuid_column


class Award(SQLModel, table=True):
    """`count` awards of one title, on a day or in a period; the recipient by id, in words, or unknown."""

    __table_args__ = (
        Index("ix_award_place", "province_code", "network", "id"),
        Index("ix_award_organisation", "organisation_id"),
        Index("ix_award_campaign", "campaign_id", postgresql_where="campaign_id is not null"),
        Index("ix_award_member", "recipient_member_id", postgresql_where="recipient_member_id is not null"),
        Index("ix_award_group", "recipient_group_id", postgresql_where="recipient_group_id is not null"),
        Index(
            "ix_award_recipient",
            "recipient_organisation_id",
            postgresql_where="recipient_organisation_id is not null",
        ),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    campaign_id: UUID | None = uuid_column(references="campaign.id", default=None)
    level: str = text_column()
    title: str = text_column()
    awarded_by: str | None = text_column(default=None)
    decision_no: str | None = text_column(default=None)
    recipient_kind: str = text_column()
    recipient_member_id: UUID | None = uuid_column(references="member.id", default=None)
    recipient_group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    recipient_organisation_id: UUID | None = uuid_column(references="organisation.id", default=None)
    recipient_text: str | None = text_column(default=None)
    count: int = 1
    awarded_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    note: str | None = text_column(default=None)
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    version: int = 1
