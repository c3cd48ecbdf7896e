"""Wire shapes of a request for a benefit estimate (ước tính quyền lợi)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.core.values.bodies import RequestBody, StrictFlag
from app.core.values.money import Dong
from app.core.values.text import Name
from app.core.values.time import Day, Month
from app.insurance.plans.schemas import PlanPledge
from app.insurance.quotes.schemas import AssumedValues, DongOrZero
from app.people.kinds import SupportKind
from app.people.members.rules import Sex

MAX_PLANNED_MONTHS = 600


class PlanEnd(StrEnum):
    """Until when a plan pays."""

    PENSION_YEARS = "pension_years"  # đến khi đủ số năm hưởng lương hưu
    RETIREMENT_AGE = "retirement_age"  # đến tuổi nghỉ hưu


class PaidTime(RequestBody):
    """Months in a row that were paid with one income (giai đoạn đã đóng)."""

    from_month: Annotated[
        Month | None,
        Field(description="Từ tháng; null, for a single one: it ends in the month before the estimate"),
    ] = None
    months: Annotated[int, Field(strict=True, ge=1, le=600, description="Số tháng đã đóng")]
    monthly_income: Annotated[Dong, Field(description="Mức thu nhập đã chọn")]
    support_group: Annotated[
        SupportKind | None, Field(description="Đối tượng hỗ trợ khi đóng; null: no state support")
    ] = SupportKind.OTHER
    state_support: Annotated[
        DongOrZero | None, Field(description="NSNN đã hỗ trợ; null: worked out by the values of each month")
    ] = None


class BenefitPlan(RequestBody):
    """What is to be paid from now on (phương án đóng tiếp): so much income, or so much put by.

    Without `months`, `years` and `until` it goes on until the years of a pension are reached.
    """

    name: Annotated[Name | None, Field(examples=["10.000 đồng mỗi ngày"])] = None
    from_month: Annotated[
        Month | None, Field(description="Từ tháng; null: that of the estimate, or the first that is not paid")
    ] = None
    months: Annotated[int | None, Field(strict=True, ge=1, le=MAX_PLANNED_MONTHS, description="Số tháng")] = (
        None
    )
    years: Annotated[
        int | None, Field(strict=True, ge=1, le=MAX_PLANNED_MONTHS // 12, description="Số năm")
    ] = None
    until: Annotated[PlanEnd | None, Field(description="Đóng đến khi nào")] = None
    monthly_income: Annotated[
        Dong | None, Field(description="Mức thu nhập; null: what the pledge buys, else the lowest")
    ] = None
    pledge: Annotated[PlanPledge | None, Field(description="Số tiền để dành")] = None
    pay_missing: Annotated[
        StrictFlag, Field(description="Đóng một lần cho những năm còn thiếu, when it is allowed")
    ] = True


class EstimateTerms(RequestBody):
    """What an estimate of anybody is asked with."""

    as_of: Annotated[
        Day | None, Field(description="Ngày ước tính: whose law and money are used; default: today")
    ] = None
    support_group: Annotated[
        SupportKind | None, Field(description="Đối tượng hỗ trợ from now on; null: no state support")
    ] = SupportKind.OTHER
    plans: Annotated[
        list[BenefitPlan], Field(max_length=5, description="To be compared; empty: nothing more is paid")
    ] = []
    births: Annotated[
        list[Month], Field(max_length=10, description="Tháng dự kiến sinh con; twins: the month twice")
    ] = []
    assume: AssumedValues = {}


class BenefitEstimateIn(EstimateTerms):
    """Somebody's birth, what was paid so far, and plans to compare."""

    birth_date: Annotated[Day, Field(description="Ngày sinh")]
    sex: Annotated[Sex, Field(description="Giới tính")]
    paid: Annotated[list[PaidTime], Field(max_length=20, description="Thời gian đã đóng")] = []
    supported_before: Annotated[
        int, Field(strict=True, ge=0, le=1200, description="Số tháng đã được hỗ trợ, if more than in `paid`")
    ] = 0


class MemberEstimateIn(EstimateTerms):
    """Plans of a member whose coverage is known; `paid_elsewhere`: what this register does not know."""

    birth_date: Annotated[Day | None, Field(description="Ngày sinh, when the register has none")] = None
    sex: Annotated[Sex | None, Field(description="Giới tính, when the register has none")] = None
    paid_elsewhere: Annotated[
        list[PaidTime], Field(max_length=20, description="Thời gian đã đóng ở nơi khác")
    ] = []
