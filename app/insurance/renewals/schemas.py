"""Wire shapes of renewals (đến hạn, tái tục)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day, Month
from app.insurance.quotes.schemas import QuoteNote
from app.savings.kinds import Product

MAX_RENEWAL_DAYS = 400


class RenewalFilterBase(BaseModel):
    """Query parameters that the lists of renewals have in common."""

    product: Product | None = None
    province_code: Annotated[Code | None, Field(description="In this province, or in its predecessors")] = (
        None
    )
    commune_code: Annotated[Code | None, Field(description="In this commune, or in its predecessors")] = None
    group_id: Uuid | None = None
    group_code: Annotated[Code | None, Field(description="In place of `group_id`")] = None
    collector_id: Annotated[Uuid | None, Field(description="Who posted the payment (nhân viên thu)")] = None


class RenewalFilter(RenewalFilterBase):
    """Query parameters of the list of what is due."""

    within_days: Annotated[int, Field(ge=0, le=MAX_RENEWAL_DAYS, description="Trong bao nhiêu ngày tới")] = 30
    on: Annotated[Day | None, Field(description="Counted from this day; default: today")] = None


class LapsedFilter(RenewalFilterBase):
    """Query parameters of the list of those who stopped."""

    from_: Annotated[Month | None, Field(alias="from", description="Từ tháng dừng")] = None
    to: Annotated[Month | None, Field(description="Đến tháng dừng; default: this month")] = None


class By(StrEnum):
    """What the figures of a summary are grouped by."""

    PLACE = "place"  # xã
    GROUP = "group"  # tổ
    COLLECTOR = "collector"  # nhân viên thu
    NETWORK = "network"  # hệ thống


class RenewalSummaryFilter(BaseModel):
    """Query parameters of the summary."""

    from_: Annotated[Day, Field(alias="from", description="First day on which something ends")]
    to: Annotated[Day, Field(description="Last day on which something ends")]
    by: By = By.PLACE
    product: Product | None = None
    grace_days: Annotated[
        int | None,
        Field(ge=0, le=365, description="Days between that count as no interruption; default: by law"),
    ] = None


class CoveredOut(BaseModel):
    """A coverage with its member, group and place."""

    coverage_id: Uuid
    enrolment_id: Uuid
    member_id: Uuid
    full_name: Annotated[str | None, Field(description="Null for those who may not read members")]
    network: str
    province_code: str
    commune_code: str
    group_id: Uuid | None
    group_code: Annotated[str | None, Field(description="Null: without a group")]
    collector_id: Uuid | None
    product: Product
    method: str
    months: int
    valid_from: date
    valid_to: date
    pay_by: Annotated[date, Field(description="Last day to pay for what follows (hạn đóng)")]


class RenewalOut(CoveredOut):
    """A coverage that is due for renewal.

    due_on: the last day that is paid for. price_estimate: what the person paid for last, by the rules of the due date;
    null where the law has no price for it yet.
    """

    due_on: date
    days_left: int
    continuous_since: date | None
    continuous_years: int | None
    price_estimate: int | None
    warnings: Annotated[
        list[QuoteNote],
        Field(
            description="Of a card whose group is proven until before the next one begins; for who may see it"
        ),
    ]


class LapsedOut(CoveredOut):
    """Somebody who stopped and did not return (C21-TS).

    stopped_in: the month of the first day without insurance (tháng dừng).
    """

    stopped_in: str
    last_day: date
    why: Annotated[str | None, Field(description="As BHXH recorded it; null: was not paid again")]


class RetentionOut(BaseModel):
    """Figures of coverages that ended in the period; null where they would tell of single people.

    open: may still be renewed without an interruption; lapsed: neither. retention: renewed / due as a decimal.
    """

    due: int | None
    renewed: int | None
    open: int | None
    lapsed: int | None
    persons: int | None
    retention: str | None
    suppressed: bool


class RetentionCellOut(RetentionOut):
    """The same for one commune, group, collector or network. key: its code, or the collector's id."""

    key: str | None
    name: str | None


class RenewalSummaryOut(BaseModel):
    """How many of the coverages that ended were renewed (tỷ lệ duy trì)."""

    date_from: date
    date_to: date
    by: By
    grace_days: Annotated[int | None, Field(description="Null: the interruption that the law lets pass")]
    total: RetentionOut
    items: list[RetentionCellOut]
    next_cursor: str | None
