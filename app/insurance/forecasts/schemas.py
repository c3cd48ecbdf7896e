"""Wire shapes of forecasts (dự báo tiết kiệm). Amounts are đồng."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.time import Day
from app.insurance.forecasts.rules import ForecastStatus
from app.insurance.kinds import Method
from app.insurance.quotes.schemas import QuoteNote, UsedRule
from app.savings.kinds import Product


class ForecastFilter(BaseModel):
    """Query parameters of forecasts."""

    due: Annotated[
        Day | None,
        Field(
            description="Ngày đóng for all; default: of the enrolment, or the end of the year of the pledge"
        ),
    ] = None


class GoalForecastOut(BaseModel):
    """One payment that is due next.

    price: what the person pays by the rules of the due date; price_if_confirmed: with values that await confirmation,
    null when it is the same. needed: for this payment and those due before it; expected: saved by the due date at the
    present pace; reached_on: null when never. per_day_needed: from tomorrow on.
    """

    product: Product
    method: Method | None
    months: int
    due_on: date
    days_left: int
    price_today: int | None
    price: int
    price_if_confirmed: int | None
    needed: int
    expected: int
    status: ForecastStatus
    short_by: int
    reached_on: date | None
    per_day_needed: int


class MemberForecastOut(BaseModel):
    """How one member's savings stand for what they have to pay next.

    status: the worst of the goals; null without one. pledge_per_day: null without a pledge of money.
    """

    membership_id: UUID
    member_id: UUID
    full_name: Annotated[str | None, Field(description="Null for those who may not read members")]
    balance: int
    held: int
    available: int
    saved_28_days: int
    saved_90_days: int
    pledge_per_day: int | None
    pace_per_day: int
    pace_basis: Literal["saved", "pledged"]
    status: ForecastStatus | None
    short_by: int
    goals: list[GoalForecastOut]


class ForecastDetails(BaseModel):
    """Fields that every forecast has: the rules its prices follow, and warnings."""

    as_of: date
    group_id: UUID
    rules: list[UsedRule]
    warnings: list[QuoteNote]


class MembershipForecastOut(MemberForecastOut, ForecastDetails):
    """A forecast for one membership, from the ledger as it stands; never stored."""


class ForecastTotalsOut(BaseModel):
    """The whole group. no_goal: members for whom nothing is known to be due."""

    members: int
    on_track: int
    short: int
    reached: int
    no_goal: int
    available: int
    price: int
    short_by: int


class GroupForecastOut(ForecastDetails):
    """A forecast for a group, from the ledger as it stands; members who fall short most come first."""

    totals: ForecastTotalsOut
    items: list[MemberForecastOut]
    next_cursor: str | None
