"""Wire shapes of a benefit estimate: every figure with its article, its formula, what is assumed and what is open."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.insurance.benefits.case import PensionRight
from app.insurance.coverage.schemas import MemberInsurance
from app.insurance.quotes.schemas import QuoteNote, UsedRule
from app.people.members.rules import Sex
from app.savings.kinds import Per

MonthText = Annotated[str, Field(description="YYYY-MM")]


class BenefitFigure(BaseModel):
    """One figure of an estimate."""

    amount: Annotated[int | None, Field(description="đồng; null: there is no right to it")]
    per: Literal["month", "year", "once"]
    legal_basis: Annotated[str, Field(description="Căn cứ: điều, khoản")]
    formula: Annotated[dict[str, Any], Field(description="The formula and its terms; exact numbers as text")]
    explanation: Annotated[str, Field(description="Giải thích")]
    assumed: Annotated[list[str], Field(description="Giả định")]
    open: Annotated[list[str], Field(description="Điều văn bản chưa nói rõ")]


class PlanCost(BenefitFigure):
    """What a plan costs from now on; amount: what the person pays."""

    amount_due: int
    state_support: int
    supported_months: int


class ServiceTime(BenefitFigure):
    """The time paid (thời gian đóng); has no amount."""

    months_paid: Annotated[int, Field(description="Số tháng đã đóng")]
    months_planned: int
    months_in_all: int
    months_at_retirement_age: int
    months_needed: Annotated[int, Field(description="Số tháng cần để hưởng lương hưu")]
    enough: bool
    right: PensionRight
    reached_in: Annotated[
        MonthText | None, Field(description="When the years are there by paying month by month")
    ]
    missing_months: Annotated[int, Field(description="Số tháng còn thiếu")]
    monthly_until: Annotated[
        MonthText | None, Field(description="Until when the missing months would be paid month by month")
    ]


class MissingPayment(BenefitFigure):
    """Payment at once for missing months (đóng một lần cho những năm còn thiếu); amount: what the person pays."""

    months: int
    payable: Annotated[bool, Field(description="Whether there are few enough of them")]
    most_months: int
    earliest_month: MonthText
    monthly_income: int | None
    amount_due: int | None
    state_support: int | None


class IncomeYear(BaseModel):
    """Months of one year with one income. factor: hệ số điều chỉnh."""

    year: int
    months: int
    monthly_income: int
    factor: str


class AverageFigure(BenefitFigure):
    """The average of the indexed incomes (mức bình quân thu nhập)."""

    years: list[IncomeYear]


class PensionFigure(BenefitFigure):
    """The pension a month (lương hưu hằng tháng)."""

    share: Annotated[str, Field(description="Tỷ lệ hưởng: a share such as 0.45")]
    years_counted: str
    from_month: MonthText | None
    right: PensionRight


class EarlyPensionFigure(BenefitFigure):
    """A pension before the age of retirement, for who joined before 2021."""

    share: str
    from_month: MonthText
    months: int


class CardFigure(BenefitFigure):
    """The free health card (thẻ BHYT khi nghỉ hưu). worth: a household's first card a year."""

    from_month: MonthText | None
    worth: int


class AllowanceFigure(BenefitFigure):
    """The monthly allowance below the years of a pension. top_up: to have it until the social pension."""

    months: int | None
    from_month: MonthText | None
    to_month: MonthText | None
    top_up: int | None


class WithdrawalFigure(BenefitFigure):
    """The one-off withdrawal (BHXH một lần).

    before_deduction: what ill and disabled people get (Article 102.3). at_age: allowed at retirement age, because years
    are missing; joined_before_law: allowed after 12 months without payment.
    """

    before_deduction: int | None
    state_support: int
    at_age: bool
    joined_before_law: bool


class BirthOut(BaseModel):
    """A planned birth."""

    month: MonthText
    entitled: bool


class MaternityFigure(BenefitFigure):
    """The maternity allowance. from_month, to_month: births in these months bring it."""

    each: int
    from_month: MonthText | None
    to_month: MonthText | None
    births: list[BirthOut]


