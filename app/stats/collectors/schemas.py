"""Wire shapes of the results of collectors (kết quả của nhân viên thu)."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.values.ids import Uuid
from app.core.values.time import Month
from app.savings.kinds import Product


class CollectorResultFilter(BaseModel):
    """Query parameters: from which month to which, and of whom."""

    from_: Annotated[Month | None, Field(alias="from", description="Từ tháng; default: January")] = None
    to: Annotated[Month | None, Field(description="Đến tháng; default: this month")] = None
    product: Product | None = None
    collector_id: Annotated[Uuid | None, Field(description="Nhân viên thu")] = None


class CollectorResultOut(BaseModel):
    """What one collector brought in one month, of one product.

    enrolled, accepted, paid: enrolments that were entered in the month, those of them that BHXH accepted, and those of
    these that are paid. The rest is of payments whose day of payment lies in the month: they are first or renewed.
    Amounts are đồng.
    """

    collector_id: UUID
    collector_name: Annotated[
        str | None, Field(description="Null of partner systems and of whom you do not see")
    ]
    month: Annotated[str, Field(description="YYYY-MM")]
    product: Product
    enrolled: Annotated[int, Field(description="Số đăng ký đã lập trong tháng")]
    accepted: Annotated[int, Field(description="Trong đó BHXH đã tiếp nhận")]
    paid: Annotated[int, Field(description="Trong đó đã đóng")]
    payments: Annotated[int, Field(description="Số khoản đã đóng trong tháng, refunded ones too")]
    first: Annotated[int, Field(description="Trong đó tham gia lần đầu")]
    renewed: Annotated[int, Field(description="Trong đó đóng tiếp")]
    refunded: Annotated[int, Field(description="Trong đó sau này được hoàn trả")]
    people: Annotated[int, Field(description="Số người đã đóng")]
    months: Annotated[int, Field(description="Tổng số tháng đã đóng")]
    amount_due: int
    participant_pays: Annotated[int, Field(description="Số tiền người tham gia đóng")]
    remuneration: Annotated[int, Field(description="Thù lao, by the rate of the payment's day")]
