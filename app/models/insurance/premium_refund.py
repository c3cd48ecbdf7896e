"""Refunds of premiums (hoàn trả)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, json_column, text_column, time_column, uuid_column


class PremiumRefund(SQLModel, table=True):
    """What BHXH gives back of a payment, at most once; then it is received: into savings, by the person,
    or through the organisation's book in cash or by transfer.

    from_month: first month that is not used; unused_from: of a card, the first day. amount: the participant's own
    đồng; state_returned and province_returned go back to the budget, other_returned to whoever gave it. clawback:
    remuneration taken back, null where none was paid.
    """

    __tablename__ = "premium_refund"
    __table_args__ = (
        UniqueConstraint("receiver_id", "client_key", name="uq_premium_refund_key"),
        UniqueConstraint("payment_id", name="uq_premium_refund_payment"),
        Index("ix_premium_refund_organisation", "organisation_id"),
        Index("ix_premium_refund_province", "province_code", "id"),
        Index("ix_premium_refund_commune", "commune_code", "id"),
        Index("ix_premium_refund_group", "group_id", "id"),
        Index("ix_premium_refund_member", "member_id", "id"),
        Index("ix_premium_refund_enrolment", "enrolment_id"),
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
    reason: str = text_column()
    from_month: date
    remaining_months: int
    unused: int = bigint_column()
    amount: int = bigint_column()
    state_returned: int = bigint_column()
    province_returned: int = bigint_column()
    other_returned: int = bigint_column()
    formula: dict[str, Any] = json_column()
    rules: list[dict[str, Any]] = json_column()
    remuneration_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric, nullable=True))
    clawback: int | None = bigint_column(default=None)
    decided_by: UUID = uuid_column()
    decided_on: date
    decided_at: datetime = time_column(default_factory=now)
    status: str = text_column()
    received_as: str | None = text_column(default=None)
    received_on: date | None = None
    received_by: UUID | None = uuid_column(default=None)
    received_at: datetime | None = time_column(default=None)
    txn_id: UUID | None = uuid_column(default=None)
    unused_from: date | None = None
    receiver_id: UUID | None = uuid_column(references="organisation.id", default=None)
    client_key: str | None = text_column(default=None)
    request_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    version: int = 1
