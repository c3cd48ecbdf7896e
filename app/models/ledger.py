"""The ledger (sổ cái). Read only: its one writer is the SQL function `record_entries` and its siblings."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app.models.columns import bigint_column, text_column, time_column, uuid_column


class Account(SQLModel, table=True):
    """An account of a group: its cash box, its common fund, or one member's savings in it.

    posted: đồng that the group owes (the cash account mirrors the others, so the box holds minus its balance);
    held: đồng set aside; version: number of postings.
    """

    __table_args__ = (
        UniqueConstraint(
            "group_id", "member_id", "kind", name="uq_account_owner", postgresql_nulls_not_distinct=True
        ),
        Index("ix_account_member", "member_id", postgresql_where="member_id is not null"),
    )

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    kind: str = text_column()
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID = uuid_column()
    member_id: UUID | None = uuid_column(default=None)
    posted: int = bigint_column()
    held: int = bigint_column()
    version: int = bigint_column()
    floor: int | None = bigint_column(default=None)


class LedgerTxn(SQLModel, table=True):
    """A transaction; a contribution (khoản đóng góp) is one of these and has no other record."""

    __tablename__ = "ledger_txn"
    __table_args__ = (
        Index(
            "uq_ledger_txn_key",
            "org_id",
            "client_key",
            unique=True,
            postgresql_where="client_key is not null",
        ),
        Index(
            "uq_ledger_txn_reverses", "reverses_id", unique=True, postgresql_where="reverses_id is not null"
        ),
        Index(
            "uq_ledger_txn_resolves", "resolves_id", unique=True, postgresql_where="resolves_id is not null"
        ),
        Index("ix_ledger_txn_group", "group_id", "seq"),
        Index("ix_ledger_txn_province", "province_code", "seq"),
        Index("ix_ledger_txn_sheet", "group_id", "seq", postgresql_where="kind = 'sheet'"),
        Index("ix_ledger_txn_sheet_province", "province_code", "seq", postgresql_where="kind = 'sheet'"),
    )

    id: UUID = uuid_column(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    network: str = text_column()
    province_code: str = text_column()
    commune_code: str = text_column()
    group_id: UUID = uuid_column()
    model_id: UUID | None = uuid_column(default=None)
    member_id: UUID | None = uuid_column(default=None)
    kind: str = text_column()
    product: str | None = text_column(default=None)
    amount: int = bigint_column()
    quantity: Decimal | None = Field(default=None, sa_column=Column(Numeric(12, 3), nullable=True))
    unit: str | None = text_column(default=None)
    unit_price: int | None = bigint_column(default=None)
    source: str | None = text_column(default=None)
    note: str | None = text_column(default=None)
    business_date: date
    recorded_at: datetime = time_column()
    recorded_by: UUID = uuid_column()
    org_id: UUID = uuid_column()
    client_key: str | None = text_column(default=None)
    request_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    sheet_id: UUID | None = uuid_column(default=None)
    lines: int | None = Field(default=None, sa_column=Column(SmallInteger, nullable=True))
    reverses_id: UUID | None = uuid_column(default=None)
    reversed_kind: str | None = text_column(default=None)
    resolves_id: UUID | None = uuid_column(default=None)
    member_balance: int | None = bigint_column(default=None)
    group_balance: int = bigint_column()


class Posting(SQLModel, table=True):
    """One change of one account; balance_after is the previous one plus amount."""

    account_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account_version: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    txn_id: UUID = uuid_column()
    amount: int = bigint_column()
    balance_after: int = bigint_column()


class ClosedPeriod(SQLModel, table=True):
    """The last day through which a network's books in a province are closed (khóa sổ)."""

    __tablename__ = "closed_period"

    network: str = text_column(primary_key=True, references="network.code")
    province_code: str = text_column(primary_key=True)
    commune_code: str | None = text_column(default=None)
    closed_through: date
    closed_by: UUID | None = uuid_column(default=None)
    closed_at: datetime = time_column()


class BooksOpening(SQLModel, table=True):
    """The first day of a network's books in a province (ngày mở sổ): what was before it is no entry."""

    __tablename__ = "books_opening"

    network: str = text_column(primary_key=True, references="network.code")
    province_code: str = text_column(primary_key=True)
    commune_code: str | None = text_column(default=None)
    begins_on: date
    set_by: UUID | None = uuid_column(default=None)
    set_at: datetime = time_column()
