"""Awards (khen thưởng)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from app.core.time import now
from app.models.columns import text, time, uuid


class Award(SQLModel, table=True):
    """`count` awards of one title, on a day or in a period; the recipient by id, in words, or not told."""

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

    id: UUID = uuid(primary_key=True)
    network: str = text(references="network.code")
    organisation_id: UUID = uuid(references="organisation.id")
    place_code: str | None = text(default=None)
    province_code: str | None = text(default=None)
    commune_code: str | None = text(default=None)
    campaign_id: UUID | None = uuid(references="campaign.id", default=None)
    level: str = text()
    title: str = text()
    awarded_by: str | None = text(default=None)
    decision_no: str | None = text(default=None)
    recipient_kind: str = text()
    recipient_member_id: UUID | None = uuid(references="member.id", default=None)
    recipient_group_id: UUID | None = uuid(references="savings_group.id", default=None)
    recipient_organisation_id: UUID | None = uuid(references="organisation.id", default=None)
    recipient_text: str | None = text(default=None)
    count: int = 1
    awarded_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    note: str | None = text(default=None)
    created_by: UUID = uuid()
    created_at: datetime = time(default_factory=now)
    updated_at: datetime = time(default_factory=now)
    version: int = 1
