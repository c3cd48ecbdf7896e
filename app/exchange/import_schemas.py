"""What is asked for when rows are sent in bulk."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.core.text import Code
from app.core.time import Month
from app.insurance.enrolment_batch_schemas import Mode, OnConflict
from app.savings.kinds import Product


class ImportQuery(BaseModel):
    """Query parameters of a batch that is sent as a file: what its rows leave open."""

    mode: Annotated[
        Mode | None, Field(description="Needed for NDJSON, CSV and XLSX; JSON has it in its body")
    ] = None
    on_conflict: Annotated[
        OnConflict | None, Field(description="Khi mã tham chiếu đã gửi với nội dung khác; default `refuse`")
    ] = None
    commune_code: Annotated[Code | None, Field(description="Mã xã of rows without one")] = None
    group_code: Annotated[Code | None, Field(description="Mã tổ of rows without one")] = None
    product: Annotated[Product | None, Field(description="Of rows without one")] = None
    from_month: Annotated[Month | None, Field(description="Từ tháng, of rows without one")] = None

    @property
    def defaults(self) -> dict[str, Any]:
        """The values of fields that rows leave open."""
        named = ("commune_code", "group_code", "product", "from_month")
        return {name: value for name in named if (value := getattr(self, name)) is not None}
