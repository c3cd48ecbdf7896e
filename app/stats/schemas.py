"""Wire shapes of aggregates."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.bodies import RequestBody
from app.core.values.text import Code
from app.core.values.time import Day

MaskedCount = Annotated[int | None, Field(description="Số lượng; null khi bị che vì dưới 5 người")]
MaskedAmount = Annotated[int | None, Field(description="Đồng; null khi bị che vì dưới 5 người")]


class MetricOut(BaseModel):
    """One figure of the catalogue (chỉ số): its name in a summary, its unit, and how it is made."""

    key: str
    unit: str
    vi: str
    en: str
    formula: str


class MetricsOut(BaseModel):
    """The catalogue (danh mục chỉ số)."""

    items: list[MetricOut]


class Units(StrEnum):
    """The units to report in: those of that time, or today's (theo đơn vị thời điểm đó / hiện nay)."""

    THEN = "then"
    NOW = "now"


class StatsSummaryFilter(RequestBody):
    """Query parameters of a summary: places, units, and a period whose first and last day count."""

    place: list[Code] | None = Field(
        default=None, max_length=50, description="Mã đơn vị; lặp lại được; bỏ trống: cả phạm vi của mình"
    )
    units: Units = Field(default=Units.NOW, description="Đơn vị thời điểm đó (then) hay hiện nay (now)")
    on: Day | None = Field(default=None, description="Ngày của đơn vị; bỏ trống: hôm nay")
    date_from: Day | None = Field(default=None, alias="from", description="Từ ngày")
    date_to: Day | None = Field(default=None, alias="to", description="Đến ngày; bỏ trống: hôm nay")


class Money(BaseModel):
    """Sums in đồng, reversals subtracted.

    saved: savings and sales less withdrawals, for members' own accounts and the common fund alike.
    """

    saved: MaskedAmount
    savings: MaskedAmount
    sales: MaskedAmount
    donations: MaskedAmount
    withdrawals: MaskedAmount
    payments: MaskedAmount
    entries: MaskedCount


class Enrolled(BaseModel):
    """Persons with an enrolment (đăng ký tham gia) of a product that starts in the period."""

    product: str
    submitted: MaskedCount
    accepted: MaskedCount


class SummaryCell(BaseModel):
    """The figures of one unit or model."""

    groups: int
    members: MaskedCount
    money: Money
    suppressed: bool


class PlaceCell(SummaryCell):
    """One unit (đơn vị hành chính)."""

    place_code: str
    place_name: str
    valid_from: date
    valid_to: date | None
    enrolled: list[Enrolled]


class ModelCell(SummaryCell):
    """One savings model (mô hình); null for groups without one."""

    model_id: UUID | None
    model_name: str | None


class ProductMoney(BaseModel):
    """Sums of one product; null for money that is not meant for one."""

    product: str | None
    money: Money


class SummaryOut(BaseModel):
    """The main figures of the caller's scope, equal to the ledger at the moment of the request."""

    units: Units
    places: list[str]
    date_from: Annotated[date | None, Field(serialization_alias="from")]
    date_to: Annotated[date, Field(serialization_alias="to")]
    groups: int
    members: MaskedCount
    money: Money
    enrolled: list[Enrolled]
    enrolled_persons: MaskedCount
    by_product: list[ProductMoney]
    by_place: list[PlaceCell]
    by_model: list[ModelCell]
    suppressed: bool
