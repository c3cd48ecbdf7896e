"""Wire shape of a model's summary."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.values.ids import Uuid

PeopleCount = Annotated[int | None, Field(description="People; null: fewer than 5, hidden from this account")]
DongTotal = Annotated[int, Field(description="đồng")]


class ModelReachOut(BaseModel):
    """Units of the model's place that have an active group, among all units as they stood on a day."""

    on: date
    reached: int
    units: int
    percent: Annotated[str, Field(examples=["100.0"])]


class UnitsOut(BaseModel):
    """Communes reached (độ phủ): everywhere, and within the model's own place then and now."""

    reached: Annotated[
        int, Field(description="Communes of today with an active group of the model or a replica")
    ]
    then: Annotated[
        ModelReachOut | None, Field(description="Units of the day of launch; null without a place")
    ]
    now: Annotated[ModelReachOut | None, Field(description="Units of today; null without a place")]


class MembersByProductOut(BaseModel):
    """Members by what they pledged to save for; the four add up to all of them."""

    bhxh_tn_only: PeopleCount
    bhyt_hgd_only: PeopleCount
    both: PeopleCount
    none: Annotated[PeopleCount, Field(description="Without a pledge for a product")]


class SavedOut(BaseModel):
    """Money by kind, reversals subtracted; `total` is savings, sales and donations together."""

    total: DongTotal
    saving: DongTotal
    sale: DongTotal
    donation: DongTotal
    withdrawal: DongTotal
    premium: Annotated[DongTotal, Field(description="Paid for insurance")]


class ModelSummaryOut(BaseModel):
    """A savings model with its replicas, as far as the caller sees them, today (tổng hợp mô hình)."""

    model_id: Uuid
    code: str
    on: date
    replicas: int
    units: UnitsOut
    groups: Annotated[int, Field(description="Active groups (tổ đang hoạt động)")]
    members: PeopleCount
    members_by_product: MembersByProductOut
    average_group_size: Annotated[str | None, Field(description="Memberships per group", examples=["10.7"])]
    saved: Annotated[SavedOut | None, Field(description="null where the number of members is hidden")]
