"""Premium payments (đóng phí) and where their money comes from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, LargeBinary, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.values.time import now
from app.models.columns import bigint_column, json_column, text_column, time_column, uuid_column


class PremiumPayment(SQLModel, table=True):
    """The premium of one enrolment: held, then posted with its receipt, or voided.

    Without a group it is a direct customer's: the collector gave a receipt of the organisation's own series when they
    took the money (collection_series, collection_no).

    Amounts are đồng; amount_due = state_support + province_support + other_support + participant_pays. From posting on
    they are those of the rules of payment_date for ever; formula and rules say how they were computed.
    remuneration: thù lao of participant_pays, null where the province has no rate.
    """

    __tablename__ = "premium_payment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "client_key", name="uq_premium_payment_key"),
        Index(
            "uq_premium_payment_enrolment",
            "enrolment_id",
            unique=True,
            postgresql_where="status <> 'voided'",
        ),
        Index(
            "uq_premium_payment_receipt",
            "network",
            "receipt_series",
            "receipt_no",
            unique=True,
            postgresql_where="receipt_no is not null",
        ),
        Index(
            "uq_premium_payment_collection",
            "organisation_id",
            "collection_series",
            "collection_no",
            unique=True,
            postgresql_where="collection_no is not null",
        ),
        Index(
            "ix_premium_payment_collector", "collector_id", "id", postgresql_where="collector_id is not null"
        ),
        Index("ix_premium_payment_enrolment", "enrolment_id", "id"),
        Index("ix_premium_payment_organisation", "organisation_id", "id"),
        Index("ix_premium_payment_province", "province_code", "id"),
        Index("ix_premium_payment_commune", "commune_code", "id"),
        Index("ix_premium_payment_group", "group_id", "id"),
        Index("ix_premium_payment_member", "member_id", "id"),
        Index("ix_premium_payment_household", "household_id", postgresql_where="household_id is not null"),
        Index("ix_premium_payment_client", "client_id", postgresql_where="client_id is not null"),
        Index(
            "ix_premium_payment_rule",
            "remuneration_rule_id",
            postgresql_where="remuneration_rule_id is not null",
        ),
        Index(
            "ix_premium_payment_date",
            "province_code",
            "payment_date",
            postgresql_where="payment_date is not null",
        ),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    member_id: UUID = uuid_column(references="member.id")
    household_id: UUID | None = uuid_column(references="household.id", default=None)
    enrolment_id: UUID = uuid_column(references="enrolment.id")
    product: str = text_column()
    method: str = text_column()
    months: int
    monthly_income: int | None = bigint_column(default=None)
    from_month: date
    status: str = text_column()
    business_date: date
    priced_on: date
    amount_due: int = bigint_column()
    state_support: int = bigint_column()
    province_support: int = bigint_column()
    other_support: int = bigint_column()
    participant_pays: int = bigint_column()
    supported_months: int
    supported_before: int
    support_group: str | None = text_column(default=None)
    covered_until: date | None = None
    insured_since: date | None = None
    household_order: int | None = None
    declared_order: int | None = None
    formula: dict[str, Any] = json_column()
    rules: list[dict[str, Any]] = json_column()
    collector_id: UUID | None = uuid_column(references="app_user.id", default=None)
    collection_series: str | None = text_column(default=None)
    collection_no: int | None = bigint_column(default=None)
    receipt_series: str | None = text_column(default=None)
    receipt_no: str | None = text_column(default=None)
    payment_date: date | None = None
    posted_at: datetime | None = time_column(default=None)
    posted_by: UUID | None = uuid_column(default=None)
    voided_at: datetime | None = time_column(default=None)
    voided_by: UUID | None = uuid_column(default=None)
    remuneration_kind: str | None = text_column(default=None)
    remuneration_rate: Decimal | None = Field(default=None, sa_column=Column(Numeric, nullable=True))
    remuneration_rule_id: UUID | None = uuid_column(references="insurance_rule.id", default=None)
    remuneration: int | None = bigint_column(default=None)
    client_id: UUID | None = uuid_column(references="api_client.id", default=None)
    client_key: str = text_column()
    request_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: dict[str, Any] = json_column()
    created_by: UUID = uuid_column()
    created_at: datetime = time_column(default_factory=now)
    version: int = 1


class PremiumSource(SQLModel, table=True):
    """One source of a payment's money, which is one hold of the ledger, or an entry in the organisation's book.

    kind: savings, fund, donor (source is the donor's name) or instalment; of a payment without a group cash or transfer
    (with a source, when a donor gave it). paid: đồng spent at posting, 0 when voided. hold_id, resolution_id: of the
    ledger, or of the book: the entry that collected the money, and the one that paid it on or gave it back.
    """

    __tablename__ = "premium_source"
    __table_args__ = (
        UniqueConstraint("payment_id", "position", name="uq_premium_source_position"),
        Index("ix_premium_source_group", "group_id"),
        Index("ix_premium_source_organisation", "organisation_id"),
        Index("ix_premium_source_collector", "collector_id", postgresql_where="collector_id is not null"),
    )

    id: UUID = uuid_column(primary_key=True)
    network: str = text_column(references="network.code")
    organisation_id: UUID = uuid_column(references="organisation.id")
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID | None = uuid_column(references="savings_group.id", default=None)
    payment_id: UUID = uuid_column(references="premium_payment.id")
    position: int
    kind: str = text_column()
    amount: int = bigint_column()
    paid: int | None = bigint_column(default=None)
    source: str | None = text_column(default=None)
    collector_id: UUID | None = uuid_column(references="app_user.id", default=None)
    bank_reference: str | None = text_column(default=None)
    instalments: int | None = None
    first_due: date | None = None
    donation_id: UUID | None = uuid_column(default=None)
    hold_id: UUID = uuid_column()
    resolution_id: UUID | None = uuid_column(default=None)
