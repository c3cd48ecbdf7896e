"""Request body of a report (báo cáo)."""

from typing import Annotated

from pydantic import Field

from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code
from app.core.values.time import Day, Month
from app.forms.kinds import ReportForm


class ReportIn(RequestBody):
    """A report of one period: its rows are computed now, numbered, and never change."""

    form: ReportForm
    sheet: Annotated[
        str,
        Field(
            max_length=10,
            description="Tờ: a to d of C21-TS, a to c of B15-UQ, a and b of B09-TS, detail and at, aq … cn of D11-TS",
        ),
    ]
    list_date: Annotated[Day, Field(description="Ngày lập báo cáo")]
    month: Annotated[Month, Field(description="Tháng của báo cáo, or the first month of its quarter or year")]
    months: Annotated[
        int | None, Field(strict=True, description="Số tháng, of B09-TS only: 3 (default), 6 or 12")
    ] = None
    stopped_from: Annotated[
        Month | None,
        Field(
            description="Of C21-TS only: also who stopped from this earlier month on and has not come back"
        ),
    ] = None
    organisation_id: Annotated[
        Uuid | None,
        Field(description="Of D11-TS detail only: the collecting organisation; default: one's own"),
    ] = None
    organisation_code: Code | None = None
