"""Payouts outside commission (chi hỗ trợ ngoài thù lao)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, text_column, time_column, uuid_column


class Payout(SQLModel, table=True):
    """Money that was paid; never changed, a correction takes its place.

    amount: đồng, 0 only in a correction that takes a payout back. printed: the words, "hơn 48 triệu đồng".
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_payout_key"),
        Index("ix_payout_place", "province_code", "network", "id"),
        Index("ix_payout_campaign", "campaign_id", postgresql_where="campaign_id is not null"),
        Index("ix_payout_payer", "payer_id", postgresql_where="payer_id is not null"),
        Index("uq_payout_corrects", "corrects_id", unique=True, postgresql_where="corrects_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    place_code: str | None = text_column(default=None)
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    campaign_id: UUID | None = uuid_column(references="campaign.id", default=None)
    kind: str = text_column()
    amount: int = bigint_column()
    qualifier: str = text_column()
    printed: str | None = text_column(default=None)
    paid_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    recipients: int | None = None
    recipient_kind: str = text_column()
    purpose: str = text_column()
    payer_id: UUID | None = uuid_column(references="organisation.id", default=None)
    payer_name: str | None = text_column(default=None)
    note: str | None = text_column(default=None)
    corrects_id: UUID | None = uuid_column(references="payout.id", default=None)
    correction_reason: str | None = text_column(default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
