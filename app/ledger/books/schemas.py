"""Wire shapes of the books of organisations. Amounts are whole đồng."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day
from app.models.organisation_book import OrganisationAccount, OrganisationTxn
from app.savings.kinds import Product


class BookAccountKind(StrEnum):
    """Kind of an account in an organisation's book."""

    CASH = "cash"  # tiền mặt nhân viên thu đang giữ
    BANK = "bank"  # tiền gửi ngân hàng
    DUE = "due"  # phải nộp BHXH, hoặc trả lại người đóng


class BookEntryKind(StrEnum):
    """Kind of an entry in an organisation's book."""

    COLLECTED = "collected"  # thu của người tham gia
    REMITTED = "remitted"  # nộp BHXH
    RETURNED = "returned"  # trả lại người đóng
    REFUND_RECEIVED = "refund_received"  # BHXH hoàn trả
    REFUND_PAID = "refund_paid"  # trả tiền hoàn cho người tham gia


class BookAccountFilter(BaseModel):
    """Query parameters of the list of accounts."""

    organisation_id: Uuid | None = None
    kind: BookAccountKind | None = None
    holder_id: Annotated[Uuid | None, Field(description="Nhân viên thu")] = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None


class BookEntryFilter(BaseModel):
    """Query parameters of the list of entries."""

    organisation_id: Uuid | None = None
    kind: BookEntryKind | None = None
    product: Product | None = None
    holder_id: Annotated[Uuid | None, Field(description="Nhân viên thu")] = None
    payment_id: Uuid | None = None
    member_id: Uuid | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    from_: Annotated[Day | None, Field(alias="from", description="Dated on this day or later")] = None
    to: Annotated[Day | None, Field(description="Dated on this day or earlier")] = None


class BookAccountOut(BaseModel):
    """An account. balance: what is held in cash or in the bank, or what is due out of it."""

    id: UUID
    network: str
    organisation_id: UUID
    kind: BookAccountKind
    holder_id: Annotated[UUID | None, Field(description="Nhân viên thu; null: in the bank")]
    balance: int
    version: Annotated[int, Field(description="Number of entries so far")]

    @classmethod
    def from_record(cls, row: OrganisationAccount) -> Self:
        """Build from its record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name != "balance"}
        return cls(**columns, balance=row.posted if row.kind == BookAccountKind.DUE else -row.posted)


class BookEntryOut(BaseModel):
    """An entry, which changes a box and what is due out of it by the same amount."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    holder_id: Annotated[UUID | None, Field(description="Nhân viên thu; null: in the bank")]
    payment_id: UUID
    member_id: UUID
    kind: BookEntryKind
    product: Product
    amount: int
    balance: Annotated[int, Field(description="What the box holds after it, all of it due")]
    business_date: date
    recorded_at: datetime
    recorded_by: UUID
    settles_id: Annotated[UUID | None, Field(description="The entry whose money this is")]

    @classmethod
    def from_record(cls, row: OrganisationTxn) -> Self:
        """Build from its record."""
        return cls.model_validate(row, from_attributes=True)
