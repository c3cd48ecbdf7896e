"""Wire shapes of refunds (hoàn trả). Amounts are whole đồng."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day, Month, month_of
from app.insurance.kinds import RefundReason
from app.insurance.quotes.schemas import UsedRule
from app.insurance.rules.keys import format_decimal
from app.models.insurance.premium_refund import PremiumRefund
from app.savings.kinds import Product

ReceivedAs = Literal["savings", "person", "cash", "transfer"]
"""Into the member's savings in the group, or received by the person from BHXH; of a payment without a group also in
cash or by a transfer from the organisation that collected it."""


class RefundStatus(StrEnum):
    """Status of a refund."""

    DECIDED = "decided"  # BHXH đã quyết định
    RECEIVED = "received"  # đã nhận


class PremiumRefundIn(RequestBody):
    """BHXH's decision to give the unused months of a payment back."""

    payment_id: Uuid
    reason: Annotated[RefundReason, Field(description="Lý do")]
    from_month: Annotated[
        Month | None,
        Field(
            description="The first month that is not used; of what was `paid_in_error` it may be left out, "
            "for the whole payment"
        ),
    ] = None
    unused_from: Annotated[
        Day | None,
        Field(
            description="Of a card, in place of `from_month`: its first unused day, which is that of the new card, "
            "or of the list that reports the stop"
        ),
    ] = None


class ReceiveIn(RequestBody):
    """How a refund was received (nhận tiền hoàn trả)."""

    to: ReceivedAs
    business_date: Annotated[Day, Field(description="Ngày nhận, not after today")]


class PremiumRefundFilter(BaseModel):
    """Query parameters of the list of refunds."""

    status: RefundStatus | None = None
    product: Product | None = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    member_id: Uuid | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    enrolment_id: Uuid | None = None
    payment_id: Uuid | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    from_: Annotated[Day | None, Field(alias="from", description="Decided on this day or later")] = None
    to: Annotated[Day | None, Field(description="Decided on this day or earlier")] = None


class PremiumRefundOut(BaseModel):
    """A refund: unused = amount + what goes back to the state, the province and the donors."""

    id: UUID
    network: str
    organisation_id: Annotated[UUID, Field(description="Of the payment")]
    province_code: str
    commune_code: str
    group_id: Annotated[UUID | None, Field(description="Null: a direct customer, without a group")]
    member_id: UUID
    enrolment_id: UUID
    payment_id: UUID
    product: Product
    reason: RefundReason
    from_month: str
    unused_from: Annotated[date | None, Field(description="Of a card: its first unused day")]
    remaining_months: int
    unused: Annotated[int, Field(description="Premium of the unused months")]
    amount: Annotated[int, Field(description="Số tiền hoàn trả cho người tham gia")]
    state_returned: Annotated[int, Field(description="Trả lại ngân sách Nhà nước")]
    province_returned: Annotated[int, Field(description="Trả lại ngân sách tỉnh")]
    other_returned: Annotated[int, Field(description="Phần hỗ trợ khác")]
    formula: dict[str, Any]
    rules: list[UsedRule]
    remuneration_rate: str | None
    clawback: Annotated[int | None, Field(description="Thù lao thu hồi; null where none was paid")]
    decided_by: UUID
    decided_on: date
    status: RefundStatus
    received_as: ReceivedAs | None
    received_on: date | None
    received_at: datetime | None
    txn_id: Annotated[UUID | None, Field(description="The entry in the ledger")]
    version: int

    @classmethod
    def from_record(cls, row: PremiumRefund) -> Self:
        """Build from its record."""
        columns = {name: getattr(row, name) for name in cls.model_fields}
        columns["from_month"] = month_of(row.from_month)
        rate = row.remuneration_rate
        columns["remuneration_rate"] = None if rate is None else format_decimal(rate)
        return cls(**columns)
