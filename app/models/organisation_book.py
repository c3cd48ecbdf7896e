"""The books of organisations (sổ thu của tổ chức): money of direct customers. Read only: its writer is SQL."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import bigint_column, text_column, time_column, uuid_column


class OrganisationAccount(SQLModel, table=True):
    """One account of a box: the cash that a collector holds (holder_id), or the organisation's money in the bank.

    kind: cash or bank, and due, which it mirrors: owed to BHXH, or to the person until it is paid on. posted: đồng
    owed, so the box holds minus its balance; version: number of postings.
    """

    __tablename__ = "organisation_account"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id",
            "holder_id",
            "kind",
            name="uq_organisation_account_owner",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_organisation_account_province", "province_code"),
    )

    id: UUID = uuid_column(primary_key=True)
    kind: str = text_column()
    network: str = text_column()
    province_code: str | None = text_column(default=None)
    commune_code: str | None = text_column(default=None)
    organisation_id: UUID = uuid_column()
    holder_id: UUID | None = uuid_column(default=None)
    posted: int = bigint_column()
    version: int = bigint_column()


class OrganisationTxn(SQLModel, table=True):
    """A transaction of a box, about one person's payment; network and places are the person's on its day.

    kind: collected, then remitted or returned (settles_id: what was collected); refund_received and refund_paid.
    balance: đồng due in the box after it.
    """

    __tablename__ = "organisation_txn"
    __table_args__ = (
        Index(
            "uq_organisation_txn_settles",
            "settles_id",
            "kind",
            unique=True,
            postgresql_where="settles_id is not null",
        ),
        Index(
            "uq_organisation_txn_refund",
            "payment_id",
            "kind",
            unique=True,
            postgresql_where="kind in ('refund_received', 'refund_paid')",
        ),
        Index("ix_organisation_txn_box", "organisation_id", "holder_id", "seq"),
        Index("ix_organisation_txn_province", "province_code", "seq"),
        Index("ix_organisation_txn_payment", "payment_id"),
        Index("ix_organisation_txn_member", "member_id"),
    )

    id: UUID = uuid_column(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    organisation_id: UUID = uuid_column()
    holder_id: UUID | None = uuid_column(default=None)
    payment_id: UUID = uuid_column()
    member_id: UUID = uuid_column()
    kind: str = text_column()
    product: str = text_column()
    amount: int = bigint_column()
    business_date: date
    recorded_at: datetime = time_column()
    recorded_by: UUID = uuid_column()
    settles_id: UUID | None = uuid_column(default=None)
    balance: int = bigint_column()


class OrganisationPosting(SQLModel, table=True):
    """One change of one account; balance_after is the previous one plus amount."""

    __tablename__ = "organisation_posting"
    __table_args__ = (Index("ix_organisation_posting_txn", "txn_id"),)

    account_id: UUID = uuid_column(primary_key=True)
    account_version: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    txn_id: UUID = uuid_column()
    amount: int = bigint_column()
    balance_after: int = bigint_column()


class ReceiptSeries(SQLModel, table=True):
    """A series of receipts (ký hiệu biên lai) of an organisation, and the last number that it gave."""

    __tablename__ = "receipt_series"

    organisation_id: UUID = uuid_column(primary_key=True, references="organisation.id")
    series: str = text_column(primary_key=True)
    network: str = text_column()
    last_no: int = bigint_column()
