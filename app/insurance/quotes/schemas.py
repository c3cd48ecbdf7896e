"""Wire shapes of quotes and refunds (tính mức đóng, mức hỗ trợ, số tiền hoàn trả)."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.money import MAX_DONG, Dong
from app.core.values.text import Code
from app.core.values.time import Day, Month
from app.insurance.kinds import GivenGroup, Method, PaidMonths, RefundReason
from app.insurance.quotes.terms import CardBuyer, PersonTerms, QuoteTerms, RefundTerms
from app.insurance.rules.schemas import ExactNumber
from app.people.kinds import SupportKind
from app.savings.kinds import Product

DongOrZero = Annotated[int, Field(strict=True, ge=0, le=MAX_DONG, description="đồng")]
AssumedValues = Annotated[
    dict[Code, ExactNumber],
    Field(max_length=50, description="Values in place of the rules', by key, for a what-if"),
]


class CardMember(RequestBody):
    """One member of a household (thành viên hộ gia đình) for whom a card is to be bought."""

    order: Annotated[
        int, Field(strict=True, ge=1, le=99, description="Thứ tự trong hộ, among those who join this year")
    ]
    support_group: Annotated[
        GivenGroup | None,
        Field(description="Nhóm được NSNN hỗ trợ: pays for itself, counts in no order"),
    ] = None
    covered_until: Annotated[
        Day | None, Field(description="Last day of the last card; null: the first card ever")
    ] = None
    birth_date: Annotated[
        Day | None, Field(description="Ngày sinh: then a warning says who may have a card free")
    ] = None
    proof_valid_until: Annotated[
        Day | None,
        Field(description="Giấy tờ chứng minh có giá trị đến: then it has to be valid on the day of payment"),
    ] = None

    def to_buyer(self) -> CardBuyer:
        """Convert to the terms of a quote."""
        return CardBuyer(
            self.order,
            self.support_group,
            self.covered_until,
            birth_date=self.birth_date,
            proof_valid_until=self.proof_valid_until,
        )


class QuoteIn(RequestBody):
    """What is to be paid for: voluntary social insurance, or cards of a household."""

    product: Product
    payment_date: Annotated[Day, Field(description="Ngày đóng: whose rules are used")]
    method: Annotated[Method | None, Field(description="Phương thức đóng")] = None
    months: Annotated[
        PaidMonths | None, Field(description="With `missing_months`, or of a card: 3, 6, 12")
    ] = None
    monthly_income: Annotated[Dong | None, Field(description="Mức thu nhập, for BHXH only")] = None
    from_month: Annotated[Month | None, Field(description="Từ tháng; default: that of the payment")] = None
    late_months: Annotated[
        int, Field(strict=True, ge=0, le=120, description="Số tháng chậm, where arrears are allowed")
    ] = 0
    support_group: Annotated[SupportKind | None, Field(description="Đối tượng; null: no state support")] = (
        None
    )
    supported_before: Annotated[
        int, Field(strict=True, ge=0, le=1200, description="Số tháng đã được hỗ trợ")
    ] = 0
    province_code: Annotated[Code | None, Field(description="Whose extra support is added")] = None
    other_support_rate: Annotated[
        ExactNumber | None,
        Field(le=1, description="Hỗ trợ khác: share of rate × poverty line, or of a card's price"),
    ] = None
    other_support: Annotated[
        DongOrZero | None, Field(description="Hỗ trợ khác: đồng in all, for BHXH only")
    ] = None
    members: Annotated[list[CardMember] | None, Field(min_length=1, max_length=50)] = None
    birth_date: Annotated[
        Day | None, Field(description="Ngày sinh: then the age is checked, and whether months are missing")
    ] = None
    sex: Annotated[
        Literal["female", "male"] | None, Field(description="For the retirement age, with `missing_months`")
    ] = None
    months_paid: Annotated[
        int | None,
        Field(strict=True, ge=0, le=1200, description="Số tháng đã đóng BHXH, with `missing_months`"),
    ] = None
    assume: AssumedValues = {}

    def to_person(self) -> PersonTerms | None:
        """Convert to the person of a quote; None where nothing is said of them."""
        facts = self.birth_date, self.sex, self.months_paid
        return None if facts == (None, None, None) else PersonTerms(*facts)

    def to_terms(self) -> QuoteTerms:
        """Convert to the terms of a quote, without the day, the place and what is assumed."""
        return QuoteTerms(
            product=self.product,
            method=self.method,
            months=self.months,
            monthly_income=self.monthly_income,
            from_month=self.from_month,
            late_months=self.late_months,
            support_group=self.support_group,
            supported_before=self.supported_before,
            other_support_rate=self.other_support_rate,
            other_support=self.other_support,
            members=None if self.members is None else tuple(member.to_buyer() for member in self.members),
        )


class RefundIn(RequestBody):
    """What was paid, and how much of it is unused."""

    product: Product = Product.BHXH_TN
    payment_date: Annotated[Day, Field(description="Ngày đã đóng: whose rules are used")]
    method: Annotated[Method | None, Field(description="Phương thức đã đóng")] = None
    months: Annotated[PaidMonths | None, Field(description="Of a card: 3, 6 or 12")] = None
    monthly_income: Dong | None = None
    remaining_months: Annotated[PaidMonths, Field(description="Số tháng còn lại chưa sử dụng")]
    state_support: Annotated[DongOrZero, Field(description="Phần NSNN đã hỗ trợ của các tháng còn lại")] = 0
    other_support: Annotated[
        DongOrZero, Field(description="Province's and others' support of these months")
    ] = 0
    paid: Annotated[
        DongOrZero | None, Field(description="Of a card: what the person paid for all its months")
    ] = None
    reason: Annotated[
        RefundReason | None,
        Field(description="Of a card: the case; null: not checked whether the law knows it"),
    ] = None
    unused_from: Annotated[
        Day | None,
        Field(description="Of a card: its first unused day, whose law knows the case; default: payment_date"),
    ] = None
    assume: AssumedValues = {}

    @property
    def rules_day(self) -> date:
        """The day whose rules are used: of the payment; of a card, of its first unused day."""
        is_card = self.product is Product.BHYT_HGD
        return self.unused_from or self.payment_date if is_card else self.payment_date

    def to_terms(self) -> RefundTerms:
        """Convert to the terms of a refund, without the day and what is assumed."""
        return RefundTerms(
            product=self.product,
            method=self.method,
            months=self.months,
            monthly_income=self.monthly_income,
            remaining_months=self.remaining_months,
            state_support=self.state_support,
            other_support=self.other_support,
            paid=self.paid,
            reason=self.reason,
            unused_from=self.unused_from,
        )


class QuoteNote(BaseModel):
    """Something worth knowing about one field."""

    pointer: str
    code: str
    detail: str


class UsedRule(BaseModel):
    """A value that the answer was worked out with."""

    key: str
    value: str
    effective_from: Annotated[date | None, Field(description="Null: assumed")]
    legal_basis: str | None
    id: UUID | None
    assumed: bool


class CalculationDetails(BaseModel):
    """Fields that every answer has: how it was calculated."""

    formula: Annotated[dict[str, Any], Field(description="The formula and its terms")]
    rules: list[UsedRule]
    warnings: list[QuoteNote]
    assumed: Annotated[bool, Field(description="A what-if: no enrolment is priced with it")]


class Shares(BaseModel):
    """Who pays what of an amount, đồng."""

    amount_due: Annotated[int, Field(description="Số tiền phải đóng")]
    state_support: Annotated[int, Field(description="NSNN hỗ trợ theo quy định")]
    province_support: Annotated[
        int, Field(description="NSNN tỉnh hỗ trợ thêm: for the months within its resolution")
    ]
    other_support: Annotated[int, Field(description="Tổ chức, cá nhân hỗ trợ")]
    participant_pays: Annotated[int, Field(description="Người tham gia đóng")]


class PremiumQuoteOut(Shares, CalculationDetails):
    """A quote for voluntary social insurance (BHXH tự nguyện)."""

    product: Literal[Product.BHXH_TN]
    method: Method
    payment_date: date
    months: int
    supported_months: int
    from_month: str
    pay_by: Annotated[date, Field(description="Hạn đóng")]
    valid_from: Annotated[date | None, Field(description="First day covered; null for missing months")]


class CardOut(Shares):
    """One member's card."""

    order: int
    counted_order: Annotated[int | None, Field(description="Null: supported, and counted in no order")]
    support_group: str | None
    valid_from: date
    valid_to: date


class CardQuoteOut(Shares, CalculationDetails):
    """A quote for household health insurance (BHYT hộ gia đình)."""

    product: Literal[Product.BHYT_HGD]
    payment_date: date
    months: int
    valid_from: Annotated[date, Field(description="From when every member is covered")]
    members: list[CardOut]


class RefundQuoteOut(CalculationDetails):
    """A refund (số tiền hoàn trả)."""

    product: Product
    payment_date: date
    months: int
    remaining_months: int
    unused: Annotated[int, Field(description="Premium of the unused months, support included")]
    state_support: int
    other_support: int
    refund: Annotated[int, Field(description="Số tiền hoàn trả cho người tham gia")]


QuoteOut = PremiumQuoteOut | CardQuoteOut
