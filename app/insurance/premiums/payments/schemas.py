"""Wire shapes of premium payments (đóng phí). Amounts are whole đồng."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.money import Dong
from app.core.values.text import BankReference, Code, Name
from app.core.values.time import Day, month_of
from app.insurance.kinds import EnrolledGroup, Method
from app.insurance.law.remuneration import RemunerationKind
from app.insurance.quotes.province import SUPPORT_TERMS
from app.insurance.quotes.schemas import Shares, UsedRule
from app.insurance.rules.keys import format_decimal
from app.models.insurance.premium_payment import PremiumPayment, PremiumSource
from app.savings.kinds import Product


class PremiumSourceKind(StrEnum):
    """Where money for a premium comes from (nguồn tiền)."""

    SAVINGS = "savings"  # tiền tiết kiệm của hội viên
    FUND = "fund"  # quỹ chung của tổ
    DONOR = "donor"  # nhà hảo tâm, qua quỹ của tổ
    INSTALMENT = "instalment"  # quỹ ứng trước, hội viên trả góp
    CASH = "cash"  # tiền mặt nộp cho nhân viên thu, không qua tổ
    TRANSFER = "transfer"  # chuyển khoản vào tài khoản của tổ chức, không qua tổ


DIRECT_KINDS: Final = frozenset({PremiumSourceKind.CASH, PremiumSourceKind.TRANSFER})
"""Where money of an enrolment without a group comes from; all other kinds are a group's."""


class PaymentStatus(StrEnum):
    """Status of a premium payment."""

    HELD = "held"  # đang tạm giữ
    POSTED = "posted"  # đã đóng, có biên lai
    VOIDED = "voided"  # đã hủy
    REFUNDED = "refunded"  # đã đóng, sau đó được hoàn trả


class PremiumSourceIn(RequestBody):
    """One source of the money: of a group, or (cash, transfer) of an enrolment without one."""

    kind: PremiumSourceKind
    amount: Dong
    source: Annotated[
        Name | None, Field(description="Nhà hảo tâm, of kind donor; of cash or transfer when a donor pays it")
    ] = None
    collector_id: Annotated[
        Uuid | None, Field(description="Nhân viên thu, of kind cash or transfer; default: who records it")
    ] = None
    bank_reference: Annotated[
        BankReference | None, Field(description="Số giao dịch ngân hàng, of kind transfer")
    ] = None
    instalments: Annotated[
        int | None, Field(strict=True, ge=1, le=60, description="Số kỳ trả, monthly, of kind instalment")
    ] = None
    first_due: Annotated[Day | None, Field(description="Ngày trả kỳ đầu, of kind instalment")] = None


class PremiumPaymentIn(RequestBody):
    """The premium of an enrolment, held until it is posted with its receipt or voided."""

    enrolment_id: Uuid
    business_date: Annotated[Day, Field(description="Ngày tạm giữ, not after today")]
    household_order: Annotated[
        int | None,
        Field(
            strict=True, ge=1, le=99, description="Thứ tự trong hộ, when others joined elsewhere this year"
        ),
    ] = None
    sources: Annotated[
        list[PremiumSourceIn],
        Field(max_length=10, description="Together: amount due − support of state and province"),
    ]


class PostIn(RequestBody):
    """The receipt of a payment (biên lai)."""

    receipt_series: Annotated[
        Name | None, Field(description="Ký hiệu biên lai; left out of a payment without a group: its own")
    ] = None
    receipt_no: Annotated[
        Name | None, Field(description="Số biên lai, used once in its series; left out with the series")
    ] = None
    payment_date: Annotated[Day, Field(description="Ngày đóng: whose rules hold for ever")]


class PremiumPaymentFilter(BaseModel):
    """Query parameters of the list of payments."""

    status: PaymentStatus | None = None
    product: Product | None = None
    group_id: Uuid | None = None
    group_code: Code | None = None
    collector_id: Annotated[
        Uuid | None,
        Field(
            description="Who took the money (nhân viên thu): of a group's payment who posted it, else who held it"
        ),
    ] = None
    member_id: Uuid | None = None
    commune_code: Annotated[Code | None, Field(description="In this commune or a predecessor of it")] = None
    enrolment_id: Uuid | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    from_: Annotated[Day | None, Field(alias="from", description="First payment date")] = None
    to: Annotated[Day | None, Field(description="Last payment date")] = None