class FuneralFigure(BenefitFigure):
    """The funeral allowance (trợ cấp mai táng)."""

    from_month: MonthText | None


class PensionerSurvivorsFigure(BenefitFigure):
    """What a pensioner's family gets; amount: in the first months of the pension."""

    least: int | None
    least_from_pension_month: int | None


class SocialPensionFigure(BenefitFigure):
    """The social pension (trợ cấp hưu trí xã hội)."""

    from_month: MonthText
    age: int


class RetirementAgeOut(BaseModel):
    """When retirement age is reached (tuổi nghỉ hưu)."""

    month: MonthText
    age_years: int
    age_months: int
    legal_basis: str
    explanation: str


class PlanPayment(BaseModel):
    """Months in a row that a plan pays with one income."""

    from_month: MonthText
    to_month: MonthText
    months: int
    monthly_income: int
    supported_months: int
    state_support: int


class EstimatePledge(BaseModel):
    """What is put by, as money a month. needed: so that it suffices for the dearest month."""

    amount: int
    per: Per
    monthly: int
    suffices: bool
    needed: int
    explanation: str


class PlanEstimate(BaseModel):
    """What one plan gives back."""

    name: str | None
    payments: list[PlanPayment]
    pledge: EstimatePledge | None
    cost: PlanCost
    service: ServiceTime
    missing_payment: MissingPayment | None
    average_income: AverageFigure
    pension: PensionFigure
    retirement_bonus: BenefitFigure
    early_pension: EarlyPensionFigure | None
    health_card: CardFigure
    monthly_allowance: AllowanceFigure
    withdrawal: WithdrawalFigure
    maternity: MaternityFigure
    funeral: FuneralFigure
    survivors: BenefitFigure
    survivors_of_pensioner: PensionerSurvivorsFigure
    social_pension: SocialPensionFigure
    pension_months_to_recover: Annotated[
        int | None, Field(description="In how many months of the pension what is paid from now on comes back")
    ]


class PlanDifference(BaseModel):
    """A plan compared with the first. plan: its place in the list."""

    plan: int
    participant_pays_more: int
    pension_more: int
    explanation: str


class BenefitEstimateOut(BaseModel):
    """An estimate (ước tính quyền lợi) in today's money; nothing of it is stored, and BHXH decides by its own books."""

    as_of: date
    birth_date: date
    sex: Sex
    retirement: RetirementAgeOut
    plans: list[PlanEstimate]
    comparison: list[PlanDifference]
    rules: list[UsedRule]
    warnings: list[QuoteNote]
    assumed: bool


class PensionOutlook(BaseModel):
    """What comes of a member's payments, in headlines: paying on as before until retirement age (or the years needed).

    The whole of it: `POST /v1/members/{member_id}/benefit-estimates`. Amounts are today's money.
    """

    years: Annotated[int, Field(description="Số năm đã đóng, with `odd_months`")]
    odd_months: int
    months_paid: int
    months_needed: Annotated[int, Field(description="Số tháng cần để hưởng lương hưu")]
    missing_months: int
    retirement_month: Annotated[str, Field(description="Tháng đủ tuổi nghỉ hưu, YYYY-MM")]
    months_to_pay: Annotated[int, Field(description="Months that are assumed to be paid from now on")]
    monthly_income: Annotated[int | None, Field(description="Their income; null: nothing more is paid")]
    pension: Annotated[int | None, Field(description="Lương hưu hằng tháng, đồng")]
    pension_from: Annotated[str | None, Field(description="YYYY-MM")]
    withdrawal_now: Annotated[
        int | None, Field(description="BHXH một lần of what is paid so far, less support")
    ]
    explanation: str


class MemberInsurancePage(MemberInsurance):
    """What a member is insured for, and what it will bring."""

    outlook: Annotated[
        PensionOutlook | None,
        Field(description="Null: birth or sex is not known, too young, or not for you to see"),
    ]
