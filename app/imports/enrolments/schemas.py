"""Query parameters of batches that are sent as files."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.core.values.text import Code
from app.core.values.time import Month
from app.insurance.enrolments.intake.schemas import Mode, OnConflict
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
        names = ("commune_code", "group_code", "product", "from_month")
        return {name: value for name in names if (value := getattr(self, name)) is not None}
