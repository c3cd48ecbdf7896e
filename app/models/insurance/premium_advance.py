"""Advances of a group's fund for premiums (trả góp) and their repayment."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, text_column, time_column, uuid_column


class PremiumAdvance(SQLModel, table=True):
    """What a member owes the fund for a premium, in đồng; outstanding is amount − repaid.

    instalments fall due monthly from first_due on. next_due: the day of the first that is not paid in full.
    """

    __tablename__ = "premium_advance"
    __table_args__ = (
        UniqueConstraint("source_id", name="uq_premium_advance_source"),
        Index("ix_premium_advance_organisation", "organisation_id"),
        Index("ix_premium_advance_payment", "payment_id"),
        Index("ix_premium_advance_province", "province_code", "id"),
        Index("ix_premium_advance_commune", "commune_code", "id"),
        Index("ix_premium_advance_group", "group_id", "id"),
        Index("ix_premium_advance_member", "member_id", "id"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID = uuid_column(references="savings_group.id")
    member_id: UUID = uuid_column(references="member.id")
    payment_id: UUID = uuid_column(references="premium_payment.id")
    source_id: UUID = uuid_column(references="premium_source.id")
    amount: int = bigint_column()
    instalments: int
    first_due: date
    repaid: int = bigint_column(default=0)
    next_due: date | None = None
    created_at: datetime = time_column(default_factory=now)
    version: int = 1


class PremiumRepayment(SQLModel, table=True):
    """One repayment of an advance; txn_id is the fund's entry in the ledger. repaid_after: đồng repaid with it."""

    __tablename__ = "premium_repayment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_premium_repayment_key"),
        Index("ix_premium_repayment_advance", "advance_id", "id"),
        Index("ix_premium_repayment_group", "group_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID = uuid_column(references="savings_group.id")
    advance_id: UUID = uuid_column(references="premium_advance.id")
    amount: int = bigint_column()
    paid_from: str = text_column()
    business_date: date
    repaid_after: int = bigint_column()
    txn_id: UUID = uuid_column()
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