class PremiumSourceOut(BaseModel):
    """One source. paid: what was spent at posting; the rest stayed where it was."""

    kind: PremiumSourceKind
    amount: int
    paid: int | None
    source: str | None
    collector_id: Annotated[UUID | None, Field(description="Nhân viên thu, of cash and transfer")]
    bank_reference: str | None
    instalments: int | None
    first_due: date | None
    hold_id: Annotated[
        UUID, Field(description="The hold in the ledger, or the entry in the organisation's book")
    ]
    donation_id: Annotated[UUID | None, Field(description="The donor's gift to the fund")]
    resolution_id: Annotated[UUID | None, Field(description="The entry that spent or freed it")]


class RemunerationOut(BaseModel):
    """Thù lao of the participant's own money by the province's rate."""

    kind: RemunerationKind
    rate: str
    amount: int


class PremiumPaymentOut(Shares):
    """A premium payment. From posting on, its amounts, formula and rules never change."""

    id: UUID
    network: str
    organisation_id: UUID
    province_code: str
    commune_code: str
    group_id: Annotated[UUID | None, Field(description="Null: a direct customer, without a group")]
    collector_id: Annotated[UUID | None, Field(description="Nhân viên thu, of a payment without a group")]
    member_id: UUID
    enrolment_id: UUID
    product: Product
    method: Method
    months: int
    monthly_income: int | None
    from_month: str
    status: PaymentStatus
    business_date: date
    priced_on: Annotated[date, Field(description="Whose rules these amounts follow")]
    supported_months: int
    support_group: Annotated[EnrolledGroup | None, Field(description="Null too for those who may not see it")]
    household_order: int | None
    formula: dict[str, Any]
    rules: Annotated[list[UsedRule], Field(description="Without the group's for those who may not see it")]
    sources: list[PremiumSourceOut]
    collection_series: Annotated[
        str | None, Field(description="Ký hiệu biên lai thu của tổ chức, of a payment without a group")
    ]
    collection_no: Annotated[int | None, Field(description="Its number there, in the order of collection")]
    receipt_series: str | None
    receipt_no: str | None
    payment_date: date | None
    posted_at: datetime | None
    voided_at: datetime | None
    remuneration: Annotated[RemunerationOut | None, Field(description="Null where the province has no rate")]
    created_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: PremiumPayment, sources: Sequence[PremiumSource]) -> Self:
        """Build from its records, with all fields, the support group among them."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name not in _COMPUTED_FIELDS}
        columns["from_month"] = month_of(row.from_month)
        columns["sources"] = [
            PremiumSourceOut.model_validate(source, from_attributes=True) for source in sources
        ]
        columns["remuneration"] = None
        if row.remuneration_kind and row.remuneration_rate is not None and row.remuneration is not None:
            columns["remuneration"] = {
                "kind": row.remuneration_kind,
                "rate": format_decimal(row.remuneration_rate),
                "amount": row.remuneration,
            }
        return cls(**columns)

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> Self:
        """Build from the first answer to a request, also from one of before there were payments without a group."""
        sources = [{"collector_id": None, "bank_reference": None} | source for source in answer["sources"]]
        added = {"collector_id": None, "collection_series": None, "collection_no": None}
        return cls.model_validate(added | answer | {"sources": sources})

    def redact(self, *, may_see_sensitive: bool) -> Self:
        """Leave out what reveals the support group, unless the reader may see sensitive data."""
        if may_see_sensitive:
            return self
        formula = {
            name: value
            for name, value in self.formula.items()
            if name != "support_rate" and not name.startswith(SUPPORT_TERMS)
        }
        rules = [
            rule for rule in self.rules if "support_rate_" not in rule.key and "support_dong_" not in rule.key
        ]
        return self.model_copy(update={"support_group": None, "formula": formula, "rules": rules})


_COMPUTED_FIELDS = ("from_month", "sources", "remuneration")
