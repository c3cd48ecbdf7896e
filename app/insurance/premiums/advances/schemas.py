"""Wire shapes of advances (trả góp) and their repayment. Amounts are whole đồng."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.text import Code
from app.core.values.time import Day
from app.insurance.law.advance import schedule_instalments, sum_overdue
from app.models.insurance.premium_advance import PremiumAdvance, PremiumRepayment

PaidFrom = Literal["cash", "savings"]


class RepaymentIn(RequestBody):
    """Money that a member pays back to the fund (trả nợ)."""

    amount: Annotated[Dong, Field(description="At most what is outstanding")]
    paid_from: Annotated[PaidFrom, Field(description="In cash, or out of the member's savings")]
    business_date: Annotated[Day, Field(description="Ngày trả, not after today")]


class PremiumAdvanceFilter(BaseModel):
    """Query parameters of the list of advances."""

    overdue: Annotated[bool | None, Field(description="An instalment fell due before today")] = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    member_id: Uuid | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    payment_id: Uuid | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None


class InstalmentOut(BaseModel):
    """One instalment (kỳ trả)."""

    due_on: date
    amount: int


class RepaymentOut(BaseModel):
    """One repayment. repaid_after: in all, with it."""

    id: UUID
    advance_id: UUID
    amount: int
    paid_from: PaidFrom
    business_date: date
    repaid_after: int
    txn_id: Annotated[UUID, Field(description="The fund's entry in the ledger")]
    created_at: datetime

    @classmethod
    def from_record(cls, row: PremiumRepayment) -> Self:
        """Build from its record."""
        return cls.model_validate(row, from_attributes=True)


class PremiumAdvanceOut(BaseModel):
    """What the fund paid for a member's premium and the member pays back."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    group_id: UUID
    member_id: UUID
    payment_id: UUID
    amount: int
    repaid: int
    outstanding: Annotated[int, Field(description="Còn nợ")]
    overdue: Annotated[int, Field(description="Quá hạn: fell due before today and is not repaid")]
    next_due: date | None
    instalments: list[InstalmentOut]
    created_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: PremiumAdvance, on: date) -> Self:
        """Build from its record, as of a day."""
        instalments = schedule_instalments(row.amount, row.instalments, row.first_due)
        columns = {name: getattr(row, name) for name in cls.model_fields if name not in _COMPUTED_FIELDS}
        return cls(
            **columns,
            outstanding=row.amount - row.repaid,
            overdue=sum_overdue(instalments, row.repaid, on),
            instalments=[InstalmentOut(due_on=day, amount=amount) for day, amount in instalments],
        )


class PremiumAdvanceDetail(PremiumAdvanceOut):
    """An advance with its repayments, the first one first."""

    repayments: list[RepaymentOut]

    @classmethod
    def from_records(cls, row: PremiumAdvance, on: date, repayments: Sequence[PremiumRepayment]) -> Self:
        """Build from its records, as of a day."""
        summary = PremiumAdvanceOut.from_record(row, on)
        return cls(
            **dict(summary), repayments=[RepaymentOut.from_record(repayment) for repayment in repayments]
        )


_COMPUTED_FIELDS = ("outstanding", "overdue", "instalments")
