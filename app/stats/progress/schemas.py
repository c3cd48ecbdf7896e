"""Wire shapes of the progress of targets."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from app.campaigns.kinds import Unit
from app.campaigns.metrics import Metric
from app.campaigns.shapes import Exact
from app.core.values.ids import Uuid


class TargetProgressOut(BaseModel):
    """How far a target is reached (tiến độ thực hiện chỉ tiêu), counted from the books now.

    counted: null where An Sinh does not count it (then `note` says why), and where it is hidden (`suppressed`).
    """

    target_id: Uuid
    metric: Metric
    unit: Unit
    value: Annotated[Exact | None, Field(description="The target")]
    counted: Annotated[Exact | None, Field(description="Đã thực hiện")]
    completion: Annotated[
        str | None, Field(description="counted / value as a decimal (tỷ lệ hoàn thành); may pass 1")
    ]
    date_from: date
    date_to: Annotated[date, Field(description="The last day that is counted: today, or that of the period")]
    suppressed: Annotated[bool, Field(description="Hidden because it is about fewer than five people")]
    note: Annotated[str | None, Field(description="Why nothing is counted, in the reader's language")]
