"""Wire shapes of savings plans (kế hoạch tiết kiệm)."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.money import Dong
from app.core.values.text import Code, Name
from app.core.values.time import Day, Month
from app.insurance.kinds import Method, PaidMonths
from app.insurance.quotes.schemas import AssumedValues, CardMember, DongOrZero, QuoteNote, Shares, UsedRule
from app.insurance.rules.schemas import ExactNumber
from app.people.kinds import SupportKind
from app.savings.kinds import Per, Product
from app.savings.memberships.schemas import AssetQuantity

MAX_CARDS = 10


class PlanPledge(RequestBody):
    """What is put by again and again (mức tiết kiệm)."""

    amount: Dong
    per: Per


class PlanAsset(RequestBody):
    """Something that brings in money: a mai or pomelo tree, a kilogram of scrap or vegetables."""

    name: Annotated[Name, Field(examples=["cây mai"])]
    unit: Annotated[Name, Field(examples=["kg"])] = "cây"
    unit_income: Annotated[Dong, Field(description="đồng that one of them brings in until the due date")]
    quantity: Annotated[AssetQuantity | None, Field(description="How many there are")] = None


class PlanIn(RequestBody):
    """What is to be bought by when, or what is put by, or both.

    With a `product` and its `method` or `months`: how much to put by. With a `pledge`: what it buys, and when.
    """

    start_date: Annotated[Day, Field(description="Ngày bắt đầu tiết kiệm")]
    due_date: Annotated[
        Day | None,
        Field(description="Ngày đóng: whose rules are used; default: the deadline of `from_month`"),
    ] = None
    saved: Annotated[DongOrZero, Field(description="Số tiền đã tiết kiệm trước ngày bắt đầu")] = 0
    pledge: PlanPledge | None = None
    assets: Annotated[list[PlanAsset], Field(max_length=20)] = []
    product: Product | None = None
    method: Annotated[Method | None, Field(description="Phương thức đóng")] = None
    months: Annotated[
        PaidMonths | None, Field(description="With `missing_months`, or of a card: 3, 6, 12")
    ] = None
    monthly_income: Annotated[
        Dong | None, Field(description="Mức thu nhập; null: the lowest of the due date")
    ] = None
    from_month: Month | None = None
    support_group: Annotated[
        SupportKind | None, Field(description="Of BHXH; `other` is everybody, null: no state support")
    ] = SupportKind.OTHER
    supported_before: Annotated[
        int, Field(strict=True, ge=0, le=1200, description="Số tháng đã được hỗ trợ")
    ] = 0
    province_code: Annotated[Code | None, Field(description="Whose extra support is added")] = None
    other_support_rate: Annotated[ExactNumber | None, Field(le=1)] = None
    other_support: DongOrZero | None = None
    members: Annotated[
        list[CardMember] | None,
        Field(min_length=1, max_length=50, description="Of a household; default: one card, the first"),
    ] = None
    household_size: Annotated[
        int,
        Field(strict=True, ge=1, le=MAX_CARDS, description="With a pledge: for how many cards it is tried"),
    ] = 1
    assume: AssumedValues = {}


class RateOut(BaseModel):
    """What to put by each time. times: how often until the due date, that day included."""

    amount: Annotated[int, Field(description="đồng; one less would not do")]
    rounded_500: Annotated[int, Field(description="Làm tròn lên 500 đồng")]
    rounded_1000: Annotated[int, Field(description="Làm tròn lên 1.000 đồng")]
    times: int


class ChangedRuleOut(BaseModel):
    """A value of the law before and after a day; null: there was, or is, none."""

    key: str
    value_before: str | None
    value_after: str | None
    effective_from: date
    legal_basis: str | None


class PriceChangeOut(BaseModel):
    """A day between start and due date on which the price becomes another, and by which rules."""

    on: date
    price_before: int
    price_after: int
    rules: list[ChangedRuleOut]


class IfConfirmedOut(BaseModel):
    """What it would come to, were the values confirmed that await it. Nothing else here counts with them."""

    price: int
    per_day: Annotated[int | None, Field(description="đồng a day")]
    rules: list[ChangedRuleOut]


class GoalOut(Shares):
    """What is to be bought, its price by the rules of the due date, and how to get there.

    per_week, per_month: null when no full one lies before the due date.
    """

    product: Product
    method: Method | None
    months: int
    monthly_income: int | None
    price: Annotated[int, Field(description="What the person pays")]
    price_at_start: Annotated[int | None, Field(description="The same by the rules of the start")]
    to_save: Annotated[int, Field(description="Price less what was saved before")]
    per_day: RateOut
    per_week: RateOut | None
    per_month: RateOut | None
    price_changes: list[PriceChangeOut]
    if_confirmed: IfConfirmedOut | None


class CandidateOut(BaseModel):
    """Something that a pledge may buy. order: of one card; cards: how many together.

    What is said of the due date is null without one.
    """

    product: Product
    method: Method | None
    months: int
    monthly_income: int | None
    order: int | None
    cards: int | None
    reached_on: Annotated[date | None, Field(description="First day on which the price of that day is saved")]
    price_when_reached: int | None
    price: Annotated[int | None, Field(description="By the rules of the due date")]
    suffices: bool | None
    short_by: int | None
    needed: Annotated[int | None, Field(description="đồng each time, so that it suffices")]
    price_changes: list[PriceChangeOut]
    if_confirmed: IfConfirmedOut | None


class PledgePlanOut(BaseModel):
    """How far a pledge goes."""

    amount: int
    per: Per
    saved_by_due: int | None
    candidates: list[CandidateOut]


class AssetPlanOut(BaseModel):
    """How much of an asset is needed. quantity, needed: decimals as text."""

    name: str
    unit: str
    unit_income: int
    needed: str
    needed_per_week: str | None
    income: Annotated[int, Field(description="đồng that the needed ones bring in")]
    quantity: str | None
    suffices: bool | None
    short_by: int | None


class PlanOut(BaseModel):
    """A savings plan; nothing of it is stored."""

    start_date: date
    due_date: date | None
    days: Annotated[
        int | None, Field(description="From the first day of saving to the due date, both counted")
    ]
    saved: int
    goal: GoalOut | None
    pledge: PledgePlanOut | None
    assets: list[AssetPlanOut]
    rules: list[UsedRule]
    warnings: list[QuoteNote]
    assumed: bool
